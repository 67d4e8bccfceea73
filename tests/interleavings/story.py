"""The natural next step of everything that is alive, as the workflows would take it; and the way to rest."""

from __future__ import annotations

from typing import Any

from activities.after_sales import close_case, close_order, send_follow_up
from activities.invoicing import post_invoice
from activities.replenishment import order_supply, replenish_order
from activities.review import review_order
from activities.shipping import book_shipment, create_shipments
from activities.stock import allocate_order
from domain.facts import CaseMove, HoldRelease, StockMovement
from domain.order_life import ENDED, is_legal
from domain.shipping import GONE_WRONG
from intake.after_sales import move_case
from intake.review import release_hold
from intake.stock import move_stock
from tests.interleavings.rules_goods import GoodsRules
from tests.interleavings.rules_money import MoneyRules
from tests.interleavings.rules_orders import OrderRules

MOST_ROUNDS = 40


class Story(OrderRules, GoodsRules, MoneyRules):
    """Knows what comes next."""

    def advance(self, order: dict[str, Any]) -> None:
        """The order goes on by what its state asks for."""
        number, state = order["number"], order["state"]
        if state == "CANCELLING":
            self.undo(number)
        elif state in ("SUBMITTED", "IN_REVIEW"):
            self._decide(number)
        elif state in ("CONFIRMED", "IN_FULFILMENT"):
            self._fulfil(number)
        elif state == "FULFILLED":
            self._collect(number)

    def _decide(self, number: str) -> None:
        for hold in self.books["hold"]:
            if hold["order_number"] == number and hold["status"] == "OPEN":
                self.tell(release_hold, number, int(hold["id"]), HoldRelease(comment="let it go"))
        self.step(review_order, self.order_step(number))

    def _fulfil(self, number: str) -> None:
        stock = self.step(allocate_order, self.order_step(number))
        self.step(create_shipments, self.order_step(number))
        if stock.waiting:
            self.step(replenish_order, self.order_step(number))
        self.books = self.read()
        for shipment in self._of(number, "shipment"):
            self._deliver(shipment)

    def _of(self, number: str, table: str) -> list[dict[str, Any]]:
        found = [dict(row) for row in self.books[table] if row["order_number"] == number]
        return sorted(found, key=lambda row: str(row["number"]))

    def _deliver(self, shipment: dict[str, Any]) -> None:
        match shipment["state"]:
            case "CREATED" | "PICKING":
                self.pick(shipment)
            case "PACKED":
                self.step(book_shipment, self.shipment_step(shipment))
            case "DELIVERED":
                self.step(post_invoice, self.shipment_step(shipment))
            case state if is_legal("shipment", state, "DELIVERED") and shipment["tracking_number"]:
                self.scan(shipment, "delivered", 99, shipment["tracking_number"])

    def _collect(self, number: str) -> None:
        for shipment in self._of(number, "shipment"):
            self._deliver(shipment)
        for bill in self._of(number, "invoice"):
            if bill["outstanding"]:
                fact = {"provider": "bank", "provider_payment_id": self.new("bank"), "currency": bill["currency"]}
                whole = {"amount": str(bill["outstanding"]), "received_at": self.now, "invoice": bill["number"]}
                self.pay({**fact, **whole})
        self.step(send_follow_up, self.order_step(number))
        self.step(close_order, self.order_step(number))

    def supply(self) -> None:
        """Whatever is ordered is ordered indeed and arrives; what nobody supplies is found somewhere."""
        for supply in sorted(self.books["supply_order"], key=lambda row: str(row["number"]), reverse=True):
            if supply["state"] not in ("RECEIVED", "CANCELLED"):
                self.step(order_supply, self.supply_step(supply["number"]))
                self.receive(dict(supply), supply["quantity"] - supply["received"])
                self.books = self.read()
        self._find_what_nobody_supplies()

    def _find_what_nobody_supplies(self) -> None:
        waits = [line["backordered"] for line in self.books["order_line"]]
        makes = [supply for supply in self.books["supply_order"] if supply["state"] not in ("RECEIVED", "CANCELLED")]
        for sku in ("BOLT", "GEM") if any(waits) or makes else ():
            found = {"sku": sku, "warehouse": "MAIN", "quantity": "10", "reason": "receipt"}
            self.pieces[sku] += self.tell(move_stock, StockMovement.model_validate(found))["quantity"]

    def close_cases(self) -> None:
        """Every case is answered, and nobody reopens it."""
        for case in self.books["support_case"]:
            if case["state"] not in ("RESOLVED", "CLOSED"):
                self.tell(move_case, case["number"], "resolve", CaseMove(comment="mended"))
        self.tick(days=8)
        for case in self.books["support_case"]:
            assert self.step(close_case, self.case_step(case["number"])).state == "CLOSED"

    def rest(self) -> None:
        """Go on until every order has ended, but for those whose parcel needs a person."""
        for _ in range(MOST_ROUNDS):
            self.books = self.read()
            living = [dict(order) for order in self.books["sales_order"] if order["state"] not in ENDED]
            living = [order for order in living if not self._needs_a_person(order["number"])]
            if not living:
                break
            self.tick(minutes=5)
            for order in sorted(living, key=lambda row: str(row["number"])):
                self.advance(order)
                self.books = self.read()
            self.supply()
        assert [self.shown(order["number"]) for order in living] == [], "they do not come to rest"
        self.close_cases()

    def shown(self, number: str) -> dict[str, Any]:
        """An order with its parts, for whoever must find out why it does not end."""
        tables = ("order_line", "hold", "shipment", "invoice")
        return {table: [row for row in self.books[table] if row["order_number"] == number] for table in tables}

    def _needs_a_person(self, number: str) -> bool:
        """A parcel is lost, damaged or back, and all the rest of the order is done."""
        states = [shipment["state"] for shipment in self._of(number, "shipment")]
        wrong = any(state in GONE_WRONG or state == "RETURNING" for state in states)
        moving = any(state not in (*GONE_WRONG, "RETURNING", "DELIVERED", "CANCELLED") for state in states)
        lines = [line for line in self.books["order_line"] if line["order_number"] == number]
        state = next(order["state"] for order in self.books["sales_order"] if order["number"] == number)
        return (
            wrong
            and not moving
            and state == "IN_FULFILMENT"
            and not any(line["open"] + line["allocated"] for line in lines)
        )
