"""The table of legal moves."""

from __future__ import annotations

import pytest

from domain.errors import IllegalMove
from domain.order_life import ENDED, LEGAL_MOVES, STAGES, OrderState, is_legal, moves_from, require_move


def test_the_stages_are_in_the_order_of_life():
    assert STAGES == (
        "receipt", "review", "stock", "replenishment", "shipping", "invoicing", "collection", "after_sales",
    )  # fmt: skip


def reachable(document: str, start: str) -> set[str]:
    """Every state that a document can come to."""
    seen, fresh = {start}, [start]
    while fresh:
        following = set(moves_from(document, fresh.pop())) - seen
        seen |= following
        fresh += following
    return seen


def test_every_state_of_an_order_can_be_reached_and_has_a_name():
    assert reachable("order", "DRAFT") == {state.value for state in OrderState}


@pytest.mark.parametrize("ended", ["REJECTED", "EXPIRED", "CANCELLED"])
def test_what_has_ended_stays_ended(ended: str):
    assert moves_from("order", ended) == ()


def test_only_a_completed_order_can_come_back():
    assert [state.value for state in ENDED if moves_from("order", state)] == ["COMPLETED"]
    assert moves_from("order", "COMPLETED") == ("FULFILLED",)


@pytest.mark.parametrize("state", ["DRAFT", "SUBMITTED", "IN_REVIEW", "CONFIRMED", "IN_FULFILMENT", "AMENDING"])
def test_an_order_can_be_cancelled_before_it_is_fulfilled(state: str):
    assert is_legal("order", state, "CANCELLING")


@pytest.mark.parametrize("state", ["FULFILLED", "COMPLETED", "REJECTED", "EXPIRED", "CANCELLED"])
def test_an_order_cannot_be_cancelled_afterwards(state: str):
    assert not is_legal("order", state, "CANCELLING")


@pytest.mark.parametrize("state", ["IN_TRANSIT", "OUT_FOR_DELIVERY", "ATTEMPT_FAILED", "EXCEPTION", "DELIVERED"])
def test_a_parcel_on_its_way_cannot_be_cancelled(state: str):
    assert not is_legal("shipment", state, "CANCELLED")


@pytest.mark.parametrize("document", LEGAL_MOVES)
def test_staying_is_always_legal_and_no_state_moves_to_itself(document: str):
    for state, targets in LEGAL_MOVES[document].items():
        assert is_legal(document, state, state)
        assert state not in targets


def test_a_refusal_names_the_legal_moves():
    with pytest.raises(IllegalMove) as refusal:
        require_move("order", "SO-000001", "IN_REVIEW", "FULFILLED")
    assert refusal.value.legal_moves == ("CONFIRMED", "REJECTED", "EXPIRED", "CANCELLING")
    assert refusal.value.detail == (
        "order SO-000001 is IN_REVIEW and cannot become FULFILLED: "
        "from here it can only become CONFIRMED, REJECTED, EXPIRED, CANCELLING."
    )


def test_a_refusal_says_that_a_document_has_ended():
    with pytest.raises(IllegalMove, match=r"supply order PO-000001 is RECEIVED .*: it has ended"):
        require_move("supply_order", "PO-000001", "RECEIVED", "CANCELLED")


def test_a_legal_move_passes():
    require_move("shipment", "SH-000001", "CREATED", "PACKED")
