"""The forecast on the product's page, a proposal that is accepted, and one press that orders what lacks."""

from __future__ import annotations

import asyncio

from domain.actor import Role
from starter.forecasting.making import make
from tests import builders
from tests.builders import NOW, rows
from tests.starter.console.desk import Office, buttons, links
from tests.starter.console.test_documents import words
from tests.starter.forecasting.rising import rising_demand


async def forecast_company() -> None:
    """The rising company, its forecasts made at NOW, and the shelf of NUT filled."""
    await rising_demand()
    await make(NOW)
    await builders.some_stock("NUT", 20)


ARRANGED = forecast_company
ACCEPT, ORDER = "/products/NUT/reorder-point", "/products/NUT/supply"
PROPOSAL = {"reorder_point": "61", "reorder_quantity": "85"}


async def test_the_page_of_a_product_shows_demand_forecast_and_errors_of_both_methods(office: Office) -> None:
    page = (await office[Role.SALES].get("/products/NUT")).text
    said = words(page)
    assert "Made on 2026-03-02." in said
    assert "AutoETS used" in said
    assert "moving average 35.3 % -35.3 % 6" in said
    assert 'src="/products/NUT/forecast.svg"' in page
    assert "Demand and forecast per week: 17, 18, 19, 20, 21, 22, 23, 24, 2026-03-02 25" in page
    picture = await office[Role.SALES].get("/products/NUT/forecast.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert {"Eight of ten weeks fall in here", "Demand", "AutoETS", "Moving average"} <= set(
        picture.text.replace("</text>", ">").split(">")
    )


async def test_too_little_history_is_said_and_nothing_is_proposed(office: Office) -> None:
    page = (await office[Role.PURCHASING].get("/products/KIT")).text
    assert "Too little history: 3 weeks since the first demand; sixteen are needed." in words(page)
    assert "Proposed reorder point" not in page
    assert "Set the reorder point" in page
    chinese = (await office[Role.PURCHASING].get("/products/KIT?lang=zh-CN")).text
    assert "历史数据不足：自首次需求起只有 3 周，至少需要 16 周。" in words(chinese)


async def test_a_product_without_a_forecast_says_why_and_how_one_is_made(office: Office) -> None:
    await builders.a_product("BRANDNEW")
    page = (await office[Role.SALES].get("/products/BRANDNEW")).text
    assert "Nobody has asked for it in a week that is over: there is nothing to forecast." in words(page)
    await builders.run("DELETE FROM forecast_run")
    page = (await office[Role.SALES].get("/products/BRANDNEW")).text
    assert "No forecast has been made yet." in words(page)
    assert (await office[Role.SALES].get("/products/BRANDNEW/forecast.svg")).status_code == 404


async def test_a_buyer_accepts_a_proposal_under_their_own_name(office: Office) -> None:
    buyer = office[Role.PURCHASING]
    page = (await buyer.get("/products/NUT")).text
    assert ACCEPT in buttons(page)
    assert "Accept the proposal" in page
    for desk in (office[Role.SALES], office[Role.WAREHOUSE]):
        assert ACCEPT not in buttons((await desk.get("/products/NUT")).text)
    accepted = await buyer.post(ACCEPT, {**PROPOSAL, "once": "a"})
    assert (accepted.status_code, accepted.headers["location"]) == (303, "/products/NUT")
    [product] = await rows("SELECT reorder_point, reorder_quantity FROM product WHERE sku = 'NUT'")
    assert [product.reorder_point, product.reorder_quantity] == [61, 85]
    [kept] = await rows("SELECT sku, actor, reorder_point, reorder_quantity FROM reorder_setting")
    assert [kept.sku, kept.actor, kept.reorder_point, kept.reorder_quantity] == ["NUT", "purchasing", 61, 85]
    assert "Set by purchasing" in words((await buyer.get("/products/NUT")).text)
    again = await buyer.post(ACCEPT, {**PROPOSAL, "once": "b"})
    assert again.status_code == 303
    assert len(await rows("SELECT 1 FROM reorder_setting")) == 1, "what is so already leaves no trace"


async def test_an_empty_field_takes_the_point_away_and_a_word_is_refused(office: Office) -> None:
    buyer = office[Role.PURCHASING]
    await buyer.post(ACCEPT, PROPOSAL)
    assert (await buyer.post(ACCEPT, {"reorder_point": "many"})).status_code == 422
    assert (await buyer.post(ACCEPT, {})).status_code == 303
    [product] = await rows("SELECT reorder_point, reorder_quantity FROM product WHERE sku = 'NUT'")
    assert (product.reorder_point, product.reorder_quantity) == (None, None)


async def test_what_has_come_down_to_its_point_is_listed_and_ordered_with_one_press(office: Office) -> None:
    buyer = office[Role.PURCHASING]
    assert "Nothing has come down to its reorder point." in words((await buyer.get("/reorder")).text)
    await buyer.post(ACCEPT, PROPOSAL)
    page = (await buyer.get("/reorder")).text
    # 20 are on the shelf: 41 lack to the point of 61, less than the quantity of 85.
    assert "Nut NUT STEELWORKS 20 61 Order 85" in words(page)
    assert "/reorder" in links((await buyer.get("/products")).text)
    assert ORDER not in buttons((await office[Role.SALES].get("/reorder")).text)
    pressed = {"quantity": "85", "back": "reorder", "once": "x"}
    for _ in range(2):
        ordered = await buyer.post(ORDER, pressed)
        assert (ordered.status_code, ordered.headers["location"]) == (303, "/reorder")
    [supply] = await rows("SELECT kind, supplier, quantity FROM supply_order WHERE sku = 'NUT'")
    assert [supply.kind, supply.supplier, supply.quantity] == ["purchase", "STEELWORKS", 85]
    assert "Nothing has come down to its reorder point." in words((await buyer.get("/reorder")).text)


async def test_two_people_who_press_at_one_instant_order_once_and_the_second_is_told(office: Office) -> None:
    await office[Role.PURCHASING].post(ACCEPT, PROPOSAL)
    pressed = {"quantity": "85", "back": "reorder"}
    people = (Role.PURCHASING, Role.PRODUCTION, Role.MANAGER)
    answers = await asyncio.gather(*(office[each].post(ORDER, {**pressed, "once": each.value}) for each in people))
    assert sorted(each.status_code for each in answers) == [303, 409, 409]
    assert [row.quantity for row in await rows("SELECT quantity FROM supply_order WHERE sku = 'NUT'")] == [85]
    late = await office[Role.PURCHASING].post(ORDER, {**pressed, "once": "later"})
    assert "So much of NUT is not to be ordered any more: it stands otherwise by now." in words(late.text)
    chinese = await office[Role.PURCHASING].post(f"{ORDER}?lang=zh-CN", {**pressed, "once": "later still"})
    assert "NUT 已不需要再订购这么多：情况已有变化。" in words(chinese.text)


async def test_what_has_come_in_meanwhile_is_not_ordered_again(office: Office) -> None:
    buyer = office[Role.PURCHASING]
    await buyer.post(ACCEPT, {"reorder_point": "61"})
    await builders.some_stock("NUT", 30)  # 50 are there: 11 lack, in fives 15, where the page still says 45
    assert (await buyer.post(ORDER, {"quantity": "45", "once": "seen before"})).status_code == 409
    assert await rows("SELECT 1 FROM supply_order WHERE sku = 'NUT'") == []
    assert (await buyer.post(ORDER, {"quantity": "15", "once": "seen now"})).status_code == 303


async def test_the_page_of_a_product_orders_as_well(office: Office) -> None:
    await office[Role.PURCHASING].post(ACCEPT, {"reorder_point": "200", "reorder_quantity": "10"})
    page = (await office[Role.PURCHASING].get("/products/NUT")).text
    assert "Projected stock has come down to the reorder point. Order 180" in words(page)
    ordered = await office[Role.PURCHASING].post(ORDER, {"quantity": "180", "back": "product", "once": "y"})
    assert (ordered.status_code, ordered.headers["location"]) == (303, "/products/NUT")
    assert [row.quantity for row in await rows("SELECT quantity FROM supply_order WHERE sku = 'NUT'")] == [180]


async def test_the_report_shows_one_product_in_its_weeks_and_leads_to_it(office: Office) -> None:
    desk = office[Role.MANAGER]
    page = (await desk.get("/reports/forecast")).text
    assert {"/products/NUT", "/products/BOLT", "/reorder"} <= links(page)
    assert "moving average" in words(page)
    drawn = (await desk.get("/reports/forecast.svg?sku=NUT")).text
    assert "Demand and forecast per week" in drawn
    assert "Demand and forecast per week" not in (await desk.get("/reports/forecast.svg")).text


async def test_who_comes_later_is_told_of_a_sku_that_there_is_not(office: Office) -> None:
    missing = await office[Role.PURCHASING].post("/products/NOTHING/reorder-point", PROPOSAL)
    assert missing.status_code == 404
    assert await rows("SELECT 1 FROM reorder_setting") == []
