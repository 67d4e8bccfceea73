"""Receipt by file: damaged rows are told with their line, and the rows around them are taken."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.starter.files.notebook import HEADER, imported, imported_text

GOOD = "1,A,lamp,2,1.50,C1,France\n1,K,cup,3,0.25,C1,France\n2,A,lamp,1,1.50,C2,France\n"


def test_a_row_in_which_the_file_ends_is_told_and_its_document_is_held(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + GOOD + "2,K,cup,4,0.")
    assert list(outcome.lines) == ["1"]
    assert outcome.rows == (4, 2, 1, 1)
    assert outcome.documents == (1, 0, 1, 0)
    assert outcome.reasons == [
        (5, "the file ends in the middle of this row, so it was cut off; import the whole file again"),
        (4, "the file was cut off in or right after this document, so it may be incomplete"),
    ]
    assert outcome.notebook.held[0].document == "2"


def test_a_cut_row_that_names_the_next_document_leaves_the_one_before_it_whole(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + GOOD + "3,K,cu")
    assert list(outcome.lines) == ["1", "2"]
    assert outcome.rows == (4, 3, 0, 1)


def test_a_file_cut_within_a_number_of_a_document_holds_the_one_before_it(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + GOOD + "23")
    assert list(outcome.lines) == ["1"]
    assert outcome.documents == (1, 0, 1, 0)


def test_a_file_cut_within_its_last_field_is_found_by_the_row_above(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + GOOD + "2,K,cup,4,0.25,C2,Fra")
    assert list(outcome.lines) == ["1"]
    assert outcome.rows == (4, 2, 1, 1)


def test_a_file_without_a_last_line_break_is_whole(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + GOOD.rstrip("\n"))
    assert list(outcome.lines) == ["1", "2"]
    assert any("without a line break" in note for note in outcome.report.notes)


@pytest.mark.parametrize("size", range(len(HEADER), len(HEADER + GOOD) + 1))
def test_wherever_a_file_is_cut_every_row_of_it_is_accounted_for(tmp_path: Path, size: int) -> None:
    outcome = imported_text(tmp_path, (HEADER + GOOD)[:size])
    assert sum(outcome.rows[1:]) == outcome.rows[0]
    whole = {"1": [("A", "2", "1.50"), ("K", "3", "0.25")], "2": [("A", "1", "1.50")]}
    for number, lines in outcome.lines.items():
        assert lines == whole[number][: len(lines)]


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest(tmp_path: Path) -> None:
    broken = '1,K,"cup,3,0.25,C1,France\n'
    more = "".join(f"{number},A,lamp,1,1.50,C2,France\n" for number in range(10, 500))
    outcome = imported_text(tmp_path, HEADER + "1,A,lamp,2,1.50,C1,France\n" + broken + more)
    assert len(outcome.lines) == 491
    assert outcome.rows == (492, 491, 0, 1)
    assert outcome.reasons == [
        (3, "a quotation mark is opened and never closed, or closed too early; the row is left out")
    ]


def test_a_stray_quote_before_a_quoted_row_costs_one_row(tmp_path: Path) -> None:
    rows = '1,A,"lamp,2,1.50,C1,France\n1,K,cup,3,0.25,C1,France\n2,A,"lamp, big",1,1.50,C2,France\n'
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.lines == {"1": [("K", "3", "0.25")], "2": [("A", "1", "1.50")]}
    assert [line for line, _reason in outcome.reasons] == [2]


def test_inch_marks_inside_a_field_are_text(tmp_path: Path) -> None:
    rows = '1,A,RECORD FRAME 7" SIZE,2,1.50,C1,France\n1,K,"7" FRAME,3,0.25,C1,France\n'
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.lines == {"1": [("A", "2", "1.50"), ("K", "3", "0.25")]}


def test_a_cut_inside_quotes_is_told(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + GOOD + '2,K,"a cup\nwith a han')
    assert list(outcome.lines) == ["1"]
    assert outcome.rows == (5, 2, 1, 2)


def test_rows_with_too_many_or_too_few_fields_are_refused(tmp_path: Path) -> None:
    rows = "1,A,lamp, big,2,1.50,C1,France\n1,K cup,3,0.25,C1,France\n1,C,vase,1,9.00,C1,France,,,\n"
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.lines == {"1": [("C", "1", "9.00")]}
    assert [line for line, _reason in outcome.reasons] == [2, 3]
    assert "more fields" in outcome.reasons[0][1]
    assert "fewer fields" in outcome.reasons[1][1]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1,K,cup,NaN,0.25,C1,France", "Quantity", "'NaN' is not a number"),
        ("1,K,cup,3,inf,C1,France", "UnitPrice", "'inf' is not a number"),
        ("1,K,cup,1e300,0.25,C1,France", "Quantity", "'1e300' is out of all proportion"),
        ("1,K,cup,9999999999,0.25,C1,France", "Quantity", "must not exceed 1000000000"),
        ("1,K,cup,3,0.123456,C1,France", "UnitPrice", "at most four decimal places are kept"),
        ("1,K,cup,three,0.25,C1,France", "Quantity", "'three' cannot be read as a number"),
        ("1,K,cup,,0.25,C1,France", "Quantity", "the row has no quantity"),
        ("1,,cup,3,0.25,C1,France", "StockCode", "the row names no product"),
        (",K,cup,3,0.25,C1,France", "InvoiceNo", "the row names no document, so it belongs to no order"),
        ("1,K\0,cup,3,0.25,C1,France", "", "the row has null bytes in it, so it is damaged"),
        (f"1,{'B' * 65},cup,3,0.25,C1,France", "StockCode", "a text of at most 64 characters is expected"),
    ],
)
def test_a_problem_is_that_of_its_row(tmp_path: Path, row: str, column: str, reason: str) -> None:
    outcome = imported_text(tmp_path, HEADER + "1,A,lamp,2,1.50,C1,France\n" + row + "\n")
    assert outcome.lines == {"1": [("A", "2", "1.50")]}
    assert outcome.rows == (2, 1, 0, 1)
    problem = outcome.report.problems[0]
    assert (problem.line, problem.column, problem.reason, problem.fate) == (3, column, reason, "refused")


def test_amounts_that_cannot_be_read_count_as_nothing(tmp_path: Path) -> None:
    rows = "1,A,lamp,2,1.50,C1,France\n1,K,cup,NaN,0.25,C1,France\n1,C,jug,3,,C1,France\n"
    outcome = imported_text(tmp_path, HEADER + rows)
    assert outcome.amounts == {"file": Decimal("3.00"), "taken": Decimal("3.00"), "held": 0, "refused": 0}
    assert outcome.lines["1"][1] == ("C", "3", None)


def test_european_numbers_are_understood_by_their_column(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Auftrag;Kunde;Artikel;Menge;Preis;Währung\n1;C;A;1.000;1.234,50\n".replace("50\n", "50;EUR\n"))
    assert imported(path).lines == {"1": [("A", "1000", "1234.50")]}


def test_ambiguous_numbers_are_refused_with_both_readings(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "1,A,lamp,2,1.250,C1,France\n")
    assert outcome.documents == (0, 0, 0, 1)
    assert "ambiguous (1.250 or 1250)" in outcome.reasons[0][1]


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    outcome = imported_text(
        tmp_path, HEADER + "\n1,A,lamp,2,1.50,C1,France\n,,,,,,\n  \n1,K,cup,3,0.25,C1,France\n\x1a"
    )
    assert outcome.rows == (2, 2, 0, 0)


def test_an_endless_line_is_one_refused_row(tmp_path: Path) -> None:
    outcome = imported_text(
        tmp_path, HEADER + "1,A,lamp,2,1.50,C1,France\n" + "x" * 700_000 + "\n2,A,y,1,1.50,C1,France\n"
    )
    assert list(outcome.lines) == ["1", "2"]
    assert outcome.rows == (3, 2, 0, 1)


def test_only_the_first_thousand_problems_are_kept(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER + "".join(f"{n},A,x,NaN,1,C1,France\n" for n in range(1500)))
    document = outcome.report.as_document()
    assert len(document["problems"]) == 1000
    assert (document["problems_total"], document["problems_left_out"]) == (1500, 500)
