"""Receipt by file: cards of customers and products that nobody knows yet, made of what the file says about them."""

from __future__ import annotations

import re
from decimal import Decimal

from pydantic import ValidationError

from domain.facts import Address, CustomerCard, OrderLine, Price, ProductCard
from starter.files.countries import country_code
from starter.files.mapping import Layout, text_of
from starter.files.rows import Row
from starter.files.survey import Survey

UNKNOWN_STREET = "(address not in the file)"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NO_MAIL = re.compile(r"[^a-z0-9]+")
_SMALLEST = Decimal("0.0001")


def customer_card(code: str, currency: str, row: Row, layout: Layout) -> CustomerCard:
    """The card of a customer from the first row that names it.

    Without an e-mail address it gets one under `.invalid`, which no mail server delivers. Without a street the address
    says so in its street, so that orders can be worked off and nobody takes it for a real one; a country that nobody
    knows leaves the address out, and the customer's orders wait for one in review.
    """
    email = _text(row, layout, "email")
    named = {"name": _text(row, layout, "customer_name") or code, "currency": currency}
    chosen = {key: layout.defaults[key] for key in ("payment_terms", "language", "time_zone") if key in layout.defaults}
    return CustomerCard.model_validate(
        {
            **named,
            **chosen,
            "email": email if _EMAIL.fullmatch(email) and len(email) <= 254 else placeholder_email(code),
            "shipping_address": _address(named["name"], row, layout),
        }
    )


def placeholder_email(code: str) -> str:
    """An address in the domain that is reserved for addresses that do not work (RFC 2606)."""
    readable = _NO_MAIL.sub("-", code.casefold()).strip("-")[:40]
    return f"customer-{readable or code.encode().hex()[:40]}@customers.invalid"


def _address(name: str, row: Row, layout: Layout) -> Address | None:
    country = _text(row, layout, "country")
    code = country_code(country) if country else None
    if code is None:
        return None
    try:
        return Address(
            name=name,
            street=_text(row, layout, "street") or UNKNOWN_STREET,
            city=_text(row, layout, "city") or country,
            postal_code=_text(row, layout, "postal_code")[:20],
            country=code,
        )
    except ValidationError:
        return None


def product_card(line: OrderLine, currency: str, survey: Survey) -> ProductCard:
    """The card of a product: its first description in the file and the price that was asked most often."""
    traits = survey.products.get(line.sku)
    price = survey.list_price(line.sku) or line.unit_price
    name = _clean(traits.name) if traits is not None else ""
    return ProductCard(
        name=name or line.sku,
        prices=() if not price else (Price(currency=currency, amount=price.quantize(_SMALLEST).normalize() + 0),),
    )


def _text(row: Row, layout: Layout, name: str) -> str:
    position = layout.columns.get(name)
    told = "" if position is None or position >= len(row.cells) else text_of(row.cells[position])
    return _clean(told or layout.defaults.get(name, ""))


def _clean(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:200].strip()
