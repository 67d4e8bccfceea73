"""The PDFs: both languages, long orders, missing figures, values that look like markup."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import typst

from gateways.documents import typesetting
from gateways.documents.delivery_note import delivery_note_pdf
from gateways.documents.invoice import invoice_pdf
from gateways.language import LANGUAGES

BOTH = pytest.mark.parametrize("language", LANGUAGES)
ADDRESS = {"name": "Dock 3", "street": "文三路 100 号", "city": "杭州", "postal_code": "310012", "country": "CN"}
SELLER = {
    "name": "Example Wholesale",
    "address": ["12 Quay Street", "Dublin"],
    "tax_id": "IE1234567T",
    "bank": "IBAN IE29 AIBK 9311 5212 3456 78",
}
HOSTILE = '#panic("x") $x$ *b* = h \\ " ] } // /* ` @ref <label> \x00 \ud800'


def invoice(lines: int = 2) -> dict[str, object]:
    line = {"sku": "MUG", "name": "陶瓷杯 Mug", "quantity": Decimal("12.0000"), "unit_price": Decimal("2.5")}
    return {
        "number": "INV-2025-000042",
        "order": "SO-000017",
        "customer": {"code": "C-1", "name": "杭州示例贸易有限公司", "address": ADDRESS},
        "currency": "CNY",
        "posted_at": datetime(2025, 3, 1, 9, 30, 15, 123456, tzinfo=UTC),
        "due_date": date(2025, 3, 31),
        "lines": [{"line": n, **line, "net": Decimal("30"), "tax": Decimal("3.9")} for n in range(1, lines + 1)],
        "net": Decimal("60"),
        "tax": Decimal("7.8"),
        "total": Decimal("67.8"),
        "outstanding": Decimal("17.8"),
        "instalments": [{"due_date": date(2025, 3, 31), "amount": Decimal("67.8")}],
        "seller": SELLER,
    }


def shipment() -> dict[str, object]:
    return {
        "number": "SH-000012",
        "order": "SO-000017",
        "customer_po": "PO-7",
        "ship_to": ADDRESS,
        "lines": [{"line": 1, "sku": "MUG", "name": "陶瓷杯", "quantity": "12.0000", "unit": "pcs"}],
        "packages": 2,
        "carrier": "parcelway",
        "tracking_number": "PW123456789012",
        "created_at": "2025-03-01T09:00:00Z",
        "note": "请轻放",
    }


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.fixture
def texts_of(monkeypatch):
    """The texts that are handed over to be set, as JSON; that they can be set is seen by the way."""

    def collect(draw, view, language) -> str:
        taken: dict[str, str] = {}
        real = typst.compile

        def spy(*args, **options):
            taken.update(options["sys_inputs"])
            return real(*args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(typst, "compile", spy)
            assert draw(view, language).startswith(b"%PDF-")
        return taken["data"]

    return collect


@BOTH
def test_an_invoice_is_an_archivable_pdf(language):
    pdf = invoice_pdf(invoice(), language)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in pdf
    assert pages(pdf) == 1
    assert len(pdf) < 200_000


@BOTH
def test_a_delivery_note_is_an_archivable_pdf(language):
    pdf = delivery_note_pdf(shipment(), language)
    assert pdf.startswith(b"%PDF-1.7")
    assert pages(pdf) == 1


def test_the_same_invoice_is_the_same_file():
    assert invoice_pdf(invoice(), "en") == invoice_pdf(invoice(), "en")


def test_a_long_invoice_goes_over_several_pages():
    assert pages(invoice_pdf(invoice(120), "zh-CN")) == 4


def test_an_invoice_speaks_the_customers_language(texts_of):
    english, chinese = (texts_of(invoice_pdf, invoice(), language) for language in LANGUAGES)
    for wanted in (
        "Invoice number",
        "1 Mar 2025",
        "31 Mar 2025",
        "CN¥67.80",
        "-CN¥50.00",
        "Amount due",
        '"12"',
        "2.50",
    ):
        assert wanted in english
    for wanted in ("发票号码", "2025年3月1日", "¥67.80", "应付金额", "第 {page} 页", "杭州示例贸易有限公司"):
        assert wanted in chinese


@BOTH
@pytest.mark.parametrize(
    ("draw", "view"), [(invoice_pdf, invoice()), (delivery_note_pdf, {**shipment(), "seller": SELLER})]
)
def test_a_document_bears_the_head_of_who_sells(draw, view, language, texts_of):
    taken = json.loads(texts_of(draw, view, language))
    tax = {"en": "Tax no. IE1234567T", "zh-CN": "税号：IE1234567T"}[language]
    assert (taken["seller"], taken["seller_lines"]) == ("Example Wholesale", ["12 Quay Street", "Dublin", tax])


@BOTH
def test_an_invoice_says_where_to_pay(language, texts_of):
    taken = json.loads(texts_of(invoice_pdf, invoice(), language))
    assert taken["bank"] == "IBAN IE29 AIBK 9311 5212 3456 78"
    assert taken["labels"]["bank"] == {"en": "Please pay to", "zh-CN": "收款账户"}[language]
    assert json.loads(texts_of(invoice_pdf, {**invoice(), "seller": {"name": "Small"}}, language))["bank"] == ""


def test_a_delivery_note_names_no_price(texts_of):
    english = texts_of(delivery_note_pdf, shipment(), "en")
    assert "PW123456789012" in english and "请轻放" in english
    assert "Unit price" not in english and "¥" not in english


@BOTH
def test_missing_figures_are_left_out(language):
    assert pages(invoice_pdf({}, language)) == 1
    assert pages(delivery_note_pdf({}, language)) == 1
    assert pages(invoice_pdf({**invoice(), "customer": "C-1", "seller": None, "posted_at": "soon"}, language)) == 1


@BOTH
def test_values_are_never_markup(language):
    hostile = dict.fromkeys(invoice(), HOSTILE)
    hostile_seller = {"name": HOSTILE, "address": [HOSTILE], "tax_id": HOSTILE, "bank": HOSTILE}
    assert pages(invoice_pdf({**invoice(), "seller": hostile_seller}, language)) == 1
    line = dict.fromkeys(("line", "sku", "name", "quantity", "unit", "unit_price", "net", "tax"), HOSTILE)
    invoice_pdf({**hostile, "lines": [line], "instalments": [{"due_date": HOSTILE, "amount": HOSTILE}]}, language)
    invoice_pdf({**hostile, "customer": {"name": HOSTILE, "address": dict.fromkeys(ADDRESS, HOSTILE)}}, language)
    delivery_note_pdf({**dict.fromkeys(shipment(), HOSTILE), "lines": [line]}, language)


def test_a_fault_of_ours_is_named(monkeypatch):
    monkeypatch.setattr(typesetting, "TEMPLATES", typesetting.TEMPLATES.parent)
    with pytest.raises(typesetting.CannotTypeset, match="invoice INV-2025-000042"):
        invoice_pdf(invoice(), "en")


@pytest.mark.parametrize("name", ["Gift 🎁", "مرحبا", "ไทย", "שלום"])
def test_letters_that_the_fonts_lack_do_not_stop_a_document(name: str):
    customer = {"code": "C-1", "name": name, "address": ADDRESS}
    assert pages(invoice_pdf({**invoice(), "customer": customer}, "en")) == 1
