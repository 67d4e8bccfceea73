"""The pages that the menu names, in its order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: the address, what it is called in English, and its icon of Tabler."""

    path: str
    name: str
    icon: str
    operation: str = ""
    """Shown only to those who may do this; to everybody when empty."""


ITEMS: tuple[Item, ...] = (
    Item("/queue", "My work", "inbox"),
    Item("/orders", "Orders", "clipboard-list"),
    Item("/customers", "Customers", "users"),
    Item("/products", "Products", "package"),
    Item("/supply-orders", "Supply orders", "truck-loading"),
    Item("/shipments", "Shipments", "truck-delivery"),
    Item("/invoices", "Invoices", "file-invoice"),
    Item("/payments", "Payments", "cash"),
    Item("/journal", "Journal", "book", "apply_payment"),
    Item("/cases", "Cases", "lifebuoy"),
    Item("/reports", "Reports", "chart-bar"),
    Item("/users", "People", "user-cog", "list_users"),
)
"""Names are translated where the menu is shown."""
