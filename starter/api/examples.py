"""An example body per operation, as the contract shows it; a test holds each against its model."""

from __future__ import annotations

from typing import Any

_ADDRESS = {
    "name": "Harbour Books",
    "street": "12 Quay Road",
    "city": "Bristol",
    "postal_code": "BS1 4RW",
    "country": "GB",
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "put_customer": {
        "name": "Harbour Books",
        "email": "orders@harbour-books.example",
        "language": "en",
        "currency": "GBP",
        "payment_terms": "net30",
        "credit_limit": "1000.00",
        "time_zone": "Europe/London",
        "priority": 5,
        "shipping_address": _ADDRESS,
    },
    "put_supplier": {"name": "Northern Paper Mill", "email": "sales@paper-mill.example", "lead_time_days": 5},
    "put_product": {
        "name": "Notebook A5, dotted",
        "unit": "pcs",
        "prices": [{"currency": "GBP", "amount": "9.90"}],
        "cost": {"currency": "GBP", "amount": "4.20"},
        "weight_kg": "0.3",
        "tax_code": "standard",
        "supply": {"route": "buy", "supplier": "PAPERMILL", "minimum_quantity": "50", "multiple_of": "10"},
    },
    "put_tax_code": {"rate": "0.2"},
    "submit_order": {
        "customer": "HARBOUR",
        "customer_po": "PO-2041",
        "currency": "GBP",
        "shipping_policy": "ship_partial",
        "lines": [{"sku": "NB-A5", "quantity": "12"}, {"sku": "PEN-01", "quantity": "3", "discount_percent": "5"}],
    },
    "release_hold": {"comment": "Paid by bank transfer this morning, seen on the statement.", "amount": "1200.00"},
    "reject_hold": {"comment": "The discount is beyond what we give."},
    "pause_order": {"comment": "The delivery address is being clarified."},
    "resume_order": {"comment": "The customer has sent the address."},
    "retry_order": {"comment": "The carrier answers again."},
    "reset_order": {"comment": "Its worker could not go on."},
    "cancel_order": {"reason": "The customer ordered twice."},
    "move_stock": {"sku": "NB-A5", "warehouse": "MAIN", "quantity": "100", "reason": "opening"},
    "confirm_pick": {"lines": [{"line": 1, "quantity": "12"}], "packages": 1},
    "record_receipt": {"lines": [{"sku": "NB-A5", "quantity": "50"}], "warehouse": "MAIN"},
    "record_payment": {
        "customer": "HARBOUR",
        "amount": "142.56",
        "currency": "GBP",
        "reference": "INV-000017",
        "provider": "bank",
        "provider_payment_id": "2026-03-01/000381",
        "received_at": "2026-03-01T09:30:00Z",
    },
    "comment_on_order": {"text": "She calls back on Monday about the delivery address."},
    "apply_payment": {"invoice": "INV-000017", "amount": "142.56"},
    "create_supply_order": {"sku": "PEN-01", "quantity": "40", "supplier": "PAPERMILL"},
    "acknowledge_supply": {"due_date": "2030-03-08", "comment": "By phone; the mill is short of paper."},
    "open_dispute": {"amount": "9.90", "reason": "One notebook was wet."},
    "resolve_dispute": {"outcome": "withdrawn", "comment": "It was found dry."},
    "record_feedback": {"score": 5, "comment": "Fast, and well packed."},
    "open_case": {"order": "SO-000001", "kind": "complaint", "priority": "high", "subject": "Two notebooks are wet"},
    "move_case": {"comment": "Replacement promised for Monday."},
    "create_user": {"username": "ann", "name": "Ann", "role": "credit"},
    "reset_user": {"password": "a long new password"},
    "create_delegation": {
        "away": "bob",
        "stand_in": "ann",
        "begins_at": "2030-01-01T08:00:00Z",
        "ends_at": "2030-01-31T18:00:00Z",
    },
    "create_key": {"name": "web-shop", "role": "integration"},
    "decode_payloads": {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "IlNPLTAwMDAwMSI="}]},
    "encode_payloads": {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "IlNPLTAwMDAwMSI="}]},
}
