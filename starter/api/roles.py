"""Who may do what: one row per operation that changes something. Every role may read; admin may do everything."""

from __future__ import annotations

from domain.actor import Role

EVERYONE = frozenset(Role)


def _may(*roles: Role) -> frozenset[Role]:
    return frozenset((Role.ADMIN, *roles))


# A hold belongs to the role that its reason names; the stage itself refuses all others.
_OWNERS = EVERYONE - {Role.INTEGRATION}
MAY: dict[str, frozenset[Role]] = {
    # master data
    "put_customer": _may(Role.SALES, Role.CREDIT, Role.FINANCE, Role.MANAGER),
    "put_supplier": _may(Role.PURCHASING, Role.MANAGER),
    "put_product": _may(Role.SALES, Role.PURCHASING, Role.PRODUCTION, Role.MANAGER),
    "put_tax_code": _may(Role.FINANCE, Role.MANAGER),
    # receipt and review
    "submit_order": _may(Role.SALES, Role.MANAGER, Role.INTEGRATION),
    "release_hold": _OWNERS,
    "reject_hold": _OWNERS,
    "cancel_order": _may(Role.SALES, Role.MANAGER),
    "comment_on_order": _OWNERS,
    # stock, replenishment, shipping
    "move_stock": _may(Role.WAREHOUSE, Role.MANAGER),
    "record_receipt": _may(Role.WAREHOUSE, Role.PURCHASING, Role.PRODUCTION, Role.MANAGER, Role.INTEGRATION),
    "create_supply_order": _may(Role.PURCHASING, Role.PRODUCTION, Role.MANAGER),
    "set_reorder_point": _may(Role.PURCHASING, Role.MANAGER),
    "acknowledge_supply": _may(Role.PURCHASING, Role.PRODUCTION, Role.MANAGER),
    "confirm_pick": _may(Role.WAREHOUSE, Role.MANAGER, Role.INTEGRATION),
    # collection
    "record_payment": _may(Role.FINANCE, Role.CREDIT, Role.MANAGER, Role.INTEGRATION),
    "apply_payment": _may(Role.FINANCE, Role.CREDIT, Role.MANAGER),
    "open_dispute": _may(Role.FINANCE, Role.CREDIT, Role.SALES, Role.SUPPORT, Role.MANAGER),
    "resolve_dispute": _may(Role.FINANCE, Role.MANAGER),
    # after-sales
    "record_feedback": _may(Role.SUPPORT, Role.SALES, Role.MANAGER, Role.INTEGRATION),
    "open_case": _may(Role.SUPPORT, Role.SALES, Role.MANAGER, Role.INTEGRATION),
    "move_case": _may(Role.SUPPORT, Role.MANAGER),
    # operation
    "list_users": _may(),
    "read_user": _may(),
    "create_user": _may(),
    "change_user": _may(),
    "disable_user": _may(),
    "reset_user": _may(),
    "create_delegation": _may(),
    "end_delegation": _may(),
    "create_key": _may(),
    "list_keys": _may(),
    "revoke_key": _may(),
    "pause_order": _may(Role.MANAGER),
    "resume_order": _may(Role.MANAGER),
    "retry_order": _may(Role.MANAGER),
    "reset_order": _may(),
    "decode_payloads": _may(),
    "encode_payloads": _may(),
}
"""Operation (the handler's name) to the roles that may."""


def roles_that_may(operation: str, reads: bool) -> frozenset[Role]:
    """The roles for an operation; one that changes something and has no row here is a fault at start-up (KeyError)."""
    return MAY.get(operation, EVERYONE) if reads else MAY[operation]
