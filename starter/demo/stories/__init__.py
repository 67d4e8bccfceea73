"""The stories of the demonstration, one per file, and the order in which they are listed."""

from __future__ import annotations

from starter.demo.scene import Story
from starter.demo.stories import (
    after_sales,
    cancellation,
    carrier_down,
    credit_hold,
    discount_hold,
    duplicate,
    early_payment,
    late_payer,
    overpayment,
    production,
    purchase,
    split_shipment,
    straight_through,
    wholesaler,
)

STORIES: dict[str, Story] = {
    "straight_through": straight_through,
    "credit_hold": credit_hold,
    "discount_hold": discount_hold,
    "purchase": purchase,
    "production": production,
    "split_shipment": split_shipment,
    "carrier_down": carrier_down,
    "late_payer": late_payer,
    "overpayment": overpayment,
    "early_payment": early_payment,
    "duplicate": duplicate,
    "cancellation": cancellation,
    "after_sales": after_sales,
    "wholesaler": wholesaler,
}
"""A story is added by its file and its line here."""
