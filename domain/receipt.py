"""Receipt: what an order request must satisfy beyond its shape, and the figures frozen at submission."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.errors import FieldError, told
from domain.facts import OrderRequest, ProductCard
from domain.invoicing import parse_terms
from domain.money import line_net, not_currency, rounded
from domain.shapes import MAX_AMOUNT

HELD_KINDS = ("credit_note", "order", "order_rows")
"""What an imported file may hold for a person: a credit note, an order that cannot be taken, rows of a taken one."""


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """What submission needs of a product, in the order's currency; `list_price` None: not sold in it."""

    sku: str
    list_price: Decimal | None
    unit_cost: Decimal
    tax_code: str
    tax_rate: Decimal


def terms_to_come(sku: str, card: ProductCard, currency: str) -> ProductTerms:
    """What is known of a product before it exists; its tax is not, and counts as none."""
    price = next((price.amount for price in card.prices if price.currency == currency), None)
    return ProductTerms(sku, price, Decimal(0), card.tax_code, Decimal(0))


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with everything that is frozen."""

    line: int
    sku: str
    quantity: Decimal
    list_price: Decimal | None
    unit_price: Decimal
    discount_percent: Decimal
    unit_cost: Decimal
    tax_code: str
    tax_rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines of an order come to."""

    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """Tax included."""
        return self.net + self.tax


def totals(lines: Sequence[PricedLine]) -> Totals:
    """The sums of lines whose amounts were rounded each on its own."""
    return Totals(sum((line.net for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0)))


def content_hash(request: OrderRequest) -> str:
    """What makes two requests the same: everything but the spelling of numbers."""
    parts: list[str] = [request.model_dump_json(exclude={"lines"})]
    for line in request.lines:
        values = (line.quantity, line.unit_price, line.discount_percent)
        numbers = ("" if value is None else format(value.normalize(), "f") for value in values)
        parts.append("|".join((line.sku, *numbers)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def header_errors(request: OrderRequest, customer_currency: str, today: date) -> list[FieldError]:
    """What is wrong with the header: currency, dates and terms."""
    wrong: list[FieldError] = []
    if (why := not_currency(request.currency)) is not None:
        wrong.append(FieldError("/currency", why))
    elif request.currency != customer_currency:
        wrong.append(
            FieldError(
                "/currency",
                told(
                    "The customer trades in {customer_currency}; order in {customer_currency}.",
                    customer_currency=customer_currency,
                ),
            )
        )
    for name, day in (("requested_date", request.requested_date), ("ship_by", request.ship_by)):
        if day is not None and abs((day - today).days) > 3653:
            wrong.append(
                FieldError(
                    f"/{name}",
                    told("{day} is more than ten years from today; check the year.", day=day),
                )
            )
    if request.payment_terms is not None and parse_terms(request.payment_terms) is None:
        wrong.append(
            FieldError(
                "/payment_terms",
                told(
                    "{payment_terms} is not understood; use net30, eom30, 2/10net30, prepaid or "
                    "instalments:30@0,70@30.",
                    payment_terms=repr(request.payment_terms),
                ),
            )
        )
    return wrong


def price_lines(
    request: OrderRequest, products: Mapping[str, ProductTerms]
) -> tuple[Sequence[PricedLine], list[FieldError]]:
    """Price every line, or say for each line that cannot be priced what is wrong with it."""
    priced: list[PricedLine] = []
    wrong: list[FieldError] = []
    for index, line in enumerate(request.lines):
        product = products.get(line.sku)
        problem = _line_problem(line.sku, line.discount_percent, line.unit_price, product, request.currency)
        if problem[0] or product is None:
            wrong.append(FieldError(f"/lines/{index}/{problem[0]}", problem[1]))
            continue
        unit_price = line.unit_price if line.unit_price is not None else product.list_price
        assert unit_price is not None
        discount = line.discount_percent or Decimal(0)
        gross = line.quantity * unit_price
        if gross > MAX_AMOUNT:
            wrong.append(
                FieldError(
                    f"/lines/{index}/quantity",
                    told("The line's amount {gross} is out of all proportion.", gross=gross),
                )
            )
            continue
        net = line_net(line.quantity, unit_price, discount, request.currency)
        priced.append(
            PricedLine(
                index + 1, line.sku, line.quantity, product.list_price, unit_price, discount, product.unit_cost,
                product.tax_code, product.tax_rate, net, rounded(net * product.tax_rate, request.currency),
            )
        )  # fmt: skip
    return priced, wrong


def _line_problem(
    sku: str,
    discount: Decimal | None,
    unit_price: Decimal | None,
    product: ProductTerms | None,
    currency: str,
) -> tuple[str, str]:
    if product is None:
        return "sku", told(
            "There is no product {sku}; create it with PUT /v1/products/{sku} or correct the number.", sku=sku
        )
    if discount is not None and discount > 100:
        return "discount_percent", told("A discount cannot exceed 100 percent.")
    if unit_price is None and product.list_price is None:
        return "unit_price", told(
            "{sku} has no list price in {currency}; give a unit_price or add the price.", sku=sku, currency=currency
        )
    return ("", "")
