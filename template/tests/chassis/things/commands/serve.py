"""Serve what a function makes, as your service is served; or with little patience."""

from app.chassis import logs
from app.chassis.config import ChassisSettings, read
from app.chassis.serving import serve
from app.chassis.serving.server import Server

from ..impatient import Impatient


def run(factory: str, patience: str = "") -> None:
    settings = read(ChassisSettings)
    logs.configure(settings.log.level, settings.log.format)
    serve(factory, Impatient if patience == "little" else Server)
