"""What a run's customers want is a pure function of the seed, and all of it can occur."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.facts import CustomerCard, OrderRequest, ProductCard, SupplierCard
from tests.faults.wishes import CUSTOMERS, PRODUCTS, SUPPLIERS, index_of, parts, wishes

patient = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""What is drawn takes as long as the machine is busy."""
SEEDS = st.integers(min_value=0, max_value=2**32)


@patient
@given(SEEDS, st.integers(min_value=1, max_value=60), st.floats(min_value=1, max_value=600))
def test_the_seed_repeats_the_orders_and_they_come_steadily(seed: int, count: int, seconds: float) -> None:
    first = wishes(seed, count, seconds)
    assert first == wishes(seed, count, seconds)
    assert [index_of(wish.po) for wish in first] == list(range(count))
    assert all(abs(wish.at - wish.index * seconds / count) < 0.001 for wish in first)


@patient
@given(SEEDS)
def test_every_order_can_be_taken(seed: int) -> None:
    for wish in wishes(seed, 20, 10):
        request = OrderRequest.model_validate(wish.body)
        assert request.customer in CUSTOMERS
        assert {line.sku for line in request.lines} <= set(PRODUCTS)


def test_every_card_can_be_kept() -> None:
    assert [CustomerCard.model_validate(card) for card in CUSTOMERS.values()]
    assert [ProductCard.model_validate(card) for card in PRODUCTS.values()]
    assert [SupplierCard.model_validate(card) for card in SUPPLIERS.values()]


def test_among_a_thousand_orders_is_everything_that_can_happen() -> None:
    some = wishes(1, 1000, 60)
    assert {wish.pays for wish in some} == {"at once", "in two parts", "late", "too much", "never"}
    assert {wish.body["customer"] for wish in some} == set(CUSTOMERS)
    assert {line["sku"] for wish in some for line in wish.body["lines"]} == {*PRODUCTS} - {"TIN", "CARTON"}
    for trait in ("sent_twice", "rejected", "short", "case", "by_webhook", "lamps"):
        assert {bool(getattr(wish, trait)) for wish in some} == {True, False}, trait
    assert {wish.cancelled_after is None for wish in some} == {True, False}


@patient
@given(SEEDS, st.decimals(min_value=1, max_value=10_000, places=2))
def test_payments_add_up_to_what_is_owed_and_too_much_to_ten_more(seed: int, total: Decimal) -> None:
    for wish in wishes(seed, 10, 10):
        expected = {"never": Decimal(0), "too much": total + 10}.get(wish.pays, total)
        assert sum(parts(wish, total), Decimal(0)) == expected
