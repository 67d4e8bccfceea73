"""The checker has teeth: histories that cannot be, written by hand, are refused; strange ones that can be are not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.concurrency import model_numbers, trail
from tests.concurrency.explain import Undecided, Verdict, explain
from tests.concurrency.history import Operation, Outcome
from tests.concurrency.model_account import AccountModel
from tests.concurrency.model_stock import StockModel
from tests.concurrency.trail import Reading, Written

GEM = StockModel("GEM", {"MAIN": 5})
PAIR = StockModel("GEM", {"EAST": 2, "MAIN": 2})
TIGHT = AccountModel(Decimal(100))


def op(span: tuple[int, int | None], kind: str, saw: Any = None, *, refused: bool = False, **asked: Any) -> Operation:
    """An operation between two instants; without the second one its answer was lost."""
    outcome = Outcome.UNKNOWN if span[1] is None else Outcome.REFUSED if refused else Outcome.OK
    return Operation(f"client {span[0]}", kind, asked, span[0], span[1], outcome, saw)


def moved(span: tuple[int, int | None], quantity: int, saw: Any = None, **more: Any) -> Operation:
    """A receipt, or an adjustment when it is negative."""
    return op(span, "move", saw, **{"warehouse": "MAIN", "quantity": quantity, "reason": "receipt", **more})


def stock(span: tuple[int, int], on_hand: int, reserved: int) -> Operation:
    """Somebody looked at the stock."""
    return op(span, "read stock", {"MAIN": (on_hand, reserved, on_hand - reserved)})


def wants(span: tuple[int, int | None], order: str, quantity: int, waits: bool = False) -> Operation:
    """An order asked for pieces, and was told whether some are missing."""
    return op(span, "allocate", waits, order=order, quantity=quantity, age=order)


def line(span: tuple[int, int], order: str, *saw: int) -> Operation:
    """Somebody looked at an order's line: open, allocated, backordered, shipped."""
    return op(span, "read line", saw, order=order)


def reviewed(span: tuple[int, int | None], order: str, total: int, saw: str | None) -> Operation:
    """An order was reviewed."""
    return op(span, "review", saw, order=order, total=Decimal(total))


def posted(span: tuple[int, int | None], order: str, total: int) -> Operation:
    """An order was billed."""
    return op(span, "post", 1, order=order, total=Decimal(total), due=span[0])


def paid(
    span: tuple[int, int | None],
    amount: int,
    left: int,
    *settled: tuple[str, int],
    order: str | None = None,
    key: str = "a",
) -> Operation:
    """Money came: what was left of it, and what it settled."""
    saw = (Decimal(left), tuple((name, Decimal(piece)) for name, piece in settled))
    return op(span, "pay", saw, key=key, amount=Decimal(amount), received=span[0], order=order)


def account(span: tuple[int, int], *saw: int) -> Operation:
    """Somebody looked at the account: reserved, receivable, unapplied."""
    return op(span, "read account", tuple(Decimal(figure) for figure in saw))


def numbered(span: tuple[int, int | None], shipment: str, number: int | None) -> Operation:
    """A shipment was billed under a number."""
    return op(span, "post", number, shipment=shipment)


def numbers(span: tuple[int, int], *saw: int) -> Operation:
    """Somebody looked at all invoices."""
    return op(span, "read numbers", list(saw))


def verdict(history: Sequence[Operation], model: Any) -> Verdict:
    """What the checker says."""
    if model is model_numbers:
        return explain(history, model_numbers.Numbers(), model_numbers.after)
    return explain(history, model.start, model.after)


WAIT_FOR_CREDIT = [
    reviewed((1, 2), "A", 60, "confirmed"), reviewed((3, 4), "B", 60, "held"), reviewed((5, 6), "C", 50, "held"),
    op((7, 8), "cancel", order="A"), op((9, 10), "undo", order="A"),
]  # fmt: skip
"""Two orders are held when credit comes free."""

ILLEGAL: dict[str, tuple[Any, Sequence[Operation]]] = {
    "a lost update: of two receipts at once one is missing": (
        GEM, [moved((1, 4), 2, (7, 0)), moved((2, 3), 3, (8, 0)), stock((5, 6), 8, 0)]
    ),
    "a lost update that no later read shows": (GEM, [moved((1, 4), 2, (7, 0)), moved((2, 3), 3, (8, 0))]),
    "a stale read: what was answered before is not seen": (GEM, [moved((1, 2), 2, (7, 0)), stock((3, 4), 5, 0)]),
    "two readers see two receipts in opposite orders": (
        GEM,
        [moved((1, 9), 2, (10, 0)), moved((1, 9), 3, (10, 0)), stock((2, 3), 7, 0), stock((4, 5), 8, 0)],
    ),
    "a dirty read: what was refused is seen": (
        GEM, [moved((1, 4), -9, "Invalid", refused=True, reason="adjustment"), stock((2, 3), -4, 0)]
    ),
    "a refusal without a reason": (GEM, [moved((1, 2), -3, "Invalid", refused=True, reason="adjustment")]),
    "more leaves than is free": (
        GEM, [wants((1, 2), "A", 4), moved((3, 4), -2, (3, 4), reason="adjustment")]
    ),
    "a double allocation: the last pieces go to two orders": (GEM, [wants((1, 3), "A", 3), wants((2, 4), "B", 3)]),
    "an order that got its pieces twice": (GEM, [wants((1, 2), "A", 2), wants((3, 4), "A", 2), stock((5, 6), 5, 4)]),
    "a torn read: allocated on the line and not reserved in stock": (
        GEM, [wants((1, 2), "A", 2), line((3, 4), "A", 0, 2, 0, 0), stock((5, 6), 5, 0)]
    ),
    "pieces that came pass by an order that waited": (
        GEM, [wants((1, 2), "A", 9, waits=True), moved((3, 4), 4, (9, 5)), line((5, 6), "A", 4, 5, 4, 0)]
    ),
    "the younger order is served first": (
        GEM,
        [
            wants((1, 2), "A", 5), wants((3, 4), "B", 1, waits=True), wants((5, 6), "C", 1, waits=True),
            moved((7, 8), 1, (6, 6)), line((9, 10), "C", 0, 1, 0, 0),
        ],
    ),
    "goods that left the house twice": (
        GEM,
        [
            wants((1, 2), "A", 2), op((3, 4), "issue", order="A", shipment="S", warehouse="MAIN", quantity=2),
            op((5, 6), "issue", order="A", shipment="S", warehouse="MAIN", quantity=2), stock((7, 8), 1, 0),
        ],
    ),
    "what a cancelled order held is still reserved": (
        GEM,
        [wants((1, 2), "A", 2), op((3, 4), "cancel", order="A"), op((5, 6), "undo", order="A"), stock((7, 8), 5, 2)],
    ),
    "an order split over two warehouses of which one gave its pieces away": (
        PAIR, [wants((1, 4), "A", 3), wants((2, 3), "B", 2)]
    ),
    "overdrawn credit: two orders slip under the limit at once": (
        TIGHT, [reviewed((1, 3), "A", 60, "confirmed"), reviewed((2, 4), "B", 60, "confirmed")]
    ),
    "an order is held though there is credit enough": (TIGHT, [reviewed((1, 2), "A", 60, "held")]),
    "an order passes a hold that nobody released": (
        TIGHT, [reviewed((1, 2), "A", 120, "held"), reviewed((3, 4), "A", 120, "confirmed")]
    ),
    "a younger order takes the free credit that an older one waits for": (
        TIGHT, [*WAIT_FOR_CREDIT, reviewed((11, 12), "C", 50, "confirmed")]
    ),
    "an order leaves free credit to an older one that was released without it": (
        TIGHT,
        [
            *WAIT_FOR_CREDIT, op((11, 12), "release", order="B"), reviewed((13, 14), "C", 50, "held"),
        ],
    ),
    "credit is reserved twice": (
        TIGHT,
        [reviewed((1, 2), "A", 40, "confirmed"), reviewed((3, 4), "A", 40, "confirmed"), account((5, 6), 80, 0, 0)],
    ),
    "credit stays reserved beside the invoice": (
        TIGHT, [reviewed((1, 2), "A", 40, "confirmed"), posted((3, 4), "A", 40), account((5, 6), 40, 40, 0)]
    ),
    "money waits beside an open invoice": (
        TIGHT,
        [
            reviewed((1, 2), "A", 40, "confirmed"), posted((3, 6), "A", 40), paid((4, 5), 30, 30),
            account((7, 8), 0, 40, 30),
        ],
    ),
    "one payment settles more than it is": (
        TIGHT, [reviewed((1, 2), "A", 40, "confirmed"), posted((3, 4), "A", 40), paid((5, 6), 30, 0, ("A", 40))]
    ),
    "a payment told twice is there twice": (
        TIGHT, [paid((1, 2), 30, 30), paid((3, 4), 30, 30), account((5, 6), 0, 0, 60)]
    ),
    "two payments settle the same open amount": (
        TIGHT,
        [
            reviewed((1, 2), "A", 40, "confirmed"), posted((3, 4), "A", 40),
            paid((5, 7), 40, 0, ("A", 40), key="a"), paid((6, 8), 40, 0, ("A", 40), key="b"),
        ],
    ),
    "money is seen before it came": (TIGHT, [account((1, 2), 0, 0, 30), paid((3, 4), 30, 30)]),
    "a gap in the numbers": (model_numbers, [numbered((1, 2), "S", 1), numbered((3, 4), "T", 3)]),
    "a number twice": (model_numbers, [numbered((1, 3), "S", 1), numbered((2, 4), "T", 1)]),
    "a shipment with two numbers": (model_numbers, [numbered((1, 2), "S", 1), numbered((3, 4), "S", 2)]),
    "a later invoice has the smaller number": (model_numbers, [numbered((1, 2), "S", 2), numbered((3, 4), "T", 1)]),
    "an invoice is seen and the one before it is not": (
        model_numbers, [numbered((1, 5), "S", 1), numbered((2, 6), "T", 2), numbers((3, 4), 2)]
    ),
    "an invoice that was answered is not seen": (model_numbers, [numbered((1, 2), "S", 1), numbers((3, 4))]),
    "more numbers are gone than answers were lost": (
        model_numbers, [numbered((1, None), "S", None), numbered((2, 3), "T", 3)]
    ),
}  # fmt: skip

LEGAL: dict[str, tuple[Any, Sequence[Operation]]] = {
    "two receipts at once, the later asked the earlier done": (
        GEM, [moved((1, 4), 2, (10, 0)), moved((2, 3), 3, (8, 0)), stock((5, 6), 10, 0)]
    ),
    "a read that began before a receipt and ended after it sees either": (
        GEM, [moved((2, 3), 2, (7, 0)), stock((1, 4), 5, 0), stock((1, 5), 7, 0)]
    ),
    "a receipt without an answer that happened": (GEM, [moved((1, None), 2), stock((2, 3), 7, 0)]),
    "a receipt without an answer that did not happen": (GEM, [moved((1, None), 2), stock((2, 3), 5, 0)]),
    "a receipt without an answer that happens long after": (
        GEM, [moved((1, None), 2), stock((2, 3), 5, 0), stock((4, 5), 5, 0), stock((6, 7), 7, 0)]
    ),
    "asked again under the same key it happens once": (
        GEM, [moved((1, None), 2, key="k"), moved((2, 3), 2, (7, 0), key="k"), stock((4, 5), 7, 0)]
    ),
    "the last pieces go to whoever is first": (
        GEM, [wants((1, 3), "A", 3), wants((2, 4), "B", 3, waits=True), line((5, 6), "B", 1, 2, 1, 0)]
    ),
    "who began to wait at the same instant may be overlooked": (
        GEM, [wants((1, 4), "A", 6, waits=True), moved((2, 3), 1, (6, 5)), wants((5, 6), "A", 6)]
    ),
    "or be served": (GEM, [wants((1, 4), "A", 6, waits=True), moved((2, 3), 1, (6, 6))]),
    "a count that finds less than was there": (
        GEM, [wants((1, 2), "A", 2), moved((3, 4), 3, (3, 2), reason="count"), stock((5, 6), 3, 2)]
    ),
    "credit becomes free between two reviews": (
        TIGHT,
        [
            reviewed((1, 2), "A", 60, "confirmed"), reviewed((3, 8), "B", 60, "confirmed"),
            op((4, 5), "cancel", order="A"), op((6, 7), "undo", order="A"), account((9, 10), 60, 0, 0),
        ],
    ),
    "the older order takes the free credit, whichever is looked at first": (
        TIGHT,
        [
            *WAIT_FOR_CREDIT, reviewed((11, 12), "C", 50, "held"), reviewed((13, 14), "B", 60, "confirmed"),
            reviewed((15, 16), "C", 50, "held"), account((17, 18), 60, 0, 0),
        ],
    ),
    "a new order waits for nobody": (TIGHT, [*WAIT_FOR_CREDIT, reviewed((11, 12), "D", 100, "confirmed")]),
    "a hold that was released by name passes beyond the limit": (
        TIGHT,
        [
            reviewed((1, 2), "A", 120, "held"), op((3, 4), "release", order="A"),
            reviewed((5, 6), "A", 120, "confirmed"), account((7, 8), 120, 0, 0),
        ],
    ),
    "money that came first meets the invoice": (
        TIGHT,
        [
            reviewed((1, 2), "A", 40, "confirmed"), paid((3, 6), 30, 30, order="A"), posted((4, 7), "A", 40),
            op((8, 9), "read invoice", Decimal(10), order="A"), account((10, 11), 0, 10, 0),
        ],
    ),
    "an invoice without an answer took the number between": (
        model_numbers, [numbered((1, None), "S", None), numbered((2, 3), "T", 2), numbered((4, 5), "S", 1)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_a_history_that_cannot_be_is_refused(name: str):
    model, history = ILLEGAL[name]
    said = verdict(history, model)
    assert not said.explained, said
    assert said.stuck, "the refusal says what did not fit"


@pytest.mark.parametrize("name", LEGAL)
def test_a_history_that_can_be_is_explained(name: str):
    model, history = LEGAL[name]
    said = verdict(history, model)
    assert said.explained, said
    assert {op.kind for op in said.line} <= {op.kind for op in history}


def test_the_explanation_respects_who_was_answered_before_whom():
    history = [moved((1, 4), 2, (10, 0)), moved((2, 3), 3, (8, 0)), stock((5, 6), 10, 0)]
    assert [op.invoked for op in verdict(history, GEM).line] == [2, 1, 5]


def test_a_history_that_is_too_crowded_is_no_proof():
    history = [moved((1, None), 2**n) for n in range(12)] + [stock((2, 3), 1, 0)]
    with pytest.raises(Undecided, match="more than 500 configurations of 13 operations"):
        explain(history, GEM.start, GEM.after, limit=500)


TRAILS: dict[str, tuple[str, Sequence[Reading], Sequence[Written]]] = {
    "a row that nobody committed": ("abc", [Reading(1, 2, tuple("ax"))], []),
    "rows in another order": ("abc", [Reading(1, 2, tuple("ba"))], []),
    "half of a transaction": ("abc", [Reading(1, 2, tuple("ab"))], [Written(tuple("bc"), 0, None)]),
    "what was answered before is missing": ("abc", [Reading(5, 6, tuple("a"))], [Written(tuple("bc"), 1, 3)]),
    "what was not asked yet is there": ("abc", [Reading(1, 2, tuple("abc"))], [Written(tuple("bc"), 3, 4)]),
    "less than was seen before": ("abc", [Reading(1, 2, tuple("ab")), Reading(3, 4, tuple("a"))], []),
}


@pytest.mark.parametrize("name", TRAILS)
def test_a_trail_that_cannot_be_is_refused(name: str):
    final, readings, written = TRAILS[name]
    assert list(trail.breaches(final, readings, written))


def test_a_trail_may_show_a_later_row_before_an_older_one_is_committed():
    readings = [Reading(1, 2, tuple("ac")), Reading(3, 4, tuple("abc"))]
    written = [Written(("a",), 0, 1), Written(("b",), 1, 5), Written(("c",), 1, None)]
    assert list(trail.breaches("abc", readings, written)) == []
