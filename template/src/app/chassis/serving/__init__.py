"""Starts the service, in one process or several: everything that it needs of its server is said
here and nowhere else."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from . import workers
from .options import Options
from .server import Server


def serve(factory: str, kind: type[Server] = Server) -> None:
    """What `package.module:function` makes, as variables say, until a signal ends the process. A
    start that fails ends it with an exit code above 0."""
    options = Options.read()
    server = kind(options)
    tell = workers.forked(options.workers, server.close) if options.workers > 1 else _tell_no_one
    server.serve(lambda begun: _telling(_made_by(factory), tell, begun))


def _tell_no_one() -> None:
    pass


def _made_by(factory: str) -> FastAPI:
    module, _, name = factory.partition(":")
    app: FastAPI = getattr(import_module(module), name)()
    return app


def _telling(app: FastAPI, *told: Callable[[], object]) -> FastAPI:
    """The application, which tells when it has opened what it needs."""
    opened = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[Mapping[str, Any]]:
        async with opened(app) as state:
            for tell in told:
                tell()
            yield state or {}

    app.router.lifespan_context = lifespan
    return app
