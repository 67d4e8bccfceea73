"""Lists, master data and the books on a real database: in order, page by page, chosen by field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.review import review_order
from db.engine import transaction
from db.queries import views_documents as documents
from db.queries import views_ledger, views_masters, views_order
from domain.errors import Malformed
from domain.invoicing import ACCOUNTS
from domain.steps import OrderStep
from starter.api.answers import to_json
from tests import builders as make
from tests.db.reading import listed, seen

NOW = make.NOW


@pytest.fixture
async def company(database: str) -> None:
    """The builders' small company."""
    await make.a_company()


async def test_master_data_is_shown_as_it_was_sent(company):
    customer = await seen(views_masters.customer_view, "ACME")
    assert (str(customer["credit_limit"]), customer["shipping_address"]) == ("10000.00", make.ADDRESS)
    assert {name: str(amount) for name, amount in customer["account"].items()} == dict.fromkeys(
        ("reserved", "receivable", "unapplied", "exposure"), "0.00"
    )
    assert (await seen(views_masters.customer_view, "HUAXIN"))["credit_limit"] is None
    nut = await seen(views_masters.product_view, "NUT")
    assert [(price["currency"], str(price["amount"])) for price in nut["prices"]] == [("CNY", "3.00"), ("EUR", "3.00")]
    assert (nut["supply"]["route"], str(nut["supply"]["minimum_quantity"])) == ("buy", "10")
    kit = await seen(views_masters.product_view, "KIT")
    assert [(part["sku"], str(part["quantity"])) for part in kit["supply"]["components"]] == [
        ("BOLT", "2"),
        ("NUT", "1"),
    ]
    assert (kit["cost"]["currency"], str(kit["cost"]["amount"]), str(kit["weight_kg"])) == ("EUR", "10.00", "0.2")
    assert {each["code"] for each in (await listed(views_masters.customer_list))[0]} == {"ACME", "HUAXIN"}
    assert [each["code"] for each in (await listed(views_masters.customer_list, name="acme"))[0]] == ["ACME"]
    assert [each["sku"] for each in (await listed(views_masters.product_list, name="kit"))[0]] == ["KIT"]
    assert [each["code"] for each in (await listed(views_masters.supplier_list))[0]] == ["STEELWORKS"]


async def test_stock_is_shown_by_product_and_warehouse(company):
    await make.allocated(await make.an_order({"BOLT": 3}))
    async with transaction() as tx:
        page, following = await views_masters.stock_list(tx, sku="BOLT", limit=1, after=None)
        rest, end = await views_masters.stock_list(tx, sku="BOLT", limit=1, after=following)
        east, _ = await views_masters.stock_list(tx, warehouse="EAST", limit=10, after=None)
    assert [item["warehouse"] for item in page + rest] == ["EAST", "MAIN"]
    assert end is None
    assert [str(east[0][name]) for name in ("on_hand", "reserved", "available")] == ["40", "3", "37"]


async def test_the_books_balance_and_name_their_accounts(company):
    number = await make.an_order({"BOLT": 3})
    (payment,) = await make.paid(number)
    async with transaction() as tx:
        (euro,) = (await views_ledger.trial_balance(tx))["currencies"]
    assert (euro["currency"], euro["balanced"], euro["debit"]) == ("EUR", True, euro["credit"])
    sums = {each["account"]: str(each["balance"]) for each in euro["accounts"]}
    assert (sums["receivable"], sums["bank"], sums["revenue"], sums["output_tax"]) == (
        "0.00",
        "36.00",
        "-30.00",
        "-6.00",
    )
    assert (sums["cogs"], sums["inventory"]) == ("12.00", "548.00")
    assert [each["name"] for each in euro["accounts"]] == [ACCOUNTS[each["account"]] for each in euro["accounts"]]
    entries, _ = await listed(views_ledger.journal, order=number)
    assert [entry["kind"] for entry in entries][-2:] == ["invoice", "goods_issue"]
    (entry,), _ = await listed(views_ledger.journal, document=payment)
    assert [(line["account"], line["name"], str(line["debit"]), str(line["credit"])) for line in entry["lines"]] == [
        ("bank", "Bank", "36.00", "0.00"),
        ("receivable", "Trade receivables", "0.00", "36.00"),
    ]
    assert len((await listed(views_ledger.journal, account="cogs"))[0]) == 1


async def walk(query, limit, **filters):
    items, after = [], None
    while True:
        page, after = await listed(query, limit=limit, after=after, **filters)
        items += page
        if after is None:
            return items


async def test_every_list_is_walked_without_gap_or_double(company):
    for place in range(3):
        number = await make.an_order({"BOLT": 1}, customer_po=f"PO-{place}")
        await make.paid(number)
        await make.a_case(number)
    held = [await make.an_order({"BOLT": 1000}, customer_po=f"BIG-{place}") for place in range(2)]
    for number in held:
        await review_order(OrderStep(number=number, now=NOW))
    await make.allocated(await make.an_order({"KIT": 1}, customer="HUAXIN", currency="CNY"))
    lists = (
        views_order.order_list,
        documents.shipment_list,
        documents.invoice_list,
        documents.payment_list,
        documents.case_list,
        documents.supply_list,
        documents.hold_list,
        views_masters.customer_list,
        views_masters.supplier_list,
        views_masters.product_list,
        views_ledger.journal,
    )
    for query in lists:
        whole, end = await listed(query, limit=500)
        assert end is None
        assert whole
        assert await walk(query, 1) == await walk(query, 2) == whole
        to_json(whole)
    numbers = [order["number"] for order in await walk(views_order.order_list, 2)]
    assert numbers == sorted(numbers, reverse=True)


async def test_a_page_goes_on_after_orders_that_came_in_between(company):
    first, second = await make.an_order(customer_po="1"), await make.an_order(customer_po="2")
    page, following = await listed(views_order.order_list, limit=1)
    await make.an_order(customer_po="3", now=NOW + timedelta(seconds=1))
    rest, _ = await listed(views_order.order_list, limit=1, after=following)
    assert [page[0]["number"], rest[0]["number"]] == [second, first]


async def test_filters_choose_by_field(company):
    paid = await make.an_order({"BOLT": 1}, customer_po="A")
    await make.paid(paid)
    fresh = await make.an_order({"BOLT": 1}, customer="HUAXIN", currency="CNY", customer_po="B")

    async def numbers(**filters):
        return [order["number"] for order in (await listed(views_order.order_list, **filters))[0]]

    assert await numbers(state="fulfilled") == await numbers(delivery="full", billing="full", payment="paid") == [paid]
    assert (
        await numbers(customer="HUAXIN")
        == await numbers(customer_po="B")
        == await numbers(state="SUBMITTED")
        == [fresh]
    )
    assert await numbers(customer="ACME", state="SUBMITTED") == []
    assert len((await listed(documents.invoice_list, customer="ACME", state="paid", order=paid))[0]) == 1
    assert len((await listed(documents.shipment_list, order=paid, state="delivered", warehouse="EAST"))[0]) == 1
    assert (await listed(documents.shipment_list, order=fresh))[0] == []


@pytest.mark.parametrize(
    "cursor",
    ["", "nonsense", "..", "💥", "AAAA", "-1", "W10", "WzEsMl0", "WyJ4IiwieSJd",
     "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwieSJd",
     "WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIlx1MDAwMCJd", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIlx1ZDgwMCJd", "W1tbW1tb" * 200],
)  # fmt: skip
async def test_a_cursor_that_no_page_gave_is_malformed(company, cursor):
    with pytest.raises(Malformed):
        await listed(views_order.order_list, after=cursor)
