"""What people call the codes of the database, and the colour in which a code is shown."""

from __future__ import annotations

from collections.abc import Mapping

from domain.recognised import STATES

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
    **STATES, "purchase": "purchase order",
    # shipments
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
    "UPHELD": "upheld", "WITHDRAWN": "withdrawn",
    "disputed": "disputed", "below_minimum": "less than is reminded of", "true": "yes", "false": "no",
    "match:reference": "named by the reference", "match:amount": "the exact amount", "match:oldest": "the oldest",
    # groups and filters of reports
    "by:all": "everything", "by:assignee": "person", "by:channel": "channel", "by:customer": "customer",
    "by:kind": "kind", "by:month": "month", "by:owner_role": "role", "by:priority": "priority",
    "by:product": "product", "by:reason": "reason", "by:stage": "stage", "by:state": "state",
    "by:warehouse": "warehouse", "by:week": "week", "filter:currency": "Currency", "filter:customer": "Customer",
    "filter:sku": "Product", "filter:warehouse": "Warehouse",
    # how demand is forecast
    "average": "moving average", "too_little": "too little history",
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
    "stock_production": "stock value of production", "stock_short_pick": "stock value missing at the pick",
    # accounts
    "account:opened": "account opened", "account:changed": "account changed", "account:reset": "new password given",
    "account:closed": "account was closed", "account:name": "name", "account:role": "role",
    "account:email": "e-mail", "account:language": "language",
    # filters
    "sku": "product", "supplier": "supplier", "customer": "customer", "order": "order", "warehouse": "warehouse",
    "customer_po": "purchase number",
    # the life of an order
    "stage:receipt": "order taken", "stage:review": "review", "stage:stock": "in stock",
    "stage:replenishment": "supplied", "stage:shipping": "shipped out",
    "stage:invoicing": "invoicing", "stage:collection": "collecting",
    "stage:after_sales": "after-sales", "life:done": "done", "life:now": "going on", "life:next": "next",
    "life:later": "later", "life:skipped": "not needed", "life:stopped": "it ended here",
    "press:release_hold": "Release", "press:reject_hold": "Reject", "press:resume_order": "Resume",
    "press:pause_order": "Pause", "press:retry_order": "Retry now", "press:cancel_order": "Cancel the order",
    "press:confirm_pick": "Confirm pick", "press:record_receipt": "Report receipt",
    "press:record_payment": "Record payment", "press:record_feedback": "Record feedback",
    "press:open_case": "Open a case", "undo:planned": "planned", "undo:done": "undone", "undo:kept": "kept",
    "node:hold": "Hold", "node:decision": "Decision", "node:supply": "Supply order", "node:shipment": "Shipment",
    "node:invoice": "Invoice", "node:payment": "Payment", "node:voucher": "Voucher", "node:reminder": "Reminder, level",
    "node:case": "Case", "actor:system": "system", "pieces:delivered": "delivered", "pieces:shipped": "under way",
    "pieces:allocated": "allocated", "pieces:backordered": "backordered", "pieces:open": "open",
    "pieces:cancelled": "cancelled", "running": "running",
    # what the review saw
    "rule:credit": "credit limit", "rule:overdue": "overdue items", "rule:prepayment": "prepayment",
    "rule:price": "discount", "rule:margin": "margin", "rule:quantity": "quantity", "rule:stock": "promise",
    "rule:customer": "customer", "rule:address": "address", "rule:duplicate_po": "duplicate purchase order",
    "outcome:pass": "passes", "outcome:warn": "warning", "outcome:hold": "hold",
    "figure:receivable": "receivable", "figure:reserved": "confirmed, not billed", "figure:order": "this order",
    "figure:unapplied": "unapplied cash", "figure:exposure": "exposure", "figure:limit": "limit",
    "figure:over_by": "over by", "figure:more_urgent": "more urgent orders", "figure:overdue": "overdue",
    "figure:oldest_days": "oldest, days",
    "figure:share_percent": "share, %", "figure:reminder_level": "reminder level", "figure:received": "received",
    "figure:line": "line", "figure:sku": "product", "figure:discount_percent": "discount, %",
    "figure:authority_percent": "may give, %", "figure:role": "seller's role", "figure:net": "net",
    "figure:cost": "cost", "figure:margin_percent": "margin, %", "figure:floor_percent": "floor, %",
    "figure:quantity": "quantity", "figure:minimum": "minimum", "figure:pack": "pack", "figure:promise": "promised",
    "figure:requested": "requested", "figure:ship_by": "demanded by", "figure:active": "active",
    "figure:earlier_orders": "earlier orders", "True": "yes", "False": "no", "unlimited": "unlimited",
}  # fmt: skip
"""Code to its English word; the catalogues translate these words."""

_GOOD = ("CONFIRMED", "FULFILLED", "COMPLETED", "RELEASED", "CLEARED", "RECEIVED", "DELIVERED", "PAID", "APPLIED",
         "RESOLVED", "CLOSED", "full", "paid", "outcome:pass")  # fmt: skip
_RUNNING = ("SUBMITTED", "IN_FULFILMENT", "ORDERED", "ACKNOWLEDGED", "PARTIALLY_RECEIVED", "PICKING", "PACKED",
            "BOOKED", "IN_TRANSIT", "OUT_FOR_DELIVERY", "POSTED", "PARTIALLY_PAID", "ASSIGNED", "IN_PROGRESS",
            "partial")  # fmt: skip
_WAITING = ("IN_REVIEW", "OPEN", "PROPOSED", "APPROVED", "CREATED", "AT_PICKUP_POINT", "UNAPPLIED",
            "PARTIALLY_APPLIED", "NEW", "WAITING_CUSTOMER", "over", "AMENDING", "CANCELLING",
            "outcome:warn")  # fmt: skip
_BAD = ("REJECTED", "EXPIRED", "LOST", "DAMAGED", "RETURNING", "RETURNED", "EXCEPTION", "ATTEMPT_FAILED",
        "WRITTEN_OFF", "REVERSED", "outcome:hold")  # fmt: skip
TONES: Mapping[str, str] = {
    **dict.fromkeys(_GOOD, "green"),
    **dict.fromkeys(_RUNNING, "blue"),
    **dict.fromkeys(_WAITING, "yellow"),
    **dict.fromkeys(_BAD, "red"),
}
"""Code to one of Tabler's colours; grey for all others."""
