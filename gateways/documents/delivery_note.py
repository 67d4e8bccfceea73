"""The delivery note as a PDF: what lies in the parcel, without prices."""

from __future__ import annotations

from gateways import language as spoken
from gateways.documents.typesetting import View, letterhead, party, present, rows, typeset, words

LABELS = {
    "to": "Deliver to",
    "note": "Note",
    "received": "Goods received complete and in good condition:",
    "date": "Place, date",
    "signature": "Name, signature",
}
TITLE = "Delivery note"
HEADINGS = ("No.", "Article", "Description", "Quantity", "Unit")
FACTS = ("Delivery note number", "Date", "Order", "Your reference", "Packages", "Carrier", "Tracking number")


def delivery_note_pdf(view: View, language: str = "en") -> bytes:
    """An A4 delivery note (PDF/A-3b); missing figures are left out."""
    tongue = spoken.known(language)
    say = words(tongue)
    content = {
        "title": say(TITLE),
        "number": spoken.plain(view.get("number")),
        **letterhead(view, tongue),
        "to": party(None, view.get("ship_to")),
        "facts": _facts(view, tongue),
        "headings": [say(heading) for heading in HEADINGS],
        "rows": [
            (
                spoken.plain(row.get("line")),
                spoken.plain(row.get("sku")),
                spoken.plain(row.get("name")),
                spoken.quantity(row.get("quantity"), tongue),
                spoken.plain(row.get("unit")),
            )
            for row in rows(view, "lines")
        ],
        "note": spoken.plain(view.get("note")),
    }
    return typeset("delivery_note", content, LABELS, tongue, view.get("created_at"))


def _facts(view: View, language: str) -> list[tuple[str, str]]:
    values = (
        spoken.plain(view.get("number")),
        spoken.day(view.get("created_at"), language),
        spoken.plain(view.get("order")),
        spoken.plain(view.get("customer_po")),
        spoken.quantity(view.get("packages"), language),
        spoken.plain(view.get("carrier")),
        spoken.plain(view.get("tracking_number")),
    )
    say = words(language)
    return present([(say(label), value) for label, value in zip(FACTS, values, strict=True)])
