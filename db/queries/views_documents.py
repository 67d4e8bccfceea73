"""Every document of an order's life as people read it, gathered from the stages."""

from __future__ import annotations

from db.queries.views_after_sales import case_list, case_view
from db.queries.views_collection import payment_list, payment_view
from db.queries.views_invoicing import invoice_list, invoice_view
from db.queries.views_replenishment import supply_list, supply_view
from db.queries.views_review import hold_list
from db.queries.views_shipping import shipment_list, shipment_view

__all__ = [
    "case_list",
    "case_view",
    "hold_list",
    "invoice_list",
    "invoice_view",
    "payment_list",
    "payment_view",
    "shipment_list",
    "shipment_view",
    "supply_list",
    "supply_view",
]
