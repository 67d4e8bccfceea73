"""Rules of invoicing, collection and after-sales."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from activities.after_sales import (
    close_case,
    close_order,
    escalate_case,
    look_at_case,
    plan_after_sales,
    send_follow_up,
)
from activities.collection import look_at_instalment, record_payment_signal, send_reminder
from activities.invoicing import post_invoice
from domain.facts import CaseMove, CaseRequest, Feedback, PaymentFact
from domain.requests import DisputeDecision, DisputeRequest, Match
from domain.steps import InstalmentStep, PaymentStep, ReminderStep
from intake.after_sales import move_case, open_case, record_feedback
from intake.collection import record_payment
from intake.disputes import open_dispute, resolve_dispute
from intake.matching import apply_payment
from tests.interleavings.doing import PICK, TIMES, Doing, does, refused

NAMES = ("invoice", "order", "customer", "nobody", "purchase order")
MOVES = ("assign", "start", "wait", "resume", "resolve", "close", "reopen")


class MoneyRules(Doing):
    """Deliveries are billed, money comes, reminders go out, cases are opened."""

    @does(post_invoice)
    @rule(pick=PICK, times=TIMES)
    def a_shipment_is_billed(self, pick: int, times: str) -> None:
        """Only when it is delivered, and once."""
        if shipment := self.one("shipment", pick):
            billed = self.step(post_invoice, self.shipment_step(shipment), times)
            assert (billed.invoice is not None) == (shipment["state"] == "DELIVERED")

    @does(record_payment, record_payment_signal)
    @rule(
        pick=PICK,
        names=st.sampled_from(NAMES),
        amount=st.sampled_from(["all", "12.00", "0.01", "500.00"]),
        signal=st.booleans(),
    )
    def money_comes(self, pick: int, names: str, amount: str, signal: bool) -> None:
        """In part, over, for an order, for nothing, told twice: recorded once, never lost."""
        order, bill = self.one("sales_order", pick), self.one("invoice", pick)
        fact: dict[str, Any] = {
            "provider": "bank", "provider_payment_id": self.new("bank"), "amount": amount,
            "currency": order["currency"] if order else "EUR", "received_at": self.now.isoformat(),
        }  # fmt: skip
        if amount == "all":
            fact["amount"] = str(bill["outstanding"] if bill and bill["outstanding"] else Decimal(36))
        if bill and names == "invoice":
            fact |= {"invoice": bill["number"], "currency": bill["currency"]}
        elif order and names in ("order", "purchase order"):
            fact["reference"] = order["number" if names == "order" else "customer_po"]
        elif names == "customer":
            fact["customer"] = order["customer"] if order else "ACME"
        self.pay(fact, order["number"] if order and signal else None)

    def pay(self, fact: dict[str, Any], order: str | None = None) -> None:
        """Told twice, by the API or straight to the order's workflow."""
        told = PaymentFact.model_validate(fact)
        self.cash[told.provider_payment_id] = told.amount
        if order:
            step = PaymentStep(order=order, fact=fact, now=self.now)
            number = self.step(record_payment_signal, step, "again")
            assert number.startswith("PAY-")
        else:
            number = self.tell(record_payment, told).number
        assert self.tell(record_payment, told).number == number
        more = PaymentFact.model_validate({**fact, "amount": str(told.amount + 1)})
        assert refused(self.tell(record_payment, more)), "another amount under the same id"

    @does(apply_payment)
    @rule(pick=PICK, other=PICK, amount=st.sampled_from([None, "12.00", "500.00"]))
    def cash_is_matched_by_hand(self, pick: int, other: int, amount: str | None) -> None:
        """What is left of a payment settles what is open of an invoice, never more than either."""
        cash, bill = self.one("payment", pick), self.one("invoice", other)
        if cash is None or bill is None:
            return
        match = Match.model_validate({"invoice": bill["number"], "amount": amount})
        wanted = Decimal(amount) if amount else Decimal("0.01")
        possible = (
            cash["currency"] == bill["currency"]
            and cash["customer"] in (None, bill["customer"])
            and min(cash["unapplied"], bill["outstanding"]) >= wanted
        )
        assert refused(self.tell(apply_payment, cash["number"], match)) == (not possible)

    @does(open_dispute)
    @rule(pick=PICK, amount=st.sampled_from(["1.00", "12.00", "500.00"]))
    def a_bill_is_disputed(self, pick: int, amount: str) -> None:
        """Never more of it than is outstanding and not disputed yet."""
        if bill := self.one("invoice", pick):
            wish = DisputeRequest.model_validate({"amount": amount, "reason": "bent"})
            lying = sum(row["disputed"] for row in self.books["dispute"] if row["invoice"] == bill["number"])
            possible = Decimal(amount) <= bill["outstanding"] - lying
            assert refused(self.tell(open_dispute, bill["number"], wish)) == (not possible)

    @does(resolve_dispute)
    @rule(pick=PICK, outcome=st.sampled_from(["upheld", "withdrawn"]))
    def a_dispute_is_decided(self, pick: int, outcome: str) -> None:
        """Once; what was paid meanwhile is no longer disputed."""
        if found := self.one("dispute", pick):
            decision = DisputeDecision.model_validate({"outcome": outcome, "comment": "looked at"})
            answer = self.tell(resolve_dispute, found["invoice"], int(found["id"]), decision)
            assert refused(answer) == (found["status"] != "OPEN")

    @does(look_at_instalment, send_reminder)
    @rule(pick=PICK, days=st.sampled_from([0, 8, 31]), times=TIMES)
    def a_reminder_is_due(self, pick: int, days: int, times: str) -> None:
        """One level after the other, each once, and none for what is paid."""
        self.tick(days=days)
        if part := self.one("instalment", pick):
            self.remind(part, times)

    def remind(self, part: dict[str, Any], times: str = "once") -> None:
        """As the collector does it."""
        key = {"invoice": part["invoice"], "instalment": int(part["instalment"]), "now": self.now}
        status = self.step(look_at_instalment, InstalmentStep(**key), times)
        assert status.settled == (part["paid"] == part["amount"])
        if status.next_at is not None and status.next_at <= self.now:
            after = self.step(send_reminder, ReminderStep(**key, level=status.next_level), times)
            assert after.next_level is None or after.next_level > status.next_level

    @does(plan_after_sales, send_follow_up)
    @rule(pick=PICK, times=TIMES)
    def a_customer_is_asked(self, pick: int, times: str) -> None:
        """Once, after everything is delivered."""
        if order := self.one("sales_order", pick, "FULFILLED", "COMPLETED"):
            self.step(plan_after_sales, self.order_step(order["number"]), times)
            self.step(send_follow_up, self.order_step(order["number"]), times)

    @does(close_order)
    @rule(pick=PICK, times=TIMES)
    def an_order_is_closed(self, pick: int, times: str) -> None:
        """Only when it is delivered, billed and paid."""
        if order := self.one("sales_order", pick):
            closed = self.step(close_order, self.order_step(order["number"]), times)
            owed = [
                bill
                for bill in self.books["invoice"]
                if bill["order_number"] == order["number"] and bill["outstanding"]
            ]
            assert closed.state != "COMPLETED" or not owed

    @does(record_feedback)
    @rule(pick=PICK, score=st.integers(1, 5))
    def a_customer_answers(self, pick: int, score: int) -> None:
        """A second answer replaces the first."""
        if order := self.one("sales_order", pick):
            self.tell(record_feedback, order["number"], Feedback(score=score))

    @does(open_case)
    @rule(pick=PICK)
    def a_case_is_opened(self, pick: int) -> None:
        """About any order, whatever its state."""
        if order := self.one("sales_order", pick):
            self.tell(open_case, CaseRequest(order=order["number"], subject="One bolt is bent"))

    @does(move_case)
    @rule(pick=PICK, move=st.sampled_from(MOVES))
    def a_case_moves(self, pick: int, move: str) -> None:
        """Along its own table of moves."""
        if case := self.one("support_case", pick):
            self.tell(move_case, case["number"], move, CaseMove(comment="looked at", assignee="Kim"))

    @does(look_at_case, escalate_case, close_case)
    @rule(pick=PICK, days=st.sampled_from([0, 2, 8]), times=TIMES)
    def the_clock_of_a_case_runs(self, pick: int, days: int, times: str) -> None:
        """Late answers are escalated once; what nobody reopens is closed."""
        self.tick(days=days)
        if case := self.one("support_case", pick):
            for step in (look_at_case, escalate_case, close_case):
                self.step(step, self.case_step(case["number"]), times)
