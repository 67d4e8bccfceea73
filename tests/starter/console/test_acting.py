"""A button whose answer was lost, pressed again: the work is done once, whenever the process died."""

from __future__ import annotations

import pytest

from db import engine
from domain.actor import Role
from tests import builders
from tests.starter.console.desk import Office


class Died(Exception):
    """The process is gone."""


@pytest.mark.parametrize("died", ["before the commit", "after the commit"])
async def test_a_press_is_repeated_after_the_process_died(office: Office, monkeypatch, died: str) -> None:
    real = engine.settled

    async def dying(work, attempts=4):
        async def doomed(tx):
            answer = await work(tx)
            if died == "before the commit":
                raise Died
            return answer

        await real(doomed, attempts)
        raise Died

    warehouse = office[Role.WAREHOUSE]
    fields = {"reason": "receipt", "quantity": "7", "warehouse": "MAIN", "once": "k" * 32}
    before = (await builders.rows("SELECT on_hand FROM stock_level WHERE sku = 'NB-A5' AND warehouse = 'MAIN'"))[
        0
    ].on_hand
    with monkeypatch.context() as patched:
        patched.setattr("starter.console.acting.in_database", dying)
        assert (await warehouse.post("/products/NB-A5/movements", fields)).status_code == 500
    for _ in range(2):
        assert (await warehouse.post("/products/NB-A5/movements", fields)).status_code == 303
    after = (await builders.rows("SELECT on_hand FROM stock_level WHERE sku = 'NB-A5' AND warehouse = 'MAIN'"))[
        0
    ].on_hand
    assert after - before == 7


async def test_what_was_refused_may_be_corrected_under_the_same_key(office: Office) -> None:
    warehouse = office[Role.WAREHOUSE]
    fields = {"reason": "adjustment", "quantity": "-100000", "warehouse": "MAIN", "once": "k" * 32}
    assert (await warehouse.post("/products/NB-A5/movements", fields)).status_code in (409, 422)
    assert (await warehouse.post("/products/NB-A5/movements", {**fields, "quantity": "-1"})).status_code == 303
