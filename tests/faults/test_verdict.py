"""A verdict with teeth: whatever is lost, doubled or forgotten in otherwise spotless evidence is named with its id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateways.notices.letter import digest
from tests.faults.client import Promise
from tests.faults.evidence import TABLES, Evidence
from tests.faults.mail import Received
from tests.faults.verdict import QUESTIONS, judge

Harm = Callable[[Evidence], None]


def promise(kind: str, key: str, sent: dict[str, object], **answer: object) -> Promise:
    return Promise(kind, key, 0.0, sent, answer)


def spotless() -> Evidence:
    """Two orders with all that can happen to them, and nothing wrong."""
    letter = "order_received/SO-1/a@example"
    return Evidence(
        promises=[
            promise("order", "order/F1-0", {"customer_po": "F1-0"}, number="SO-1", total="12.00"),
            promise("order", "order/F1-0/again", {"customer_po": "F1-0"}, number="SO-1", total="12.00"),
            promise("order", "order/F1-1", {"customer_po": "F1-1"}, number="SO-2", total="5.00"),
            promise("payment", "payment/INV-1/0", {"provider_payment_id": "INV-1/0", "amount": "12.00"}),
            promise("pick", "pick/SH-1", {}),
            promise("receipt", "receipt/PO-1/0", {"reference": "receipt/PO-1/0", "lines": [{"quantity": "8"}]}),
            promise("movement", "movement/opening", {"reference": "opening", "quantity": "100"}),
            promise("release", "hold/1", {}),
            promise("rejection", "hold/2", {}),
            promise("case", "case/SO-1", {}, number="CASE-1"),
            promise("cancellation", "cancel/SO-2", {}),
        ],
        tables={
            **{name: [] for name in TABLES},
            "orders": [
                {"number": "SO-1", "customer_po": "F1-0", "state": "COMPLETED", "total": "12.0000"},
                {"number": "SO-2", "customer_po": "F1-1", "state": "CANCELLED", "total": "5.0000"},
            ],
            "picks": [{"shipment": "SH-1", "times": 1}],
            "shipments": [
                {"number": "SH-1", "state": "DELIVERED", "tracking_number": "PW1", "issued": True},
                {"number": "SH-2", "state": "CANCELLED", "tracking_number": None, "issued": False},
            ],
            "invoices": [{"number": "INV-000001", "shipment": "SH-1", "total": "12.00"}],
            "vouchers": [
                {"effect_key": "goods_issue/SH-1", "kind": "goods_issue", "document": "SH-1"},
                {"effect_key": "invoice/INV-000001", "kind": "invoice", "document": "INV-000001"},
            ],
            "payments": [{"id": "INV-1/0", "amount": "12.0000"}],
            "receipts": [{"reference": "receipt/PO-1/0", "quantity": "8.0000"}],
            "movements": [{"reference": "opening", "quantity": "100.0000"}],
            "holds": [{"id": 1, "status": "RELEASED"}, {"id": 2, "status": "REJECTED"}],
            "cases": [{"number": "CASE-1", "order_number": "SO-1", "state": "CLOSED"}],
            "cancellations": [{"order_number": "SO-2", "times": 1}],
            "notices": [{"key": letter, "recipient": "a@example", "sent": True, "error": None}],
            "reminders": [{"invoice": "INV-000001", "instalment": 1, "level": level} for level in (0, 1)],
        },
        bookings=[
            {"shipment": "SH-1", "tracking_number": "PW1", "voided": False},
            {"shipment": "SH-2", "tracking_number": "PW2", "voided": True},
        ],
        letters=[Received(f"<{digest(letter)}@x>", "a@example")] * 2,
    )


def add(table: str, **row: object) -> Harm:
    return lambda evidence: evidence.tables[table].append(row)


def lose(table: str, place: int = 0) -> Harm:
    return lambda evidence: evidence.tables[table].__delitem__(place)


def change(table: str, place: int = 0, **values: object) -> Harm:
    return lambda evidence: evidence.tables[table][place].update(values)


def say(**values: object) -> Harm:
    """Something that is not in a table."""

    def harm(evidence: Evidence) -> None:
        for name, value in values.items():
            setattr(evidence, name, value)

    return harm


def repeat(table: str, place: int = 0) -> Harm:
    return lambda evidence: evidence.tables[table].append(evidence.tables[table][place])


def booked_again(shipment: str, number: str) -> Harm:
    booking = {"shipment": shipment, "tracking_number": number, "voided": False}
    return lambda evidence: setattr(evidence, "bookings", [*evidence.bookings, booking])


def answered_otherwise(evidence: Evidence) -> None:
    first, second, *rest = evidence.promises
    evidence.promises = [first, replace(second, answer={"number": "SO-2", "total": "5.00"}), *rest]


HARMS: list[tuple[Harm, str, list[str]]] = [
    (say(unanswered=["POST order/F1-9"]), "every request got an answer",
     ["POST order/F1-9 never got a definite answer"]),
    (say(broken=["500 to POST /v1/orders: oh"]), "no answer was a fault of ours", ["500 to POST /v1/orders: oh"]),
    (lose("orders", 1), "every order is there once", ["order SO-2 was answered and is not there"]),
    (add("orders", number="SO-3", customer_po="F1-1", state="COMPLETED", total="5"), "every order is there once",
     ["the customer's number F1-1: 2 times"]),
    (add("orders", number="SO-3", customer_po="F1-7", state="COMPLETED", total="5"), "every order is there once",
     ["the order for F1-7 exists and nobody was told so"]),
    (change("orders", total="11.9900"), "every order is there once",
     ["order SO-1 was answered with 12.00 and has 11.9900"] * 2),
    (answered_otherwise, "the same order is the same number", ["F1-0 became SO-1, SO-2"]),
    (say(stuck=["order SO-1 is IN_REVIEW"]), "every order reached its end", ["order SO-1 is IN_REVIEW"]),
    (lose("payments"), "every payment is there once", ["payment INV-1/0 was answered and is not there"]),
    (repeat("payments"), "every payment is there once", ["payment INV-1/0: 2 times"]),
    (change("payments", amount="1"), "every payment is there once", ["payment INV-1/0 of 12.00 was recorded as 1"]),
    (lose("picks"), "every pick is there once", ["the pick of SH-1 was answered and is not there"]),
    (change("picks", times=2), "every pick is there once", ["the pick of SH-1: 2 times"]),
    (lose("receipts"), "every receipt is there once", ["receipt receipt/PO-1/0 was answered and is not there"]),
    (repeat("receipts"), "every receipt is there once", ["receipt receipt/PO-1/0: 2 times"]),
    (lose("movements"), "every receipt is there once", ["movement opening was answered and is not there"]),
    (change("movements", quantity="99"), "every receipt is there once", ["movement opening of 100 was recorded as 99"]),
    (change("holds", status="OPEN"), "every decision is there", ["hold 1 was answered as RELEASED and is OPEN"]),
    (lose("holds", 1), "every decision is there", ["hold 2 was answered as REJECTED and is None"]),
    (lose("cases"), "every decision is there", ["case CASE-1 was answered and is not there"]),
    (add("cases", number="CASE-2", order_number="SO-1", state="NEW"), "every decision is there",
     ["the case about SO-1: 2 times"]),
    (lose("cancellations"), "every decision is there", ["the cancellation of SO-2 was answered and is not there"]),
    (booked_again("SH-1", "PW9"), "every shipment is booked once",
     ["the booking of SH-1: 2 times", "shipment SH-1 is booked as PW1 and at the carrier as PW9"]),
    (booked_again("SH-2", "PW2"), "every shipment is booked once",
     ["shipment SH-2 is CANCELLED and still booked at the carrier as PW2"]),
    (booked_again("SH-7", "PW7"), "every shipment is booked once",
     ["the carrier has a booking for SH-7, which nobody knows"]),
    (say(bookings=[]), "every shipment is booked once",
     ["shipment SH-1 is booked as PW1 and at the carrier as None"]),
    (change("invoices", shipment="SH-2"), "every delivery is billed once",
     ["shipment SH-1 is delivered and not billed", "shipment SH-2 is billed and not delivered"]),
    (change("invoices", number="INV-000002"), "every delivery is billed once", ["invoice number 1 was never given"]),
    (repeat("vouchers"), "every voucher is single",
     ["voucher goods_issue/SH-1: 2 times", "the goods_issue voucher of SH-1: 2 times"]),
    (lose("vouchers", 1), "every voucher is single", ["INV-000001 has no invoice voucher"]),
    (say(letters=[]), "every letter came", ["the letter order_received/SO-1/a@example never came"]),
    (say(letters=[Received("<other@x>", "a@example")]), "every letter came",
     ["the letter order_received/SO-1/a@example never came", "a letter <other@x> came that nobody wrote"]),
    (add("reminders", invoice="INV-000001", instalment=1, level=1),
     "every reminder was sent once and none was skipped",
     ["instalment 1 of INV-000001 was reminded at the levels [0, 1, 1]"]),
    (add("reminders", invoice="INV-000001", instalment=1, level=3),
     "every reminder was sent once and none was skipped",
     ["instalment 1 of INV-000001 was reminded at the levels [0, 1, 3]"]),
    (add("once", order_number="SO-1", event="shipment_booked", document="SH-1", times=2),
     "every step was told once", ["shipment_booked of SO-1 SH-1: 2 times"]),
    (add("unsent", id=7, workflow_id="order/SO-1", outcome="away"), "nothing waits in the outbox",
     ["message 7 for order/SO-1: away"]),
    (say(checks=["stock: too little"]), "check is clean", ["stock: too little"]),
    (say(doctor=["missing: order/SO-1"]), "doctor is clean", ["missing: order/SO-1"]),
    (say(unbalanced=["EUR"]), "the books balance", ["EUR does not balance"]),
]  # fmt: skip


def test_spotless_evidence_has_nothing_wrong() -> None:
    assert judge(spotless()) == {question.__name__.replace("_", " "): [] for question in QUESTIONS}


@pytest.mark.parametrize(("harm", "question", "sentences"), HARMS, ids=[each[2][0] for each in HARMS])
def test_what_is_lost_doubled_or_forgotten_is_named(harm: Harm, question: str, sentences: list[str]) -> None:
    evidence = spotless()
    harm(evidence)
    assert judge(evidence)[question] == sentences


def test_every_question_has_something_that_it_finds() -> None:
    assert {question for _, question, _ in HARMS} == set(judge(spotless()))
