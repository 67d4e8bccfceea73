"""Whether something answers at an address."""

from __future__ import annotations

import httpx2

from starter.doctor.bedside import PATIENCE


def browser() -> httpx2.AsyncClient:
    """A client that waits no longer than a visit allows and goes through no proxy."""
    return httpx2.AsyncClient(timeout=PATIENCE.total_seconds(), trust_env=False)


async def silence(address: str) -> str | None:
    """Why nothing answers there; None when something does, for only a server at work can refuse us."""
    try:
        async with browser() as http:
            answer = await http.get(address)
    except httpx2.HTTPError as failure:
        return str(failure) or type(failure).__name__
    return None if answer.status_code < 500 else str(answer.status_code)
