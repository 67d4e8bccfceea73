"""The account of one customer: credit reserved by confirmed orders, invoices, and cash applied to them or not yet.

Credit and cash are one thing, since money that arrives makes credit free, and both are decided under one lock. Every
order here is billed by one invoice over its whole total, due in the order in which `due` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.concurrency.history import Operation

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bill:
    """The invoice of an order."""

    order: str
    due: int
    total: Decimal
    outstanding: Decimal


@dataclass(frozen=True, slots=True)
class Cash:
    """A payment: which order it is for, if it says so, and what is left of it."""

    key: str
    amount: Decimal
    received: int
    order: str | None
    left: Decimal
    settled: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Reserved credit by order, bills by due date, cash by age, who waits for credit, and where each order stands."""

    reserved: tuple[tuple[str, Decimal], ...] = ()
    bills: tuple[Bill, ...] = ()
    cash: tuple[Cash, ...] = ()
    held: tuple[tuple[str, Decimal], ...] = ()
    released: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    undone: frozenset[str] = frozenset()

    @property
    def figures(self) -> tuple[Decimal, Decimal, Decimal]:
        """Reserved, receivable and unapplied, as the account is read."""
        return (
            sum((amount for _, amount in self.reserved), ZERO),
            sum((bill.outstanding for bill in self.bills), ZERO),
            sum((cash.left for cash in self.cash), ZERO),
        )

    @property
    def exposure(self) -> Decimal:
        """What the customer owes or will owe, less the cash that waits."""
        reserved, receivable, unapplied = self.figures
        return reserved + receivable - unapplied

    def bill(self, order: str) -> Bill | None:
        """The invoice of an order."""
        return next((bill for bill in self.bills if bill.order == order), None)

    def confirmed(self, order: str) -> bool:
        """Whether the order passed its review: it holds credit, or it is billed."""
        return order in dict(self.reserved) or self.bill(order) is not None

    def put_bill(self, bill: Bill) -> Account:
        """The bill as it is now, in its place."""
        rest = [other for other in self.bills if other.order != bill.order]
        return replace(self, bills=tuple(sorted([*rest, bill], key=lambda other: other.due)))

    def put_cash(self, cash: Cash) -> Account:
        """The payment as it is now, in its place."""
        rest = [other for other in self.cash if other.key != cash.key]
        return replace(self, cash=tuple(sorted([*rest, cash], key=lambda other: other.received)))

    def put_held(self, order: str, total: Decimal) -> Account:
        """The order waits for credit; the oldest first."""
        return replace(self, held=tuple(sorted({*self.held, (order, total)})))

    def without_hold(self, order: str) -> Account:
        """The order does not wait for credit any more."""
        return replace(self, held=tuple(pair for pair in self.held if pair[0] != order))

    def without_credit(self, order: str) -> Account:
        """The order holds no credit any more."""
        return replace(self, reserved=tuple(pair for pair in self.reserved if pair[0] != order))


class AccountModel:
    """What may happen to the account of a customer with a limit."""

    def __init__(self, limit: Decimal) -> None:
        self.limit = limit
        self.start = Account()

    def after(self, state: Account, op: Operation) -> Iterator[Account]:
        """The states that are possible after an operation, if what was seen can be explained."""
        yield from getattr(self, "_" + op.kind.replace(" ", "_"))(state, op)

    def _read_account(self, state: Account, op: Operation) -> Iterator[Account]:
        if op.saw == state.figures:
            yield state

    def _read_invoice(self, state: Account, op: Operation) -> Iterator[Account]:
        bill = state.bill(op.asked["order"])
        if bill is not None and bill.outstanding == op.saw:
            yield state

    def _review(self, state: Account, op: Operation) -> Iterator[Account]:
        """Confirmed within the limit or when released by name; else held. A decided order stays as it is.

        One that is held already leaves free credit to older ones that it suffices for.
        """
        order, total = op.asked["order"], op.asked["total"]
        if order in state.cancelled:
            answer, following = "ended", state
        elif state.confirmed(order):
            answer, following = "confirmed", state
        elif state.exposure + self._left_to_older(state, order) + total <= self.limit or order in state.released:
            answer = "confirmed"
            following = replace(state.without_hold(order), reserved=(*state.reserved, (order, total)))
        else:
            answer, following = "held", state.put_held(order, total)
        if op.lost or op.saw == answer:
            yield following

    def _left_to_older(self, state: Account, order: str) -> Decimal:
        left = ZERO
        for older, total in state.held if order in dict(state.held) else ():
            if older < order and state.exposure + left + total <= self.limit:
                left += total
        return left

    def _release(self, state: Account, op: Operation) -> Iterator[Account]:
        """Only an open hold is released."""
        order = op.asked["order"]
        if order in dict(state.held) and order not in state.cancelled:
            if not op.refused:
                yield replace(state.without_hold(order), released=state.released | {order})
        elif op.refused or op.lost:
            yield state

    def _cancel(self, state: Account, op: Operation) -> Iterator[Account]:
        yield replace(state, cancelled=state.cancelled | {op.asked["order"]})

    def _undo(self, state: Account, op: Operation) -> Iterator[Account]:
        order = op.asked["order"]
        yield replace(state.without_credit(order).without_hold(order), undone=state.undone | {order})

    def _post(self, state: Account, op: Operation) -> Iterator[Account]:
        """Reserved credit becomes a receivable, which meets the cash that waits for it or for nothing else."""
        order, total = op.asked["order"], op.asked["total"]
        if state.bill(order) is None:
            state = state.without_credit(order).put_bill(Bill(order, op.asked["due"], total, total))
            for cash in state.cash:
                if cash.left and self._may_settle(state, cash, order):
                    state = self._settled(state, cash, [order])
        yield state

    def _may_settle(self, state: Account, cash: Cash, order: str) -> bool:
        """Cash that names another order is left for that one while it may still be billed."""
        named = cash.order
        return named is None or named == order or named in state.undone or state.bill(named) is not None

    def _pay(self, state: Account, op: Operation) -> Iterator[Account]:
        """Money settles the order that it names, or by amount and then age when it names none; the rest waits."""
        asked = op.asked
        known = next((cash for cash in state.cash if cash.key == asked["key"]), None)
        if known is None:
            known = Cash(asked["key"], asked["amount"], asked["received"], asked["order"], asked["amount"])
            state = self._settled(state.put_cash(known), known, self._meant(state, known))
            known = next(cash for cash in state.cash if cash.key == asked["key"])
        if op.lost or op.saw == (known.left, known.settled):
            yield state

    def _meant(self, state: Account, cash: Cash) -> list[str]:
        """The orders whose open bills a payment means, in the order in which they are settled."""
        bills = [bill for bill in state.bills if bill.outstanding and cash.order in (None, bill.order)]
        exact = [bill.order for bill in bills if bill.outstanding == cash.amount]
        return [*exact, *(bill.order for bill in bills if bill.order not in exact)]

    def _settled(self, state: Account, cash: Cash, orders: list[str]) -> Account:
        for bill in [bill for order in orders if (bill := state.bill(order)) is not None]:
            piece = min(bill.outstanding, cash.left)
            if piece:
                state = state.put_bill(replace(bill, outstanding=bill.outstanding - piece))
                cash = replace(cash, left=cash.left - piece, settled=(*cash.settled, (bill.order, piece)))
        return state.put_cash(cash)
