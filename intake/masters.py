"""Master data: cards of customers, suppliers and products, checked before they are kept."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import masters, reorder, stock
from db.queries.effects import Effects
from domain.actor import Actor, Role
from domain.calendar import is_time_zone
from domain.errors import FieldError, Forbidden, Invalid, told
from domain.facts import CustomerCard, ProductCard, SupplierCard, SupplyRoute
from domain.invoicing import parse_terms
from domain.money import not_currency, not_payable
from intake.review import look_again

_RATE_IN_CODE = re.compile(r"[A-Za-z]{1,8}[_-]?(\d{1,2})")


def _refuse(wrong: list[FieldError], what: str) -> None:
    if wrong:
        raise Invalid(
            told("The {what} cannot be kept as it is; correct the fields and send it again.", what=told(what)),
            errors=wrong,
        )


def _currency(pointer: str, code: str) -> list[FieldError]:
    why = not_currency(code)
    return [] if why is None else [FieldError(pointer, why)]


async def put_customer(tx: AsyncConnection, actor: Actor, code: str, card: CustomerCard, now: datetime) -> bool:
    """Keep a customer's card; True when it is new. The currency cannot change once documents carry it."""
    wrong = _currency("/currency", card.currency)
    if not is_time_zone(card.time_zone):
        wrong.append(
            FieldError(
                "/time_zone",
                told("{time_zone} is not an IANA time zone such as Asia/Shanghai.", time_zone=card.time_zone),
            )
        )
    if parse_terms(card.payment_terms) is None:
        wrong.append(
            FieldError(
                "/payment_terms",
                told(
                    "{payment_terms} is not understood; use net30, eom30 or prepaid.",
                    payment_terms=repr(card.payment_terms),
                ),
            )
        )
    if not wrong and card.credit_limit is not None and (why := not_payable(card.credit_limit, card.currency)):
        wrong.append(FieldError("/credit_limit", why))
    if actor.role is Role.SALES and card.credit_limit != await masters.credit_limit(tx, code):
        raise Forbidden("A credit limit is set by credit, finance or a manager, not by sales; leave it as it is.")
    if not wrong and await masters.trades_otherwise(tx, code, card.currency):
        wrong.append(FieldError("/currency", "The customer has documents in another currency; keep it."))
    _refuse(wrong, "customer")
    created = await masters.put_customer(tx, code, card, now)
    if not created:
        effects = Effects(actor.name, now)
        await look_again(tx, effects, code)
        await effects.save(tx)
    return created


async def put_supplier(tx: AsyncConnection, actor: Actor, code: str, card: SupplierCard, now: datetime) -> bool:
    """Keep a supplier's card; True when it is new."""
    return await masters.put_supplier(tx, code, card, now)


async def put_product(tx: AsyncConnection, actor: Actor, sku: str, card: ProductCard, now: datetime) -> bool:
    """Keep a product's card; True when it is new."""
    wrong: list[FieldError] = []
    for index, price in enumerate(card.prices):
        wrong += _currency(f"/prices/{index}/currency", price.currency)
    if len({price.currency for price in card.prices}) < len(card.prices):
        wrong.append(FieldError("/prices", "Give one price per currency."))
    if card.cost is not None:
        wrong += _currency("/cost/currency", card.cost.currency)
    wrong += await _tax_code_errors(tx, actor, card.tax_code, now)
    wrong += await _supply_errors(tx, sku, card.supply)
    _refuse(wrong, "product")
    created = await masters.put_product(tx, sku, card, now)
    if given := card.model_fields_set & {"reorder_point", "reorder_quantity"}:
        settings = {name: getattr(card, name) for name in given}
        await reorder.put(tx, sku, {**await reorder.setting(tx, sku), **settings}, actor.name, now)
    if not created and card.supply.route != "none":
        await _wake_waiting(tx, Effects(actor.name, now), sku)
    return created


async def _wake_waiting(tx: AsyncConnection, effects: Effects, sku: str) -> None:
    """The product may have a route of supply only now: who waits for it looks again, and orders it."""
    for order in await stock.waiting_orders(tx, [sku]):
        effects.tell_order(order, "stock_allocated", at=effects.now)
    await effects.save(tx)


async def _tax_code_errors(tx: AsyncConnection, actor: Actor, code: str, now: datetime) -> list[FieldError]:
    codes = await masters.tax_codes(tx)
    if code in codes:
        return []
    if found := _RATE_IN_CODE.fullmatch(code):  # such as VAT20 or GST_10: the code carries its rate
        await put_tax_code(tx, actor, code, Decimal(found[1]) / 100, now)
        return []
    detail = told(
        "There is no tax code {code}; use one of {codes}, or create it with PUT /v1/tax-codes/{code}.",
        code=code,
        codes=", ".join(codes),
    )
    return [FieldError("/tax_code", detail)]


async def _supply_errors(tx: AsyncConnection, sku: str, supply: SupplyRoute) -> list[FieldError]:
    wrong: list[FieldError] = []
    if supply.supplier is not None and not await masters.supplier_exists(tx, supply.supplier):
        detail = told(
            "There is no supplier {supplier}; create it with PUT /v1/suppliers/{supplier}.", supplier=supply.supplier
        )
        wrong.append(FieldError("/supply/supplier", detail))
    if supply.route == "buy" and supply.supplier is None:
        wrong.append(FieldError("/supply/supplier", "A product that is bought needs a supplier."))
    if supply.route != "make":
        if supply.components:
            wrong.append(FieldError("/supply/components", 'Components belong to the route "make".'))
        return wrong
    if not supply.components:
        wrong.append(FieldError("/supply/components", "A product that is made needs components."))
    skus = [component.sku for component in supply.components]
    known = await masters.known_products(tx, skus)
    for index, component in enumerate(skus):
        if component not in known and component != sku:
            detail = told(
                "There is no product {component}; create it with PUT /v1/products/{component} first.",
                component=component,
            )
            wrong.append(FieldError(f"/supply/components/{index}/sku", detail))
    if len(set(skus)) < len(skus):
        wrong.append(FieldError("/supply/components", "Name each component once."))
    if skus and (sku in skus or await masters.made_of_itself(tx, sku, skus)):
        wrong.append(FieldError("/supply/components", told("{sku} would be a component of itself.", sku=sku)))
    return wrong


async def put_tax_code(tx: AsyncConnection, actor: Actor, code: str, rate: Decimal, now: datetime) -> bool:
    """Keep a tax rate as a fraction (0.2 is twenty percent); True when it is new. Orders keep the rate they froze."""
    if not 0 <= rate <= 1:
        raise Invalid("A tax rate lies between 0 and 1.", errors=[FieldError("/rate", "0.2 means twenty percent.")])
    return await masters.put_tax_code(tx, code, rate)
