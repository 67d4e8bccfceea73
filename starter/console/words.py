"""What people call the codes of the database, and the colour in which a code is shown."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    # orders
    "DRAFT": "draft", "SUBMITTED": "submitted", "IN_REVIEW": "in review", "CONFIRMED": "confirmed",
    "IN_FULFILMENT": "in fulfilment", "FULFILLED": "fulfilled", "COMPLETED": "completed", "REJECTED": "rejected",
    "EXPIRED": "expired", "AMENDING": "being amended", "CANCELLING": "being cancelled", "CANCELLED": "cancelled",
    "ship_partial": "as goods are there", "ship_complete": "all at once",
    "cancel_remainder": "what is there, cancel the rest",
    # files of orders
    "LOOKING": "being looked at", "LOOKED": "looked at", "TAKING": "being taken", "DONE": "done",
    "UNUSABLE": "cannot be used", "STOPPED": "stopped",
    # axes
    "none": "none", "partial": "partial", "full": "full", "paid": "paid", "over": "overpaid",
    # holds
    "OPEN": "open", "RELEASED": "released", "CLEARED": "cleared by itself", "CLOSED": "closed",
    "CREDIT": "credit", "OVERDUE": "overdue items", "PREPAYMENT": "prepayment", "PRICE": "price", "MARGIN": "margin",
    "QUANTITY": "quantity", "STOCK": "stock", "CUSTOMER": "customer", "ADDRESS": "address",
    "DUPLICATE_PO": "duplicate purchase order", "PAUSED": "paused",
    # supply
    "PROPOSED": "proposed", "APPROVED": "approved", "ORDERED": "ordered", "ACKNOWLEDGED": "acknowledged",
    "PARTIALLY_RECEIVED": "partially received", "RECEIVED": "received", "purchase": "purchase order",
    # shipments
    "CREATED": "to be picked", "PICKING": "being picked", "PACKED": "packed", "BOOKED": "booked",
    "IN_TRANSIT": "in transit", "OUT_FOR_DELIVERY": "out for delivery", "DELIVERED": "delivered",
    "ATTEMPT_FAILED": "delivery attempted", "AT_PICKUP_POINT": "at the pick-up point", "RETURNING": "on its way back",
    "RETURNED": "returned", "EXCEPTION": "exception", "LOST": "lost", "DAMAGED": "damaged",
    # invoices and payments
    "POSTED": "posted", "PARTIALLY_PAID": "partially paid", "PAID": "paid", "WRITTEN_OFF": "written off",
    "CREDITED": "credited", "UNAPPLIED": "unapplied", "PARTIALLY_APPLIED": "partially applied", "APPLIED": "applied",
    "REVERSED": "reversed", "REFUNDED": "refunded",
    # cases
    "NEW": "new", "ASSIGNED": "assigned", "IN_PROGRESS": "in progress", "WAITING_CUSTOMER": "waiting for the customer",
    "RESOLVED": "resolved", "case:start": "start work", "case:wait": "wait for the customer",
    "case:resume": "go on", "case:resolve": "resolve", "case:close": "close", "case:reopen": "reopen",
    "case:assign": "assign", "question": "question", "complaint": "complaint", "return": "return",
    "warranty": "warranty", "repair": "repair", "low": "low", "normal": "normal", "high": "high", "urgent": "urgent",
    # how a product comes
    "buy": "bought", "make": "made",
    # movements of stock
    "stock:opening": "opening stock", "stock:receipt": "receipt", "stock:adjustment": "adjustment",
    "stock:count": "count", "stock:goods_issue": "goods issue", "stock:production": "production",
    "stock:component_issue": "used in production", "stock:short_pick": "missing at the pick",
    # vouchers
    "goods_issue": "goods issue", "invoice": "invoice", "payment": "payment", "application": "application",
    "payer": "payer found", "stock_opening": "opening stock value", "stock_receipt": "stock value received",
    "stock_adjustment": "stock value adjusted", "stock_count": "stock value counted",
    # filters
    "sku": "product", "supplier": "supplier", "customer": "customer", "order": "order", "warehouse": "warehouse",
    "customer_po": "purchase number",
}  # fmt: skip
"""Code to its English word; the catalogues translate these words."""

_GOOD = ("CONFIRMED", "FULFILLED", "COMPLETED", "RELEASED", "CLEARED", "RECEIVED", "DELIVERED", "PAID", "APPLIED",
         "RESOLVED", "CLOSED", "full", "paid")  # fmt: skip
_RUNNING = ("SUBMITTED", "IN_FULFILMENT", "ORDERED", "ACKNOWLEDGED", "PARTIALLY_RECEIVED", "PICKING", "PACKED",
            "BOOKED", "IN_TRANSIT", "OUT_FOR_DELIVERY", "POSTED", "PARTIALLY_PAID", "ASSIGNED", "IN_PROGRESS",
            "partial")  # fmt: skip
_WAITING = ("IN_REVIEW", "OPEN", "PROPOSED", "APPROVED", "CREATED", "AT_PICKUP_POINT", "UNAPPLIED",
            "PARTIALLY_APPLIED", "NEW", "WAITING_CUSTOMER", "over", "AMENDING", "CANCELLING")  # fmt: skip
_BAD = ("REJECTED", "EXPIRED", "LOST", "DAMAGED", "RETURNING", "RETURNED", "EXCEPTION", "ATTEMPT_FAILED",
        "WRITTEN_OFF", "REVERSED")  # fmt: skip
TONES: Mapping[str, str] = {
    **dict.fromkeys(_GOOD, "green"),
    **dict.fromkeys(_RUNNING, "blue"),
    **dict.fromkeys(_WAITING, "yellow"),
    **dict.fromkeys(_BAD, "red"),
}
"""Code to one of Tabler's colours; grey for all others."""
