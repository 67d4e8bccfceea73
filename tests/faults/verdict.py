"""Was anything lost, doubled or forgotten? One question each, answered with the ids of what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from gateways.notices.letter import digest
from tests.faults.evidence import Evidence

Question = Callable[[Evidence], list[str]]
BOOKED = ("BOOKED", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED")


def _doubled(names: Iterable[str], what: str) -> list[str]:
    return [f"{what} {name}: {times} times" for name, times in sorted(Counter(names).items()) if times > 1]


def _missing(promised: Iterable[str], found: Iterable[str], what: str) -> list[str]:
    return [f"{what} {name} was answered and is not there" for name in sorted(set(promised) - set(found))]


def every_request_got_an_answer(evidence: Evidence) -> list[str]:
    """Each POST came to a definite end."""
    return [f"{name} never got a definite answer" for name in sorted(evidence.unanswered)]


def no_answer_was_a_fault_of_ours(evidence: Evidence) -> list[str]:
    """Under faults the API says 503 and nothing else of the 5xx."""
    return list(evidence.broken)


def every_order_is_there_once(evidence: Evidence) -> list[str]:
    """Each accepted order is there as it was answered, once, and no order that nobody was promised."""
    promises = evidence.of("order")
    rows = {str(row["number"]): row for row in evidence.tables["orders"]}
    wrong = _missing((str(each.answer["number"]) for each in promises), rows, "order")
    wrong += _doubled((str(row["customer_po"]) for row in rows.values()), "the customer's number")
    for promise in promises:
        number, po = str(promise.answer["number"]), promise.sent["customer_po"]
        row = rows.get(number)
        if row is not None and row["customer_po"] != po:
            wrong.append(f"order {number} was answered for {po} and is {row['customer_po']}")
        if row is not None and Decimal(row["total"]) != Decimal(str(promise.answer["total"])):
            wrong.append(f"order {number} was answered with {promise.answer['total']} and has {row['total']}")
    unknown = {str(row["customer_po"]) for row in rows.values()} - {each.sent["customer_po"] for each in promises}
    return wrong + [f"the order for {po} exists and nobody was told so" for po in sorted(unknown)]


def the_same_order_is_the_same_number(evidence: Evidence) -> list[str]:
    """What was sent twice was answered with one number."""
    numbers: dict[str, set[str]] = {}
    for promise in evidence.of("order"):
        numbers.setdefault(promise.sent["customer_po"], set()).add(str(promise.answer["number"]))
    return [f"{po} became {', '.join(sorted(each))}" for po, each in sorted(numbers.items()) if len(each) > 1]


def every_order_reached_its_end(evidence: Evidence) -> list[str]:
    """Nothing is left that waits for nobody."""
    return list(evidence.stuck)


def every_payment_is_there_once(evidence: Evidence) -> list[str]:
    """Each payment that was acknowledged, with its amount."""
    found = {str(row["id"]): Decimal(row["amount"]) for row in evidence.tables["payments"]}
    promised = {p.sent["provider_payment_id"]: Decimal(p.sent["amount"]) for p in evidence.of("payment")}
    wrong = _missing(promised, found, "payment")
    wrong += _doubled((str(row["id"]) for row in evidence.tables["payments"]), "payment")
    return wrong + [
        f"payment {name} of {amount} was recorded as {found[name]}"
        for name, amount in sorted(promised.items())
        if name in found and found[name] != amount
    ]


def every_pick_is_there_once(evidence: Evidence) -> list[str]:
    """Each confirmed pick."""
    times = {str(row["shipment"]): int(row["times"]) for row in evidence.tables["picks"]}
    promised = [promise.key.removeprefix("pick/") for promise in evidence.of("pick")]
    return _missing(promised, times, "the pick of") + [
        f"the pick of {shipment}: {count} times" for shipment, count in sorted(times.items()) if count > 1
    ]


def every_receipt_is_there_once(evidence: Evidence) -> list[str]:
    """Each receipt and each movement of stock, by its reference, with its pieces."""
    wrong = []
    for kind, table in (("receipt", "receipts"), ("movement", "movements")):
        rows = [row for row in evidence.tables[table] if row["reference"]]
        found = {str(row["reference"]): Decimal(row["quantity"]) for row in rows}
        promises = {p.sent["reference"]: p for p in evidence.of(kind)}
        wrong += _missing(promises, found, kind)
        wrong += _doubled((str(row["reference"]) for row in rows if row["reference"] in promises), kind)
        for name, promise in sorted(promises.items()):
            pieces = Decimal(promise.sent.get("quantity") or promise.sent["lines"][0]["quantity"])
            if name in found and found[name] != pieces:
                wrong.append(f"{kind} {name} of {pieces} was recorded as {found[name]}")
    return wrong


def every_decision_is_there(evidence: Evidence) -> list[str]:
    """Each release and rejection of a hold, each case, each cancellation."""
    status = {str(row["id"]): str(row["status"]) for row in evidence.tables["holds"]}
    wrong = []
    for kind, expected in (("release", "RELEASED"), ("rejection", "REJECTED")):
        for promise in evidence.of(kind):
            hold = promise.key.removeprefix("hold/")
            if status.get(hold) != expected:
                wrong.append(f"hold {hold} was answered as {expected} and is {status.get(hold)}")
    cases = [str(row["number"]) for row in evidence.tables["cases"]]
    wrong += _missing((str(promise.answer["number"]) for promise in evidence.of("case")), cases, "case")
    wrong += _doubled((str(row["order_number"]) for row in evidence.tables["cases"]), "the case about")
    asked = {str(row["order_number"]): int(row["times"]) for row in evidence.tables["cancellations"]}
    promised = [promise.key.removeprefix("cancel/") for promise in evidence.of("cancellation")]
    wrong += _missing(promised, asked, "the cancellation of")
    return wrong + [f"the cancellation of {name}: {times} times" for name, times in sorted(asked.items()) if times > 1]


def every_shipment_is_booked_once(evidence: Evidence) -> list[str]:
    """The carrier has one live booking for each shipment that left, under our tracking number, and no other."""
    live = [row for row in evidence.bookings if not row["voided"]]
    wrong = _doubled((str(row["shipment"]) for row in live), "the booking of")
    numbers = {str(row["shipment"]): str(row["tracking_number"]) for row in live}
    for row in evidence.tables["shipments"]:
        number, booked = str(row["number"]), numbers.pop(str(row["number"]), None)
        if row["state"] in BOOKED and booked != row["tracking_number"]:
            wrong.append(f"shipment {number} is booked as {row['tracking_number']} and at the carrier as {booked}")
        if row["state"] not in BOOKED and booked is not None:
            wrong.append(f"shipment {number} is {row['state']} and still booked at the carrier as {booked}")
    return wrong + [f"the carrier has a booking for {name}, which nobody knows" for name in sorted(numbers)]


def every_delivery_is_billed_once(evidence: Evidence) -> list[str]:
    """An invoice for each delivered shipment, with numbers without a gap."""
    invoices = evidence.tables["invoices"]
    delivered = [str(row["number"]) for row in evidence.tables["shipments"] if row["state"] == "DELIVERED"]
    billed = [str(row["shipment"]) for row in invoices]
    wrong = [f"shipment {name} is delivered and not billed" for name in sorted(set(delivered) - set(billed))]
    wrong += [f"shipment {name} is billed and not delivered" for name in sorted(set(billed) - set(delivered))]
    wrong += _doubled(billed, "the invoice for")
    taken = sorted(int(re.sub(r"\D", "", str(row["number"]))) for row in invoices)
    gaps = sorted(set(range(1, len(taken) + 1)) - set(taken))
    return wrong + [f"invoice number {number} was never given" for number in gaps]


def every_voucher_is_single(evidence: Evidence) -> list[str]:
    """One voucher per key; one per invoice, per payment and per shipment that left."""
    vouchers = evidence.tables["vouchers"]
    wrong = _doubled((str(row["effect_key"]) for row in vouchers), "voucher")
    expected = {
        "invoice": [str(row["number"]) for row in evidence.tables["invoices"]],
        "goods_issue": [str(row["number"]) for row in evidence.tables["shipments"] if row["issued"]],
    }
    for kind, documents in expected.items():
        posted = [str(row["document"]) for row in vouchers if row["kind"] == kind]
        wrong += _doubled(posted, f"the {kind} voucher of")
        wrong += [f"{name} has no {kind} voucher" for name in sorted(set(documents) - set(posted))]
        wrong += [f"{name} has a {kind} voucher without being so" for name in sorted(set(posted) - set(documents))]
    return wrong


def every_letter_came(evidence: Evidence) -> list[str]:
    """Each notice is a letter of its own. The same Message-ID again is the same letter: mail programs show it once."""
    notices = {digest(str(row["key"])): row for row in evidence.tables["notices"]}
    came = {letter.message_id.strip("<>").partition("@")[0]: letter for letter in evidence.letters}
    wrong = [f"the letter {notices[name]['key']} never came" for name in sorted(set(notices) - set(came))]
    wrong += [f"a letter {came[name].message_id} came that nobody wrote" for name in sorted(set(came) - set(notices))]
    for letter in evidence.letters:
        written = notices.get(letter.message_id.strip("<>").partition("@")[0])
        if written is not None and letter.recipient != written["recipient"]:
            wrong.append(f"the letter {written['key']} for {written['recipient']} went to {letter.recipient}")
    return wrong


def every_reminder_was_sent_once_and_none_was_skipped(evidence: Evidence) -> list[str]:
    """Per instalment each level once, from the first to the last that was reached."""
    levels: dict[tuple[str, int], list[int]] = {}
    for row in evidence.tables["reminders"]:
        levels.setdefault((str(row["invoice"]), int(row["instalment"])), []).append(int(row["level"]))
    wrong = []
    for (invoice, instalment), sent in sorted(levels.items()):
        if sorted(sent) != list(range(min(sent), max(sent) + 1)) or min(sent) > 1:
            wrong.append(f"instalment {instalment} of {invoice} was reminded at the levels {sorted(sent)}")
    return wrong


def every_step_was_told_once(evidence: Evidence) -> list[str]:
    """What happens once in a life stands once in its timeline."""
    return [
        f"{row['event']} of {row['order_number']} {row['document']}: {row['times']} times"
        for row in evidence.tables["once"]
    ]


def nothing_waits_in_the_outbox(evidence: Evidence) -> list[str]:
    """The engine was told everything."""
    return [f"message {row['id']} for {row['workflow_id']}: {row['outcome']}" for row in evidence.tables["unsent"]]


def check_is_clean(evidence: Evidence) -> list[str]:
    """`orderkeep check`."""
    return list(evidence.checks)


def doctor_is_clean(evidence: Evidence) -> list[str]:
    """`orderkeep doctor`: no workflow missing or stuck, no process away."""
    return list(evidence.doctor)


def the_books_balance(evidence: Evidence) -> list[str]:
    """The trial balance of each currency."""
    return [f"{currency} does not balance" for currency in evidence.unbalanced]


QUESTIONS: tuple[Question, ...] = (
    every_request_got_an_answer,
    no_answer_was_a_fault_of_ours,
    every_order_is_there_once,
    the_same_order_is_the_same_number,
    every_order_reached_its_end,
    every_payment_is_there_once,
    every_pick_is_there_once,
    every_receipt_is_there_once,
    every_decision_is_there,
    every_shipment_is_booked_once,
    every_delivery_is_billed_once,
    every_voucher_is_single,
    every_letter_came,
    every_reminder_was_sent_once_and_none_was_skipped,
    every_step_was_told_once,
    nothing_waits_in_the_outbox,
    check_is_clean,
    doctor_is_clean,
    the_books_balance,
)


def judge(evidence: Evidence) -> dict[str, list[str]]:
    """Each question with what is wrong; all are empty when nothing was lost or doubled."""
    return {question.__name__.replace("_", " "): question(evidence) for question in QUESTIONS}
