"""Answers that are meant for one client stay out of caches."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
from fastapi import Response

from app.chassis.config import ChassisSettings

from ..running import running
from ..things.application import create_app

CREDENTIALS = {"authorization": "Bearer of-somebody"}


async def test_an_answer_to_credentials_is_not_stored(client: httpx2.AsyncClient) -> None:
    for url in ("/api/v1/boxes", "/nowhere"):
        response = await client.get(url, headers=CREDENTIALS)

        assert response.headers.get_list("cache-control") == ["no-store"]


async def test_neither_is_one_to_more_than_reading(client: httpx2.AsyncClient) -> None:
    for url in ("/api/v1/boxes", "/nowhere"):
        response = await client.post(url, json={})

        assert response.headers.get_list("cache-control") == ["no-store"]


async def test_an_answer_to_everybody_may_be(client: httpx2.AsyncClient) -> None:
    assert "cache-control" not in (await client.get("/api/v1/boxes")).headers


@pytest.fixture
async def with_public_route(
    settings: ChassisSettings, tables_made: None
) -> AsyncGenerator[httpx2.AsyncClient]:
    app = create_app(settings)

    @app.get("/public")
    async def show(response: Response) -> None:
        response.headers["cache-control"] = "max-age=60"

    @app.get("/bug")
    async def fail() -> None:
        raise ZeroDivisionError

    async with running(app) as service:
        yield service.client


async def test_a_route_may_decide_otherwise(with_public_route: httpx2.AsyncClient) -> None:
    response = await with_public_route.get("/public", headers=CREDENTIALS)

    assert response.headers.get_list("cache-control") == ["max-age=60"]


async def test_a_failure_is_not_stored_either(with_public_route: httpx2.AsyncClient) -> None:
    response = await with_public_route.get("/bug", headers=CREDENTIALS)

    assert response.status_code == 500
    assert response.headers["cache-control"] == "no-store"
