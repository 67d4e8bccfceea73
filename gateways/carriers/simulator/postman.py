"""Takes scans to the shop as signed webhooks, until they are accepted."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from datetime import UTC, datetime

import httpx2
import structlog

from domain.facts import TrackingFact, TrackingWebhook
from gateways import signatures
from gateways.carriers.simulator.depot import Depot, Parcel
from gateways.carriers.simulator.faults import Mischief
from gateways.carriers.simulator.settings import SimulatorSettings

log = structlog.get_logger(__name__)

AT_ONCE = 8
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
TRIES_WHEN_REFUSED = 60  # about five minutes: a shop that was killed between booking and saving must find its feet
TRY_AGAIN = frozenset({408, 409, 425, 429})


def message_id(scan: TrackingFact) -> str:
    """The webhook's id: the same for every attempt and after every restart."""
    return f"{scan.tracking_number}-{scan.sequence}"


class Postman:
    """One round per scan; the scans of a parcel leave in order, unless the faults want them mixed up."""

    def __init__(self, settings: SimulatorSettings, depot: Depot, mischief: Mischief) -> None:
        self._url = settings.carrier_webhook_url
        self._secret = settings.webhook_secret_carriers
        self._step = settings.simulator_step_seconds
        self._depot = depot
        self._mischief = mischief
        self._door = asyncio.Semaphore(AT_ONCE)
        self._rounds: set[asyncio.Task[None]] = set()
        self._latest: dict[str, asyncio.Task[None]] = {}
        self._client = httpx2.AsyncClient(timeout=10.0, trust_env=False, verify=(self._url or "").startswith("https:"))

    def take(self, parcel: Parcel, scan: TrackingFact) -> None:
        """Deliver the scan in the background."""
        if self._url is None or self._depot.is_settled(message_id(scan)):
            return
        number = scan.tracking_number
        is_last = scan.sequence == len(parcel.booked.plan)
        if self._mischief.faults.reorder_webhooks and scan.sequence % 2 == 1 and not is_last:
            self._start(self._deliver_late(self._url, scan))
            return
        task = self._start(self._deliver_after(self._latest.get(number), self._url, scan))
        self._latest[number] = task
        if is_last:
            task.add_done_callback(lambda _: self._latest.pop(number, None))

    async def aclose(self) -> None:
        """Stop; what was not accepted is sent after the next start."""
        for task in self._rounds:
            task.cancel()
        await asyncio.gather(*self._rounds, return_exceptions=True)
        await self._client.aclose()

    def _start(self, round_: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(round_)
        self._rounds.add(task)
        task.add_done_callback(self._rounds.discard)
        return task

    async def _deliver_after(self, earlier: asyncio.Task[None] | None, url: str, scan: TrackingFact) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        await self._deliver(url, scan)

    async def _deliver_late(self, url: str, scan: TrackingFact) -> None:
        await asyncio.sleep(max(1.5 * self._step, 0.05))
        await self._deliver(url, scan)

    async def _deliver(self, url: str, scan: TrackingFact) -> None:
        body = TrackingWebhook(type="tracking.updated", data=scan).model_dump_json(exclude_none=True).encode()
        for attempt in itertools.count(1):
            status = await self._post(url, message_id(scan), body)
            if status is not None and 200 <= status < 300:
                if self._mischief.faults.duplicate_webhooks:
                    await self._post(url, message_id(scan), body)
                self._depot.settle(message_id(scan), accepted=True)
                return
            refused = status is not None and 300 <= status < 500 and status not in TRY_AGAIN
            if refused and attempt >= TRIES_WHEN_REFUSED:
                log.error("webhook.given_up", message=message_id(scan), status=status, attempts=attempt)
                self._depot.settle(message_id(scan), accepted=False)
                return
            await asyncio.sleep(min(FIRST_PAUSE_SECONDS * 2 ** min(attempt - 1, 10), LONGEST_PAUSE_SECONDS))

    async def _post(self, url: str, message: str, body: bytes) -> int | None:
        headers = signatures.sign(message, datetime.now(UTC), body, self._secret)
        async with self._door:
            try:
                answer = await self._client.post(
                    url, content=body, headers={"content-type": "application/json", **headers}
                )
            except httpx2.HTTPError as error:
                log.warning("webhook.not_answered", message=message, error=str(error) or type(error).__name__)
                return None
        if not answer.is_success:
            log.warning("webhook.not_accepted", message=message, status=answer.status_code)
        return answer.status_code
