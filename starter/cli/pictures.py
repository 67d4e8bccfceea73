"""How one order looks at a terminal: itself, its story, what it waits for, and the plan of its cancellation."""

from __future__ import annotations

from collections.abc import Iterable

from starter.cli.screen import Block, Column, Document, Facts, Rows, Sentence, text_of
from starter.cli.speech import _


def order_picture(order: Document) -> Iterable[Block]:
    """An order with everything that belongs to it; what it has none of is left out."""
    yield Facts(
        f"{order.get('number')}  {order.get('state')}",
        (
            (_("Customer"), [order.get("customer"), order.get("customer_name")]),
            (_("PO number"), order.get("customer_po")),
            (_("Requested date"), order.get("requested_date")),
            (_("Terms"), order.get("payment_terms")),
            (_("Delivery"), order.get("delivery")),
            (_("Billing"), order.get("billing")),
            (_("Payment"), order.get("payment")),
            (_("Returns"), order.get("returns")),
            (_("Net"), _money(order, "net")),
            (_("Tax"), _money(order, "tax")),
            (_("Total"), _money(order, "total")),
        ),
    )
    yield from _inside(order)
    yield from _around(order)


def _money(document: Document, field: str) -> str:
    return f"{text_of(document.get(field))} {text_of(document.get('currency'))}".strip()


def _inside(order: Document) -> Iterable[Block]:
    yield Rows(
        _("Lines"),
        (
            Column("#", "line", figure=True),
            Column(_("Product"), "sku"),
            Column(_("Ordered"), "quantity", figure=True),
            Column(_("Price"), "unit_price", figure=True),
            Column(_("Open"), "open", figure=True, seldom=True),
            Column(_("Allocated"), "allocated", figure=True, seldom=True),
            Column(_("Backordered"), "backordered", figure=True, seldom=True),
            Column(_("Shipped"), "shipped", figure=True, seldom=True),
            Column(_("Delivered"), "delivered", figure=True, seldom=True),
            Column(_("Cancelled"), "cancelled", figure=True, seldom=True),
            Column(_("Promise"), "promise_date", seldom=True),
        ),
        order.get("lines") or (),
    )
    yield Rows(
        _("Holds"),
        (
            Column(_("Id"), "id", figure=True),
            Column(_("Reason"), "reason"),
            Column(_("Status"), "status"),
            Column(_("Owner"), "owner_role"),
            Column(_("Deadline"), lambda hold: moment(hold.get("deadline"))),
            Column(_("Message"), "message"),
        ),
        order.get("holds") or (),
    )


def _around(order: Document) -> Iterable[Block]:
    number, state = Column(_("Number"), "number"), Column(_("State"), "state")
    yield Rows(
        _("Supply orders"),
        (
            number,
            Column(_("Kind"), "kind"),
            Column(_("Product"), "sku"),
            state,
            Column(_("Ordered"), "quantity", figure=True),
            Column(_("Received"), "received", figure=True),
            Column(_("Due"), "due_date"),
        ),
        order.get("supply_orders") or (),
    )
    yield Rows(
        _("Shipments"),
        (
            number,
            state,
            Column(_("Carrier"), "carrier"),
            Column(_("Tracking number"), "tracking_number"),
            Column(_("Warehouse"), "warehouse"),
        ),
        order.get("shipments") or (),
    )
    yield from _money_around(order)
    subject = Column(_("Subject"), "subject")
    yield Rows(_("Cases"), (number, Column(_("Kind"), "kind"), state, subject), order.get("cases") or ())


def _money_around(order: Document) -> Iterable[Block]:
    number, state = Column(_("Number"), "number"), Column(_("State"), "state")
    yield Rows(
        _("Invoices"),
        (
            number,
            state,
            Column(_("Total"), "total", figure=True),
            Column(_("Outstanding"), "outstanding", figure=True),
            Column(_("Due"), "due_date"),
        ),
        order.get("invoices") or (),
    )
    yield Rows(
        _("Payments"),
        (
            number,
            state,
            Column(_("Amount"), "amount", figure=True),
            Column(_("Unapplied"), "unapplied", figure=True, seldom=True),
            Column(_("Currency"), "currency"),
        ),
        order.get("payments") or (),
    )


def timeline_picture(timeline: Document) -> Iterable[Block]:
    """The story of an order, oldest first."""
    columns = (
        Column(_("When"), lambda row: moment(row.get("at"))),
        Column(_("Who"), "actor"),
        Column(_("What"), "summary"),
        Column(_("Document"), "document"),
    )
    yield Rows("", columns, timeline.get("items") or (), empty=_("Nothing has happened yet."))


def moment(at: object) -> str:
    """A moment for reading: seconds are enough, and a space is easier than a T."""
    text = text_of(at)
    return f"{text[:19].replace('T', ' ')}Z" if text.endswith("Z") else text


def why_picture(why: Document) -> Iterable[Block]:
    """What the order waits for: the sentence first, then the facts behind it."""
    yield Sentence(text_of(why.get("sentence")) or _("It waits for nothing."), "bold")
    failing = why.get("failing") or {}
    facts = (
        (_("Waiting for"), why.get("waiting_for")),
        (_("Since"), moment(why.get("since"))),
        (_("Until"), moment(why.get("until"))),
        (_("Owner"), why.get("owner_role")),
        (_("Failing step"), failing.get("activity")),
        (_("Attempt"), failing.get("attempt")),
        (_("Error"), failing.get("error")),
        (_("Next retry"), moment(failing.get("next_retry"))),
    )
    if any(text_of(value) for _label, value in facts):
        yield Facts(_("The facts"), facts)
    also = [{"also": text_of(sentence)} for sentence in why.get("also") or ()]
    yield Rows("", (Column(_("What else is open"), "also"),), also)
    actions = [{"action": text_of(action)} for action in why.get("next_actions") or ()]
    yield Rows("", (Column(_("What can be done"), "action"),), actions)


def plan_picture(plan: Document) -> Iterable[Block]:
    """The undo plan of a cancellation."""
    yield Sentence(_("State: {state}").format(state=text_of(plan.get("state"))), "bold")
    columns = (Column(_("Effect"), "effect"), Column(_("Action"), "action"), Column(_("Status"), "status"))
    yield Rows("", columns, plan.get("undo") or (), empty=_("There is nothing to undo."))
