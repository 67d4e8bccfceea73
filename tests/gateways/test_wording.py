"""Every letter in both languages, with all figures, with none, and with hostile ones."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.messages.pofile import read_po

from gateways.documents import delivery_note, invoice, typesetting
from gateways.language import LANGUAGES
from gateways.notices.letters import LETTERS, messages
from gateways.notices.wording import CATALOGUE, compose

FIGURES = {
    "name": "Example Retail Ltd",
    "seller": "Example Wholesale",
    "bank": "IBAN IE29 AIBK 9311 5212 3456 78",
    "currency": "EUR",
    "order": "SO-000017",
    "customer": "Example Retail Ltd",
    "customer_po": "PO-7",
    "total": "1440.80",
    "requested_date": "2025-03-10",
    "promise_date": "2025-03-12",
    "reason": "CREDIT",
    "message": "Over the limit by 40.00 EUR",
    "shipment": "SH-000012",
    "carrier": "parcelway",
    "tracking_number": "PW123456789012",
    "packages": 2,
    "delivered_at": "2025-03-14T08:30:00Z",
    "invoice": "INV-2025-000042",
    "due_date": "2025-04-13",
    "instalments": [{"due_date": "2025-04-13", "amount": "1440.80"}],
    "outstanding": "440.8",
    "days_overdue": 9,
    "fee": "5.00",
    "interest": "0",
    "amount": "1000",
    "unapplied": "0.00",
    "payment": "PAY-000003",
    "received_at": "2025-04-01T10:00:00Z",
    "case": "CASE-000001",
    "subject": "Two mugs are broken",
    "supply_order": "PUR-000004",
    "supplier": "Example Pottery",
    "orders": ["SO-000017", "SO-000018"],
    "lines": [{"sku": "MUG", "name": "Mug, white", "quantity": "12.0000", "unit": "pcs"}],
}

BOTH = pytest.mark.parametrize("language", LANGUAGES)
ALL = pytest.mark.parametrize("event", LETTERS)


def catalogue(folder):
    with (folder / "zh_CN.po").open("rb") as file:
        return {entry.id: entry for entry in read_po(file, locale="zh_CN", abort_invalid=True) if entry.id}


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def document_labels() -> set[str]:
    labels = {*typesetting.SHARED_LABELS.values(), *invoice.TOTALS}
    for document in (invoice, delivery_note):
        labels |= {*document.LABELS.values(), document.TITLE, *document.HEADINGS, *document.FACTS}
    return labels


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [(CATALOGUE, messages()), (typesetting.CATALOGUE, document_labels())],
    ids=["letters", "paper"],
)
def test_every_message_exists_in_both_languages(folder, wanted):
    chinese = catalogue(folder)
    assert wanted - set(chinese) == set(), "these have no translation"
    assert set(chinese) - wanted == set(), "nobody says these any more"
    for message, entry in chinese.items():
        assert entry.string and not entry.fuzzy, message
        assert placeholders(entry.string) == placeholders(message), message


@ALL
@BOTH
def test_a_letter_says_all_its_figures(event, language):
    subject, body = compose(event, language, FIGURES)
    assert subject and "{" not in subject + body
    for name in LETTERS[event].details:
        figure = FIGURES.get(name)
        if isinstance(figure, str) and name not in ("interest", "unapplied") and not figure[0].isdigit():
            assert figure in body, name
    assert body.endswith("Example Wholesale\n")
    has_chinese = any("\u4e00" <= character <= "\u9fff" for character in subject + body)
    assert has_chinese is (language == "zh-CN")


@ALL
@BOTH
def test_a_letter_without_figures_is_still_a_letter(event, language):
    subject, body = compose(event, language, {})
    assert subject == " ".join(subject.split())
    assert "None" not in subject + body
    assert body.count("\n\n") >= 2


def test_amounts_dates_and_lines_are_written_as_people_write_them():
    _, body = compose("invoice_posted", "en", FIGURES)
    assert "Total including tax: €1,440.80" in body
    assert "Payment due: 13 Apr 2025" in body
    assert "  13 Apr 2025  €1,440.80" in body
    _, body = compose("invoice_posted", "zh-CN", {**FIGURES, "currency": "CNY"})
    assert "含税总额：¥1,440.80" in body
    assert "付款到期日：2025年4月13日" in body
    _, body = compose("shipped", "en", FIGURES)
    assert "  - MUG  Mug, white  × 12 pcs" in body


def test_python_values_read_as_their_json_does():
    values = {
        **FIGURES,
        "outstanding": Decimal("440.80"),
        "due_date": date(2025, 4, 13),
        "received_at": datetime(2025, 4, 1, 10, tzinfo=UTC),
    }
    for event in ("reminder_2", "payment_received"):
        assert compose(event, "en", values) == compose(event, "en", FIGURES)


def test_a_moment_is_told_in_the_readers_time_zone():
    _, body = compose("delivered", "zh-CN", {**FIGURES, "time_zone": "Asia/Shanghai"})
    assert "16:30:00 Asia/Shanghai" in body
    _, body = compose("delivered", "en", {**FIGURES, "time_zone": "../../Mars"})
    assert "08:30:00 UTC" in body


def test_a_fee_of_nothing_is_not_mentioned():
    _, body = compose("reminder_1", "en", FIGURES)
    assert "Reminder fee: €5.00" in body
    assert "Interest" not in body


def test_any_chinese_is_simplified_chinese_and_anything_else_english():
    assert compose("delivered", "zh_CN", FIGURES) == compose("delivered", "zh-CN", FIGURES)
    assert compose("delivered", "fr", FIGURES) == compose("delivered", "en", FIGURES)


def test_an_event_that_has_no_letter_is_a_fault_of_ours():
    with pytest.raises(LookupError, match="'order_lost'"):
        compose("order_lost", "en", {})


HOSTILE = "x\r\nBcc: evil@example.net\n\n{order}{0.__class__}\x00\u2028\u202e\ud800 %s"


@ALL
@BOTH
def test_hostile_values_stay_values(event, language):
    subject, body = compose(event, language, {**dict.fromkeys(FIGURES, HOSTILE), "lines": [{"sku": HOSTILE}]})
    (subject + body).encode("utf-8")
    assert not set(subject) & set("\r\n\x00\u2028\u202e")
    assert not any(line.startswith("Bcc:") for line in body.splitlines())
    assert "<class" not in subject + body


@BOTH
@pytest.mark.parametrize(
    "odd", [None, "", [], {}, 3.5, True, "NaN", "1e999999", ["x", 3], [{"quantity": "many"}], b"x"]
)
def test_odd_figures_never_raise(language, odd):
    for event in LETTERS:
        compose(event, language, dict.fromkeys(FIGURES, odd))


def test_a_very_long_order_is_told_in_part():
    lines = [{"sku": f"SKU-{number}", "quantity": 1} for number in range(5000)]
    _, body = compose("order_received", "en", {**FIGURES, "lines": lines})
    assert "… and 4900 more lines" in body
    assert len(body) < 10_000
