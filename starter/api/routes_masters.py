"""Master data over HTTP: customers, suppliers, products and tax codes; a PUT makes or replaces."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_masters
from domain.actor import Actor
from domain.facts import CustomerCard, Fact, ProductCard, SupplierCard
from domain.requests import ReorderPoint
from domain.shapes import Amount
from intake import masters, reordering
from starter.api.contract import REORDER_POINT, Code, answers, location, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.paging import Filter, PageQuery, Search, listed
from starter.api.reading import shown
from starter.api.schemas import masters as shapes

router = stage_router("master data")
_PUT = partial(answers, created="It was made", ok="It was replaced")


def _at_most_one(rate: Decimal) -> Decimal:
    if rate > 1:
        raise ValueError('the rate is a fraction: write "0.2" for twenty percent')
    return rate


class TaxRate(Fact):
    """A tax rate as a fraction: "0.2" is twenty percent."""

    rate: Annotated[Amount, AfterValidator(_at_most_one)]


@router.put("/customers/{code:path}", responses=_PUT(shapes.Customer))
async def put_customer(request: Request, code: Code, body: CustomerCard) -> Response:
    """Make or replace a customer."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        created = await masters.put_customer(tx, actor, code, body, now)
        document = await views_masters.customer_view(tx, code)
        return Answer(201 if created else 200, document, location("customers", code))

    return await perform(request, work)


@router.put("/suppliers/{code:path}", responses=_PUT(shapes.Supplier))
async def put_supplier(request: Request, code: Code, body: SupplierCard) -> Response:
    """Make or replace a supplier."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        created = await masters.put_supplier(tx, actor, code, body, now)
        document = await views_masters.supplier_view(tx, code)
        return Answer(201 if created else 200, document, location("suppliers", code))

    return await perform(request, work)


@router.put("/products/{sku:product}", responses=_PUT(shapes.Product))
async def put_product(request: Request, sku: Code, body: ProductCard) -> Response:
    """Make or replace a product with its prices and its route of supply."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        created = await masters.put_product(tx, actor, sku, body, now)
        document = await views_masters.product_view(tx, sku)
        return Answer(201 if created else 200, document, location("products", sku))

    return await perform(request, work)


@router.post("/products/{sku:path}" + REORDER_POINT, responses=answers(shapes.Product, ok="The product"))
async def set_reorder_point(request: Request, sku: Code, body: ReorderPoint) -> Response:
    """Set at which projected stock more of a product is ordered; the report `forecast` proposes one."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await reordering.set_reorder_point(tx, actor, sku, body, now)
        return Answer(200, await views_masters.product_view(tx, sku))

    return await perform(request, work)


@router.put("/tax-codes/{code:path}", responses=_PUT(shapes.TaxCode))
async def put_tax_code(request: Request, code: Code, body: TaxRate) -> Response:
    """Make or replace a tax code; orders taken before keep the rate they were taken with."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        created = await masters.put_tax_code(tx, actor, code, body.rate, now)
        return Answer(201 if created else 200, {"code": code, "rate": body.rate}, location("tax-codes", code))

    return await perform(request, work)


@router.get("/customers", responses=page_of(shapes.Customer, "customers"))
async def list_customers(page: PageQuery, name: Filter = None, q: Search = None) -> Response:
    """List customers; `name` is a part of the name, `q` a part of name or code."""
    return await listed(views_masters.customer_list, page, name=name, q=q)


@router.get("/customers/{code:path}", responses=answers(shapes.Customer, ok="The customer"))
async def read_customer(code: Code) -> Response:
    """One customer with its credit."""
    return await shown(views_masters.customer_view, "customer", code)


@router.get("/suppliers", responses=page_of(shapes.Supplier, "suppliers"))
async def list_suppliers(page: PageQuery, name: Filter = None, q: Search = None) -> Response:
    """List suppliers; `name` is a part of the name, `q` a part of name or code."""
    return await listed(views_masters.supplier_list, page, name=name, q=q)


@router.get("/suppliers/{code:path}", responses=answers(shapes.Supplier, ok="The supplier"))
async def read_supplier(code: Code) -> Response:
    """One supplier."""
    return await shown(views_masters.supplier_view, "supplier", code)


@router.get("/products", responses=page_of(shapes.Product, "products"))
async def list_products(page: PageQuery, name: Filter = None, q: Search = None) -> Response:
    """List products; `name` is a part of the name, `q` a part of name or SKU."""
    return await listed(views_masters.product_list, page, name=name, q=q)


@router.get("/products/{sku:product}", responses=answers(shapes.Product, ok="The product"))
async def read_product(sku: Code) -> Response:
    """One product with its prices, cost and route of supply."""
    return await shown(views_masters.product_view, "product", sku)
