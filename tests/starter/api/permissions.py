"""Who may do what, as the company wants it: written down apart from the code, so that each checks the other.

A new route must be entered here by somebody who has thought about it.
"""

from __future__ import annotations

from domain.actor import Role

ALL = frozenset(Role)
NOBODY_ELSE = ""
READS = frozenset(
    {
        *("list_orders", "read_order", "read_timeline", "read_why", "list_holds", "list_held_documents"),
        *("list_customers", "read_customer", "list_suppliers", "read_supplier", "list_products", "read_product"),
        *("list_stock", "list_supply_orders", "read_supply_order", "list_shipments", "read_shipment"),
        *("print_delivery_note", "list_invoices", "print_invoice", "read_invoice", "list_payments", "read_payment"),
        *(
            "list_journal",
            "read_trial_balance",
            "list_cases",
            "read_case",
            "read_checks",
            "list_queues",
            "read_queue",
            "suggest_invoices",
            "list_disputes",
            "list_reminders",
            "list_delegations",
        ),
        *("list_reports", "read_report", "save_report", "draw_report", "list_report_orders"),
    }
)
"""Every role reads everything of the company, except keys."""
BESIDES_ADMIN = {
    "submit_order": "sales manager integration",
    "cancel_order": "sales manager",
    "release_hold": "sales credit purchasing production warehouse finance support manager",
    "reject_hold": "sales credit purchasing production warehouse finance support manager",
    "comment_on_order": "sales credit purchasing production warehouse finance support manager",
    "apply_payment": "finance credit manager",
    "create_supply_order": "purchasing production manager",
    "set_reorder_point": "purchasing manager",
    "acknowledge_supply": "purchasing production manager",
    "open_dispute": "finance credit sales support manager",
    "resolve_dispute": "finance manager",
    "pause_order": "manager",
    "resume_order": "manager",
    "retry_order": "manager",
    "reset_order": NOBODY_ELSE,
    "put_customer": "sales credit finance manager",
    "put_supplier": "purchasing manager",
    "put_product": "sales purchasing production manager",
    "put_tax_code": "finance manager",
    "move_stock": "warehouse manager",
    "record_receipt": "warehouse purchasing production manager integration",
    "confirm_pick": "warehouse manager integration",
    "record_payment": "finance credit manager integration",
    "record_feedback": "support sales manager integration",
    "open_case": "support sales manager integration",
    "move_case": "support manager",
    "create_delegation": NOBODY_ELSE,
    "end_delegation": NOBODY_ELSE,
    "list_users": NOBODY_ELSE,
    "read_user": NOBODY_ELSE,
    "create_user": NOBODY_ELSE,
    "change_user": NOBODY_ELSE,
    "disable_user": NOBODY_ELSE,
    "reset_user": NOBODY_ELSE,
    "create_key": NOBODY_ELSE,
    "list_keys": NOBODY_ELSE,
    "revoke_key": NOBODY_ELSE,
    "decode_payloads": NOBODY_ELSE,
    "encode_payloads": NOBODY_ELSE,
}
"""Operation to the roles that may, the administrator always among them."""
SIGNED = frozenset({"payment_reported", "tracking_reported"})
"""Open to whoever has the secret of the webhook."""
OPEN = frozenset({"healthz", "readyz", "metrics", "openapi_document", "docs", "problems"})
"""Open to everybody; they tell nothing of an order."""


def allowed(operation: str) -> frozenset[Role]:
    """The roles that may."""
    if operation in READS:
        return ALL
    return frozenset({Role.ADMIN, *map(Role, BESIDES_ADMIN[operation].split())})
