"""What people of the company ask for in the order's life: comments, matches, supply and dates, disputes."""

from __future__ import annotations

from typing import Literal

from domain.facts import Fact
from domain.shapes import Amount, Code, Day, PositiveAmount, Quantity, Said, Text


class Comment(Fact):
    """What somebody of the company says about an order, for colleagues."""

    text: Said


class Acknowledgement(Fact):
    """The day by which the rest of a supply order is to come, as the supplier or the shop floor said."""

    due_date: Day
    comment: Text | None = None


class SupplyRequest(Fact):
    """Supply that a person orders; without kind and supplier as the product's card says, due after its lead time."""

    sku: Code
    quantity: Quantity
    kind: Literal["purchase", "production"] | None = None
    supplier: Code | None = None
    due_date: Day | None = None


class ReorderPoint(Fact):
    """At which projected stock more of a product is to be ordered, and how much at least; null for never."""

    reorder_point: Amount | None
    reorder_quantity: Amount | None = None


class Match(Fact):
    """The invoice that unapplied cash is for, and how much of it; all that fits when no amount is given."""

    invoice: Code
    amount: PositiveAmount | None = None


class DisputeRequest(Fact):
    """What a customer does not accept of an invoice, and why."""

    amount: PositiveAmount
    reason: Said


class DisputeDecision(Fact):
    """Whether the customer is right (upheld) or accepts the amount after all (withdrawn), and what was said."""

    outcome: Literal["upheld", "withdrawn"]
    comment: Said
