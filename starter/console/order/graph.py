"""The documents of an order as a tree: what came of what, each a link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """One document: its kind (a code), number, address, state, amount or time, and what came of it."""

    kind: str
    number: str
    address: str
    state: str = ""
    amount: Decimal | None = None
    at: datetime | None = None
    below: tuple[Node, ...] = ()


def graph(order: Mapping[str, Any], documents: Mapping[str, list[dict[str, Any]]]) -> tuple[Node, ...]:
    """Holds, supply orders, shipments with their invoices and money, money that hangs on nothing yet, and cases."""
    holds = (_hold(hold) for hold in order["holds"])
    supplies = (_node("node:supply", "supply-orders", each) for each in order["supply_orders"])
    invoices: Callable[[str | None], tuple[Node, ...]] = lambda shipment: tuple(  # noqa: E731
        _invoice(each, order, documents) for each in order["invoices"] if each["shipment"] == shipment
    )
    shipments = (
        _node("node:shipment", "shipments", each, (*_vouchers(each["number"], documents),
                                                   *invoices(each["number"])))
        for each in order["shipments"]
    )  # fmt: skip
    matched = {each["payment"] for each in documents["applications"]}
    loose = (
        _payment(each, each["unapplied"], documents) for each in order["payments"] if each["number"] not in matched
    )
    cases = (_node("node:case", "cases", each) for each in order["cases"])
    return (*holds, *supplies, *shipments, *invoices(None), *loose, *cases)


def _hold(hold: Mapping[str, Any]) -> Node:
    return Node("node:hold", "", f"#hold-{hold['id']}", hold["reason"], None, hold["opened_at"],
                (Node("node:decision", hold["decided_by"] or "", f"#hold-{hold['id']}", hold["status"], None,
                      hold["decided_at"]),) if hold["status"] != "OPEN" else ())  # fmt: skip


def _node(kind: str, collection: str, each: Mapping[str, Any], below: Iterable[Node] = ()) -> Node:
    return Node(kind, each["number"], f"/{collection}/{each['number']}", each["state"], below=tuple(below))


def _invoice(invoice: Mapping[str, Any], order: Mapping[str, Any], documents: Mapping[str, Any]) -> Node:
    number, address = invoice["number"], f"/invoices/{invoice['number']}"
    payments = {each["number"]: each for each in order["payments"]}
    below = [*_vouchers(number, documents)]
    for each in documents["applications"]:
        if each["invoice"] == number and each["payment"] in payments:
            below.append(_payment(payments[each["payment"]], each["amount"], documents))
    for each in documents["reminders"]:
        if each["invoice"] == number:
            below.append(Node("node:reminder", str(each["level"]), address, at=each["at"]))
    return Node("node:invoice", number, address, invoice["state"], invoice["total"], below=tuple(below))


def _payment(payment: Mapping[str, Any], amount: Decimal, documents: Mapping[str, Any]) -> Node:
    number = payment["number"]
    below = tuple(_vouchers(number, documents))
    return Node("node:payment", number, f"/payments/{number}", payment["state"], amount, below=below)


def _vouchers(number: str, documents: Mapping[str, Any]) -> Iterable[Node]:
    for each in documents["vouchers"]:
        if each["document"] == number:
            address = f"/journal?document={number}#voucher-{each['id']}"
            yield Node("node:voucher", str(each["id"]), address, each["kind"], at=each["at"])
