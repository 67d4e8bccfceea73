"""Receipt by file: whatever a file looks like, every row and every penny of it is accounted for."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.starter.files.notebook import HEADER, Notebook, Outcome, imported, imported_text

SAMPLE = Path(__file__).parents[3] / "examples" / "wholesale-sample.csv"
SERVICES = {"POST", "DOT", "C2", "M", "D", "S", "BANK CHARGES", "AMAZONFEE"}

numbers = st.sampled_from(["1", "2", "3", "C4", "C5", "甲", ""])
skus = st.sampled_from(["A", "E", "F", "POST", "M", "", "85123A"])
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x1a\ufeff"), max_size=12)
quantities = st.one_of(
    st.integers(-20, 40).map(str), st.sampled_from(["", "NaN", "x", "1e300", "0", "0.5", "99999999999", "-0"])
)
prices = st.one_of(
    st.decimals(0, 100, places=2).map(str), st.sampled_from(["", "0", "-1.00", "inf", "0.123456", "free"])
)
customers = st.sampled_from(["C1", "C2", ""])
rows = st.tuples(numbers, skus, texts, quantities, prices, customers, st.sampled_from(["France", "EIRE", ""]))


def written(table: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return HEADER + text.getvalue()


def plain_amount(quantity: str, price: str) -> Decimal:
    """What a row is worth, counted the plain way: NaN and the like are worth nothing."""
    try:
        amount = Decimal(quantity) * Decimal(price)
    except InvalidOperation:
        return Decimal(0)
    sane = all(Decimal(value).is_finite() and Decimal(value).adjusted() <= 15 for value in (quantity, price))
    return amount if sane else Decimal(0)


def balanced(outcome: Outcome) -> bool:
    read, *fates = outcome.rows
    amounts = outcome.amounts
    return read == sum(fates) and amounts["file"] == amounts["taken"] + amounts["held"] + amounts["refused"]


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=40), st.booleans())
def test_rows_and_amounts_of_a_dirty_file_add_up(table: list[tuple[str, ...]], create: bool) -> None:
    notebook = Notebook(customers={"C1"}, products={"A", "E"})
    with tempfile.TemporaryDirectory() as folder:
        outcome = imported_text(Path(folder), written(table), notebook, create)
    told = [row for row in table if any(field.strip() for field in row)]
    assert balanced(outcome)
    assert outcome.rows[0] == len(told)
    assert outcome.amounts["file"] == sum((plain_amount(row[3], row[4]) for row in told), Decimal(0))
    ordered = sum(len(order.lines) for order in notebook.orders.values())
    assert outcome.rows[1] == ordered
    assert outcome.rows[2] == sum(len(held.rows) for held in notebook.held)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=12), st.binary(max_size=6), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_damaged_file_is_worked_off_and_adds_up(
    table: list[tuple[str, ...]], noise: bytes, place: int, cut: int
) -> None:
    whole = written(table).encode()
    at = len(HEADER) + place % (len(whole) - len(HEADER) + 1)
    damaged = whole[:at] + noise + whole[at:]
    damaged = damaged[: len(HEADER) + cut % (len(damaged) - len(HEADER) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_bytes(damaged)
        assert balanced(imported(path))


def counted(path: Path) -> dict[str, tuple[int, int, Decimal]]:
    """Documents, rows and amounts of the wholesaler's invoices by what must become of them, counted the plain way."""
    with path.open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    goods_of = Counter(row["InvoiceNo"] for row in table if row["StockCode"] not in SERVICES)
    fates: dict[str, list[dict[str, str]]] = {"order": [], "credit_note": [], "held": [], "beside": []}
    for row in table:
        number = row["InvoiceNo"]
        if number.startswith("C"):
            fates["credit_note"].append(row)
        elif not row["CustomerID"] or not goods_of[number]:
            fates["held"].append(row)
        else:
            fates["beside" if row["StockCode"] in SERVICES else "order"].append(row)
    return {
        fate: (
            len({row["InvoiceNo"] for row in chosen}),
            len(chosen),
            sum((Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in chosen), Decimal(0)),
        )
        for fate, chosen in fates.items()
    }


# The whole file is not shipped; who has it names it in ORDERKEEP_WHOLESALE_FILE.
WHOLE = [Path(os.environ["ORDERKEEP_WHOLESALE_FILE"])] if "ORDERKEEP_WHOLESALE_FILE" in os.environ else []


@pytest.mark.parametrize("path", [SAMPLE, *WHOLE], ids=lambda path: path.name)
def test_the_wholesalers_invoices_come_out_as_counted_by_hand(path: Path) -> None:
    outcome = imported(path)
    count = counted(path)
    assert outcome.documents == (count["order"][0], count["credit_note"][0], count["held"][0], 0)
    held = [count[fate] for fate in ("credit_note", "held", "beside")]
    assert outcome.rows[1:] == (count["order"][1], sum(one[1] for one in held), 0)
    assert outcome.amounts["taken"] == count["order"][2]
    assert outcome.amounts["held"] == sum((one[2] for one in held), Decimal(0))
    assert balanced(outcome)


def test_the_sample_has_known_figures() -> None:
    outcome = imported(SAMPLE)
    assert outcome.rows == (23, 19, 4, 0)
    assert outcome.documents == (8, 1, 1, 0)
    assert {name: f"{amount:f}" for name, amount in outcome.amounts.items()} == {
        "file": "1062.97", "taken": "1071.22", "held": "-8.25", "refused": "0",
    }  # fmt: skip
    assert {held.document: held.linked_order for held in outcome.notebook.held} == {
        "536403": "SO-12791-536403", "536414": None, "C536826": "SO-17924-536397",
    }  # fmt: skip
