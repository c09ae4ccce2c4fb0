"""Serves one of the applications here by the same server as a render, which is told the same."""

import sys
from importlib import import_module

from app.chassis.serving.options import Options
from app.chassis.serving.server import Server

if __name__ == "__main__":
    app = import_module(sys.argv[1]).app
    Server(Options.read()).serve(lambda _: app)
