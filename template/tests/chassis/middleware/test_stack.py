"""The order of the stack, whatever was chosen of it."""

from app.chassis.middleware import STACK

from ..running import Running

ORDER = [
    "proxy_headers",
    "cors",
    "request_id",
    "timing",
    "access_log",
    "security_headers",
    "no_store",
    "problems",
    "metrics",
    "deadline",
    "trusted_host",
    "gzip",
    "rate_limit",
    "body_limit",
]
"""Outermost first. Preflight requests end in `cors`; all that is logged or answered has the request
id."""


def test_the_order_is_fixed() -> None:
    assert [name for name in ORDER if name in STACK] == STACK
    assert {"proxy_headers", "no_store", "problems", "deadline", "body_limit"} <= set(STACK)


def test_the_application_has_the_stack(service: Running) -> None:
    modules = [middleware.cls.__module__ for middleware in service.app.user_middleware]

    # Without proxies to trust and origins to allow, these have nothing to do.
    idle = {"proxy_headers", "cors"}
    for name, module in zip([n for n in STACK if n not in idle], modules, strict=True):
        assert module.startswith((f"app.middleware.{name}", "starlette.middleware."))


def test_all_of_it_is_pure_asgi(service: Running) -> None:
    """`BaseHTTPMiddleware` copies the request's context and costs more than all of these
    together."""
    for middleware in service.app.user_middleware:
        bases = {base.__name__ for base in type.mro(middleware.cls)}  # type: ignore[arg-type]
        assert "BaseHTTPMiddleware" not in bases
