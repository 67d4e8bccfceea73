"""The loading dock: a warehouse robot picks what stands on a delivery note, so that orders go on."""

from __future__ import annotations

import asyncio

from starter.demo.desks import Desk
from starter.demo.watch import Watch

TO_PICK = ("CREATED", "PICKING")
NOT_GONE = (*TO_PICK, "PACKED")


class Dock:
    """Picks every shipment in full, except those of customers that a story serves itself."""

    def __init__(self, robot: Desk, watch: Watch) -> None:
        self._robot = robot
        self._watch = watch
        self._picked: set[str] = set()
        self._served_by_hand: set[str] = set()
        self._open = asyncio.Event()
        self._open.set()

    def leave_alone(self, customer: str) -> None:
        """Shipments of this customer are picked by the story."""
        self._served_by_hand.add(customer)

    def close(self) -> None:
        """The robot rests."""
        self._open.clear()

    def open(self) -> None:
        """The robot goes on."""
        self._open.set()

    async def run(self) -> None:
        """Pick until cancelled."""
        while True:
            await self._watch.news()
            await self._open.wait()
            await asyncio.gather(*(self._pick(number) for number in self._waiting()))

    def _waiting(self) -> list[str]:
        return [
            shipment["number"]
            for shipments in self._watch.shipments.values()
            for shipment in shipments
            if shipment["state"] in TO_PICK
            and shipment["number"] not in self._picked
            and shipment["customer"] not in self._served_by_hand
        ]

    async def _pick(self, number: str) -> None:
        # A shipment that was cancelled in this instant is refused, and then there is nothing to pick.
        answer = await self._robot.ask("POST", f"/v1/shipments/{number}/pick", {"lines": [], "packages": 1})
        if answer.is_success or answer.status_code == 409:
            self._picked.add(number)

    async def quiet(self, seconds: float) -> None:
        """Until no shipment of the robot waits for its carrier, at most for so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while any(
                    row["state"] in NOT_GONE and row["customer"] not in self._served_by_hand
                    for rows in self._watch.shipments.values()
                    for row in rows
                ):
                    await self._watch.news()
        except TimeoutError:
            return
