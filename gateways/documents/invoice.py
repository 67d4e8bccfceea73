"""The invoice as a PDF, from the same view that the API shows."""

from __future__ import annotations

from gateways import language as spoken
from gateways.documents.typesetting import View, letterhead, party, present, rows, typeset, words

LABELS = {
    "to": "Bill to",
    "instalments": "Payment schedule",
    "bank": "Please pay to",
    "thanks": "Please name the invoice number when you pay.",
}
TITLE = "Invoice"
HEADINGS = ("No.", "Article", "Description", "Quantity", "Unit price", "Net", "Tax")
FACTS = ("Invoice number", "Invoice date", "Payment due", "Order", "Your reference", "Currency")
TOTALS = ("Net", "Tax", "Total", "Paid", "Amount due")


def invoice_pdf(view: View, language: str = "en") -> bytes:
    """An A4 invoice (PDF/A-3b); missing figures are left out, amounts are in the invoice's currency."""
    tongue = spoken.known(language)
    say = words(tongue)
    customer = view.get("bill_to") or view.get("customer")
    customer = customer if isinstance(customer, dict) else {"name": customer}
    content = {
        "title": say(TITLE),
        "number": spoken.plain(view.get("number")),
        **letterhead(view, tongue),
        "to": party(customer.get("name") or customer.get("code"), customer.get("address")),
        "facts": _facts(view, tongue),
        "headings": [say(heading) for heading in HEADINGS],
        "rows": _rows(view, tongue),
        "totals": _totals(view, tongue),
        "instalments": [
            (spoken.day(row.get("due_date"), tongue), spoken.money(row.get("amount"), view.get("currency"), tongue))
            for row in rows(view, "instalments")
        ],
    }
    return typeset("invoice", content, LABELS, tongue, view.get("posted_at"))


def _facts(view: View, language: str) -> list[tuple[str, str]]:
    values = (
        spoken.plain(view.get("number")),
        spoken.day(view.get("invoice_date") or view.get("posted_at"), language),
        spoken.day(view.get("due_date"), language),
        spoken.plain(view.get("order")),
        spoken.plain(view.get("customer_po")),
        spoken.plain(view.get("currency")),
    )
    say = words(language)
    return present([(say(label), value) for label, value in zip(FACTS, values, strict=True)])


def _rows(view: View, language: str) -> list[tuple[str, ...]]:
    currency = view.get("currency")
    return [
        (
            spoken.plain(row.get("line")),
            spoken.plain(row.get("sku")),
            spoken.plain(row.get("name")),
            f"{spoken.quantity(row.get('quantity'), language)} {spoken.plain(row.get('unit'))}".strip(),
            spoken.unit_price(row.get("unit_price"), language),
            spoken.amount(row.get("net"), currency, language),
            spoken.amount(row.get("tax"), currency, language),
        )
        for row in rows(view, "lines")
    ]


def _totals(view: View, language: str) -> list[tuple[str, str]]:
    say, currency = words(language), view.get("currency")
    total, outstanding = spoken.decimal(view.get("total")), spoken.decimal(view.get("outstanding"))
    figures: list[object] = [view.get("net"), view.get("tax"), view.get("total")]
    if total is not None and outstanding is not None and outstanding != total:
        figures += [outstanding - total, outstanding]
    labels = TOTALS[: len(figures)]
    return [
        (say(label), spoken.money(figure, currency, language)) for label, figure in zip(labels, figures, strict=True)
    ]
