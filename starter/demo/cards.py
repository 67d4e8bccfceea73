"""Cards of example companies and products, as `PUT /v1/customers/...` and `PUT /v1/products/...` take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Card = dict[str, Any]
MAIN = "MAIN"
NORTH = "NORTH"


@dataclass(frozen=True, slots=True)
class Cards:
    """The master data of one story; `stock` is (product, warehouse, pieces). Later products may be made of earlier."""

    customers: Mapping[str, Card] = field(default_factory=dict)
    products: Mapping[str, Card] = field(default_factory=dict)
    suppliers: Mapping[str, Card] = field(default_factory=dict)
    stock: tuple[tuple[str, str, str], ...] = ()


def company(name: str, code: str, city: str, country: str, **more: object) -> Card:
    """A customer that speaks English and trades in euro, unless more is said."""
    address = {"name": name, "street": "1 Example Street", "city": city, "postal_code": "10001", "country": country}
    card: Card = {"name": name, "email": f"orders@{code.lower()}.example", "language": "en", "currency": "EUR"}
    return {**card, "shipping_address": address, **more}


def chinese_company(name: str, code: str, city: str, **more: object) -> Card:
    """A customer that speaks Chinese and trades in yuan."""
    address = {"name": name, "street": "示例路 1 号", "city": city, "postal_code": "200000", "country": "CN"}
    local = {"language": "zh-CN", "currency": "CNY", "time_zone": "Asia/Shanghai", "shipping_address": address}
    return company(name, code, city, "CN", **{**local, **more})


def product(name: str, price: str, cost: str, *, currency: str = "EUR", **more: object) -> Card:
    """A product with its list price and cost; the tax code carries its rate."""
    return {
        "name": name,
        "prices": [{"currency": currency, "amount": price}],
        "cost": {"currency": currency, "amount": cost},
        "weight_kg": "0.5",
        "tax_code": "VAT13" if currency == "CNY" else "VAT20",
        **more,
    }


def supplier(name: str, code: str, lead_time_days: int = 3) -> Card:
    """A supplier."""
    return {"name": name, "email": f"sales@{code.lower()}.example", "lead_time_days": lead_time_days}
