"""The simulated carrier as the demonstration handles it: its switch for going down, and its own list of bookings."""

from __future__ import annotations

from typing import Any

import httpx2


class Carrier:
    """Talks to the simulator over its HTTP."""

    def __init__(self, address: str) -> None:
        self._http = httpx2.AsyncClient(base_url=address, timeout=10.0, trust_env=False)

    async def goes_down(self) -> None:
        """Every call of the carrier's own is answered 503 from now on."""
        (await self._http.post("/faults", json={"mode": "down"})).raise_for_status()

    async def comes_back(self) -> None:
        """All is well again."""
        (await self._http.delete("/faults")).raise_for_status()

    async def bookings(self, shipment: str) -> list[dict[str, Any]]:
        """What the carrier has booked for a shipment."""
        answer = (await self._http.get("/bookings")).raise_for_status().json()
        return [booking for booking in answer["items"] if booking["shipment"] == shipment]

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()
