"""Allocation: fewest splits, never more than is free, first come first served."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stock import Demand, covers, source

D = Decimal
Free = dict[tuple[str, str], Decimal]


def free(**places: int) -> Free:
    """`A_MAIN=5` is five pieces of A in MAIN."""
    return {tuple(place.split("_")): D(quantity) for place, quantity in places.items()}  # type: ignore[misc]


def wanted(*demands: str) -> list[Demand]:
    """`1:A:5` is five pieces of A for line 1."""
    parts = [demand.split(":") for demand in demands]
    return [Demand(key, sku, D(quantity)) for key, sku, quantity in parts]


def taken(demands: list[Demand], there: Free) -> list[str]:
    """What was sourced, in the same short form with the warehouse."""
    return [f"{t.key}:{t.sku}:{t.warehouse}:{t.quantity}" for t in source(demands, there)]


CASES = [
    ("one warehouse has it", wanted("1:A:5"), free(A_MAIN=5, A_EAST=9), ["1:A:EAST:5"]),
    ("the first by name when all can", wanted("1:A:2"), free(A_MAIN=5, A_EAST=5), ["1:A:EAST:2"]),
    ("one warehouse for everything beats a fuller one", wanted("1:A:2", "2:B:2"),
     free(A_MAIN=2, A_EAST=99, B_MAIN=2), ["1:A:MAIN:2", "2:B:MAIN:2"]),
    ("the fullest first when none can", wanted("1:A:7"), free(A_MAIN=4, A_EAST=5), ["1:A:EAST:5", "1:A:MAIN:2"]),
    ("equal warehouses by name", wanted("1:A:6"), free(A_WEST=4, A_EAST=4), ["1:A:EAST:4", "1:A:WEST:2"]),
    ("what is there of a shortage", wanted("1:A:9"), free(A_MAIN=4), ["1:A:MAIN:4"]),
    ("nothing of nothing", wanted("1:A:9"), free(A_MAIN=0), []),
    ("an unknown product", wanted("1:A:9"), free(B_MAIN=9), []),
    ("no demand", [], free(A_MAIN=4), []),
    ("no warehouse", wanted("1:A:9"), {}, []),
    ("two lines of a product share what is there", wanted("1:A:3", "2:A:3"), free(A_MAIN=4),
     ["1:A:MAIN:3", "2:A:MAIN:1"]),
    ("a negative availability is no stock", wanted("1:A:3"), {("A", "MAIN"): D(-2), ("A", "EAST"): D(1)},
     ["1:A:EAST:1"]),
    ("fractions", wanted("1:A:0.75"), {("A", "MAIN"): D("0.5"), ("A", "EAST"): D("0.3")},
     ["1:A:MAIN:0.5", "1:A:EAST:0.25"]),
]  # fmt: skip


@pytest.mark.parametrize(("demands", "there", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_sourcing(demands: list[Demand], there: Free, expected: list[str]):
    assert taken(demands, there) == expected


def test_a_warehouse_covers_the_sum_of_all_lines():
    assert covers(wanted("1:A:2", "2:A:3"), free(A_MAIN=5), "MAIN")
    assert not covers(wanted("1:A:2", "2:A:3"), free(A_MAIN=4), "MAIN")
    assert not covers(wanted("1:A:2"), free(A_MAIN=4), "EAST")


PLACES = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["EAST", "MAIN", "WEST"])), st.integers(0, 9).map(Decimal)
)
DEMANDS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 9)), max_size=5).map(
    lambda pairs: [Demand(str(n), sku, D(quantity)) for n, (sku, quantity) in enumerate(pairs)]
)


@given(DEMANDS, PLACES)
def test_never_more_than_is_free_nor_than_is_wanted(demands: list[Demand], there: Free):
    pieces = source(demands, there)
    for place, quantity in there.items():
        assert sum((p.quantity for p in pieces if (p.sku, p.warehouse) == place), D(0)) <= quantity
    for demand in demands:
        assert sum((p.quantity for p in pieces if p.key == demand.key), D(0)) <= demand.quantity
    assert all(piece.quantity > 0 for piece in pieces)


@given(DEMANDS, PLACES)
def test_whoever_comes_first_is_served_in_full_before_the_next(demands: list[Demand], there: Free):
    pieces = source(demands, there)
    for sku in "AB":
        left = sum((quantity for (name, _), quantity in there.items() if name == sku), D(0))
        for demand in (d for d in demands if d.sku == sku):
            got = sum((p.quantity for p in pieces if p.key == demand.key), D(0))
            assert got == min(demand.quantity, left)
            left -= got


@given(DEMANDS, PLACES)
def test_one_warehouse_gives_everything_whenever_one_can(demands: list[Demand], there: Free):
    if any(covers(demands, there, warehouse) for _, warehouse in there):
        assert len({piece.warehouse for piece in source(demands, there)}) <= 1
