"""The outside world on loopback: the carrier simulator in this process, and a shop that takes its webhooks."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from domain.facts import Address, TrackingFact, TrackingWebhook
from gateways.carriers import registry
from gateways.carriers.port import BookingRequest, Carrier, ParcelLine
from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from gateways.signatures import new_secret, verify

KEY = "carrier-key"
SECRET = new_secret()


class Shop:
    """Takes webhooks, checks their signature, and answers with `answers` in turn, then 204."""

    key = KEY
    secret = SECRET

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.received: list[tuple[str, TrackingFact]] = []
        self.refused: list[str] = []
        shop = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                verify(dict(self.headers.items()), body, SECRET)
                status = shop.answers.pop(0) if shop.answers else 204
                if status == 204:
                    shop.received.append((self.headers["webhook-id"], TrackingWebhook.model_validate_json(body).data))
                else:
                    shop.refused.append(self.headers["webhook-id"])
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: a test's output is its result."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/webhooks/carriers/parcelway"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def statuses(self) -> list[str]:
        return [scan.status for _, scan in self.received]


@pytest.fixture
def shop() -> Iterator[Shop]:
    opened = Shop()
    yield opened
    opened.close()


@pytest.fixture
def simulate(shop: Shop) -> Iterator[Callable[..., str]]:
    """Start a simulator: `simulate(step=..., state=...)` returns its URL."""
    with ExitStack() as running:

        def start(step: float = 60.0, state: Path | None = None, webhooks: bool = True) -> str:
            settings = SimulatorSettings(
                simulator_port=0,
                simulator_step_seconds=step,
                simulator_state=state,
                carrier_key=KEY,
                carrier_webhook_url=shop.url if webhooks else None,
                webhook_secret_carriers=SECRET,
            )
            return running.enter_context(beside(settings))

        yield start


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Carrier]]:
    """Configure a carrier through the registry and return it."""

    def configured(url: str, name: str = "parcelway", key: str = KEY, timeout: float = 2.0) -> Carrier:
        registry.configure(url, key, name=name, timeout_seconds=timeout)
        return registry.carrier(name)

    yield configured
    await registry.close()


@pytest.fixture
def booking() -> Callable[..., BookingRequest]:
    """A parcel to book; `booking(2)` is another one."""

    def build(number: int = 1, **changes: object) -> BookingRequest:
        address = Address(name="Dock 3", street="1 High Street", city="Leeds", postal_code="LS1 4AP", country="GB")
        values: dict[str, object] = {
            "key": f"booking/SH-{number:06d}",
            "shipment": f"SH-{number:06d}",
            "ship_to": address,
            "weight_kg": Decimal("2.50"),
            "packages": 2,
            "lines": (ParcelLine("MUG", Decimal(3)),),
        }
        return BookingRequest(**{**values, **changes})  # type: ignore[arg-type]

    return build


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait until something holds; fails with what it was waiting for after ten seconds."""

    def wait(holds: Callable[[], object], seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)

    return wait


@pytest.fixture
def faults() -> Callable[..., None]:
    """Set faults: `faults(url, mode="down")`."""

    def change(url: str, **switches: object) -> None:
        httpx2.post(f"{url}/faults", json=switches, trust_env=False).raise_for_status()

    return change


@pytest.fixture
def all_bookings() -> Callable[[str], dict[str, object]]:
    """What the simulator has booked."""

    def ask(url: str) -> dict[str, object]:
        found: dict[str, object] = httpx2.get(f"{url}/bookings", trust_env=False).json()
        return found

    return ask
