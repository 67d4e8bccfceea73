"""Scripts, styles and fonts of the pages: ours, and those of installed packages. Nothing comes from outside."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import guess_type

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

router = APIRouter(include_in_schema=False)
_OURS = files("starter.console") / "static"
_TABLER = files("sqladmin") / "statics"
FILES: dict[str, Traversable] = {
    "console.css": _OURS / "console.css",
    "console.js": _OURS / "console.js",
    "order.css": _OURS / "order.css",
    "order_form.js": _OURS / "order_form.js",
    "taking.css": _OURS / "taking.css",
    "unsent.js": _OURS / "unsent.js",
    "htmx.js": files("js_lib_htmx") / "static" / "htmx" / "htmx.min.js",
    "css/tabler.css": _TABLER / "css" / "tabler.min.css",
    "css/tabler-icons.css": _TABLER / "css" / "tabler-icons.min.css",
    "webfonts/tabler-icons.woff2": _TABLER / "webfonts" / "tabler-icons.woff2",
    "tabler.js": _TABLER / "js" / "tabler.min.js",
}
"""Name in the address to the file; nothing else is served."""
_FOREVER = "public, max-age=31536000, immutable"


@cache
def _content(name: str) -> bytes:
    return FILES[name].read_bytes()


@cache
def address(name: str) -> str:
    """The address of a file, which changes with its content, so that a browser may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


@router.get("/static/{name:path}")
async def static_file(request: Request, name: str) -> Response:
    """One of the files."""
    if name not in FILES:
        return PlainTextResponse("There is no such file.", 404)
    kind, _ = guess_type(name)
    lasting = _FOREVER if "v" in request.query_params else "public, max-age=3600"
    return Response(_content(name), media_type=kind or "font/woff2", headers={"Cache-Control": lasting})
