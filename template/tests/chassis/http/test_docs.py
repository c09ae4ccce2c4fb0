"""The documentation page: it needs no other host, and its policy allows no other."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx2

from app.chassis.config import ChassisSettings
from app.chassis.http.settings import HttpSettings

from ..running import running
from ..things.application import create_app

PAGE = "http://localhost/docs"


def policy_of(response: httpx2.Response) -> dict[str, list[str]]:
    (header,) = response.headers.get_list("content-security-policy")
    parts = [part.split() for part in header.split(";")]
    return {name: sources for name, *sources in parts}


async def test_all_that_the_page_loads_comes_from_the_service(client: httpx2.AsyncClient) -> None:
    page = (await client.get(PAGE)).text
    addresses = re.findall(r"""(?:href|src)="(.+?)"|url: '(.+?)'""", page)
    loaded = [await client.get(httpx2.URL(PAGE).join(a or b)) for a, b in addresses]

    assert [response.url.path for response in loaded] == [
        "/docs/swagger-ui.css",
        "/docs/favicon.png",
        "/docs/swagger-ui-bundle.js",
        "/openapi.json",
    ]
    assert [response.status_code for response in loaded] == [200] * 4
    types = [response.headers["content-type"].partition(";")[0] for response in loaded]
    assert types == ["text/css", "image/png", "text/javascript", "application/json"]


async def test_the_policy_allows_that_and_nothing_else(client: httpx2.AsyncClient) -> None:
    response = await client.get(PAGE)
    policy = policy_of(response)

    scripts = re.findall(r"<script>(.*?)</script>", response.text, re.DOTALL)
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in scripts]
    assert policy.pop("script-src") == ["'self'", *(f"'sha256-{value}'" for value in hashes)]
    assert policy.pop("img-src") == ["'self'", "data:"]  # icons within the style
    assert policy.pop("style-src") == policy.pop("connect-src") == ["'self'"]
    assert set(policy) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert all(sources == ["'none'"] for sources in policy.values())


async def test_the_page_works_below_the_path_of_a_proxy(client: httpx2.AsyncClient) -> None:
    page = (await client.get(PAGE)).text

    addresses: list[Any] = re.findall(r"""(?:href|src)="(.+?)"|url: '(.+?)'""", page)
    assert not [a or b for a, b in addresses if (a or b).startswith(("/", "http"))]


async def test_the_page_is_no_operation(client: httpx2.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]

    assert not [path for path in paths if "docs" in path]


async def test_nothing_is_documented_unless_switched_on(settings: ChassisSettings) -> None:
    by_default = settings.model_copy(update={"http": HttpSettings()})

    async with running(create_app(by_default)) as service:
        for path in (PAGE, "/openapi.json", "/docs/swagger-ui.css", "/redoc"):
            assert (await service.client.get(path)).status_code == 404
