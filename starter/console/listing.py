"""Lists in the address: which filters a person chose, where a page begins, and the link to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request

LONGEST = 200


def filters_of(request: Request, known: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """The filters of the address that the list knows and that are not empty, and the cursor of the page."""
    given = {name: " ".join(request.query_params.get(name, "").split())[:LONGEST] for name in known}
    chosen = {name: value for name, value in given.items() if value and value.isprintable()}
    after = request.query_params.get("after", "")
    return chosen, after if after.isprintable() and after else None


def link(path: str, values: Mapping[str, str | None]) -> str:
    """An address with its filters; what is None or empty is left out."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path
