"""Customers and products are found as one types: the code, then how names begin, then a part; Chinese included."""

from __future__ import annotations

import re
from decimal import Decimal

from db.engine import transaction
from db.queries import suggestions
from domain.actor import Role
from tests import builders
from tests.starter.console.desk import Office


async def customers(typed: str) -> list[str]:
    """The codes that are suggested."""
    async with transaction() as tx:
        return [each["code"] for each in await suggestions.customers(tx, typed)]


async def products(typed: str, currency: str = "EUR") -> list[str]:
    """The numbers that are suggested."""
    async with transaction() as tx:
        return [each["sku"] for each in await suggestions.products(tx, typed, currency)]


async def test_the_code_comes_first_then_names_that_begin_then_a_part(database: str):
    await builders.a_company()
    await builders.a_customer("AC", name="Zebra crossing")
    await builders.a_customer("ZZ9", name="Acorn mills")
    await builders.a_customer("YY8", name="The great acre")
    assert await customers("ac") == ["AC", "ACME", "ZZ9", "YY8"]
    assert await customers("acme") == ["ACME"]
    assert await customers("GREAT acre") == ["YY8"]
    assert await customers("nobody at all") == []


async def test_two_characters_of_a_chinese_name_are_enough(database: str):
    await builders.a_company()
    await builders.a_customer("C1", name="上海华信贸易有限公司")
    await builders.a_customer("C2", name="华信国际")
    assert await customers("华信") == ["C2", "C1"]
    await builders.a_product("P-100", "1.00", name="不锈钢螺栓")
    assert await products("螺栓") == ["P-100"]


async def test_at_most_ten_are_suggested_and_strange_input_finds_nothing(database: str):
    await builders.a_company()
    for number in range(14):
        await builders.a_customer(f"SHOP{number:02}", name=f"Shop {number}")
    assert await customers("shop") == [f"SHOP{number:02}" for number in range(10)]
    for typed in ("", "   ", "\0", "%", "_", "\\", "'"):
        assert await customers(typed) == []
        assert await products(typed) == []


async def test_a_product_is_suggested_with_its_price_and_what_is_available(database: str):
    await builders.a_company()
    async with transaction() as tx:
        [bolt] = await suggestions.products(tx, "bol", "EUR")
        [foreign] = await suggestions.products(tx, "bol", "JPY")
    assert (bolt["sku"], bolt["price"], bolt["available"]) == ("BOLT", Decimal("10.00"), Decimal(140))
    assert foreign["price"] is None


async def test_the_page_lists_them_as_options_of_the_combobox(office: Office):
    found = (await office[Role.SALES].get("/orders/new/customers?customer=harb")).text
    assert re.findall(r'<li role="option" data-value="([^"]+)">', found) == ["HARBOUR"]
    found = (await office[Role.SALES].get("/orders/new/products?line-0-sku=note&customer=HARBOUR")).text
    assert re.findall(r'data-value="([^"]+)"', found) == ["NB-A5"]
    assert "9.90 GBP · 100 pcs available" in found
    found = (await office[Role.SALES].get("/orders/new/products?line-0-sku=xyzzy")).text
    assert "Nothing is called that." in found
    assert "data-value" not in found
