"""Home: what waits for this person."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from starter.console.door import pages
from starter.console.page import render

router = pages()


@router.get("/queue")
async def my_work(request: Request) -> Response:
    """What waits for the person's role."""
    return render(request, "queue.html")
