"""Files of orders: looked at whole, nothing taken before one says so, each order once, and a report that adds up."""

from __future__ import annotations

import asyncio
import csv
import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db.engine import transaction
from domain.actor import Role
from starter.api.bodies import MAX_UPLOAD
from tests import builders
from tests.starter.console.desk import OURS, Office, buttons
from tests.starter.console.taking.files import PLAIN, counts, upload, workbook, worked_off
from tests.starter.console.taking.typing import shown

HEADINGS = "订单号;客户;货号;数量;单价;币种\n"
AWKWARD = {
    "gbk.csv": (HEADINGS + "甲-1;HARBOUR;NB-A5;2;9,90;GBP\n乙-2;HARBOUR;NB-A5;1.000,5;9,90;GBP\n").encode("gbk"),
    "bom.csv": ("﻿Order No\tCustomer\tItem\tQty\nB-1\tHARBOUR\tNB-A5\t2\n").encode(),
    "dates.csv": b"order,customer,sku,qty,currency,delivery date\nD-1,HARBOUR,NB-A5,2,GBP,2026/12/24\n",
    "book.xlsx": workbook(),
    "ours.csv": "订单号,客户,商品,数量,单价,币种\nC-1,HARBOUR,NB-A5,3,9.90,GBP\n".encode("gb18030"),
}


async def orders() -> list[tuple[str, str, str]]:
    """Purchase number, who took it and by which way, of every order."""
    async with transaction() as tx:
        rows = await tx.execute(text("SELECT customer_po, created_by, channel FROM sales_order ORDER BY customer_po"))
        return [tuple(row) for row in rows]


def problems(page: str) -> list[tuple[str, ...]]:
    """Line, document, state and why of the problems that are shown."""
    body = re.search(r'id="problems".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    cells = [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]
    return [(row[0], row[1], row[4], row[5]) for row in cells]


async def test_every_problem_is_told_before_anything_is_taken(office: Office):
    sales = office[Role.SALES]
    address = await upload(sales, "week.csv", PLAIN)
    page = await worked_off(sales, address)
    assert await orders() == []
    assert f"{address}/take" in buttons(page)
    assert re.findall(r'<option value="(\w+)" selected>', page) == [
        "document", "customer", "sku", "quantity", "unit_price", "currency",
    ]  # fmt: skip
    assert counts(page) == {
        "taken": ("2", "22.80"), "held": ("1", "-9.90"), "refused": ("3", "19.80"), "file": ("6", "32.70"),
    }  # fmt: skip
    told = problems(page)
    assert [(line, document, state) for line, document, state, _ in told] == [
        ("4", "A-2", "refused"), ("5", "A-3", "refused"), ("6", "A-4", "held"),
        ("7", "A-5", "refused"), ("7", "A-5", "refused"),
    ]  # fmt: skip
    assert told[1][3] == "there is no customer NOBODY; create it first, or have it created with the file"
    assert told[4][3] == "The customer trades in GBP; order in GBP."
    listed = (await sales.get(f"{address}/problems.csv")).text
    assert [row["reason"] for row in csv.DictReader(listed.lstrip("\ufeff").splitlines())] == [row[3] for row in told]
    chinese = (await sales.get(f"{address}/problems.csv?lang=zh-CN")).text
    assert (
        list(csv.DictReader(chinese.lstrip("\ufeff").splitlines()))[1]["reason"]
        == "没有客户 NOBODY；请先创建，或随文件一并创建"
    )


async def test_what_was_foreseen_is_taken_once_by_the_person_and_adds_up(office: Office):
    sales = office[Role.SALES]
    address = await upload(sales, "week.csv", PLAIN)
    foreseen = await worked_off(sales, address)
    pressed = await asyncio.gather(*(sales.post(f"{address}/take") for _ in range(2)))
    assert [answer.headers["location"] for answer in pressed] == [address, address]
    page = await worked_off(sales, address)
    assert counts(page) == counts(foreseen)
    assert await orders() == [("A-1", "sales", "file")]
    taken = [row.number for row in await builders.rows("SELECT number FROM sales_order")]
    assert re.findall(r'<a href="/orders/(SO-\d+)">', page) == taken
    assert shown(page, "documents-orders") == "1"
    assert f"{address}/take" not in buttons(page)
    assert (await sales.post(f"{address}/take")).status_code == 303
    again = await upload(sales, "week.csv", PLAIN)
    assert shown(await worked_off(sales, again), "documents-already_there") == "1"
    await sales.post(f"{again}/take")
    await worked_off(sales, again)
    assert await orders() == [("A-1", "sales", "file")]


@pytest.mark.parametrize(
    ("name", "rows", "numbers"),
    [("gbk.csv", ("2", "9,924.750"), ["乙-2", "甲-1"]), ("dates.csv", ("1", "0"), ["D-1"]),
     ("book.xlsx", ("1", "19.8"), ["4711"]), ("ours.csv", ("1", "29.70"), ["C-1"])],
)  # fmt: skip
async def test_awkward_files_are_read_as_they_are_meant(office: Office, name: str, rows: tuple[str, str], numbers):
    manager = office[Role.MANAGER]
    address = await upload(manager, name, AWKWARD[name])
    page = await worked_off(manager, address)
    assert counts(page)["file"] == rows, problems(page)
    assert counts(page)["taken"] == rows, problems(page)
    await manager.post(f"{address}/take")
    await worked_off(manager, address)
    assert sorted(number for number, _, _ in await orders()) == sorted(numbers)


async def test_a_column_that_nobody_recognised_is_chosen(office: Office):
    sales = office[Role.SALES]
    content = b"nr,who,what,many\nX-1,HARBOUR,NB-A5,2\n"
    address = await upload(sales, "strange.csv", content)
    page = await worked_off(sales, address)
    assert "has no column for order number, customer, product, quantity. Choose below which column is which." in page
    assert "没有订单号, 客户, 商品, 数量列" in (await sales.get(f"{address}?lang=zh-CN")).text
    assert f"{address}/take" not in buttons(page)
    chosen = {"column-0": "document", "column-1": "customer", "column-2": "sku", "column-3": "quantity"}
    wrong = await sales.post(f"{address}/mapping", {**chosen, "currency": "QQQ"})
    assert wrong.status_code == 422
    await sales.post(f"{address}/mapping", chosen)
    assert "type the currency that all of it has" in await worked_off(sales, address)
    await sales.post(f"{address}/mapping", {**chosen, "currency": "gbp"})
    assert counts(await worked_off(sales, address))["taken"] == ("1", "0")
    await sales.post(f"{address}/take")
    await worked_off(sales, address)
    assert await orders() == [("X-1", "sales", "file")]


async def test_a_column_can_be_left_out_and_masters_created(office: Office):
    sales = office[Role.SALES]
    content = b"order,customer,sku,qty,price,currency\nY-1,NEWCOMER,NEW-1,2,5.00,GBP\n"
    address = await upload(sales, "new.csv", content)
    assert counts(await worked_off(sales, address))["refused"] == ("1", "10.00")
    columns = {f"column-{place}": name for place, name in enumerate(("document", "customer", "sku", "quantity"))}
    chosen = {**columns, "column-4": "unit_price", "currency": "GBP", "create": "on"}
    await sales.post(f"{address}/mapping", chosen)
    assert counts(await worked_off(sales, address))["taken"] == ("1", "10.00")
    assert (await office.live.get("/v1/customers/NEWCOMER")).status_code == 404
    await sales.post(f"{address}/take")
    await worked_off(sales, address)
    assert (await office.live.get("/v1/customers/NEWCOMER")).status_code == 200


async def test_work_that_stopped_is_gone_on_with(office: Office):
    sales = office[Role.SALES]
    address = await upload(sales, "week.csv", PLAIN)
    await worked_off(sales, address)
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    async with transaction() as tx:
        await tx.execute(text("UPDATE order_upload SET state = 'TAKING', updated_at = :at"), {"at": long_ago})
    page = (await sales.get(address)).text
    assert "The work on this file stopped before its end." in page
    await sales.post(f"{address}/take")
    assert counts(await worked_off(sales, address))["taken"] == ("2", "22.80")
    assert await orders() == [("A-1", "sales", "file")]


async def test_too_large_and_empty_files_are_refused_with_a_sentence(office: Office):
    sales = office[Role.SALES]
    large = await sales.client.post("/orders/upload", files={"file": ("l.csv", b"x" * MAX_UPLOAD)}, headers=OURS)
    assert large.status_code == 413
    assert "The body is larger than 64 MB" in large.text
    empty = await sales.client.post("/orders/upload", files={"file": ("e.csv", b"")}, headers=OURS)
    assert empty.status_code == 422
    assert "Choose a CSV, TSV or XLSX file of orders that is not empty." in empty.text
    picture = await worked_off(sales, await upload(sales, "p.csv", b"\x89PNG\r\n\x1a\n0000"))
    assert "is a PNG file" in picture
    other = await sales.client.post("/orders/upload", files={"file": ("w.csv", PLAIN)})
    assert other.status_code == 403


async def test_a_colleague_does_not_see_my_file(office: Office):
    address = await upload(office[Role.SALES], "week.csv", PLAIN)
    assert (await office[Role.MANAGER].get(address)).status_code == 404
    assert (await office[Role.MANAGER].get(f"{address}/problems.csv")).status_code == 404
    assert (await office[Role.MANAGER].post(f"{address}/take")).status_code == 404
    assert "week.csv" in (await office[Role.SALES].get("/orders/upload")).text
    assert "week.csv" not in (await office[Role.MANAGER].get("/orders/upload")).text
    await worked_off(office[Role.SALES], address)
