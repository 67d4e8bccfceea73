"""The carrier simulator in the test's own process: real requests, real answers, no socket; a test moves its parcels."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx2
from starlette.applications import Starlette

from domain.facts import TrackingFact
from gateways.carriers.http_carrier import HttpCarrier
from gateways.carriers.simulator.app import Counter
from gateways.carriers.simulator.settings import SimulatorSettings
from tests.builders import CARRIER

_NEVER = 100_000.0


class SimulatedCarrier(HttpCarrier):
    """The client that ships with the program, connected to a simulator without a network.

    With a path the simulator keeps its journal there, and another one may go on with it once this one is closed.
    """

    def __init__(self, state: Path | None = None) -> None:
        super().__init__(CARRIER, "http://carrier")
        settings = SimulatorSettings(simulator_port=0, simulator_step_seconds=_NEVER, simulator_state=state)
        self._counter = Counter(settings)
        app = Starlette(routes=self._counter.routes())
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://carrier")

    def scan(self, key: str, scans: int) -> list[TrackingFact]:
        """The parcel of that booking passes the next readers on its way, now."""
        depot = self._counter.depot
        return [depot.scan(depot.parcels[key], datetime.now(UTC)) for _ in range(scans)]

    async def aclose(self) -> None:
        """Nothing moves any more, and the journal is free."""
        await super().aclose()
        await self._counter.journeys.aclose()
        await self._counter.postman.aclose()
        self._counter.depot.close()


def simulated(carrier: object) -> SimulatedCarrier:
    """The carrier that a test configured, as the one that it can tell what to do."""
    assert isinstance(carrier, SimulatedCarrier)
    return carrier
