"""Rules of receipt, review and cancellation."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from activities.cancellation import plan_undo, undo_order, void_booking
from activities.review import escalate_holds, expire_order, review_order
from domain.facts import Cancellation, CustomerCard, HoldRejection, HoldRelease, OrderRequest, ProductCard, SupplierCard
from domain.steps import ShipmentStep
from intake.cancellation import cancel_order
from intake.masters import put_customer, put_product, put_supplier, put_tax_code
from intake.receipt import submit_order
from intake.review import reject_hold, release_hold
from tests.builders import ADDRESS
from tests.interleavings.doing import CLERK, PICK, TIMES, Doing, does, refused

LINES = st.lists(
    st.tuples(st.sampled_from(["BOLT", "NUT", "KIT", "GEM"]), st.integers(1, 6)), min_size=1, max_size=2,
    unique_by=lambda line: line[0],
)  # fmt: skip
MOST_ORDERS = 5
TERMS = ("net30", "net30", "prepaid", "instalments:30@0,70@30", "2/10net30")
WAYS = ("ship_partial", "ship_partial", "ship_complete", "cancel_remainder")


class OrderRules(Doing):
    """Orders come, are reviewed, and are cancelled at any moment."""

    @does(submit_order)
    @rule(lines=LINES, terms=st.sampled_from(TERMS), way=st.sampled_from(WAYS), rich=st.booleans(), discount=PICK)
    def an_order_comes(self, lines: list[tuple[str, int]], terms: str, way: str, rich: bool, discount: int) -> None:
        """Taken once, however often it is sent."""
        if len(self.books["sales_order"]) >= MOST_ORDERS:
            return
        customer, currency = ("HUAXIN", "CNY") if rich else ("ACME", "EUR")
        request = OrderRequest.model_validate(
            {
                "customer": customer, "currency": currency, "customer_po": self.new("PO"), "payment_terms": terms,
                "shipping_policy": way,
                "lines": [
                    {"sku": sku, "quantity": pieces, "discount_percent": "8" if discount == 7 else "0"}
                    for sku, pieces in lines
                ],
            }
        )  # fmt: skip
        taken = self.tell(submit_order, request, by=CLERK)
        assert taken.created
        again = self.tell(submit_order, request, by=CLERK)
        assert (again.number, again.created) == (taken.number, False)

    @does(review_order)
    @rule(pick=PICK, times=TIMES)
    def an_order_is_reviewed(self, pick: int, times: str) -> None:
        """At any time, also long after it was decided."""
        if order := self.one("sales_order", pick):
            self.step(review_order, self.order_step(order["number"]), times)

    @does(release_hold)
    @rule(pick=PICK, hold=PICK)
    def a_hold_is_released(self, pick: int, hold: int) -> None:
        """Also one that is decided already, which is refused."""
        if found := self.one("hold", hold):
            told = HoldRelease(comment="a good customer")
            answer = self.tell(release_hold, found["order_number"], int(found["id"]), told)
            assert refused(answer) == (found["status"] != "OPEN" or self._state(found["order_number"]) != "IN_REVIEW")

    @does(reject_hold)
    @rule(hold=PICK, seldom=PICK)
    def a_hold_is_rejected(self, hold: int, seldom: int) -> None:
        """The order ends."""
        found = self.one("hold", hold)
        if found and seldom == 7:
            answer = self.tell(reject_hold, found["order_number"], int(found["id"]), HoldRejection(comment="no"))
            assert refused(answer) or self._state_now(found["order_number"]) == "REJECTED"

    @does(escalate_holds, expire_order)
    @rule(pick=PICK, days=st.sampled_from([0, 3, 15]), times=TIMES)
    def time_passes_over_a_review(self, pick: int, days: int, times: str) -> None:
        """Holds are escalated; an order that nobody approves expires."""
        self.now += timedelta(days=days)
        if order := self.one("sales_order", pick):
            self.step(escalate_holds, self.order_step(order["number"]), times)
            self.step(expire_order, self.order_step(order["number"]), times)

    @does(cancel_order, plan_undo, void_booking, undo_order)
    @rule(pick=PICK, done=st.booleans(), times=TIMES)
    def an_order_is_cancelled(self, pick: int, done: bool, times: str) -> None:
        """At any moment; what it caused is undone now or later."""
        if order := self.one("sales_order", pick):
            answer = self.tell(cancel_order, order["number"], Cancellation(reason="not wanted"))
            assert refused(answer) or answer["state"] == "CANCELLING"
            if done:
                self.undo(order["number"], times)

    @does(plan_undo, void_booking, undo_order)
    @rule(pick=PICK, times=TIMES)
    def an_undo_goes_on(self, pick: int, times: str) -> None:
        """Nothing is undone of an order that is not being cancelled."""
        if order := self.one("sales_order", pick):
            self.undo(order["number"], times)

    def undo(self, number: str, times: str = "once") -> None:
        """As the order's workflow does it."""
        for shipment in self.step(plan_undo, self.order_step(number)).to_void:
            self.step(void_booking, ShipmentStep(number=shipment, order=number, now=self.now), times)
        self.step(undo_order, self.order_step(number), times)

    @does(put_customer, put_supplier, put_product, put_tax_code)
    @rule(what=st.sampled_from(["customer", "supplier", "product", "tax code"]), figure=st.integers(1, 4))
    def master_data_changes(self, what: str, figure: int) -> None:
        """Orders that were taken before keep what was frozen."""
        match what:
            case "customer":
                card: dict[str, Any] = {
                    "name": "Acme",
                    "email": "a@acme.example",
                    "currency": "EUR",
                    "shipping_address": ADDRESS,
                }
                limit = {"credit_limit": str(250 + 50 * figure), "priority": figure}
                self.tell(put_customer, "ACME", CustomerCard.model_validate({**card, **limit}))
            case "supplier":
                known = {"name": "Steelworks", "email": "s@steel.example", "lead_time_days": figure}
                self.tell(put_supplier, "STEELWORKS", SupplierCard.model_validate(known))
            case "product":
                prices = [{"currency": currency, "amount": str(5 + figure)} for currency in ("EUR", "CNY")]
                cost = {"currency": "EUR", "amount": str(figure)}
                gem = {"name": "Gem", "prices": prices, "cost": cost}
                self.tell(put_product, "GEM", ProductCard.model_validate(gem))
            case _:
                self.tell(put_tax_code, "reduced", Decimal(figure) / 20)

    def _state(self, order: str) -> str:
        return str(next(row["state"] for row in self.books["sales_order"] if row["number"] == order))

    def _state_now(self, order: str) -> str:
        return str(self.rows("SELECT state FROM sales_order WHERE number = :number", number=order)[0].state)
