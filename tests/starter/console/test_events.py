"""A colleague's action is told to open pages at once, by the server."""

from __future__ import annotations

from domain.actor import Role
from starter.console.events import Bell
from tests import builders
from tests.patience import in_time
from tests.starter.console.desk import Office


async def test_what_happens_to_an_order_is_told_within_a_second(office: Office, database: str) -> None:
    await builders.a_company()
    bell = Bell(database)
    changes = bell.changes()
    assert await in_time(anext(changes), 10) == ""  # it listens from now on
    order = await builders.an_order({"BOLT": 3})
    assert await in_time(anext(changes), 5) == order
    await bell.close()
    assert office[Role.SALES]


async def test_supply_for_the_shelf_is_told_though_no_order_waits(office: Office, database: str) -> None:
    await builders.a_company()
    bell = Bell(database)
    changes = bell.changes()
    assert await in_time(anext(changes), 10) == ""
    buyer = office[Role.PURCHASING]
    assert (await buyer.post("/products/NUT/reorder-point", {"reorder_point": "20"})).status_code == 303
    assert await in_time(anext(changes), 5) == ""
    assert (await buyer.post("/products/NUT/supply", {"quantity": "20"})).status_code == 303
    assert await in_time(anext(changes), 5) == ""
    await bell.close()


async def test_a_page_that_is_slow_to_listen_is_told_that_something_changed(database: str) -> None:
    bell = Bell(database)
    changes = bell.changes()
    assert await in_time(anext(changes), 10) == ""
    for number in range(250):
        bell._tell(f"SO-{number:06}")
    told = [await in_time(anext(changes), 5)]
    while told[-1] != "SO-000249":
        told.append(await in_time(anext(changes), 5))
    assert "" in told
    assert len(told) <= 101
    await bell.close()


async def test_streams_end_when_the_process_is_asked_to_stop(database: str) -> None:
    bell = Bell(database)
    changes = bell.changes()
    assert await in_time(anext(changes), 10) == ""
    bell.close_soon()
    rest = [change async for change in changes]
    assert rest in ([], [None])
    await bell.close()
