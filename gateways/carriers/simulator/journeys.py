"""Moves every booked parcel along its plan, a step at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from gateways.carriers.simulator.depot import Depot, Parcel
from gateways.carriers.simulator.postman import Postman

log = structlog.get_logger(__name__)


class Journeys:
    """One task per parcel on its way."""

    def __init__(self, depot: Depot, postman: Postman, step_seconds: float) -> None:
        self._depot = depot
        self._postman = postman
        self._step = timedelta(seconds=step_seconds)
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """After a start: post what was not accepted yet, and let the parcels travel on."""
        for parcel in self._depot.parcels.values():
            for scan in parcel.scans:
                self._postman.take(parcel, scan)
            if not parcel.rests:
                self.depart(parcel)

    def depart(self, parcel: Parcel) -> None:
        """The parcel sets off."""
        task = asyncio.create_task(self._travel(parcel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Stand still."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _travel(self, parcel: Parcel) -> None:
        while True:
            due = parcel.last_moved + self._step - datetime.now(UTC)
            await asyncio.sleep(max(due.total_seconds(), 0))
            if parcel.rests:
                return
            scan = self._depot.scan(parcel, datetime.now(UTC))
            log.info("parcel.scanned", tracking_number=scan.tracking_number, status=scan.status)
            self._postman.take(parcel, scan)
