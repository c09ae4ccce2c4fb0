"""The order of the stack, whatever was chosen of it."""

from app.middleware import STACK

from ..running import Running

ORDER = [
    "cors",
    "request_id",
    "timing",
    "access_log",
    "security_headers",
    "problems",
    "trusted_host",
    "gzip",
    "body_limit",
]
"""Outermost first. Preflight requests end in `cors`; all that is logged or answered has the request
id."""


def test_the_order_is_fixed() -> None:
    assert [name for name in ORDER if name in STACK] == STACK
    assert {"problems", "body_limit"} <= set(STACK)


def test_the_application_has_the_stack(service: Running) -> None:
    modules = [middleware.cls.__module__ for middleware in service.app.user_middleware]

    # Without origins to allow, `cors` has nothing to do.
    for name, module in zip([n for n in STACK if n != "cors"], modules, strict=True):
        assert module.startswith((f"app.middleware.{name}", "starlette.middleware."))


def test_all_of_it_is_pure_asgi(service: Running) -> None:
    """`BaseHTTPMiddleware` copies the request's context and costs more than all of these
    together."""
    for middleware in service.app.user_middleware:
        bases = {base.__name__ for base in type.mro(middleware.cls)}  # type: ignore[arg-type]
        assert "BaseHTTPMiddleware" not in bases
