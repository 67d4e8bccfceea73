"""One trace follows an order from the request over the outbox into the engine, the steps, SQL and the carrier."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.actor import Role
from starter.api.examples import EXAMPLES
from starter.embedded.stack import Stack
from tests.starter.api.live import Live, put_masters
from tests.starter.doctor.ward import until
from tests.starter.tracing.receiver import Receiver, Seen, receiver

pytestmark = pytest.mark.xdist_group("servers")
PERSONAL = ("Harbour", "HARBOUR", "harbour-books", "Quay Road", "BS1 4RW", "142.56", "9.90", "PO-2041")


@pytest.fixture(scope="module")
async def traced() -> AsyncIterator[tuple[Receiver, str, str]]:
    """The spans of an order that was picked, booked, delivered and billed; its number, and the API's key."""
    with receiver() as got, tempfile.TemporaryDirectory(prefix="ok-", ignore_cleanup_errors=True) as folder:
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": got.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        async with Stack(Path(folder) / "data", step_seconds=0.1, env=env) as stack:
            number = await _lived(stack)
            await until(lambda: _arrived(got))
            key = stack.endpoints.key
        yield got, number, key


async def _lived(stack: Stack) -> str:
    ends = stack.endpoints
    async with httpx2.AsyncClient(base_url=ends.api, timeout=30.0, trust_env=False) as http:
        live = Live(http, {Role.ADMIN: ends.key})
        await put_masters(live)
        number = str((await live.post("/v1/orders", EXAMPLES["submit_order"])).json()["number"])

        async def shown(part: str) -> Any:
            return (await live.get(f"/v1/orders/{number}")).json()[part]

        (shipment,) = await until(lambda: shown("shipments"))
        lines = [{"line": line["line"], "quantity": line["quantity"]} for line in shipment["lines"]]
        await live.post(f"/v1/shipments/{shipment['number']}/pick", {"lines": lines})
        await until(lambda: shown("invoices"))
        await live.get("/v1/orders?customer=HARBOUR")
        return number


async def _arrived(got: Receiver) -> bool:
    return bool(got.named("RunActivity:post_invoice")) and bool(got.named("HandleSignal:tracking_changed"))


def only(spans: list[Seen]) -> Seen:
    """The one span."""
    assert len(spans) == 1, [span.name for span in spans]
    return spans[0]


async def test_the_chain_from_the_request_to_the_statement_of_a_step(traced: tuple[Receiver, str, str]):
    got, number, _ = traced
    step = only(got.named("RunActivity:review_order", temporalWorkflowID=f"order/{number}"))
    chain = ["POST /v1/orders", "StartWorkflow:OrderWorkflow", "StartActivity:review_order", "RunActivity:review_order"]
    assert got.line(step) == chain
    below = [span for span in got.spans if span.parent == step.id]
    assert len(below) >= 5
    assert {span.attributes["db.system.name"] for span in below} == {"postgresql"}
    assert [span.name for span in below].count("COMMIT") == 1
    request = only(got.named("POST /v1/orders"))
    assert request.service == "orderkeep-api"
    assert step.service == "orderkeep-worker"
    assert request.attributes["http.route"] == "/v1/orders"
    inserted = [span for span in got.spans if span.parent == request.id and "INSERT INTO sales_order" in span.name]
    assert ":customer" in only(inserted).attributes["db.query.text"]


async def test_the_call_to_the_carrier_belongs_to_the_orders_trace(traced: tuple[Receiver, str, str]):
    got, _, _ = traced
    call = only(got.named("parcelway POST /bookings"))
    assert got.line(call)[:2] == ["POST /v1/orders", "StartWorkflow:OrderWorkflow"]
    assert got.line(call)[-2:] == ["RunActivity:book_shipment", "parcelway POST /bookings"]


async def test_a_webhook_is_a_trace_of_its_own_and_the_orders_trace_links_to_it(traced: tuple[Receiver, str, str]):
    got, _, _ = traced
    order = only(got.named("POST /v1/orders")).trace
    heard = got.named("HandleSignal:tracking_changed")
    assert heard
    for signal in heard:
        assert signal.trace == order
        (linked,) = signal.links
        assert linked != order
        roots = {span.name for span in got.spans if span.trace == linked and not span.parent}
        assert roots == {"POST /v1/webhooks/carriers/{provider}"}


async def test_no_personal_data_key_or_amount_leaves(traced: tuple[Receiver, str, str]):
    got, _, key = traced
    assert len(got.spans) > 100
    said = "\n".join(f"{span.name} {span.attributes}" for span in got.spans)
    assert [word for word in (*PERSONAL, key) if word in said] == []


async def test_probes_and_the_search_for_work_leave_no_span(traced: tuple[Receiver, str, str]):
    got, _, _ = traced
    assert [span.name for span in got.spans if "healthz" in span.name or "UPDATE engine_outbox" in span.name] == []
