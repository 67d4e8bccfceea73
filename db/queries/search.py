"""What people type into a search field: numbers of documents from any side of them, purchase numbers, names.

The numbers are found first, each by an index of its own, and then the list shows these rows; a condition with OR would
read the list from its newest row on until it has enough.
"""

from __future__ import annotations

MOST = 500
"""A purchase number of which many begin alike finds that many orders, in the order of the numbers."""


def _typed(prefix: str) -> str:
    """What was typed as a document's number: 12 means SO-000012."""
    return (
        f"CASE WHEN CAST(:q AS text) ~ '^[0-9]{{1,9}}$' THEN '{prefix}-' || lpad(:q, greatest(6, length(:q)), '0')"
        " ELSE upper(:q) END"
    )


_PURCHASES = (
    "SELECT number FROM sales_order WHERE upper(customer_po) >= upper(CAST(:q AS text))"
    " AND upper(customer_po) < upper(CAST(:q AS text)) || chr(1114111)"
    f" AND starts_with(upper(customer_po), upper(CAST(:q AS text))) ORDER BY upper(customer_po) LIMIT {MOST}"
)


def _among(column: str, *found: str) -> str:
    union = " UNION ALL ".join(f"({query})" for query in found)
    return f"{column} = ANY(ARRAY(SELECT number FROM ({union}) AS found))"


def orders(column: str) -> str:
    """Orders by their number or that of a shipment, an invoice or a parcel, by how their purchase number begins, and
    those of a customer by its code.
    """
    return _among(
        column,
        f"SELECT number FROM sales_order WHERE number = {_typed('SO')}",
        _PURCHASES,
        "SELECT number FROM sales_order WHERE customer = :q AND EXISTS (SELECT 1 FROM customer WHERE code = :q)"
        f" ORDER BY submitted_at DESC, number DESC LIMIT {MOST}",
        "SELECT order_number AS number FROM shipment WHERE number = upper(:q)",
        "SELECT order_number AS number FROM shipment WHERE tracking_number = :q",
        "SELECT order_number AS number FROM invoice WHERE number = upper(:q)",
    )


def invoices(column: str) -> str:
    """Invoices by their number, their order's or shipment's, and by how the order's purchase number begins."""
    return _among(
        column,
        f"SELECT number FROM invoice WHERE number = {_typed('INV')}",
        "SELECT number FROM invoice WHERE order_number = upper(:q)",
        "SELECT number FROM invoice WHERE shipment = upper(:q)",
        f"SELECT v.number FROM ({_PURCHASES}) o JOIN invoice v ON v.order_number = o.number",
    )


def shipments(column: str) -> str:
    """Shipments by their number or their order's, and by the carrier's tracking number."""
    return _among(
        column,
        f"SELECT number FROM shipment WHERE number = {_typed('SH')}",
        "SELECT number FROM shipment WHERE order_number = upper(:q)",
        "SELECT number FROM shipment WHERE tracking_number = :q",
    )


def payments(column: str) -> str:
    """Payments by their number, by the provider's id, by what they settled (an invoice or an order), and by any part of
    what the payer wrote.
    """
    return _among(
        column,
        f"SELECT number FROM payment WHERE number = {_typed('PAY')}",
        "SELECT number FROM payment WHERE provider_payment_id = :q",
        "SELECT number FROM payment WHERE order_number = upper(:q)",
        "SELECT payment AS number FROM payment_application WHERE invoice = upper(:q)",
        "SELECT number FROM payment WHERE reference IS NOT NULL AND search_grams(reference, '') @>"
        " search_grams(CAST(:q AS text), '') AND position(lower(CAST(:q AS text)) IN lower(reference)) > 0"
        f" LIMIT {MOST}",
    )


def supplies(column: str) -> str:
    """Purchase and production orders by their number, and by that of an order that waits for them."""
    return _among(
        column,
        f"SELECT number FROM supply_order WHERE number IN ({_typed('PO')}, {_typed('MO')})",
        "SELECT supply_order AS number FROM supply_peg WHERE order_number = upper(:q)",
    )


def cases(column: str) -> str:
    """Cases by their number or their order's."""
    return _among(
        column,
        f"SELECT number FROM support_case WHERE number = {_typed('CASE')}",
        "SELECT number FROM support_case WHERE order_number = upper(:q)",
    )


def named(key: str) -> dict[str, str]:
    """The filters of master data: `name` is a part of the name, `q` a part of name or code.

    Both are looked up by characters and pairs of characters, so that it is fast in Chinese as well as in English.
    """
    grams = f"search_grams(m.name, m.{key}) @> search_grams(CAST(:%s AS text), '')"
    part = "position(lower(CAST(:%s AS text)) IN lower(%s)) > 0"
    whole = f"m.name || ' ' || m.{key}"
    return {
        "name": f"{grams} AND {part}" % ("name", "name", "m.name"),
        "q": f"{grams} AND {part}" % ("q", "q", whole),
    }
