"""The review: each rule as a table of cases, with the figures that it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import review
from domain.policy import Policy
from domain.review import OWNER_ROLE, AccountFacts, LineFacts, OrderFacts, Reason, findings
from domain.wording import HOLD_MESSAGES, fill

D = Decimal
LINE = LineFacts(
    line=1, sku="BOLT", quantity=D(10), unit_price=D(10), discount_percent=D(0), net=D(100), list_price=D(10),
    unit_cost=D(4), minimum_order=D(0), pack_multiple=None, promise=date(2026, 3, 5),
)  # fmt: skip
ORDER = OrderFacts(
    number="SO-1", currency="EUR", total=D(120), prepaid=False, deposit=D(0), requested_date=date(2026, 3, 10),
    ship_by=None, ship_complete=False, seller_role="sales", customer_active=True, has_address=True,
    same_po_orders=(), lines=(LINE,),
)  # fmt: skip
ACCOUNT = AccountFacts(
    receivable=D(0), reserved=D(0), unapplied=D(0), credit_limit=D(500), oldest_overdue_days=D(0), overdue_amount=D(0),
    reminder_level=0,
)  # fmt: skip
POLICY = Policy()


def order(**facts: Any) -> OrderFacts:
    """The order with other facts."""
    return replace(ORDER, **facts)


def account(**facts: Any) -> AccountFacts:
    """The account with other figures."""
    exact: dict[str, Any] = {name: value if value is None else D(str(value)) for name, value in facts.items()}
    return replace(ACCOUNT, **exact)


def line(**facts: Any) -> OrderFacts:
    """The order with one line that has other facts."""
    return order(lines=(replace(LINE, **facts),))


def test_a_plain_order_passes_every_rule():
    found = list(findings(ORDER, ACCOUNT, POLICY))
    assert {finding.outcome for finding in found} == {"pass"}
    assert [finding.rule for finding in found] == [
        "customer", "address", "duplicate_po", "quantity", "price", "margin", "stock", "credit", "overdue",
        "prepayment",
    ]  # fmt: skip


def test_an_order_shows_all_its_holds_at_once():
    bad = order(customer_active=False, has_address=False, same_po_orders=("SO-0",), total=D(600), seller_role="sales")
    found = [finding.reason for finding in findings(bad, ACCOUNT, POLICY) if finding.reason]
    assert found == [Reason.CUSTOMER, Reason.ADDRESS, Reason.DUPLICATE_PO, Reason.CREDIT]


@pytest.mark.parametrize(
    ("figures", "total", "held", "exposure"),
    [
        ({}, "120", False, "120"),
        ({}, "500", False, "500"),
        ({}, "500.01", True, "500.01"),
        ({"receivable": 300, "reserved": 80}, "120", False, "500"),
        ({"receivable": 300, "reserved": 81}, "120", True, "501"),
        ({"receivable": 300, "reserved": 100, "unapplied": 20}, "120", False, "500"),
        ({"credit_limit": 0}, "0.01", True, "0.01"),
        ({"credit_limit": None}, "1000000", False, "1000000"),
    ],
)
def test_credit_is_held_only_beyond_the_limit(figures: dict[str, Any], total: str, held: bool, exposure: str):
    finding = review.credit(order(total=D(total)), account(**figures))
    assert (finding.outcome == "hold", finding.reason is Reason.CREDIT) == (held, held)
    assert finding.figures["exposure"] == exposure


def test_a_credit_hold_says_by_how_much():
    finding = review.credit(order(total=D("540.00")), ACCOUNT)
    assert finding.figures["over_by"] == "40.00"
    assert fill(HOLD_MESSAGES["CREDIT"], finding.figures) == "exposure 540.00 EUR exceeds the limit 500 by 40.00."


def test_a_prepaid_order_needs_no_credit():
    assert review.credit(order(prepaid=True, total=D(10**6)), ACCOUNT).outcome == "pass"


@pytest.mark.parametrize(
    ("figures", "held"),
    [
        ({"overdue_amount": 50, "oldest_overdue_days": 90, "receivable": 50}, False),  # de minimis
        ({"overdue_amount": 51, "oldest_overdue_days": 30, "receivable": 200}, False),
        ({"overdue_amount": 51, "oldest_overdue_days": "30.1", "receivable": 200}, True),
        ({"overdue_amount": 100, "oldest_overdue_days": 8, "receivable": 200}, False),  # exactly half
        ({"overdue_amount": 101, "oldest_overdue_days": 8, "receivable": 200}, True),
        ({"overdue_amount": 101, "oldest_overdue_days": 6, "receivable": 200}, False),  # not a week old
        ({"overdue_amount": 60, "oldest_overdue_days": 2, "receivable": 200, "reminder_level": 1}, False),
        ({"overdue_amount": 60, "oldest_overdue_days": 2, "receivable": 200, "reminder_level": 2}, True),
    ],
)
def test_overdue_items_hold_by_age_share_or_reminder(figures: dict[str, Any], held: bool):
    assert (review.overdue(ORDER, account(**figures), POLICY).reason is Reason.OVERDUE) is held


@pytest.mark.parametrize(
    ("prepaid", "deposit", "held"),
    [(True, "119.99", True), (True, "120", False), (True, "200", False), (False, "0", False)],
)
def test_a_prepaid_order_waits_for_its_money(prepaid: bool, deposit: str, held: bool):
    finding = review.prepayment(order(prepaid=prepaid, deposit=D(deposit)))
    assert (finding.reason is Reason.PREPAYMENT) is held


@pytest.mark.parametrize(
    ("unit_price", "discount", "list_price", "expected"),
    [
        ("10", "0", "10", "0"),
        ("10", "5", "10", "5"),
        ("9.50", "0", "10", "5"),
        ("9", "10", "10", "19"),
        ("12", "0", "10", "0"),
        ("9", "10", None, "0"),
        ("0", "0", "10", "100"),
        ("0", "20", "0", "20"),
    ],
)
def test_a_lower_price_is_a_discount_too(unit_price: str, discount: str, list_price: str | None, expected: str):
    facts = replace(
        LINE,
        unit_price=D(unit_price),
        discount_percent=D(discount),
        list_price=None if list_price is None else D(list_price),
    )
    assert review.effective_discount(facts) == D(expected)


@pytest.mark.parametrize(
    ("role", "discount", "held"),
    [("sales", "5", False), ("sales", "5.01", True), ("manager", "15", False), ("manager", "15.01", True),
     ("integration", "6", True)],
)  # fmt: skip
def test_a_discount_beyond_the_sellers_authority_is_held(role: str, discount: str, held: bool):
    finding = review.price(order(seller_role=role, lines=(replace(LINE, discount_percent=D(discount)),)), POLICY)
    assert (finding.reason is Reason.PRICE) is held
    assert finding.figures["role"] == role


def test_the_worst_line_is_shown():
    lines = (replace(LINE, discount_percent=D(4)), replace(LINE, line=2, sku="NUT", discount_percent=D(7)))
    figures = review.price(order(lines=lines), POLICY).figures
    assert (figures["line"], figures["sku"], figures["discount_percent"]) == ("2", "NUT", "7.00")


@pytest.mark.parametrize(
    ("net", "cost", "floor", "held", "percent"),
    [
        ("100", "4", "0", False, "60.00"),
        ("100", "10", "0", False, "0.00"),
        ("100", "10.01", "0", True, "-0.10"),
        ("100", "9", "10", False, "10.00"),
        ("100", "9.1", "10", True, "9.00"),
        ("0", "4", "0", True, "-100.00"),
        ("0", "0", "0", False, "0.00"),
        ("100", "0", "100", False, "100.00"),
    ],
)
def test_a_margin_below_the_floor_is_held(net: str, cost: str, floor: str, held: bool, percent: str):
    finding = review.margin(line(net=D(net), unit_cost=D(cost)), Policy(margin_floor_percent=D(floor)))
    assert ((finding.reason is Reason.MARGIN), finding.figures["margin_percent"]) == (held, percent)


@pytest.mark.parametrize(
    ("quantity", "minimum", "pack", "held"),
    [("10", "0", None, False), ("9", "10", None, True), ("10", "10", "5", False), ("11", "10", "5", True),
     ("0.75", "0", "0.25", False), ("0.8", "0", "0.25", True)],
)  # fmt: skip
def test_minimum_and_pack_are_kept(quantity: str, minimum: str, pack: str | None, held: bool):
    finding = review.quantity(
        line(quantity=D(quantity), minimum_order=D(minimum), pack_multiple=None if pack is None else D(pack))
    )
    assert (finding.reason is Reason.QUANTITY) is held


@pytest.mark.parametrize(
    ("promise", "complete", "ship_by", "outcome"),
    [
        (date(2026, 3, 10), False, None, "pass"),
        (date(2026, 3, 11), False, None, "warn"),
        (date(2026, 3, 11), True, None, "warn"),
        (date(2026, 3, 11), False, date(2026, 3, 10), "warn"),
        (date(2026, 3, 12), True, date(2026, 3, 12), "warn"),
        (date(2026, 3, 13), True, date(2026, 3, 12), "hold"),
    ],
)
def test_a_late_promise_warns_and_holds_only_what_must_ship_complete_by_a_date(
    promise: date, complete: bool, ship_by: date | None, outcome: str
):
    late = replace(LINE, line=2, promise=promise)
    finding = review.stock(order(ship_complete=complete, ship_by=ship_by, lines=(LINE, late)))
    assert finding.outcome == outcome
    assert finding.figures["promise"] == max(promise, LINE.promise).isoformat()


def test_a_duplicate_names_the_earlier_orders():
    finding = review.duplicate_po(order(same_po_orders=("SO-1", "SO-2")))
    assert fill(HOLD_MESSAGES[finding.reason or ""], finding.figures).endswith("is on SO-1, SO-2.")


def test_every_reason_has_an_owner_and_a_sentence():
    assert OWNER_ROLE.keys() == set(Reason) == {Reason(reason) for reason in HOLD_MESSAGES}
