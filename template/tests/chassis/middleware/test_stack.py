"""The order of the stack, whatever was chosen of it."""

from app.chassis.middleware import STACK, Layer

from ..running import Running


def name_of(layer: Layer) -> str:
    """That of its module, or of the part whose middleware it is."""
    module = str(getattr(layer, "__name__", "")).removesuffix(".middleware")
    return module.rpartition(".")[2]


NAMES = [name_of(layer) for layer in STACK]

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
    assert [name for name in ORDER if name in NAMES] == [name for name in NAMES if name in ORDER]
    assert {"proxy_headers", "no_store", "problems", "deadline", "body_limit"} <= set(NAMES)


def test_the_application_has_the_stack(service: Running) -> None:
    modules = [middleware.cls.__module__ for middleware in service.app.user_middleware]

    # Without proxies to trust and origins to allow, these have nothing to do.
    idle = {"proxy_headers", "cors"}
    for layer, module in zip(
        [layer for layer in STACK if name_of(layer) not in idle], modules, strict=True
    ):
        assert module == getattr(layer, "__name__", "")
