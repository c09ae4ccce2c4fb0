"""Who may do what: every operation, as everybody who could try."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from app.api.access import RULES, guarded
from app.config import Settings
from app.main import create_app

from ..factories import post_body, user_body
from ..operations import SOME_ID
from ..running import Running, running
from .people import ME, person

IN, OUT, NO = "let in", "not signed in", "not allowed"

PUBLIC = {
    "GET /health/live",
    "GET /health/ready",
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/logout",
}
# What somebody else may do, and the one whom it is about; admins may do everything.
MAY: dict[str, tuple[str, str]] = {
    "GET /api/v1/users": (NO, NO),
    "POST /api/v1/users": (NO, NO),
    "GET /api/v1/users/with-posts": (NO, NO),
    "GET /api/v1/users/{user_id}": (NO, IN),
    "PATCH /api/v1/users/{user_id}": (NO, IN),
    "DELETE /api/v1/users/{user_id}": (NO, IN),
    "POST /api/v1/users/{user_id}/posts/import": (NO, IN),
    "POST /api/v1/posts": (NO, IN),
    "PATCH /api/v1/posts/{post_id}": (NO, IN),
    "DELETE /api/v1/posts/{post_id}": (NO, IN),
}


def application() -> FastAPI:
    """Built, but not started: tests are collected before there is a database."""
    return create_app(Settings(environment="test"))


def operations() -> Iterator[str]:
    """Of the application itself, so that a new route is held to it too."""
    for context in iter_route_contexts(application().routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted(context.methods or ()):
                yield f"{method} {context.path}"


def expected(operation: str) -> list[str]:
    """For nobody in particular, for somebody else, for whom it is about, for an admin."""
    if operation in PUBLIC:
        return [IN] * 4
    return [OUT, *MAY.get(operation, (IN, IN)), IN]


async def attempt(service: Running, operation: str, who: str) -> str:
    """Each time with a post of its own, which may be removed."""
    people = {"other": await person(service), "owner": await person(service)}
    people["admin"] = await person(service, is_admin=True)
    owner = str(people["owner"].id)
    new = post_body(author_id=owner)
    post = await service.client.post("/api/v1/posts", json=new, headers=people["admin"].headers)
    bodies = {
        "POST /api/v1/users": user_body(),
        "POST /api/v1/posts": post_body(author_id=owner),
        "POST /api/v1/users/{user_id}/posts/import": {"posts": [post_body()]},
    }
    # Whatever else a path names need not exist: rules come first.
    known = defaultdict(lambda: SOME_ID, user_id=owner, post_id=post.json()["id"])
    method, _, path = operation.partition(" ")
    response = await service.client.request(
        method,
        path.format_map(known),
        json=bodies.get(operation, {}) if method != "GET" else None,
        headers=people[who].headers if who in people else None,
    )
    if response.status_code in {401, 403}:
        assert response.headers["content-type"] == "application/problem+json"
    return {401: OUT, 403: NO}.get(response.status_code, IN)


@pytest.mark.parametrize("operation", list(operations()))
async def test_everybody_may_do_what_the_rules_say(guarded: Running, operation: str) -> None:
    callers = ("anonymous", "other", "owner", "admin")

    seen = [await attempt(guarded, operation, who) for who in callers]

    assert seen == expected(operation)


def test_every_rule_is_about_an_operation_that_exists() -> None:
    """A misspelt one would hold for nothing."""
    assert set(RULES) <= set(operations())


async def test_a_route_without_a_rule_needs_an_active_account(
    settings: Settings, migrated: None
) -> None:
    router = APIRouter(prefix="/api/v1/secrets")

    @router.get("")
    async def read_secrets() -> dict[str, str]:
        return {"the secret": "42"}

    app = create_app(settings)
    for guard in guarded_of(router):
        app.include_router(guard)
    async with running(app) as service:
        app.dependency_overrides.clear()
        assert (await service.client.get("/api/v1/secrets")).status_code == 401


def guarded_of(router: APIRouter) -> Iterator[APIRouter]:
    return guarded([router])


async def test_somebody_else_cannot_tell_whether_a_user_exists(guarded: Running) -> None:
    one, other = await person(guarded), await person(guarded)
    unknown = other.id.hex[::-1]

    answers = [
        await guarded.client.get(f"/api/v1/users/{user_id}", headers=one.headers)
        for user_id in (other.id, unknown)
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_me_is_the_one_who_is_signed_in(guarded: Running) -> None:
    """Not a user with the id "me"."""
    somebody = await person(guarded, is_admin=True)

    response = await guarded.client.get(ME, headers=somebody.headers)

    assert response.status_code == 200
    assert response.json()["id"] == str(somebody.id)
    assert response.json()["is_admin"] is True
    assert response.headers["cache-control"] == "no-store"


async def test_what_only_some_may_see_stays_out_of_caches(guarded: Running) -> None:
    somebody = await person(guarded)

    response = await guarded.client.get("/api/v1/posts", headers=somebody.headers)

    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")


async def test_a_deactivated_account_is_forbidden_at_once(guarded: Running) -> None:
    somebody = await person(guarded, is_active=False)

    response = await guarded.client.get(ME, headers=somebody.headers)

    assert response.status_code == 403
    assert response.json()["type"] == "urn:problem-type:account-deactivated"


async def test_the_documentation_shows_what_needs_a_token(guarded: Running) -> None:
    document = (await guarded.client.get("/openapi.json")).json()

    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            is_public = f"{method.upper()} {path}" in PUBLIC
            assert ("security" in operation) != is_public, path
            assert is_public or {"401", "403"} <= operation["responses"].keys()
            for status in {"401", "403"} & operation["responses"].keys():
                content = operation["responses"][status]["content"]
                assert set(content) == {"application/problem+json"}


def test_the_rules_hold_for_each_application() -> None:
    """Routers are made once: what guards them must not pile up in them."""

    def dependencies(app: FastAPI) -> list[int]:
        contexts = iter_route_contexts(app.routes)
        return [
            len(c.original_route.dependencies)
            for c in contexts
            if isinstance(c.original_route, APIRoute)
        ]

    assert dependencies(application()) == dependencies(application())
