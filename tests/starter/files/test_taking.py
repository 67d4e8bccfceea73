"""Receipt by file on a real database: orders, what is held, master data, and the same file twice."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db import engine
from db.queries import policies, views_held, views_order
from domain.policy import Policy
from starter.files.importing import import_file
from starter.files.mapping import Mapping
from starter.files.report import Report
from starter.files.taker import Taker
from starter.files.taking import Clerk, DatabaseOnlooker
from starter.languages import translator
from tests.starter.files.notebook import HEADER

SAMPLE = Path(__file__).parents[3] / "examples" / "wholesale-sample.csv"


@pytest.fixture
async def books(database: str) -> str:
    """A database in which a policy is in force."""
    async with engine.transaction() as tx:
        await policies.put_in_force(tx, Policy(), datetime.now(UTC))
    return database


async def imported(path: Path, taker: Taker, *, create: bool = True) -> Report:
    report = Report(path.name)
    await import_file(path, Mapping(), taker, report, create=create)
    return report


async def rows(sql: str) -> list[dict[str, Any]]:
    async with engine.transaction() as tx:
        return [dict(row._mapping) for row in await tx.execute(text(sql))]


async def one(sql: str) -> Any:
    (row,) = await rows(sql)
    (value,) = row.values()
    return value


async def test_the_sample_becomes_orders_master_data_and_held_documents(books: str) -> None:
    report = await imported(SAMPLE, Clerk(SAMPLE.name, opening_stock=100))
    assert report.as_document()["documents"] == {
        "orders": 8, "credit_notes": 1, "held": 1, "refused": 0, "already_there": 0, "orders_taken_in_part": 1,
        "credit_notes_linked": 1, "joined": 0,
    }  # fmt: skip
    assert report.as_document()["created"] == {"customers": 6, "products": 19}
    assert await one("SELECT sum(net) FROM sales_order") == Decimal("1071.22")
    assert await one("SELECT count(*) FROM sales_order WHERE channel = 'file' AND state = 'SUBMITTED'") == 8
    assert await one("SELECT count(*) FROM order_line") == 19
    assert await rows("SELECT DISTINCT warehouse, on_hand FROM stock_level") == [
        {"warehouse": "MAIN", "on_hand": Decimal(100)}
    ]
    held = {row["source"]: row for row in await rows("SELECT * FROM held_document")}
    assert {number: row["kind"] for number, row in held.items()} == {
        "536403": "order_rows", "536414": "order", "C536826": "credit_note",
    }  # fmt: skip
    order = await rows("SELECT number, customer_po FROM sales_order WHERE customer_po IN ('536397', '536403')")
    numbers = {row["customer_po"]: row["number"] for row in order}
    assert held["536403"]["linked_order"] == numbers["536403"]
    assert held["C536826"]["linked_order"] == numbers["536397"]
    assert [row["Quantity"] for row in held["C536826"]["rows"]] == ["-2", "-3"]
    linked = numbers["536397"]
    why = f"贷项通知单，对应 {linked}（商品行 2 行中的 2 行）（{SAMPLE.name}，第 "
    chinese = translator("zh-CN").gettext
    async with engine.transaction() as tx:
        documents, _ = await views_held.held_document_list(tx, limit=9, after=None, filters={}, translate=chinese)
        happened = await views_order.timeline(tx, linked, chinese)
    assert [each["source"] for each in documents if each["reason"].startswith(why)] == ["C536826"]
    assert [each["source"] for each in documents if " line " in each["reason"]] == []
    assert happened is not None
    assert why in happened["items"][-1]["summary"]


async def test_the_same_file_twice_changes_nothing(books: str) -> None:
    await imported(SAMPLE, Clerk(SAMPLE.name, opening_stock=100))
    again = await imported(SAMPLE, Clerk(SAMPLE.name, opening_stock=100))
    assert again.documents["already_there"] == 8
    assert again.as_document()["created"] == {"customers": 0, "products": 0}
    assert await one("SELECT count(*) FROM sales_order") == 8
    assert await one("SELECT count(*) FROM held_document") == 3
    assert await one("SELECT DISTINCT on_hand FROM stock_level") == Decimal(100)


async def test_without_master_data_nothing_is_taken(books: str) -> None:
    report = await imported(SAMPLE, Clerk(SAMPLE.name), create=False)
    assert report.documents["refused"] == 8
    assert await one("SELECT count(*) FROM sales_order") == 0
    assert await one("SELECT count(*) FROM customer") == 0


async def test_a_dry_run_looks_master_data_up_and_writes_nothing(books: str) -> None:
    report = await imported(SAMPLE, DatabaseOnlooker(), create=False)
    assert report.documents["refused"] == 8
    report = await imported(SAMPLE, DatabaseOnlooker(), create=True)
    assert report.documents["order"] == 8
    for table in ("sales_order", "customer", "product", "held_document"):
        assert await one(f"SELECT count(*) FROM {table}") == 0


async def test_a_dry_run_refuses_what_the_import_will_refuse_of_customers_and_products_it_creates(
    books: str, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "order,customer,sku,qty,price,currency\n"
        "1,NEW,GOODS,1,4.65,EUR\n"
        "2,NEW,GOODS,2,5.00,USD\n"
        "3,OTHER,GOODS,1,,USD\n"
        "4,OTHER,GOODS,1,7.00,USD\n"
    )
    foreseen = await imported(path, DatabaseOnlooker())
    assert await one("SELECT count(*) FROM customer") == 0
    taken = await imported(path, Clerk(path.name))
    assert [foreseen.rows[fate] for fate in ("read", "taken", "held", "refused")] == [4, 2, 0, 2]
    assert [(told.line, told.reason) for told in foreseen.problems] == [
        (told.line, told.reason) for told in taken.problems
    ]
    assert foreseen.as_document() == taken.as_document()


async def test_a_credit_note_finds_its_order_in_the_database(books: str, tmp_path: Path) -> None:
    await imported(SAMPLE, Clerk(SAMPLE.name))
    path = tmp_path / "later.csv"
    path.write_text(HEADER + "C9,35004C,DUCKS,-48,4.65,17924,United Kingdom\nC10,35004C,DUCKS,-49,4.65,17924,x\n")
    report = await imported(path, Clerk(path.name))
    assert report.documents["linked"] == 1
    linked = await rows("SELECT source, linked_order FROM held_document WHERE source IN ('C9', 'C10')")
    number = await one("SELECT number FROM sales_order WHERE customer_po = '536397'")
    assert {row["source"]: row["linked_order"] for row in linked} == {"C9": number, "C10": None}


async def test_a_rule_of_the_order_refuses_its_document_alone(books: str, tmp_path: Path) -> None:
    await imported(SAMPLE, Clerk(SAMPLE.name))
    path = tmp_path / "later.csv"
    path.write_text(
        "order,customer,sku,qty,price,currency\n"
        "1,17924,35004C,1,4.65,EUR\n"
        "2,17924,35004C,1,,GBP\n"
        "3,17924,35004C,1000000000,100000000000,GBP\n"
    )
    report = await imported(path, Clerk(path.name), create=False)
    assert [report.rows[fate] for fate in ("read", "taken", "held", "refused")] == [3, 1, 0, 2]
    assert any("trades in GBP" in problem.reason for problem in report.problems)
    assert await one("SELECT unit_price FROM order_line JOIN sales_order ON number = order_number"
                     " WHERE customer_po = '2'") == Decimal("4.65")  # fmt: skip
