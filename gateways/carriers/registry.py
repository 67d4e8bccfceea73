"""The carriers we can ship with: one line each."""

from __future__ import annotations

from collections.abc import Callable

from gateways.carriers.http_carrier import HttpCarrier
from gateways.carriers.port import Carrier

Build = Callable[[str, str, str, float], Carrier]  # name, url, key, seconds to wait for an answer

PROVIDERS: dict[str, Build] = {
    "parcelway": HttpCarrier,
}

_configured: dict[str, Carrier] = {}


def names() -> tuple[str, ...]:
    """All carriers that this version knows; the first is the one to take when nothing else decides."""
    return tuple(PROVIDERS)


def configure(url: str, key: str = "", *, name: str = "parcelway", timeout_seconds: float = 10.0) -> None:
    """Say where a carrier answers and with which key; called once by each process that ships."""
    if name not in PROVIDERS:
        raise LookupError(f"no carrier is called {name!r}; known are {', '.join(PROVIDERS)}")
    _configured[name] = PROVIDERS[name](name, url, key, timeout_seconds)


def carrier(name: str) -> Carrier:
    """The configured carrier of that name; LookupError says what is missing."""
    if name not in _configured:
        known = "is not configured: set its URL and key" if name in PROVIDERS else "is not known"
        raise LookupError(f"the carrier {name!r} {known}")
    return _configured[name]


async def close() -> None:
    """Let go of all connections and forget the configuration."""
    while _configured:
        _, closing = _configured.popitem()
        await closing.aclose()
