"""Rules of stock, replenishment and shipping."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.stateful import rule

from activities.after_sales import close_order
from activities.replenishment import chase_supply, order_supply, replenish_order
from activities.shipping import book_shipment, create_shipments, poll_tracking
from activities.stock import allocate_order
from db.engine import settled
from domain.facts import PickReport, ReceiptReport, StockMovement, TrackingFact, TrackingStatus
from domain.requests import Acknowledgement, SupplyRequest
from intake.promising import acknowledge_supply
from intake.replenishment import record_receipt
from intake.shipping import confirm_pick, record_tracking
from intake.stock import move_stock
from intake.supplying import create_supply_order
from tests.builders import CARRIER
from tests.interleavings.doing import BOSS, PICK, TIMES, Doing, does, refused

SKUS = st.sampled_from(["BOLT", "NUT", "KIT", "GEM"])
PLACES = st.sampled_from(["MAIN", "EAST"])
STATUSES = st.sampled_from(get_args(TrackingStatus))
PARTS = {"KIT": {"BOLT": 2, "NUT": 1}}


class GoodsRules(Doing):
    """Goods move, are ordered, made, picked and shipped."""

    @does(move_stock)
    @rule(sku=SKUS, place=PLACES, reason=st.sampled_from(["receipt", "adjustment", "count"]), pieces=st.integers(-4, 8))
    def goods_move(self, sku: str, place: str, reason: str, pieces: int) -> None:
        """Pieces that come in go to those who wait; none leaves that is reserved."""
        pieces = abs(pieces) if reason == "count" else pieces
        fact = {"sku": sku, "warehouse": place, "quantity": str(pieces), "reason": reason}
        answer = self.tell(move_stock, StockMovement.model_validate(fact))
        if not refused(answer):
            self.pieces[sku] += answer["quantity"]

    @does(allocate_order)
    @rule(pick=PICK, times=TIMES)
    def an_order_looks_for_pieces(self, pick: int, times: str) -> None:
        """Nothing is allocated twice."""
        if order := self.one("sales_order", pick):
            self.step(allocate_order, self.order_step(order["number"]), times)

    @does(replenish_order, order_supply)
    @rule(pick=PICK, times=TIMES)
    def a_shortage_is_covered(self, pick: int, times: str) -> None:
        """What is missing is bought or made, once."""
        if order := self.one("sales_order", pick):
            self.step(replenish_order, self.order_step(order["number"]), times)
        if supply := self.one("supply_order", pick):
            self.step(order_supply, self.supply_step(supply["number"]), times)

    @does(chase_supply)
    @rule(pick=PICK, days=st.sampled_from([0, 1, 6]), times=TIMES)
    def a_late_supplier_is_chased(self, pick: int, days: int, times: str) -> None:
        """Once a day."""
        self.tick(days=days)
        if supply := self.one("supply_order", pick):
            self.step(chase_supply, self.supply_step(supply["number"]), times)

    @does(record_receipt)
    @rule(pick=PICK, place=PLACES, share=st.sampled_from([1, 2, 3, 0]))
    def supply_arrives(self, pick: int, place: str, share: int) -> None:
        """In part, whole, or more than was ordered, which is refused."""
        if supply := self.one("supply_order", pick):
            missing = supply["quantity"] - supply["received"]
            pieces = missing + 1 if share == 0 else max(missing // share, Decimal(1))
            self.receive(supply, pieces, place)

    def receive(self, supply: dict[str, Any], pieces: Decimal, place: str = "MAIN") -> None:
        """Goods arrived, or were made of their parts."""
        line = {"sku": supply["sku"], "quantity": str(pieces)}
        report = ReceiptReport.model_validate({"lines": [line], "warehouse": place})
        answer = self.tell(record_receipt, supply["number"], report)
        if refused(answer):
            return
        assert pieces <= supply["quantity"] - supply["received"]
        self.pieces[supply["sku"]] += pieces
        parts = PARTS.get(supply["sku"], {}) if supply["kind"] == "production" else {}
        for part, each in parts.items():
            self.pieces[part] -= each * pieces

    @does(create_supply_order)
    @rule(sku=SKUS, pieces=st.integers(1, 8), made=st.booleans())
    def supply_is_ordered_by_hand(self, sku: str, pieces: int, made: bool) -> None:
        """For who waits, or for the shelf; what has no bill of materials is not made."""
        wish = {"sku": sku, "quantity": str(pieces), "kind": "production" if made else "purchase"}
        answer = self.tell(create_supply_order, SupplyRequest.model_validate(wish))
        assert refused(answer) == (made and sku not in PARTS)

    @does(acknowledge_supply)
    @rule(pick=PICK, days=st.sampled_from([0, 3, 30]))
    def a_supplier_names_a_date(self, pick: int, days: int) -> None:
        """Twice the same; of what is on order."""
        if supply := self.one("supply_order", pick):
            said = Acknowledgement(due_date=self.now.date() + timedelta(days=days))
            expected = supply["state"] in ("ORDERED", "ACKNOWLEDGED", "PARTIALLY_RECEIVED")
            for _ in range(2):
                assert refused(self.tell(acknowledge_supply, supply["number"], said)) == (not expected)

    @does(create_shipments)
    @rule(pick=PICK, times=TIMES)
    def delivery_notes_are_made(self, pick: int, times: str) -> None:
        """Allocated pieces ship once."""
        if order := self.one("sales_order", pick):
            self.step(create_shipments, self.order_step(order["number"]), times)

    @does(confirm_pick)
    @rule(pick=PICK, short=st.integers(-1, 3))
    def a_pick_is_confirmed(self, pick: int, short: int) -> None:
        """In full, short, or with more than was asked for, which is refused."""
        if shipment := self.one("shipment", pick):
            self.pick(shipment, short)

    def pick(self, shipment: dict[str, Any], short: int = 0) -> None:
        """So many pieces of the first line are not found."""
        lines = [row for row in self.books["shipment_line"] if row["shipment"] == shipment["number"]]
        [first, *_] = sorted(lines, key=lambda row: row["line"])
        missing = min(Decimal(short), first["quantity"])
        picked = [{"line": int(first["line"]), "quantity": str(first["quantity"] - missing)}] if missing else []
        answer = self.tell(confirm_pick, shipment["number"], PickReport.model_validate({"lines": picked}))
        possible = shipment["state"] in ("CREATED", "PICKING") and missing >= 0 and not self._leaves(shipment)
        assert refused(answer) == (not possible)
        if possible:
            self.pieces[first["sku"]] -= missing

    def _leaves(self, shipment: dict[str, Any]) -> bool:
        states = {row["number"]: row["state"] for row in self.books["sales_order"]}
        return states[shipment["order_number"]] == "CANCELLING"

    @does(book_shipment)
    @rule(pick=PICK, times=TIMES)
    def a_carrier_is_booked(self, pick: int, times: str) -> None:
        """One parcel per shipment."""
        if shipment := self.one("shipment", pick):
            self.step(book_shipment, self.shipment_step(shipment), times)

    @does(record_tracking)
    @rule(pick=PICK, status=STATUSES, sequence=st.integers(1, 6))
    def the_carrier_reports(self, pick: int, status: str, sequence: int) -> None:
        """In any order, twice, and of parcels that nobody knows."""
        if shipment := self.one("shipment", pick):
            self.scan(shipment, status, sequence, self.parcels().get(shipment["number"], "PW-UNKNOWN"))

    def scan(self, shipment: dict[str, Any], status: str, sequence: int, tracking: str) -> None:
        """A scan; the first one that moves the parcel takes its pieces out of the house."""
        fact = {"tracking_number": tracking, "status": status, "at": self.now, "sequence": sequence}
        self.tell(record_tracking, CARRIER, TrackingFact.model_validate(fact))
        self.issued(shipment)

    def issued(self, shipment: dict[str, Any]) -> None:
        """Count what has left, if it has left just now."""
        found = self.rows("SELECT issued_at FROM shipment WHERE number = :number", number=shipment["number"])
        if found[0].issued_at is not None and shipment["issued_at"] is None:
            for line in self.books["shipment_line"]:
                if line["shipment"] == shipment["number"]:
                    self.pieces[line["sku"]] -= line["quantity"]

    @does(poll_tracking)
    @rule(pick=PICK, times=TIMES)
    def the_carrier_is_asked(self, pick: int, times: str) -> None:
        """A known scan changes nothing."""
        if shipment := self.one("shipment", pick):
            self.step(poll_tracking, self.shipment_step(shipment), times)

    @does(record_tracking, close_order)
    @rule(pick=PICK)
    def a_parcel_arrives_while_its_order_is_looked_at(self, pick: int) -> None:
        """Delivered and not billed yet, an order is not complete."""
        shipment = self.one("shipment", pick, "BOOKED", "IN_TRANSIT", "OUT_FOR_DELIVERY")
        if shipment is None:
            return
        fact = TrackingFact(tracking_number=shipment["tracking_number"], status="delivered", at=self.now, sequence=50)

        async def both() -> Any:
            told = settled(lambda tx: record_tracking(tx, BOSS, CARRIER, fact, self.now))
            return await asyncio.gather(told, close_order(self.order_step(shipment["order_number"])))

        _, closed = self.ground.run(both())
        assert closed.state != "COMPLETED"
        self.issued(shipment)
