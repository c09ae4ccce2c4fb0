"""Serve on $HOST and $PORT, with $WORKERS processes.

The defaults are 127.0.0.1, 8000 and 1. On SIGTERM requests in flight have $DRAIN_TIMEOUT seconds to
end, 30 by default, from when the server takes no more of them.
"""

from ..chassis import logs
from ..chassis.serving import serve
from ..config import read_settings


def run() -> None:
    settings = read_settings()
    logs.configure(settings.log.level, settings.log.format)
    serve("app.main:create_app")
