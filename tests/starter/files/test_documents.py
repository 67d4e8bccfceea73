"""Receipt by file: what becomes of documents: orders, credit notes, what is held, what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from domain.errors import FieldError, Invalid, Unavailable
from starter.files import documents
from starter.files.sightings import Sightings
from tests.starter.files.notebook import HEADER, Notebook, imported_text


def test_services_beside_goods_are_held_and_linked_to_the_order(tmp_path: Path) -> None:
    rows = "1,A,lamp,2,1.50,C1,France\n1,POST,POSTAGE,1,15,C1,France\n1,M,Manual,1,0.5,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.lines == {"1": [("A", "2", "1.50")]}
    assert outcome.rows == (3, 1, 2, 0)
    assert outcome.documents == (1, 0, 0, 0)
    assert outcome.amounts == {
        "file": Decimal("18.50"),
        "taken": Decimal("3.00"),
        "held": Decimal("15.5"),
        "refused": 0,
    }
    (held,) = outcome.notebook.held
    assert (held.document, held.kind, held.linked_order) == ("1", "order_rows", "SO-C1-1")
    assert [row["StockCode"] for row in held.rows] == ["POST", "M"]
    assert "POST is a service" in held.reason
    assert "orders.csv, line 3" in held.reason


def test_a_document_of_services_alone_is_held(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "1,BANK CHARGES,Bank Charges,1,15,C1,France\n")
    assert outcome.documents == (0, 0, 1, 0)
    assert outcome.notebook.held[0].kind == "order"
    assert outcome.notebook.orders == {}


def test_a_free_sample_is_an_order_line(tmp_path: Path) -> None:
    assert imported_text(tmp_path, HEADER + "1,A,lamp,2,0,C1,France\n").lines == {"1": [("A", "2", "0")]}


def test_rows_that_cannot_be_ordered_are_held_beside_those_that_can(tmp_path: Path) -> None:
    rows = "1,A,lamp,2,1.50,C1,France\n1,E,cup,0,1,C1,France\n1,F,jug,-1,1,C1,France\n1,G,pot,1,-5,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.lines == {"1": [("A", "2", "1.50")]}
    assert outcome.rows == (4, 1, 3, 0)
    assert [line for line, _reason in outcome.reasons] == [3, 4, 5]


def test_several_lines_of_one_product_are_several_lines(tmp_path: Path) -> None:
    rows = "1,A,lamp,2,1.50,C1,France\n1,A,lamp,2,1.50,C1,France\n"
    assert imported_text(tmp_path, HEADER + rows).lines == {"1": [("A", "2", "1.50"), ("A", "2", "1.50")]}


def test_a_document_without_a_customer_is_held(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "1,A,,56,0,,France\n1,E,,-5,0,,France\n2,E,,-5,0,,France\n")
    assert outcome.documents == (0, 0, 2, 0)
    assert outcome.reasons == [(2, "the document names no customer"), (4, "the document names no customer")]
    assert len(outcome.notebook.held[0].rows) == 2


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ("1,A,x,1,1,C1,France\n1,E,x,1,1,C2,France\n", "CustomerID"),
        ("C1,A,x,1,1,C1,France\n", "Quantity"),
    ],
)
def test_contradictions_are_held(tmp_path: Path, rows: str, column: str) -> None:
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.documents == (0, 0, 1, 0)
    assert outcome.report.problems[0].column == column


def test_a_customer_named_once_is_that_of_the_whole_document(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "1,A,x,1,1,,France\n1,E,x,1,1,17850.0,France\n")
    assert outcome.notebook.orders["SO-17850-1"].customer == "17850"
    assert len(outcome.lines["1"]) == 2


def test_a_credit_note_is_linked_to_the_order_that_has_its_goods(tmp_path: Path) -> None:
    rows = (
        "C0,A,x,-1,1,C1,France\n"
        "1,A,x,5,1,C1,France\n2,A,x,9,1,C1,France\n2,E,x,2,1,C1,France\n3,A,x,1,1,C1,France\n4,A,x,50,1,C9,France\n"
        "C5,A,x,-6,1,C1,France\nC5,E,x,-2,1,C1,France\nC5,D,Discount,-1,5,C1,France\n"
        "C6,A,x,-10,1,C1,France\n"
        "C7,A,x,-1,1,,France\n"
        "C8,D,Discount,-1,5,C1,France\n"
    )
    outcome = imported_text(tmp_path, HEADER + rows)
    links = {held.document: (held.kind, held.linked_order) for held in outcome.notebook.held}
    assert links == {
        "C0": ("credit_note", None), "C5": ("credit_note", "SO-C1-2"), "C6": ("credit_note", None),
        "C7": ("credit_note", None), "C8": ("credit_note", None),
    }  # fmt: skip
    assert outcome.documents == (4, 5, 0, 0)
    assert outcome.report.documents["linked"] == 1
    assert (7, "credit note for SO-C1-2 (2 of 2 rows of goods)") not in outcome.reasons
    assert (8, "credit note for SO-C1-2 (2 of 2 rows of goods)") in outcome.reasons


def test_a_credit_note_for_several_orders_names_them(tmp_path: Path) -> None:
    rows = "1,A,x,5,1,C1,France\n2,E,x,2,1,C1,France\n2,F,x,2,1,C1,France\n"
    credit = "C3,A,x,-1,1,C1,France\nC3,E,x,-1,1,C1,France\nC3,F,x,-1,1,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows + credit)
    assert outcome.reasons == [(5, "credit note for SO-C1-2 (2 of 3 rows of goods), SO-C1-1 (1 of 3 rows of goods)")]


def test_a_return_of_a_known_customer_is_a_credit_note_whatever_its_number(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "R-1,A,x,-1,1,C1,France\n")
    assert outcome.documents == (0, 1, 0, 0)


def test_unknown_customers_and_products_are_refused_with_the_flag(tmp_path: Path) -> None:
    rows = "1,A,x,1,1,C1,France\n2,A,x,1,1,C2,France\n3,Z,x,1,1,C1,France\n3,POST,x,1,1,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows, Notebook(customers={"C1"}, products={"A"}))
    assert list(outcome.lines) == ["1"]
    assert outcome.rows == (4, 1, 0, 3)
    assert outcome.documents == (1, 0, 0, 2)
    assert outcome.reasons == [
        (3, "there is no customer C2; create it first, or import with --create-master-data"),
        (5, "POST is a service, fee or adjustment, not goods from stock"),
        (4, "there is no product Z; create it first, or import with --create-master-data"),
    ]
    assert {problem.fate for problem in outcome.report.problems} == {"refused"}
    assert outcome.notebook.held == []


def test_missing_master_data_is_created_from_the_file(tmp_path: Path) -> None:
    rows = (
        "1,A, LAMP  RED ,2,1.50,C1,EIRE\n2,A,LAMP,2,1.75,C1,EIRE\n3,A,LAMP,2,1.75,C1,EIRE\n"
        "3,E,,1,0,C1,EIRE\n4,A,LAMP,1,3.95,,EIRE\n5,A,LAMP,1,3.95,,EIRE\n6,A,LAMP,1,3.95,,EIRE\n7,F,x,1,1,C2,Nowhere\n"
    )
    outcome = imported_text(tmp_path, HEADER + rows, Notebook(customers={"C9"}, products=set()), create=True)
    customers, products = outcome.notebook.created_customers, outcome.notebook.created_products
    address = customers["C1"].shipping_address
    assert address is not None
    assert (address.country, address.city, address.street) == ("IE", "EIRE", "(address not in the file)")
    assert (customers["C1"].name, customers["C1"].email) == ("C1", "customer-c1@customers.invalid")
    assert customers["C1"].currency == "GBP"
    assert customers["C2"].shipping_address is None
    assert products["A"].name == "LAMP RED"
    assert [(price.currency, f"{price.amount:f}") for price in products["A"].prices] == [("GBP", "1.75")]
    assert (products["E"].name, products["E"].prices) == ("E", ())
    assert sorted(customers) == ["C1", "C2"]
    assert sorted(products) == ["A", "E", "F"]
    assert dict(outcome.report.created) == {"customers": 2, "products": 3}


def test_what_exists_is_not_created_again(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "1,A,x,1,1,C1,France\n", Notebook({"C1"}, {"A"}), create=True)
    assert (outcome.notebook.created_customers, outcome.notebook.created_products) == ({}, {})


def test_the_same_file_twice_takes_nothing_twice(tmp_path: Path) -> None:
    text = HEADER + "1,A,x,1,1,C1,France\n2,A,x,1,1,C1,France\n"
    notebook = Notebook()
    imported_text(tmp_path, text, notebook)
    again = imported_text(tmp_path, text, notebook)
    assert len(notebook.orders) == 2
    assert again.rows == (2, 2, 0, 0)
    assert again.report.documents["already_there"] == 2


def test_an_order_that_the_system_refuses_is_refused_with_its_sentences(tmp_path: Path) -> None:
    refusal = Invalid("The order cannot be taken.", errors=[FieldError("/lines/1/unit_price", "no list price")])
    outcome = imported_text(tmp_path, HEADER + "1,A,x,1,1,C1,France\n1,E,x,1,,C1,France\n", Notebook(refusal=refusal))
    assert outcome.documents == (0, 0, 0, 1)
    assert outcome.rows == (2, 0, 0, 2)
    assert outcome.reasons == [(2, "The order cannot be taken."), (3, "no list price")]
    assert outcome.report.problems[1].column == "UnitPrice"


def test_a_system_that_is_not_available_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        imported_text(tmp_path, HEADER + "1,A,x,1,1,C1,France\n", Notebook(refusal=Unavailable("later")))


def test_a_few_orders_are_taken_at_once(tmp_path: Path) -> None:
    rows = "".join(f"{number},A,x,1,1,C1,France\n" for number in range(50))
    assert imported_text(tmp_path, HEADER + rows).notebook.most_at_once == 4


def test_a_number_that_comes_back_is_one_document(tmp_path: Path) -> None:
    rows = "1,A,x,1,1,C1,France\n2,A,x,1,1,C1,France\n1,E,x,2,1,C1,France\n2,F,x,3,1,C1,France\n1,G,x,4,1,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.lines == {
        "2": [("A", "1", "1"), ("F", "3", "1")],
        "1": [("A", "1", "1"), ("E", "2", "1"), ("G", "4", "1")],
    }
    assert outcome.documents == (2, 0, 0, 0)
    assert outcome.report.documents["joined"] == 2


def test_a_file_written_twice_in_a_row_is_taken_once(tmp_path: Path) -> None:
    rows = "1,A,x,1,1,C1,France\n1,E,x,2,1,C1,France\n2,A,x,1,1,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows + rows)
    assert outcome.lines == {"1": [("A", "1", "1"), ("E", "2", "1")], "2": [("A", "1", "1")]}
    assert outcome.rows == (6, 3, 3, 0)
    assert outcome.amounts == {"file": Decimal(8), "taken": Decimal(4), "held": Decimal(4), "refused": 0}
    assert {held.linked_order for held in outcome.notebook.held} == {"SO-C1-1", "SO-C1-2"}


def test_a_number_that_comes_back_with_some_of_the_same_rows_is_held(tmp_path: Path) -> None:
    rows = "1,A,x,1,1,C1,France\n2,A,x,1,1,C1,France\n1,A,x,1,1,C1,France\n1,E,x,2,1,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows)
    assert list(outcome.lines) == ["2"]
    assert outcome.documents == (1, 0, 1, 0)


@pytest.mark.parametrize("scattered", [False, True])
def test_a_document_with_too_many_rows_is_refused_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scattered: bool
) -> None:
    monkeypatch.setattr(documents, "MOST_ROWS", 10)
    rows = [f"1,A,x,{number},1,C1,France\n" for number in range(1, 26)]
    if scattered:
        rows.insert(13, "2,A,x,1,1,C1,France\n")
    else:
        rows.append("2,A,x,1,1,C1,France\n")
    outcome = imported_text(tmp_path, HEADER + "".join(rows))
    assert list(outcome.lines) == ["2"]
    assert outcome.rows == (26, 1, 0, 25)
    assert outcome.documents == (1, 0, 0, 1)


def test_more_lines_than_an_order_can_have_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"1,A,x,{number},1,C1,France\n" for number in range(1, 10_002))
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.documents == (0, 0, 0, 1)
    assert outcome.rows == (10_001, 0, 0, 10_001)


def test_a_seen_number_is_never_called_new() -> None:
    sightings = Sightings()
    numbers = [str(number) for number in range(20_000)]
    assert sum(sightings.seen(number) for number in numbers) < 5
    assert all(sightings.seen(number) for number in numbers)
