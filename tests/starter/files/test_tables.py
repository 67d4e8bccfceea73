"""Receipt by file: which files can be used at all, how columns are found, and workbooks."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from starter.files import workbook
from starter.files.countries import country_code
from starter.files.errors import UnusableFile
from starter.files.mapping import Mapping, read_mapping
from tests.starter.files.notebook import HEADER, imported, imported_text


def written(folder: Path, text: str, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def workbook_of(folder: Path, rows: list[list[Any]], name: str = "orders.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / name
    book.save(path)
    return path


@pytest.mark.parametrize("text", ["", "\n\n  \n", "\ufeff", "\ufeff\n"])
def test_an_empty_file_cannot_be_used(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableFile, match=r"orders.csv is empty"):
        imported(written(tmp_path, text))


def test_a_file_that_is_not_there_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="There is no file"):
        imported(tmp_path / "nothing.csv")


def test_a_directory_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="is a directory"):
        imported(tmp_path)


def test_a_device_cannot_be_used() -> None:
    with pytest.raises(UnusableFile, match="no regular file"):
        imported(Path("/dev/null"))


def test_missing_columns_are_named_with_those_found_and_how_to_map_them(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile) as refusal:
        imported(written(tmp_path, "Foo,Bar,qty\n1,2,3\n"))
    sentence = str(refusal.value)
    assert "no column for document, customer, sku:" in sentence
    assert "it has Foo, Bar, qty" in sentence
    assert "--mapping MAP.toml" in sentence
    assert "\n" not in sentence


def test_a_file_without_a_currency_cannot_be_used(tmp_path: Path) -> None:
    path = written(tmp_path, "order,customer,sku,qty\n1,C,A,2\n")
    with pytest.raises(UnusableFile, match="no column for the currency"):
        imported(path)
    outcome = imported(path, Mapping(defaults={"currency": "EUR"}))
    assert [request.currency for request in outcome.notebook.orders.values()] == ["EUR"]


def test_a_header_alone_is_a_file_without_rows(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER)
    assert outcome.rows == (0, 0, 0, 0)
    assert outcome.documents == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "header",
    [
        "order number,customer,sku,qty,unit price,currency",
        "customer_po;Customer ID;Item No.;Quantity;Price;Currency",
        "订单号,客户,货号,数量,单价,币种",
        "Bestellnummer;Kundennummer;Artikelnummer;Menge;Einzelpreis;Währung",
        "Order #;Customer;Item #;Qty (pcs);Unit Price (EUR);Currency",
        "N° de commande;Client;Code article;Quantité;Prix unitaire [eur];Devise",
        "订单号,客户,货号,数量（件）,单价（元）,币种",
    ],
)
def test_headings_are_known_by_many_names(tmp_path: Path, header: str) -> None:
    delimiter = ";" if ";" in header else ","
    path = written(tmp_path, header + "\n" + delimiter.join(("7", "C1", "A", "2", "2.55", "EUR")) + "\n")
    assert imported(path).lines == {"7": [("A", "2", "2.55")]}


@pytest.mark.parametrize("price", ["Price (incl. VAT)", "Price (total)", "Price (EUR),Price (USD)"])
def test_a_price_that_may_mean_something_else_is_not_taken_for_one_and_that_is_said(tmp_path: Path, price: str) -> None:
    prices = price.split(",")
    row = ",".join(["7,C1,A,2,EUR", *("2.55" for _ in prices)])
    outcome = imported(written(tmp_path, f"order,customer,sku,qty,currency,{price}\n{row}\n"))
    told = ", ".join(prices)
    assert f"no column is read as the price: list prices count; not used are {told}" in outcome.report.notes
    assert [line.unit_price for request in outcome.notebook.orders.values() for line in request.lines] == [None]


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    rules = written(
        tmp_path,
        """
        [columns]
        document = "Nummer"
        customer = "Wer"
        sku = "Was"
        quantity = "Wie viel"
        unit_price = "Wie teuer"
        [defaults]
        currency = "EUR"
        payment_terms = "net14"
        [file]
        delimiter = "/"
        decimal = ","
        [services]
        skus = ["Fracht"]
        """,
        "map.toml",
    )
    path = written(tmp_path, "Wer/Nummer/Was/Wie viel/Wie teuer\nC1/7/A/1.000/2,55\nC1/7/FRACHT/1/9,90\n")
    outcome = imported(path, read_mapping(rules))
    assert outcome.lines == {"7": [("A", "1000", "2.55")]}
    assert outcome.notebook.orders["SO-C1-7"].payment_terms == "net14"
    assert outcome.rows == (2, 1, 1, 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[columns", "not valid TOML"),
        ("[colums]\na = 'b'", "has 'colums' in MAP.toml, which is not known"),
        ("[columns]\nnumber = 'b'", "has 'number' in .columns., which is not known"),
        ("[columns]\nsku = 3", "holds lines such as"),
        ("[defaults]\ncurrency = 'ZZZ'", "no ISO 4217 code"),
        ("[defaults]\nlanguage = 'de'", "possible are en, zh-CN"),
        ("[file]\nencoding = 'klingon'", "unknown encoding"),
        ("[file]\ndelimiter = 'ab'", "write one character"),
        ("[file]\ndecimal = '.,'", "write decimal"),
        ("[services]\nskus = 'POST'", "holds one line"),
        ("[columns]\nsku = 'Absent'", "does not have 'Absent' as the mapping says"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_is_wrong(tmp_path: Path, text: str, sentence: str) -> None:
    rules = written(tmp_path, text, "map.toml")
    with pytest.raises(UnusableFile, match=sentence):
        imported(written(tmp_path, HEADER), read_mapping(rules))


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be read"):
        read_mapping(tmp_path / "map.toml")


def test_titles_above_the_header_are_no_rows(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, "Orders of December\nprinted today\n\n" + HEADER + "7,A,x,1,2.5,C1,France\n")
    assert outcome.lines == {"7": [("A", "1", "2.5")]}
    assert outcome.rows == (1, 1, 0, 0)
    assert any("headings are in line 4" in note for note in outcome.report.notes)


def test_of_two_columns_with_one_heading_the_left_one_counts_and_that_is_said(tmp_path: Path) -> None:
    outcome = imported_text(tmp_path, HEADER.replace("Description", "Quantity") + "7,A,3,1,2.5,C1,France\n")
    assert outcome.lines == {"7": [("A", "3", "2.5")]}
    assert "several columns are headed Quantity; the one on the left counts" in outcome.report.notes


def test_numbers_of_a_workbook_become_exact_decimals_and_codes(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path,
        [
            [
                "InvoiceNo",
                "StockCode",
                "Description",
                "Quantity",
                "UnitPrice",
                "CustomerID",
                "Country",
                "Delivery date",
            ],
            [536365.0, 71053, "LANTERN", 6.0, 3.39, 17850.0, "United Kingdom", date(2026, 1, 31)],
            [536365, "00123", "LEADING ZEROS", 3, 0.1 + 0.2, 17850, "United Kingdom", None],
            [None, None, None, None, None, None, None, None],
            [536366, "85123A", "HEART", -2, 2.55, "17850", "United Kingdom", None],
        ],
    )
    outcome = imported(path)
    assert outcome.lines == {"536365": [("71053", "6", "3.39"), ("00123", "3", "0.3")]}
    assert outcome.notebook.orders["SO-17850-536365"].requested_date == date(2026, 1, 31)
    assert outcome.documents == (1, 1, 0, 0)
    assert f"{outcome.amounts['file']:f}" == "16.14"
    assert outcome.reasons[0][0] == 5


def test_the_first_sheet_with_rows_or_the_named_one_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    header = ["order", "customer", "sku", "qty", "currency"]
    for title, number in (("Data", 1), ("Other", 2)):
        sheet = book.create_sheet(title)
        sheet.append(header)
        sheet.append([number, "C1", "A", 1, "EUR"])
    path = tmp_path / "orders.xlsx"
    book.save(path)
    assert list(imported(path).lines) == ["1"]
    assert list(imported(path, Mapping(sheet="Other")).lines) == ["2"]
    with pytest.raises(UnusableFile, match="has no sheet 'Third'; it has Sheet, Data, Other"):
        imported(path, Mapping(sheet="Third"))


def test_an_empty_workbook_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="is empty"):
        imported(workbook_of(tmp_path, []))


def test_a_workbook_cut_in_the_middle_cannot_be_used(tmp_path: Path) -> None:
    path = workbook_of(tmp_path, [["order", "customer", "sku", "qty", "currency"], [1, "C1", "A", 1, "EUR"]])
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UnusableFile, match="cannot be opened as a workbook"):
        imported(path)


def test_an_archive_that_is_no_workbook_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(UnusableFile, match="cannot be opened as a workbook"):
        imported(path)


def test_a_workbook_that_unpacks_to_too_much_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 1000)
    with pytest.raises(UnusableFile, match="save it as CSV"):
        imported(workbook_of(tmp_path, [["order", "customer", "sku", "qty"]]))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United Kingdom", "GB"), ("EIRE", "IE"), ("Channel Islands", "JE"), ("Germany", "DE"), ("france", "FR"),
        ("RSA", "ZA"), ("USA", "US"), ("CN", "CN"), ("中国", "CN"), ("Österreich", "AT"), ("Unspecified", None),
        ("European Community", None), ("", None), ("Norway", "NO"), ("Japan", "JP"), ("Iceland", "IS"),
    ],
)  # fmt: skip
def test_countries_are_known_by_name_and_code(name: str, code: str | None) -> None:
    assert country_code(name) == code
