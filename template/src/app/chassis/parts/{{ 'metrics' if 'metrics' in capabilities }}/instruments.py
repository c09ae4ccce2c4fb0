"""Everything that is measured, by name."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from ...db.monitor import PoolMonitor
from . import processes

REQUEST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
WAIT = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
LAG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
"""Bounds of the buckets, in seconds. Those that alerts ask for are among them."""


class Instruments:
    """Those of one process: applications in it share them. Gauges of several workers are summed."""

    def __init__(self) -> None:
        self.requests = Counter(
            "http_requests", "Requests by what was answered.", ["method", "route", "status"]
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Time until the end of the answer.",
            ["method", "route"],
            buckets=REQUEST,
        )
        self.in_progress = _gauge("http_requests_in_progress", "Requests that are being served.")
        self.loop_lag = Histogram(
            "event_loop_lag_seconds", "How late the event loop is, 20 times a second.", buckets=LAG
        )
        self.pool_wait = Histogram(
            "db_pool_wait_seconds",
            "How long callers waited for a connection; its count is that of the checkouts.",
            ["pool"],
            buckets=WAIT,
        )
        self.pool_timeouts = Counter(
            "db_pool_timeouts", "Callers that got no connection in time.", ["pool"]
        )
        self._pool = {
            name: _gauge(f"db_pool_{name}", meaning, "pool")
            for name, meaning in {
                "size": "Connections that are kept at most; 0 where nothing pools.",
                "limit": "Connections that are lent at most; 0 where all who come get one.",
                "in_use": "Connections that are lent.",
                "idle": "Connections that are open and not lent.",
                "overflow": "Connections in use beyond the size.",
                "waiting": "Callers that wait for a connection.",
            }.items()
        }

    def note(self, pool: PoolMonitor) -> None:
        """What a pool is doing right now."""
        status = pool.status()
        for name, gauge in self._pool.items():
            gauge.labels(pool.name).set(getattr(status, name))


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(name, meaning, labels, multiprocess_mode="livesum")


@cache
def instruments() -> Instruments:
    """Made at the first need: in the mode for several workers that opens files."""
    processes.prepare()
    # They are a time for each series, which nobody asks for.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    return Instruments()
