"""What a run left behind, read where it lies: database, engine, carrier, mailbox, and the driver's own ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from psycopg.rows import dict_row

from db import engine
from db.checks import run_checks
from db.queries.views_ledger import trial_balance
from starter.doctor import Patient, examine
from tests.faults.client import Promise
from tests.faults.house import House
from tests.faults.mail import Received

Row = dict[str, Any]
TABLES: Mapping[str, str] = {
    "orders": "SELECT number, customer_po, state, total::text AS total FROM sales_order",
    "picks": "SELECT document AS shipment, count(*) AS times FROM timeline WHERE event = 'pick_confirmed' GROUP BY 1",
    "shipments": "SELECT number, state, tracking_number, issued_at IS NOT NULL AS issued FROM shipment",
    "invoices": "SELECT number, shipment, total::text AS total FROM invoice",
    "vouchers": "SELECT effect_key, kind, document FROM journal_entry",
    "payments": "SELECT provider_payment_id AS id, amount::text AS amount FROM payment",
    "receipts": "SELECT reference, quantity::text AS quantity FROM supply_receipt",
    "movements": "SELECT document AS reference, quantity::text AS quantity FROM stock_movement",
    "holds": "SELECT id, status FROM hold",
    "cases": "SELECT number, order_number, state FROM support_case",
    "cancellations": """SELECT order_number, count(*) AS times FROM timeline
        WHERE event = 'cancellation_requested' GROUP BY 1""",
    "notices": "SELECT key, recipient, sent_at IS NOT NULL AS sent, error FROM notice",
    "reminders": "SELECT invoice, instalment, level FROM reminder",
    "once": """SELECT order_number, event, coalesce(document, '') AS document, count(*) AS times FROM timeline
        WHERE event IN ('order_submitted', 'order_confirmed', 'order_fulfilled', 'order_completed', 'order_cancelled',
          'shipment_booked', 'shipment_delivered', 'invoice_posted', 'invoice_paid', 'follow_up_sent')
        GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "unsent": "SELECT id, workflow_id, outcome FROM engine_outbox WHERE sent_at IS NULL",
}
"""Name of the evidence to the question that finds it."""


@dataclass
class Evidence:
    """Everything that the verdict looks at, as plain rows."""

    promises: Sequence[Promise] = ()
    unanswered: Sequence[str] = ()
    broken: Sequence[str] = ()
    stuck: Sequence[str] = ()
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    bookings: Sequence[Row] = ()
    letters: Sequence[Received] = ()
    checks: Sequence[str] = ()
    doctor: Sequence[str] = ()
    unbalanced: Sequence[str] = ()

    def of(self, kind: str) -> list[Promise]:
        """The promises of a kind."""
        return [promise for promise in self.promises if promise.kind == kind]


async def gather(house: House, promises: Sequence[Promise]) -> Evidence:
    """Look everywhere, past the proxies."""
    evidence = Evidence(promises=promises)
    evidence.tables = await read_tables(house.direct_database)
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        evidence.bookings = (await http.get(f"{house.direct_carrier}/bookings")).raise_for_status().json()["items"]
    evidence.letters = house.mail.letters if house.mail else letters_in(house.mailbox)
    engine.configure(house.direct_database, pool_size=2)
    try:
        async with engine.transaction() as tx:
            evidence.checks = [f"{check.name}: {breach}" for check in await run_checks(tx) for breach in check.breaches]
        async with engine.transaction() as tx:
            currencies = (await trial_balance(tx))["currencies"]
    finally:
        await engine.close()
    evidence.unbalanced = [str(each["currency"]) for each in currencies if not each["balanced"]]
    evidence.doctor = await diagnosis(house)
    return evidence


async def read_tables(database: str) -> dict[str, list[Row]]:
    """Every table's rows, as the verdict needs them."""
    async with await psycopg.AsyncConnection.connect(database, row_factory=dict_row) as connection:
        return {name: await (await connection.execute(query)).fetchall() for name, query in TABLES.items()}


async def diagnosis(house: House) -> list[str]:
    """What `orderkeep doctor` finds wrong."""
    patient = Patient(
        database=house.direct_database,
        temporal=house.servers.temporal,
        namespace=house.stack.endpoints.temporal_namespace,
        api=house.direct_api,
        carrier=house.direct_carrier,
    )
    return [f"{problem['problem']}: {problem['detail']}" for problem in (await examine(patient))["problems"]]


def letters_in(folder: Path) -> list[Received]:
    """The letters that were put into a folder."""
    found = []
    for file in sorted(folder.glob("*.eml")):
        letter = message_from_bytes(file.read_bytes())
        found.append(Received(letter["Message-ID"], letter["To"]))
    return found
