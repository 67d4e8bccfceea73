"""The invariants of the order's life, stated anew from the rows alone: nothing here uses the project's own checks.

Source: order-to-cash, chapter 2. Each is a sentence, and what breaks it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.order_life import LEGAL_MOVES

Row = Mapping[str, Any]
ZERO = Decimal(0)
_TABLES = (
    "sales_order", "order_line", "hold", "credit_reservation", "customer", "customer_account", "stock_level",
    "stock_movement", "allocation", "component_allocation", "supply_order", "supply_receipt", "shipment",
    "shipment_line", "invoice", "invoice_line", "instalment", "payment", "payment_application", "journal_entry",
    "journal_line", "reminder", "notice", "support_case", "dispute",
)  # fmt: skip
_ALL = text(
    "SELECT json_build_object("
    + ", ".join(f"'{table}', (SELECT coalesce(json_agg(t), '[]') FROM {table} t)" for table in _TABLES)
    + ")::text AS books"
)
STATES = {
    "order": ("sales_order", "number", "state"),
    "hold": ("hold", "id", "status"),
    "supply_order": ("supply_order", "number", "state"),
    "shipment": ("shipment", "number", "state"),
    "invoice": ("invoice", "number", "state"),
    "payment": ("payment", "number", "state"),
    "case": ("support_case", "number", "state"),
    "dispute": ("dispute", "id", "status"),
}
"""Where each kind of document keeps its state."""


class Books:
    """Every row that the invariants speak of, of one moment."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self._tables = tables

    def __getitem__(self, table: str) -> list[Row]:
        return self._tables[table]

    @classmethod
    async def read(cls, tx: AsyncConnection) -> Books:
        """The books as they are now."""
        found = (await tx.execute(_ALL)).scalar_one()
        return cls(json.loads(found, parse_float=Decimal, parse_int=Decimal))

    def sums(self, table: str, what: str, *by: str) -> Counter[Any]:
        """Sums of a column by others."""
        found: Counter[Any] = Counter()
        for row in self[table]:
            found[tuple(row[name] for name in by) if len(by) > 1 else row[by[0]]] += row[what]
        return found

    def states(self) -> dict[tuple[str, str], str]:
        """The state of every document."""
        return {
            (kind, str(row[key])): row[state] for kind, (table, key, state) in STATES.items() for row in self[table]
        }

    def broken(self) -> list[str]:
        """What does not hold, by the name of the invariant."""
        return [f"{rule.__name__.strip('_')}: {breach}" for rule in INVARIANTS for breach in rule(self)]


def every_piece_of_a_line_is_in_one_place(books: Books) -> Iterator[str]:
    """Per line: ordered = cancelled + open + allocated + shipped."""
    for line in books["order_line"]:
        parts = [line[name] for name in ("cancelled", "open", "allocated", "shipped")]
        if sum(parts) != line["quantity"] or min(parts) < 0:
            yield str(line)


def stock_is_what_moved_and_holds_what_is_reserved(books: Books) -> Iterator[str]:
    """On hand = Σ movements; Σ reservations ≤ on hand; never negative."""
    moved = books.sums("stock_movement", "quantity", "sku", "warehouse")
    reserved = books.sums("component_allocation", "quantity", "sku", "warehouse")
    for piece in books["allocation"]:
        if piece["state"] == "RESERVED":
            reserved[piece["sku"], piece["warehouse"]] += piece["quantity"]
    levels = {(row["sku"], row["warehouse"]): row for row in books["stock_level"]}
    for place in {*moved, *reserved, *levels}:
        on_hand, held = (levels[place][name] if place in levels else ZERO for name in ("on_hand", "reserved"))
        if on_hand != moved[place] or held != reserved[place] or not 0 <= held <= on_hand:
            yield f"{place}: {held} of {on_hand}, moved {moved[place]}, reserved {reserved[place]}"


def credit_beyond_the_limit_was_released_by_name(books: Books) -> Iterator[str]:
    """Per customer: what is owed or will be is within the limit, but for what was released by name or is prepaid."""
    outside = {
        row["order_number"]
        for row in books["credit_reservation"]
        if row["limit_seen"] is None or row["released_by"] is not None
    }
    open_bills = books.sums("invoice", "outstanding", "order_number")
    for customer in books["customer"]:
        held = [row for row in books["credit_reservation"] if row["customer"] == customer["code"]]
        [account] = [row for row in books["customer_account"] if row["customer"] == customer["code"]]
        excepted = sum(
            (row["amount"] + open_bills[row["order_number"]] for row in held if row["order_number"] in outside), ZERO
        )
        exposure = account["reserved"] + account["receivable"] - account["unapplied"] - excepted
        if account["reserved"] != sum((row["amount"] for row in held), ZERO):
            yield f"{customer['code']}: {account['reserved']} reserved, but {held}"
        if customer["credit_limit"] is not None and exposure > customer["credit_limit"]:
            yield f"{customer['code']}: {exposure} of {customer['credit_limit']}"


def billed_is_delivered(books: Books) -> Iterator[str]:
    """Billed ≤ delivered ≤ shipped, per line; what a shipment bills is what it carried; once."""
    orders = {row["number"]: row["order_number"] for row in books["invoice"]}
    billed: Counter[Any] = Counter()
    for row in books["invoice_line"]:
        billed[orders[row["invoice"]], row["line"]] += row["quantity"]
    for line in books["order_line"]:
        place = (line["order_number"], line["line"])
        if not billed[place] == line["billed"] <= line["delivered"] <= line["shipped"]:
            yield f"{place}: invoices bill {billed[place]} of {line}"
    for shipment, bills in Counter(row["shipment"] for row in books["invoice"]).items():
        if bills > 1:
            yield f"{shipment} is billed {bills} times"


def applied_was_received_and_is_owed(books: Books) -> Iterator[str]:
    """Applied ≤ received, per payment; paid ≤ billed, per invoice and instalment; accounts say what documents say."""
    used = books.sums("payment_application", "amount", "payment")
    paid = books.sums("payment_application", "amount", "invoice", "instalment")
    for payment in books["payment"]:
        if used[payment["number"]] != payment["applied"] or payment["applied"] > payment["amount"]:
            yield f"{payment['number']}: {used[payment['number']]} of {payment['amount']}"
    parts: Counter[str] = Counter()
    for part in books["instalment"]:
        place = (part["invoice"], part["instalment"])
        parts[part["invoice"]] += paid[place]
        if paid[place] != part["paid"] or part["paid"] > part["amount"]:
            yield f"{place}: {paid[place]} of {part['amount']}"
    for bill in books["invoice"]:
        if bill["outstanding"] != bill["total"] - parts[bill["number"]] or bill["outstanding"] < 0:
            yield f"{bill['number']}: {bill['outstanding']} of {bill['total']}, {parts[bill['number']]} applied"


def vouchers_balance_and_control_the_sub_ledgers(books: Books) -> Iterator[str]:
    """Every voucher balances; the receivables and the unapplied cash of the journal are those of the documents."""
    entries = {row["id"]: row for row in books["journal_entry"]}
    totals: Counter[Any] = Counter()
    control: dict[tuple[str, str | None, str], Decimal] = defaultdict(Decimal)
    for line in books["journal_line"]:
        amount = line["debit"] - line["credit"]
        totals[line["entry"]] += amount
        control[line["account"], line["customer"], entries[line["entry"]]["currency"]] += amount
    yield from (f"voucher {entries[entry]} is out by {total}" for entry, total in totals.items() if total)
    owed: dict[tuple[str, str | None, str], Decimal] = defaultdict(Decimal)
    for bill in books["invoice"]:
        owed["receivable", bill["customer"], bill["currency"]] += bill["outstanding"]
    for payment in books["payment"]:
        owed["unapplied", payment["customer"], payment["currency"]] -= payment["unapplied"]
        owed["bank", None, payment["currency"]] += payment["amount"]
    for place in {*owed, *(place for place in control if place[0] in ("receivable", "unapplied", "bank"))}:
        if owed[place] != control[place]:
            yield f"{place}: documents say {owed[place]}, the journal {control[place]}"


def one_effect_per_key(books: Books) -> Iterator[str]:
    """A payment per provider's id, a reminder per instalment and level, a notice per event, document and recipient."""
    keys = {
        "payment": ("provider", "provider_payment_id"),
        "reminder": ("invoice", "instalment", "level"),
        "notice": ("key",),
        "journal_entry": ("effect_key",),
    }
    for table, columns in keys.items():
        for key, times in Counter(tuple(row[name] for name in columns) for row in books[table]).items():
            if times > 1:
                yield f"{times} times {table} {key}"


def invoice_numbers_have_no_gap(books: Books) -> Iterator[str]:
    """INV-000001 and so on, each once."""
    numbers = sorted(int(row["number"].removeprefix("INV-")) for row in books["invoice"])
    if numbers != list(range(1, len(numbers) + 1)):
        yield str(numbers)


def money_does_not_wait_beside_an_open_invoice(books: Books) -> Iterator[str]:
    """Cash of a customer that is for no order in particular is applied while an invoice of theirs is open."""
    for bill in books["invoice"]:
        for payment in books["payment"]:
            same = (payment["customer"], payment["currency"]) == (bill["customer"], bill["currency"])
            free = payment["order_number"] in (None, bill["order_number"])
            if same and free and bill["outstanding"] and payment["unapplied"]:
                yield f"{payment['number']} has {payment['unapplied']}, {bill['number']} wants {bill['outstanding']}"


INVARIANTS: tuple[Callable[[Books], Iterator[str]], ...] = (
    every_piece_of_a_line_is_in_one_place,
    stock_is_what_moved_and_holds_what_is_reserved,
    credit_beyond_the_limit_was_released_by_name,
    billed_is_delivered,
    applied_was_received_and_is_owed,
    vouchers_balance_and_control_the_sub_ledgers,
    one_effect_per_key,
    invoice_numbers_have_no_gap,
    money_does_not_wait_beside_an_open_invoice,
)


def illegal_moves(before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Documents that came from one state into another one without a way of legal moves between them, or are gone."""
    for (kind, number), state in before.items():
        now = after.get((kind, number))
        if now is None:
            yield f"{kind} {number} is gone"
        elif now not in _reachable(kind, state):
            yield f"{kind} {number} went from {state} to {now}"


def _reachable(kind: str, state: str) -> set[str]:
    found, new = {state}, [state]
    while new:
        for target in LEGAL_MOVES[kind].get(new.pop(), ()):
            if target not in found:
                found.add(target)
                new.append(target)
    return found
