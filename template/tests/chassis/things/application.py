"""Puts it together."""

from fastapi import FastAPI

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings, read
from app.chassis.http.guard import guarded
from app.chassis.middleware import STACK
from app.chassis.parts.chosen import PARTS

from ..growing import growing
from . import routes


def create_app(settings: ChassisSettings | None = None) -> FastAPI:
    return growing(
        build_app(
            settings or read(ChassisSettings),
            title="Things",
            middleware=[*STACK],
            parts=[*PARTS],
            routers=guarded(routes, None),
        )
    )
