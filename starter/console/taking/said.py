"""What is wrong with a field, said to a person: where the API says what a program can do, what a person can."""

from __future__ import annotations

from collections.abc import Callable

from domain.errors import Told
from starter.api.problems import said

FOR_PEOPLE = {
    "There is no customer {customer}; create it with PUT /v1/customers/{customer}.": (
        "There is no customer {customer}. Type a part of the name and choose."
    ),
    "There is no product {sku}; create it with PUT /v1/products/{sku} or correct the number.": (
        "There is no product {sku}. Type a part of the name and choose."
    ),
    "{sku} has no list price in {currency}; give a unit_price or add the price.": (
        "{sku} has no list price in {currency}: type the unit price."
    ),
    "{payment_terms} is not understood; use net30, eom30, 2/10net30, prepaid or instalments:30@0,70@30.": (
        "Type terms such as net30, eom30, 2/10net30 or prepaid."
    ),
    "this field is required": "This is needed.",
}
"""The API's pattern to ours."""


def sentence(detail: str, translate: Callable[[str], str]) -> str:
    """The sentence in the person's language."""
    if isinstance(detail, Told):
        ours = FOR_PEOPLE.get(detail.pattern)
        return said(detail, translate) if ours is None else translate(ours).format(**detail.figures)
    return translate(FOR_PEOPLE.get(detail, detail)) if detail else ""
