"""Each report on the company of the table in company.py, its figures worked out beside it by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from db.engine import settled, transaction
from db.reports.registry import REPORTS
from domain.facts import PickReport
from domain.reports.asked import Asked
from domain.reports.columns import Kind
from intake import shipping
from tests import builders
from tests.builders import DAY, NOW
from tests.db.reports.company import HOUR, a_small_company, cancelled, march, two_cases

TYPES: dict[Kind, type[Any]] = {
    Kind.TEXT: str, Kind.CURRENCY: str, Kind.COUNT: int, Kind.QUANTITY: Decimal, Kind.MONEY: Decimal,
    Kind.SHARE: Decimal, Kind.HOURS: Decimal, Kind.DAYS: Decimal, Kind.RATIO: Decimal,
}  # fmt: skip


@pytest.fixture
async def company(database: str) -> dict[str, str]:
    """The small company, one order after another."""
    return await a_small_company()


async def figures(name: str, asked: Asked) -> list[dict[str, str | None]]:
    """The rows of a report, every figure as the text that people read."""
    async with transaction() as tx:
        found, _ = await REPORTS[name].answer(tx, asked)
    return [{key: f"{value:f}" if isinstance(value, Decimal) else value for key, value in row.items()} for row in found]


def picked(rows: list[dict[str, str | None]], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows."""
    return [tuple(row[name] for name in names) for row in rows]


async def orders(name: str, asked: Asked, group: str | None = None) -> list[str]:
    """The orders behind a row."""
    async with transaction() as tx:
        found, _ = await REPORTS[name].orders(tx, asked, group, limit=50, after=None)
    return sorted(each["number"] for each in found)


async def test_bookings(company):
    # a 100 + b 76 + e 50 = 226 for ACME, of which e's 50 are cancelled: 176, 50/226 = 22.12 %; d was rejected.
    # c 200 for SMALL.
    assert picked(await figures("bookings", march("customer")), "group", "orders", "net", "cancelled", "booked",
                  "cancelled_share") == [
        ("ACME", 3, "226.00", "50.00", "176.00", "0.2212"), ("SMALL", 1, "200.00", "0.00", "200.00", "0.0000"),
    ]  # fmt: skip
    # By product: 10 + 4 + 20 + 5 BOLT = 390, 12 NUT = 36.
    assert picked(await figures("bookings", march("product")), "group", "net") == [("BOLT", "390.00"), ("NUT", "36.00")]
    assert await orders("bookings", march("customer"), "ACME") == [company["a"], company["b"], company["e"]]


async def test_billings(company):
    # a 100 + b's four BOLT 40 + c 200 = 340, tax 68: three invoices. Week 10 of 2026 is 2 to 8 March.
    assert await figures("billings", march("week")) == [
        {"group": "2026-W10", "currency": "EUR", "orders": 3, "invoices": 3, "net": "340.00", "tax": "68.00",
         "total": "408.00"},
    ]  # fmt: skip
    assert picked(await figures("billings", march("customer", customer="SMALL")), "group", "net") == [
        ("SMALL", "200.00")
    ]


async def test_top_customers_and_products(company):
    # SMALL 200/340 = 58.82 %, ACME 140/340 = 41.18 %.
    assert picked(await figures("top-customers", march("customer")), "rank", "group", "net", "share", "cumulative") == [
        (1, "SMALL", "200.00", "0.5882", "0.5882"), (2, "ACME", "140.00", "0.4118", "1.0000"),
    ]  # fmt: skip
    # 34 BOLT for 340, at 4 each 136: margin 204/340 = 60 %.
    assert picked(await figures("top-products", march("product")), "rank", "group", "quantity", "cost", "margin") == [
        (1, "BOLT", "34", "136.00", "0.6000")
    ]


async def test_backlog(company):
    # Only b's 12 NUT at 3 have not left: they wait for supply and were asked for on 2 March.
    assert await figures("backlog", march("product")) == [
        {"group": "NUT", "currency": "EUR", "orders": 1, "pieces": "12", "backlog": "36.00", "waiting": "36.00",
         "late": "36.00"},
    ]  # fmt: skip
    assert await orders("backlog", march("product"), "NUT") == [company["b"]]


async def test_cycle_time(company):
    # Delivered whole: a and c. Hours of        a                                c
    #   review      submitted to confirmed      9:00 to 10:00          1         2 March 9:00 to 5 March 9:00   72
    #   goods       confirmed to noted          10:00 to 12:00         2         all on 5 March at 9:00          0
    #   picking     noted to packed             12:00 to 3 March 9:00 21                                         0
    #   invoicing   delivered to billed         9:00 to 10:00          1                                         0
    #   collection  billed to paid              ten days             240         not paid                        –
    #   order to delivery                                             24                                        72
    # The nearest rank of two: P50 is the smaller, P90 the larger.
    assert picked(await figures("cycle-time", march("stage")), "group", "orders", "p50", "p90") == [
        ("review", 2, "1.0", "72.0"), ("goods", 2, "0.0", "2.0"), ("picking", 2, "0.0", "21.0"),
        ("dispatch", 2, "0.0", "0.0"), ("transit", 2, "0.0", "0.0"), ("invoicing", 2, "0.0", "1.0"),
        ("collection", 1, "240.0", "240.0"), ("order_to_delivery", 2, "24.0", "72.0"),
        ("order_to_cash", 1, "265.0", "265.0"),
    ]  # fmt: skip
    assert await orders("cycle-time", march("stage"), "collection") == [company["a"]]


async def test_what_is_cancelled_after_the_last_delivery_delays_no_stage(company):
    # b's BOLT came on 4 March 9:00, 48 hours after it was asked for, and were billed then; its NUT are given up on the
    # 7th, which ends the order. By its last delivery it belongs to the 4th alone.
    await cancelled(company["b"], NOW + 5 * DAY)
    [state] = await builders.rows("SELECT state, fulfilled_at FROM sales_order WHERE number = :n", n=company["b"])
    assert tuple(state) == ("FULFILLED", NOW + 5 * DAY)
    the_4th = replace(march("stage"), first=date(2026, 3, 4), last=date(2026, 3, 4))
    found = picked(await figures("cycle-time", the_4th), "group", "p90")
    assert found[4:6] + found[-1:] == [("transit", "0.0"), ("invoicing", "0.0"), ("order_to_delivery", "48.0")]
    assert await orders("cycle-time", the_4th) == [company["b"]]
    assert await orders("cycle-time", replace(the_4th, first=date(2026, 3, 7), last=date(2026, 3, 7))) == []


async def test_fill_rate(company):
    # Lines that came to the stock: a 10, b 4 and 12, c 20, e 5 pieces = 51; the 12 NUT were not there: 39/51, 4/5.
    assert await figures("fill-rate", march("all")) == [
        {"group": None, "orders": 4, "lines": 5, "pieces": "51", "missing": "12", "unit_fill": "0.7647",
         "line_fill": "0.8000"},
    ]  # fmt: skip


async def test_on_time_in_full(company):
    # Asked for on 2 March and over: a came on the 3rd, b is not whole, c came on the 5th: 0 of 3.
    # First promises are the day of allocation and 1 + 2 days: a 5 March, kept on the 3rd; c (allocated on the 5th)
    # 8 March, kept; b's NUT 10 March, not kept by 10 April: 2 of 3. e was cancelled whole, d rejected.
    assert picked(await figures("otif", march("all")), "requested", "kept_request", "otif_requested", "promised",
                  "kept_promise", "otif_promised") == [(3, 0, "0.0000", 3, 2, "0.6667")]  # fmt: skip
    # By product b's BOLT is an entry of its own: promised for the 5th, came on the 4th.
    assert picked(await figures("otif", march("product")), "group", "promised", "kept_promise") == [
        ("BOLT", 3, 3), ("NUT", 1, 0)
    ]  # fmt: skip


async def test_a_day_that_is_not_over_says_nothing_of_what_came_early(company):
    # On 2 March a day is asked for that is not over on the 3rd; then what came on the 3rd would be counted alone.
    await builders.run("UPDATE sales_order SET requested_date = '2026-03-03'")
    early = replace(march("all"), now=NOW + DAY)
    assert picked(await figures("otif", early), "requested", "promised") == []
    # Nor does a promise that was due before it: those of a and c are of the 5th and the 8th.
    await builders.run("UPDATE sales_order SET requested_date = '2026-03-31'")
    assert picked(await figures("otif", replace(early, now=NOW + 10 * DAY)), "requested", "promised") == []


async def test_a_second_promise_does_not_hide_the_first(company):
    # The 12 NUT come on 12 March, two days after the promise of the 10th; a later promise of the 20th changes nothing.
    await builders.run("UPDATE order_line SET promise_date = '2026-03-20' WHERE sku = 'NUT'")
    [supply] = await builders.rows("SELECT number FROM supply_order")
    await builders.received(supply.number, 15, now=NOW + 9 * DAY)
    await builders.delivered(company["b"], NOW + 10 * DAY)
    assert picked(await figures("otif", march("product", sku="NUT")), "promised", "kept_promise") == [(1, 0)]


async def test_the_promise_from_before_a_piece_was_missed_is_the_first_one(company):
    # 3 of a KEY lie in stock and are promised for 5 March (1 + 2 days); at the pick one is missing and promised anew,
    # for 12 March (7 + 1 + 2 days). What comes on the 8th keeps the new promise, and not the first.
    await builders.a_product("KEY", "5.00")
    await builders.some_stock("KEY", 3)
    order = await builders.an_order({"KEY": 3})
    [note] = await builders.noted(order)
    report = PickReport.model_validate({"lines": [{"line": 1, "quantity": 2}]})
    await settled(lambda tx: shipping.confirm_pick(tx, builders.WAREHOUSE, note, report, NOW))
    await builders.allocated(order)
    [missed] = [
        row.figures
        for row in await builders.rows("SELECT figures FROM timeline WHERE order_number = :n AND event = :e",
                                       n=order, e="stock_backordered")
    ]  # fmt: skip
    assert (missed["promised_before"], missed["promise"]) == ("2026-03-05", "2026-03-12")
    await builders.some_stock("KEY", 1, now=NOW + 5 * DAY)
    await builders.delivered(order, NOW + 6 * DAY)
    assert picked(await figures("otif", march("product", sku="KEY")), "promised", "kept_promise") == [(1, 0)]
    # All three were there at once; that one was missed at the pick is no matter of the stock.
    assert picked(await figures("fill-rate", march("product", sku="KEY")), "missing", "line_fill") == [("0", "1.0000")]


async def test_hold_dwell(company):
    # CREDIT 2 March 9:00 to 4 March 15:00 = 54 h, after its deadline of 48 h; PRICE 9:00 to 12:00 = 3 h.
    found = await figures("hold-dwell", march("reason"))
    assert picked(found, "group", "holds", "p50", "released", "rejected", "in_time") == [
        ("CREDIT", 1, "54.0", 1, 0, "0.0000"),
        ("PRICE", 1, "3.0", 0, 1, "1.0000"),
    ]
    assert await orders("hold-dwell", march("reason"), "CREDIT") == [company["c"]]


async def test_touchless_share(company):
    # Confirmed: a, b, c, e; c only after somebody released it: 3 of 4.
    assert await figures("touchless", march("all")) == [
        {"group": None, "orders": 4, "touched": 1, "untouched": 3, "share": "0.7500"}
    ]


async def test_service_levels(company):
    # Two cases: one answered and solved in time, one whose times (3 and 7 March) are over without a word.
    await two_cases(company["a"])
    assert picked(await figures("service-levels", march("priority")), "group", "cases", "answered", "answered_in_time",
                  "response", "solved", "solved_in_time", "resolution") == [
        ("normal", 2, 2, 1, "0.5000", 2, 1, "0.5000")
    ]  # fmt: skip


async def test_the_row_of_those_without_a_group_has_its_own_orders_behind_it(company):
    await two_cases(company["a"])
    await builders.run("UPDATE support_case SET assignee = 'Ann' WHERE number = (SELECT min(number) FROM support_case)")
    await builders.run(
        "UPDATE support_case SET assignee = NULL, order_number = :n WHERE assignee IS DISTINCT FROM 'Ann'",
        n=company["b"],
    )
    assert picked(await figures("service-levels", march("assignee")), "group", "orders") == [("Ann", 1), (None, 1)]
    assert await orders("service-levels", march("assignee"), "") == [company["b"]]
    assert await orders("service-levels", march("assignee"), "Ann") == [company["a"]]
    assert await orders("service-levels", march("assignee")) == [company["a"], company["b"]]


async def test_ageing(company):
    # Due in 30 days: b's 48 on 3 April, c's 240 on 4 April. On 31 March nothing is due; a is paid.
    assert picked(await figures("ageing", march("customer")), "group", "current", "days_1_30", "total") == [
        ("ACME", "48.00", "0.00", "48.00"), ("SMALL", "240.00", "0.00", "240.00")
    ]  # fmt: skip
    # On 12 March a's 120 were open still: they were paid on the 13th.
    early = Asked(march("all").first, NOW.date() + 10 * DAY, "customer", march("all").now)
    assert picked(await figures("ageing", early), "group", "total") == [("ACME", "168.00"), ("SMALL", "240.00")]
    # On 4 May both are 31 and 30 days late.
    late = Asked(march("all").first, NOW.date() + 63 * DAY, "customer", NOW + 63 * DAY)
    assert picked(await figures("ageing", late), "group", "days_1_30", "days_31_60") == [
        ("ACME", "0.00", "48.00"), ("SMALL", "240.00", "0.00")
    ]  # fmt: skip


async def test_days_sales_outstanding(company):
    # Open on 31 March 48 + 240 = 288, billed on credit 120 + 48 + 240 = 408: 288/408 x 31 days = 21.9.
    assert picked(await figures("dso", march("all")), "receivable", "credit_sales", "dso") == [
        ("288.00", "408.00", "21.9")
    ]
    # Nothing is billed in April: no number of days then, not zero.
    april = Asked(TODAY_FIRST, TODAY_LAST, "all", march("all").now)
    assert picked(await figures("dso", april), "receivable", "credit_sales", "dso") == [("288.00", "0.00", None)]


async def test_collection_effectiveness(company):
    # 10 to 31 March: open at the start 408 (a, b, c), nothing billed, 288 open at the end, none of it due:
    # (408 - 288) / (408 - 288) = 1.
    later = Asked(NOW.date() + 8 * DAY, march("all").last, "all", march("all").now)
    assert picked(await figures("cei", later), "opening", "credit_sales", "closing", "current", "cei") == [
        ("408.00", "0.00", "288.00", "288.00", "1.0000")
    ]
    # 10 March to 3 April, when b's 48 are due (a day counts as not late until it is over), then to the 4th:
    # on the 4th 48 are late: 120 / (408 - 240) = 71.43 %.
    fourth = Asked(NOW.date() + 8 * DAY, NOW.date() + 33 * DAY, "all", march("all").now)
    assert picked(await figures("cei", fourth), "closing", "current", "cei") == [("288.00", "240.00", "0.7143")]


async def test_stock_turns(company):
    # Twelve months to 31 March; stock since 2 March, so only the last of the thirteen points counts.
    # BOLT: 140 came, 34 left: 106 x 4 = 424; issued 34 x 4 = 136: 136/424 = 0.32 turns.
    assert picked(await figures("stock-turns", march("product")), "group", "issued", "average", "turns") == [
        ("BOLT", "136.00", "424.00", "0.32")
    ]
    assert await orders("stock-turns", march("product"), "BOLT") == [company["a"], company["b"], company["c"]]
    # With 30 April 2026 as the last day: two points, 424 at both.
    assert picked(await figures("stock-turns", Asked(march("all").first, TODAY_LAST, "all", march("all").now)),
                  "issued", "average") == [("136.00", "424.00")]  # fmt: skip


TODAY_FIRST, TODAY_LAST = march("all").last + DAY, march("all").last + 30 * DAY


@pytest.mark.parametrize("name", REPORTS)
async def test_every_figure_has_the_type_of_its_column_and_its_orders_behind_it(company, name):
    await two_cases(company["a"])
    report = REPORTS[name]
    for by in report.statements:
        asked = march(by)
        async with transaction() as tx:
            rows, totals = await report.answer(tx, asked)
        assert rows, by
        for row in (*rows, *totals):
            for column in report.columns:
                value = row.get(column.name)
                assert value is None or type(value) is TYPES[column.kind], (by, column.name, value)
        for row in rows:
            behind = await orders(name, asked, row["group"])
            if "orders" in row and row["group"] is not None:
                assert len(behind) == row["orders"], (by, row["group"])


@pytest.mark.parametrize("name", REPORTS)
async def test_a_company_without_anything_has_no_rows_and_no_fault(database, name):
    for by in REPORTS[name].statements:
        async with transaction() as tx:
            assert await REPORTS[name].answer(tx, march(by)) == ([], [])


async def test_money_is_never_added_over_currencies(company):
    await builders.invoiced(
        await builders.an_order({"BOLT": 1}, customer="HUAXIN", currency="CNY", now=NOW + HOUR), NOW + DAY
    )
    assert picked(await figures("billings", march("all")), "currency", "net") == [("CNY", "10.00"), ("EUR", "340.00")]
