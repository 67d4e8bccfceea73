"""Customers and products as somebody types them: the code first, then how names begin, then any part of either.

How something begins is a short range of an index. Only when that finds too few are the grams asked, by which a part of
a name is found in English as in Chinese.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import PLAN_FOR_VALUES
from db.queries import shown

MOST = 10
LONGEST = 100
_BEGINS = "{column} ~>=~ {typed} AND {column} ~<~ ({typed} || chr(1114111))"


def _beginning(table: str, key: str) -> str:
    """Codes that begin with what was typed, the shortest of them first; then names that do."""
    ways = []
    for rank, column, typed in ((0, f"upper({key})", "upper(:q)"), (1, "lower(name)", "lower(:q)")):
        begins = _BEGINS.format(column=column, typed=typed)
        ways.append(
            f"(SELECT {key} AS code, {rank} AS rank, {column} AS sorted FROM {table} WHERE {begins}"
            f" ORDER BY {column} USING ~<~ LIMIT {MOST})"
        )
    return " UNION ALL ".join(ways)


def _part(table: str, key: str) -> str:
    whole = f"lower(name || ' ' || {key})"
    return (
        f"SELECT {key} AS code, 2 AS rank, '' AS sorted FROM {table} WHERE search_grams(name, {key}) @>"
        f" search_grams(CAST(:q AS text), '') AND position(lower(:q) IN {whole}) > 0 LIMIT {MOST}"
    )


_CUSTOMERS = """
SELECT min(f.rank) AS rank, min(f.sorted) AS sorted, m.code, m.name, m.currency, m.active, m.payment_terms
FROM ({found}) f JOIN customer m ON m.code = f.code GROUP BY m.code ORDER BY 1, 2, m.code"""
_PRODUCTS = """
SELECT min(f.rank) AS rank, min(f.sorted) AS sorted, m.sku, m.name, m.unit, CAST(:currency AS text) AS currency,
  (SELECT amount FROM product_price WHERE sku = m.sku AND currency = :currency) AS price,
  (SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_level WHERE sku = m.sku) AS available
FROM ({found}) f JOIN product m ON m.sku = f.code GROUP BY m.sku ORDER BY 1, 2, m.sku"""
_CUSTOMERS_BEGIN = text(_CUSTOMERS.format(found=_beginning("customer", "code")))
_CUSTOMERS_PART = text(_CUSTOMERS.format(found=_part("customer", "code")))
_PRODUCTS_BEGIN = text(_PRODUCTS.format(found=_beginning("product", "sku")))
_PRODUCTS_PART = text(_PRODUCTS.format(found=_part("product", "sku")))
_CUSTOMER = text("""
SELECT code, name, currency, payment_terms, active, shipping_address FROM customer
WHERE code = :code OR code = upper(:code) ORDER BY code <> :code LIMIT 1""")
_CUSTOMER_NAMES = text("SELECT code, name FROM customer WHERE code = ANY(:codes)")
_SKUS = text("SELECT sku, name FROM product WHERE sku = ANY(:skus)")


async def _found(
    tx: AsyncConnection, ways: tuple[TextClause, TextClause], key: str, values: dict[str, Any]
) -> list[dict[str, Any]]:
    """The rows of the first way, and of the second as far as they are too few."""
    typed = " ".join(values["q"].split())[:LONGEST]
    if not typed or not typed.isprintable():
        return []
    await tx.execute(PLAN_FOR_VALUES)
    found: dict[str, dict[str, Any]] = {}
    for way in ways:
        for row in await tx.execute(way, {**values, "q": typed}):
            found.setdefault(row._mapping[key], dict(row._mapping))
        if len(found) >= MOST:
            break
    return list(found.values())[:MOST]


async def customers(tx: AsyncConnection, typed: str) -> list[dict[str, Any]]:
    """At most ten customers: code, name, currency, active, payment_terms."""
    return await _found(tx, (_CUSTOMERS_BEGIN, _CUSTOMERS_PART), "code", {"q": typed})


async def products(tx: AsyncConnection, typed: str, currency: str | None) -> list[dict[str, Any]]:
    """At most ten products: sku, name, unit, list price in the currency, and what is available in all warehouses."""
    values = {"q": typed, "currency": currency}
    found = await _found(tx, (_PRODUCTS_BEGIN, _PRODUCTS_PART), "sku", values)
    return [shown.row(row, currency or "", amounts=("price",), quantities=("available",)) for row in found]


async def customer(tx: AsyncConnection, typed: str) -> dict[str, Any] | None:
    """The customer with this code, in capitals when only so there is one."""
    row = (await tx.execute(_CUSTOMER, {"code": typed})).one_or_none()
    return None if row is None else dict(row._mapping)


async def names(tx: AsyncConnection, kind: str, codes: list[str]) -> dict[str, str]:
    """What customers, or products, of these codes are called; of any other kind nothing is."""
    match kind:
        case "customer":
            found = (await tx.execute(_CUSTOMER_NAMES, {"codes": codes})).all()
        case "product":
            found = (await tx.execute(_SKUS, {"skus": codes})).all()
        case _:
            return {}
    return {row[0]: row[1] for row in found}


async def spelled(tx: AsyncConnection, skus: list[str]) -> dict[str, str]:
    """Numbers as they were typed to numbers that exist: as they are, else in capitals."""
    wanted = sorted({*skus, *(sku.upper() for sku in skus)})
    known = {row.sku for row in await tx.execute(_SKUS, {"skus": wanted})}
    return {sku: sku if sku in known else sku.upper() for sku in skus if sku in known or sku.upper() in known}
