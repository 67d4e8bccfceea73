"""What people of the company ask for: comments, matches, supply and dates, disputes, and changes of accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from domain.actor import Role
from domain.facts import Fact
from domain.shapes import Amount, Code, Day, Email, Name, PositiveAmount, Quantity, Said, Text


class AccountChange(Fact):
    """What is to be different about a person's account; a field that is not there stays as it is.

    Null takes e-mail and language away; a name and a role everybody has.
    """

    name: Name | None = None
    role: Role | None = None
    email: Email | None = None
    language: Literal["en", "zh-CN"] | None = None

    @field_validator("name", "role", mode="before")
    @classmethod
    def _kept(cls, value: object) -> object:
        if value is None:
            raise ValueError("this cannot be taken away; leave the field out to keep it")
        return value


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
