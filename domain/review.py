"""The review: every rule looks at the same facts and says pass, warn or hold, with the figures it saw.

Source: order-to-cash, stage Review. Rules never stop one another: an order shows all its holds at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.actor import Role
from domain.policy import Policy


class Reason(StrEnum):
    """Why an order is held."""

    CREDIT = "CREDIT"
    OVERDUE = "OVERDUE"
    PREPAYMENT = "PREPAYMENT"
    PRICE = "PRICE"
    MARGIN = "MARGIN"
    QUANTITY = "QUANTITY"
    STOCK = "STOCK"
    CUSTOMER = "CUSTOMER"
    ADDRESS = "ADDRESS"
    DUPLICATE_PO = "DUPLICATE_PO"
    PAUSED = "PAUSED"
    """No rule says so: a person stopped the order, whatever its state, until a person lets it go on."""


OWNER_ROLE: dict[Reason, str] = {
    Reason.CREDIT: "credit",
    Reason.OVERDUE: "credit",
    Reason.PREPAYMENT: "finance",
    Reason.PRICE: "manager",
    Reason.MARGIN: "manager",
    Reason.QUANTITY: "sales",
    Reason.STOCK: "sales",
    Reason.CUSTOMER: "sales",
    Reason.ADDRESS: "sales",
    Reason.DUPLICATE_PO: "sales",
    Reason.PAUSED: "manager",
}


def deciders(owner_role: str) -> frozenset[Role]:
    """The roles that decide a hold: its owner's, the manager's and the administrator's; finance decides for credit."""
    owners = {Role(owner_role), Role.MANAGER, Role.ADMIN}
    return frozenset(owners | {Role.FINANCE} if owner_role == Role.CREDIT else owners)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as the review sees it; `promise` is the earliest date at which all of it can arrive."""

    line: int
    sku: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    list_price: Decimal | None
    unit_cost: Decimal
    minimum_order: Decimal
    pack_multiple: Decimal | None
    promise: date


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The customer's account, locked while the rules look; `credit_limit` None means no limit."""

    receivable: Decimal
    reserved: Decimal
    unapplied: Decimal
    credit_limit: Decimal | None
    oldest_overdue_days: Decimal
    overdue_amount: Decimal
    reminder_level: int
    more_urgent: Decimal = Decimal(0)
    """What of the free credit is left to more urgent orders that wait for money and nothing else."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The order as the review sees it."""

    number: str
    currency: str
    total: Decimal
    prepaid: bool
    deposit: Decimal
    requested_date: date
    ship_by: date | None
    ship_complete: bool
    seller_role: str
    customer_active: bool
    has_address: bool
    same_po_orders: tuple[str, ...]
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says: `outcome` is pass, warn or hold; figures are what it compared."""

    rule: str
    outcome: str
    figures: dict[str, str]
    reason: Reason | None = None


def exposure(order_total: Decimal, account: AccountFacts) -> Decimal:
    """Open receivables + confirmed and not billed (tax included) + this order - unapplied cash."""
    return account.receivable + account.reserved + order_total - account.unapplied


def _verdict(rule: str, held: bool, reason: Reason, figures: dict[str, str]) -> Finding:
    return Finding(rule, "hold" if held else "pass", figures, reason if held else None)


def credit(order: OrderFacts, account: AccountFacts) -> Finding:
    """Held when the exposure would exceed the limit; exactly the limit passes; prepaid orders skip it.

    An order that is held already counts what more urgent ones are about to take: whichever is looked at first, the
    highest priority and the oldest gets the credit.
    """
    after = exposure(order.total, account) + account.more_urgent
    limit = account.credit_limit
    figures = {
        "receivable": str(account.receivable),
        "reserved": str(account.reserved),
        "order": str(order.total),
        "unapplied": str(account.unapplied),
        "exposure": str(after),
        "limit": "unlimited" if limit is None else str(limit),
        "currency": order.currency,
    }
    if order.prepaid or limit is None:
        return Finding("credit", "pass", figures)
    if account.more_urgent:
        figures["more_urgent"] = str(account.more_urgent)
    if after > limit:
        figures["over_by"] = str(after - limit)
    return _verdict("credit", after > limit, Reason.CREDIT, figures)


def overdue(order: OrderFacts, account: AccountFacts, policy: Policy) -> Finding:
    """Held above the de-minimis amount when the oldest item, the overdue share or the reminder level is too high."""
    share = account.overdue_amount * 100 / account.receivable if account.receivable else Decimal(0)
    held = account.overdue_amount > policy.overdue_de_minimis and (
        account.oldest_overdue_days > Decimal(str(policy.overdue_days))
        or (share > policy.overdue_share_percent and account.oldest_overdue_days >= 7)
        or account.reminder_level >= policy.overdue_reminder_level
    )
    figures = {
        "overdue": str(account.overdue_amount),
        "oldest_days": str(account.oldest_overdue_days.quantize(Decimal("0.1"))),
        "share_percent": str(share.quantize(Decimal("0.1"))),
        "reminder_level": str(account.reminder_level),
    }
    return _verdict("overdue", held, Reason.OVERDUE, figures)


def prepayment(order: OrderFacts) -> Finding:
    """A prepaid order waits until cash that names it covers its total."""
    figures = {"received": str(order.deposit), "order": str(order.total), "currency": order.currency}
    return _verdict("prepayment", order.prepaid and order.deposit < order.total, Reason.PREPAYMENT, figures)


def effective_discount(line: LineFacts) -> Decimal:
    """Percent below the list price, whether given as a lower price or as a discount; 0 without a list price."""
    if not line.list_price:
        return Decimal(0) if line.list_price is None else line.discount_percent
    paid = line.unit_price * (100 - line.discount_percent) / 100
    return max(Decimal(0), (line.list_price - paid) * 100 / line.list_price)


def price(order: OrderFacts, policy: Policy) -> Finding:
    """Held when a line's discount exceeds the seller's authority; exactly the authority passes."""
    authority = policy.discount_authority_percent
    allowed = authority.get(order.seller_role, authority["default"])
    worst = max(order.lines, key=lambda line: (effective_discount(line), -line.line))
    discount = effective_discount(worst)
    figures = {
        "line": str(worst.line),
        "sku": worst.sku,
        "discount_percent": str(discount.quantize(Decimal("0.01"))),
        "authority_percent": str(allowed),
        "role": order.seller_role,
    }
    return _verdict("price", discount > allowed, Reason.PRICE, figures)


def margin(order: OrderFacts, policy: Policy) -> Finding:
    """Held when (net - cost) / net of the whole order is below the floor; goods without a known cost count as free."""
    net = sum((line.net for line in order.lines), Decimal(0))
    cost = sum((line.quantity * line.unit_cost for line in order.lines), Decimal(0))
    percent = (net - cost) * 100 / net if net else Decimal(0 if not cost else -100)
    figures = {
        "net": str(net),
        "cost": str(cost.quantize(Decimal("0.01"))),
        "margin_percent": str(percent.quantize(Decimal("0.01"))),
        "floor_percent": str(policy.margin_floor_percent),
    }
    return _verdict("margin", cost > 0 and percent < policy.margin_floor_percent, Reason.MARGIN, figures)


def quantity(order: OrderFacts) -> Finding:
    """Held when a line is below the product's minimum or no multiple of its pack."""
    for line in order.lines:
        below = line.quantity < line.minimum_order
        if below or (line.pack_multiple and line.quantity % line.pack_multiple):
            figures = {
                "line": str(line.line),
                "sku": line.sku,
                "quantity": str(line.quantity),
                "minimum": str(line.minimum_order),
                "pack": str(line.pack_multiple or 1),
            }
            return _verdict("quantity", True, Reason.QUANTITY, figures)
    return Finding("quantity", "pass", {})


def stock(order: OrderFacts) -> Finding:
    """Warn when the promise is later than requested; hold when ship-complete by a date is demanded and impossible."""
    latest = max(order.lines, key=lambda line: (line.promise, -line.line))
    figures = {
        "line": str(latest.line),
        "sku": latest.sku,
        "promise": latest.promise.isoformat(),
        "requested": order.requested_date.isoformat(),
    }
    if order.ship_complete and order.ship_by is not None and latest.promise > order.ship_by:
        figures["ship_by"] = order.ship_by.isoformat()
        return _verdict("stock", True, Reason.STOCK, figures)
    return Finding("stock", "warn" if latest.promise > order.requested_date else "pass", figures)


def customer(order: OrderFacts) -> Finding:
    """A blocked or inactive customer's order is held."""
    return _verdict("customer", not order.customer_active, Reason.CUSTOMER, {"active": str(order.customer_active)})


def address(order: OrderFacts) -> Finding:
    """Goods without an address cannot leave."""
    return _verdict("address", not order.has_address, Reason.ADDRESS, {})


def duplicate_po(order: OrderFacts) -> Finding:
    """An earlier order of the customer carries the same purchase order number with other content."""
    held = bool(order.same_po_orders)
    figures = {"earlier_orders": ", ".join(order.same_po_orders)} if held else {}
    return _verdict("duplicate_po", held, Reason.DUPLICATE_PO, figures)


def findings(order: OrderFacts, account: AccountFacts, policy: Policy) -> Iterator[Finding]:
    """All rules, in the order in which people read them."""
    yield customer(order)
    yield address(order)
    yield duplicate_po(order)
    yield quantity(order)
    yield price(order, policy)
    yield margin(order, policy)
    yield stock(order)
    yield credit(order, account)
    yield overdue(order, account, policy)
    yield prepayment(order)
