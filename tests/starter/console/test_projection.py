"""What a product's page says will be free is what reorder points are compared with, however much there is."""

from __future__ import annotations

import re
from typing import Any

from domain.actor import Role
from tests import builders
from tests.starter.console.desk import Office, links
from tests.starter.console.test_documents import words

ARRANGED = builders.a_company


async def test_what_production_lacks_is_taken_off_what_will_be_free(office: Office) -> None:
    order = await builders.an_order({"KIT": 5, "NUT": 1})
    await builders.allocated(order)
    said = words((await office[Role.PURCHASING].get("/products/NUT")).text)
    assert re.search(r"at present 0 0 .* what orders and production lack -6 -6 .* PO-\d+ 10 4 ", said)
    assert "Projected stock 4 " in said


async def test_more_lines_and_supply_than_a_page_lists_are_in_the_figures_all_the_same(
    office: Office, monkeypatch: Any
) -> None:
    for po in "ABC":
        await builders.allocated(await builders.an_order({"NUT": 10}, customer_po=po))
    monkeypatch.setattr("starter.console.products.product_360.MOST", 3)
    page = (await office[Role.PURCHASING].get("/products/NUT")).text
    said = words(page)
    assert re.search(r"what orders and production lack -30 -30 .* PO-000001 \+2 30 0", said)
    assert "/supply-orders/PO-000001" in links(page)
    assert said.count("No more are shown here than 3") == 2, "those who wait, and what comes for whom"


async def test_a_planner_sees_what_a_product_is_made_of_and_what_it_goes_into(office: Office) -> None:
    page = (await office[Role.PRODUCTION].get("/products/KIT")).text
    assert "Components Product Per piece Available Bolt BOLT 2 pcs 140 Nut NUT 1 pcs 0" in words(page)
    assert {"/products/BOLT", "/products/NUT"} <= links(page)
    assert "Goes into" not in words(page)
    page = (await office[Role.PRODUCTION].get("/products/BOLT?lang=zh-CN")).text
    assert "用于 商品 每件用量 Kit KIT 2 pcs" in words(page)
    assert "/products/KIT" in links(page)


async def test_a_movement_leads_to_its_document(office: Office) -> None:
    (shipment,) = await builders.issued(await builders.an_order({"BOLT": 3}))
    page = (await office[Role.WAREHOUSE].get("/products/BOLT")).text
    assert f"goods issue {shipment} EAST -3 warehouse" in words(page)
    assert f"/shipments/{shipment}" in links(page)
