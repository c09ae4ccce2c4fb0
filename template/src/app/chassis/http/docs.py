"""The documentation page with all that it loads: no other host sees who reads it or can change
it."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, HTMLResponse, JSONResponse

# Only the files of this package are used, which are those of Swagger UI.
_FILES = Path(fastapi_offline.__file__).parent / "static"
_SCRIPT, _STYLE, _ICON = "swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"


def add_docs(app: FastAPI) -> None:
    """Serve `/openapi.json`, and `/docs`, whose addresses are relative, so that it works below any
    path of a proxy."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=escape(app.title),
        swagger_js_url=f"docs/{_SCRIPT}",
        swagger_css_url=f"docs/{_STYLE}",
        swagger_favicon_url=f"docs/{_ICON}",
    ).body
    headers = {"content-security-policy": _policy(bytes(page).decode())}

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers=headers)

    async def send_document(request: Request) -> Response:
        prefix = request.scope.get("root_path", "").rstrip("/")
        below = {"servers": [{"url": prefix}]} if prefix else {}
        return JSONResponse({**app.openapi(), **below})

    app.add_route("/openapi.json", send_document, include_in_schema=False)
    app.add_route("/docs", show, include_in_schema=False)
    for name in (_SCRIPT, _STYLE, _ICON):
        _add_file(app, name)


def _add_file(app: FastAPI, name: str) -> None:
    async def send(_: Request) -> Response:
        return FileResponse(_FILES / name)

    app.add_route(f"/docs/{name}", send, include_in_schema=False)


def _policy(page: str) -> str:
    """What the page may load: of scripts in it, only those that it has now."""
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [b64encode(sha256(script.encode()).digest()).decode() for script in inline]
    scripts = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "connect-src 'self'; img-src 'self' data:; style-src 'self'; "
        f"script-src 'self' {scripts}"
    )
