"""Searching over HTTP: what people type finds the document, in English and in Chinese."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from db.engine import transaction
from db.queries import outbox, search
from tests import builders
from tests.starter.api.live import Live


@pytest.fixture
async def shop(live: Live) -> dict[str, str]:
    """Two orders, one of them paid; a Chinese customer and product."""
    await builders.a_company()
    await builders.a_customer("YUNSHAN", name="云杉茶馆", currency="CNY")
    await builders.a_product("LONGJING", name="龙井茶叶 250克")
    paid = await builders.completed(await builders.an_order(customer_po="Po-7/A"))
    other = await builders.an_order(customer_po="PO-7/B")
    return {"paid": paid, "other": other}


async def found(live: Live, path: str, key: str = "number") -> list[str]:
    """The keys of what a list answers."""
    answer = await live.get(path)
    assert answer.status_code == 200, answer.text
    return [item[key] for item in answer.json()["items"]]


async def test_an_order_is_found_by_number_purchase_number_and_customer(live, shop):
    paid, other = shop["paid"], shop["other"]
    assert await found(live, f"/v1/orders?q={paid}") == [paid]
    assert await found(live, f"/v1/orders?q={paid.lower()}") == [paid]
    assert await found(live, f"/v1/orders?q={int(paid.partition('-')[2])}") == [paid]
    assert await found(live, "/v1/orders?q=po-7") == [other, paid]
    assert await found(live, "/v1/orders?q=po-7/b") == [other]
    assert await found(live, "/v1/orders?q=ACME") == [other, paid]
    assert await found(live, "/v1/orders?q=ACME&state=completed") == [paid]
    assert await found(live, "/v1/orders?q=7") == []
    assert await found(live, "/v1/orders?customer_po=PO-7/B") == [other]
    assert await found(live, "/v1/orders?customer_po=po-7/b") == []


async def test_an_order_is_found_from_its_shipment_invoice_and_parcel(live, shop):
    order = (await live.get(f"/v1/orders/{shop['paid']}")).json()
    [shipment], [invoice] = order["shipments"], order["invoices"]
    for sought in (shipment["number"], shipment["number"].lower(), shipment["tracking_number"], invoice["number"]):
        assert await found(live, f"/v1/orders?q={sought}") == [shop["paid"]], sought


async def test_a_search_for_orders_reads_no_table_whole(database):
    wanted = f"SELECT o.number FROM sales_order o WHERE {search.orders('o.number')}"
    async with transaction() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [row[0] for row in await tx.execute(text(f"EXPLAIN {wanted}"), {"q": "SH-000001"})]
    assert [line for line in plan if "Seq Scan" in line] == []
    assert [name for name in ("shipment", "invoice") if not any(f" on {name}" in line for line in plan)] == []


async def test_pages_of_a_search_follow_one_another(live, shop):
    first = (await live.get("/v1/orders?q=po-7&limit=1")).json()
    second = (await live.get(f"/v1/orders?q=po-7&limit=1&after={first['next']}")).json()
    assert [page["items"][0]["number"] for page in (first, second)] == [shop["other"], shop["paid"]]
    assert second["next"] is None


async def test_documents_are_found_from_each_side_of_them(live, shop):
    order = (await live.get(f"/v1/orders/{shop['paid']}")).json()
    [shipment], [invoice], [payment] = order["shipments"], order["invoices"], order["payments"]
    for sought in (invoice["number"], shop["paid"], shipment["number"], "po-7"):
        assert await found(live, f"/v1/invoices?q={sought}") == [invoice["number"]], sought
    for sought in (shipment["number"], shop["paid"], shipment["tracking_number"]):
        assert await found(live, f"/v1/shipments?q={sought}") == [shipment["number"]], sought
    provider_id = (await live.get(f"/v1/payments/{payment['number']}")).json()["provider_payment_id"]
    for sought in (payment["number"], provider_id, invoice["number"]):
        assert await found(live, f"/v1/payments?q={sought}") == [payment["number"]], sought


async def test_a_payment_is_found_by_a_part_of_what_its_payer_wrote(live, shop):
    number = await builders.a_payment("5.00", reference="转账 SO-77 谢谢")
    for sought in ("转账", "谢", "so-77 谢"):
        assert await found(live, f"/v1/payments?q={sought}") == [number], sought
    assert await found(live, "/v1/payments?q=谢转") == []


async def test_supply_and_cases_are_found_by_their_number_and_their_order_s(live, shop):
    order = await builders.an_order({"NUT": 3})
    [supply] = await builders.allocated(order)
    for sought in (supply, supply.lower(), str(int(supply.partition("-")[2])), order):
        assert await found(live, f"/v1/supply-orders?q={sought}") == [supply], sought
    case = await builders.a_case(shop["paid"])
    for sought in (case, case.lower(), str(int(case.partition("-")[2])), shop["paid"]):
        assert await found(live, f"/v1/cases?q={sought}") == [case], sought
    for path in ("supply-orders", "cases"):
        assert await found(live, f"/v1/{path}?q=nothing") == []


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("payment", search.payments("p.number")),
        ("supply_order", search.supplies("p.number")),
        ("support_case", search.cases("p.number")),
    ],
)
async def test_no_search_for_a_document_reads_its_table_whole(database, table, condition):
    async with transaction() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        found = await tx.execute(text(f"EXPLAIN SELECT p.number FROM {table} p WHERE {condition}"), {"q": "X-000001"})
        assert [line for (line,) in found if "Seq Scan" in line] == []


@pytest.mark.parametrize("sought", ["云杉", "茶馆", "杉", "YUNSHAN", "yunshan", "馆 YUN"])
async def test_a_customer_is_found_by_a_part_of_its_name_or_code(live, shop, sought):
    assert await found(live, f"/v1/customers?q={sought}", "code") == ["YUNSHAN"]


async def test_names_are_found_by_any_part_and_nothing_else_is(live, shop):
    assert await found(live, "/v1/customers?q=acme l", "code") == ["ACME"]
    assert await found(live, "/v1/customers?name=茶馆", "code") == ["YUNSHAN"]
    assert await found(live, "/v1/customers?name=YUNSHAN", "code") == []
    assert await found(live, "/v1/customers?q=馆茶", "code") == []
    assert await found(live, "/v1/products?q=茶叶", "sku") == ["LONGJING"]
    assert await found(live, "/v1/products?q=longj", "sku") == ["LONGJING"]
    assert await found(live, "/v1/suppliers?q=steel", "code") == ["STEELWORKS"]


async def test_a_state_that_is_none_is_refused(live, shop):
    assert await found(live, "/v1/orders?state=COMPLETED") == [shop["paid"]]
    for none in ("nonsense", "x'%20OR%20true--"):
        assert (await live.get(f"/v1/orders?state={none}")).status_code == 422
    assert await found(live, "/v1/orders?payment=Paid") == [shop["paid"]]


async def test_workflows_that_must_run_are_listed_in_pages_without_gap_or_double(database):
    await builders.a_company()
    order = await builders.an_order({"NUT": 3})
    [supply] = await builders.allocated(order)
    done = await builders.completed(await builders.an_order())
    case = await builders.a_case(done)
    wanted = [f"case/{case}", f"order/{order}", f"supply/{supply}"]
    async with transaction() as tx:
        whole = await outbox.must_run(tx)
        assert [each.workflow_id for each in whole] == wanted
        assert [each.workflow_type for each in whole] == ["CaseWorkflow", "OrderWorkflow", "SupplyOrderWorkflow"]
        after, pages = "", []
        while page := await outbox.must_run(tx, 1, after):
            pages += page
            after = page[-1].workflow_id
        assert pages == whole
        assert await outbox.must_run_one(tx, f"order/{order}") == whole[1]
        assert await outbox.must_run_one(tx, f"order/{done}") is None
        assert await outbox.must_run_one(tx, "nonsense") is None
