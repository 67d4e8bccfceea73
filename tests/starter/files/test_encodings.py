"""Receipt by file: the same orders come out of every encoding and separator."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from starter.files.encoding import detect_encoding
from starter.files.errors import UnusableFile
from starter.files.mapping import Mapping
from tests.starter.files.notebook import imported

WESTERN = [
    ["InvoiceNo", "StockCode", "Description", "Quantity", "UnitPrice", "CustomerID", "Country"],
    ["1", "A1", "Café crème “à la carte” £5", "2", "1.50", "Müller", "Österreich"],
    ["1", "B2", "Plate\n9 inch, blue", "3", "0.25", "Müller", "Österreich"],
    ["2", "A1", 'The "big" one', "1", "1.50", "Société Générale", "France"],
]
CHINESE = [
    ["订单号", "客户", "货号", "品名", "数量", "单价", "币种"],
    ["甲-1", "北京示例贸易有限公司", "货01", "青花瓷碗，大号", "2", "19.90", "CNY"],
    ["甲-1", "北京示例贸易有限公司", "货02", "筷子\n（十双）", "10", "3.50", "CNY"],
    ["甲-2", "上海样品商行", "货01", "青花瓷碗", "1", "19.90", "CNY"],
]
ORDERS = {"1": [("A1", "2", "1.50"), ("B2", "3", "0.25")], "2": [("A1", "1", "1.50")]}
CHINESE_ORDERS = {"甲-1": [("货01", "2", "19.90"), ("货02", "10", "3.50")], "甲-2": [("货01", "1", "19.90")]}


def table(rows: list[list[str]], delimiter: str, newline: str = "\n") -> str:
    def field(value: str) -> str:
        special = any(sign in value for sign in (delimiter, '"', "\n"))
        return '"' + value.replace('"', '""') + '"' if special else value

    return "".join(delimiter.join(map(field, row)) + newline for row in rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_files_are_understood(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table(WESTERN, delimiter).encode(encoding))
    outcome = imported(path)
    assert outcome.lines == ORDERS
    assert [request.customer for request in outcome.notebook.orders.values()] == ["Müller", "Société Générale"]
    assert outcome.rows == (3, 3, 0, 0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_files_are_understood(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table(CHINESE, delimiter).encode(encoding))
    outcome = imported(path)
    assert outcome.lines == CHINESE_ORDERS
    assert [request.currency for request in outcome.notebook.orders.values()] == ["CNY", "CNY"]


def test_latin_1_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table([[*row[:2], "crème", *row[3:]] for row in WESTERN], ",").encode("latin-1"))
    assert [request.customer for request in imported(path).notebook.orders.values()] == ["Müller", "Société Générale"]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_both_byte_orders_of_utf_16_are_understood(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "orders.csv"
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    path.write_bytes(mark + table(WESTERN, ",").encode(encoding))
    assert imported(path).lines == ORDERS


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_is_understood(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table(WESTERN, ",", newline).encode())
    assert imported(path).lines == ORDERS


def test_excels_separator_line_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(("sep=;\r\n" + table(WESTERN, ";", "\r\n")).encode())
    assert imported(path).lines == ORDERS


def test_one_broken_byte_does_not_make_a_utf_8_file_latin(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    rows = [[*WESTERN[1][:2], "crème", "1", "1.00", f"Müller {number}", "Österreich"] for number in range(20)]
    broken = table([WESTERN[0], *rows], ",").encode().replace("crème".encode(), b"cr\xffme", 1)
    path.write_bytes(broken)
    assert detect_encoding(path) == "utf-8"
    outcome = imported(path, Mapping(columns={"document": "CustomerID", "customer": "Country"}))
    assert outcome.rows == (20, 20, 0, 0)


def test_utf_8_cut_inside_a_character_stays_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table(CHINESE, ",").encode()[:-6])
    assert detect_encoding(path) == "utf-8"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("naïve façade, Zürich, Ærø, señor\n", "cp1252"),
        ("price 5€ – “quoted”\n", "cp1252"),
        ("ÄÖÜ Straße ÖÄ\n", "cp1252"),
        ("数量,单价\n1,货\n", "gb18030"),
        ("mixed 上海 and é is GB18030 as well\n", "gb18030"),
    ],
)
def test_chinese_and_western_bytes_are_told_apart(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "text.csv"
    path.write_bytes(text.encode(encoding))
    assert detect_encoding(path) == encoding


def test_the_mapping_can_name_encoding_and_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table([["order", "customer", "sku", "qty"], ["1", "臺北樣品行", "A", "4"]], "~").encode("big5"))
    outcome = imported(path, Mapping(defaults={"currency": "TWD"}, delimiter="~", encoding="big5"))
    assert [request.customer for request in outcome.notebook.orders.values()] == ["臺北樣品行"]


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n....", bytes(range(256)) * 40, b"\x1f\x8b\x08\x00"]
)
def test_a_binary_file_is_refused_with_what_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFile, match="give a CSV, TSV or XLSX file"):
        imported(path)
