"""The API on the oldest schema that its release works on: orders go on, and what needs the rest says until when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from db import engine, migrate
from db.schema import least, newest
from starter.api.examples import EXAMPLES
from tests.starter.api.live import Live, live_api, put_masters


@pytest.fixture
async def shop(database: str) -> AsyncIterator[Live]:
    """A shop before the migration, on the earliest schema that the code works on."""
    async with shop_on(database, least()) as live:
        yield live


@asynccontextmanager
async def shop_on(database: str, revision: str) -> AsyncIterator[Live]:
    """A shop on the schema of a revision."""
    async with engine.transaction() as tx:
        await tx.execute(text("DROP SCHEMA public CASCADE"))
        await tx.execute(text("CREATE SCHEMA public"))
    await asyncio.to_thread(migrate.upgrade, database, revision)
    async with live_api(database) as live:
        await put_masters(live)
        yield live


async def test_orders_are_taken_and_listed_and_checked(shop: Live):
    assert (await shop.post("/v1/orders", EXAMPLES["submit_order"])).status_code == 201
    assert len((await shop.get("/v1/orders")).json()["items"]) == 1
    checks = await shop.get("/v1/checks")
    assert checks.status_code == 200
    assert [check["name"] for check in checks.json()["checks"] if check["breaches"]] == []
    ready = await shop.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["warnings"][0].startswith(f"The schema is older than this release: {least()}, not {newest()}.")


async def test_products_are_kept_and_shown_before_there_are_reorder_points(database: str):
    async with shop_on(database, "0007") as shop:
        card = (await shop.get("/v1/products/NB-A5")).json()
        assert (card["reorder_point"], card["reorder_quantity"]) == (None, None)
        assert (await shop.put("/v1/products/NB-A5", EXAMPLES["put_product"])).status_code == 200
        refused = await shop.post("/v1/products/NB-A5/reorder-point", EXAMPLES["set_reorder_point"])
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert (await shop.get("/v1/reports/forecast")).status_code == 503
        await asyncio.to_thread(migrate.upgrade, database)
        assert (await shop.post("/v1/products/NB-A5/reorder-point", EXAMPLES["set_reorder_point"])).status_code == 200


async def test_what_needs_the_rest_is_refused_until_it_is_there(database: str):
    async with shop_on(database, "0001") as shop:
        refused = await shop.get("/v1/customers?q=company")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert "still to be migrated" in refused.json()["detail"]
        await asyncio.to_thread(migrate.upgrade, database)
        assert (await shop.get("/v1/customers?q=company")).status_code == 200
        assert (await shop.client.get("/readyz")).json()["warnings"] == []
