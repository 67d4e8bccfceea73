"""Reports by their ways in: API, CSV, picture and terminal have the same numbers, in both languages."""

from __future__ import annotations

import ast
import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from db.reports.registry import REPORTS
from domain.reports.columns import Column, Kind
from starter.api.app import create_app
from starter.cli.reports import _picture
from starter.cli.screen import Rows, Sentence
from starter.languages import translator
from starter.reports.showing import as_csv
from starter.settings import Settings
from tests import builders
from tests.db.reports.company import a_small_company, two_cases
from tests.starter.api.live import Live, live_api

ROOT = Path(__file__).parents[3]
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture
async def company(database: str):
    """The API on the small company of the reports' own tests."""
    async with live_api(database) as live:
        await two_cases((await a_small_company())["a"])
        yield live


async def test_the_list_says_what_each_report_is(live_company: Live):
    items = (await live_company.get("/v1/reports")).json()["items"]
    assert [each["name"] for each in items] == list(REPORTS)
    assert all(each["definition"].endswith(".") and each["default_by"] in each["by"] for each in items)


@pytest.fixture
async def live_company(database: str):
    """The API on an empty database."""
    async with live_api(database) as live:
        yield live


async def test_json_csv_and_terminal_have_the_same_numbers(company: Live):
    for name in REPORTS:
        shown = (await company.get(f"/v1/reports/{name}?{MARCH}")).json()
        assert shown["rows"], name
        names = [column["name"] for column in shown["columns"]]
        saved = await company.get(f"/v1/reports/{name}.csv?{MARCH}")
        assert saved.headers["content-type"] == "text/csv; charset=utf-8"
        written = list(csv.DictReader(io.StringIO(saved.text)))
        as_read = [{name: "" if row[name] is None else str(row[name]) for name in names} for row in shown["rows"]]
        assert written == as_read, name
        table = next(block for block in _picture(shown) if isinstance(block, Rows))
        for row, plain in zip(shown["rows"], as_read, strict=True):
            cells = [column.cell(row) for column in table.columns][: len(names)]
            assert cells == [_at_terminal(shown, row, plain, each) for each in shown["columns"]], name


def _at_terminal(shown, row, plain, column):
    if column["name"] == "group":
        return "–" if row["label"] is None else row["label"]
    if column["kind"] == "share":
        return "–" if row[column["name"]] is None else f"{Decimal(row[column['name']]) * 100:.2f}"
    return "–" if plain[column["name"]] == "" and column["kind"] not in ("text", "currency") else plain[column["name"]]


async def test_what_is_to_be_known_beside_a_report_is_said_over_http_and_at_the_terminal(live_company: Live):
    remarks = {name: (await live_company.get(f"/v1/reports/{name}")).json()["remark"] for name in REPORTS}
    none_yet = "No forecast has been made yet. The worker makes them once a week, `orderkeep forecast` at once."
    assert {name: remark for name, remark in remarks.items() if remark} == {"forecast": none_yet}
    shown = (await live_company.get("/v1/reports/forecast?lang=zh-CN")).json()
    assert shown["remark"].startswith("还没有预测。")
    assert shown["remark"] in [block.text for block in _picture(shown) if isinstance(block, Sentence)]


async def test_behind_each_row_are_its_orders_page_by_page(company: Live):
    for name in REPORTS:
        for row in (await company.get(f"/v1/reports/{name}?{MARCH}")).json()["rows"]:
            seen: list[str] = []
            after: str | None = ""
            while after is not None:
                page = f"{row['behind']}&limit=1" + (f"&after={after}" if after else "")
                answer = (await company.get(f"/v1/reports/{name}/orders?{page}")).json()
                seen += [each["number"] for each in answer["items"]]
                after = answer["next"]
            assert len(seen) == len(set(seen)) == row.get("orders", len(seen)), (name, row["group"])
            assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("day", ["1970-01-01", "2999-12-31"])
async def test_every_report_answers_at_both_ends_of_the_calendar(company: Live, day: str):
    for name in REPORTS:
        for form in (name, f"{name}.csv", f"{name}/orders"):
            answer = await company.get(f"/v1/reports/{form}?from={day}&to={day}")
            assert answer.status_code == 200, (form, answer.text)


async def test_the_name_of_a_customer_is_not_translated(company: Live):
    await builders.a_customer("Orders")
    await builders.an_order({"BOLT": 1}, customer="Orders")
    rows = (await company.get(f"/v1/reports/bookings?{MARCH}&by=customer&lang=zh-CN")).json()["rows"]
    assert "Orders" in {row["label"] for row in rows}
    [held, *_] = (await company.get(f"/v1/reports/hold-dwell?{MARCH}&by=reason&lang=zh-CN")).json()["rows"]
    assert (held["group"], held["label"]) == ("CREDIT", "信用")


async def test_a_picture_asks_for_nothing_and_runs_nothing(company: Live):
    for name in REPORTS:
        answer = await company.get(f"/v1/reports/{name}.svg?{MARCH}&lang=zh-CN")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "<script" not in answer.text
        assert set(re.findall(r"""(?:href|src)=["'](\w+://[^"']*)""", answer.text)) == set()
        assert translator("zh-CN").gettext(REPORTS[name].title) in answer.text


async def test_months_of_several_currencies_are_drawn_one_after_the_other(company: Live):
    now = datetime(2026, 2, 27, 9, tzinfo=UTC)
    for currency, customer, later in (("CNY", "HUAXIN", timedelta(days=5)), ("EUR", "ACME", timedelta(0))):
        await builders.an_order({"BOLT": 1}, customer=customer, currency=currency, now=now + later)
    drawn = (await company.get("/v1/reports/bookings.svg?from=2026-02-01&to=2026-03-31&by=month")).text
    assert drawn.index(">2026-02<") < drawn.index(">2026-03<")


@pytest.mark.parametrize(
    ("question", "parameter", "detail"),
    [
        ("bookings?from=2026-03-02&to=2026-03-01", "from", "the period begins after its end"),
        ("bookings?from=2000-01-01&to=2026-03-01", "from", "a period of at most ten years is expected"),
        ("bookings?to=9999-12-31", "to", "a day between 1970-01-01 and 2999-12-31 is expected"),
        ("stock-turns?from=0001-01-01&to=0001-01-05", "from", "a day between 1970-01-01 and 2999-12-31 is expected"),
        ("dso?by=product", "by", "one of these is expected: all, customer"),
        ("backlog/orders?figure=net", "figure", "one of these is expected: pieces, backlog, waiting, late"),
        ("dso?sku=BOLT", "sku", "this report is not filtered by it; it knows customer, currency"),
    ],
)
async def test_a_question_that_a_report_does_not_understand_is_refused(live_company, question, parameter, detail):
    answer = await live_company.get(f"/v1/reports/{question}")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "parameter": parameter, "detail": detail}]


async def test_a_report_that_there_is_not_names_those_that_there_are(live_company):
    answer = await live_company.get("/v1/reports/profit")
    assert (answer.status_code, answer.json()["detail"]) == (
        404, f"There is no report 'profit'; there are {', '.join(REPORTS)}.",
    )  # fmt: skip


async def test_without_a_period_the_last_thirty_days_are_meant(live_company):
    shown = (await live_company.get("/v1/reports/bookings")).json()
    today = datetime.now(UTC).date()
    assert shown["to"] in {today.isoformat(), shown["at"][:10]}
    assert (await live_company.get("/v1/reports/backlog")).json()["from"] is None


def test_a_text_that_a_spreadsheet_would_calculate_is_quoted():
    report = REPORTS["billings"]
    row = dict.fromkeys((column.name for column in report.columns), Decimal(-1)) | {
        "group": "=cmd()",
        "currency": "EUR",
    }
    assert as_csv(report, [row]).splitlines()[1] == "'=cmd(),EUR,-1,-1,-1,-1,-1"


def test_everything_that_a_report_says_is_said_in_chinese():
    said = {word for report in REPORTS.values() for word in (report.title, report.definition, *report.labels.values())}
    said |= {column.heading for report in REPORTS.values() for column in report.columns}
    for file in (ROOT / "starter" / "reports").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("told", "translate"):
                said |= {each.value for each in node.args if isinstance(each, ast.Constant) and type(each.value) is str}
    assert len(said) > 100
    assert sorted(each for each in said if translator("zh-CN").gettext(each) == each) == []


def test_every_report_can_be_told_apart_and_drawn():
    assert len(REPORTS) >= 15
    for name, report in REPORTS.items():
        assert isinstance(report.drawn, Column) and report.drawn.kind not in (Kind.TEXT, Kind.CURRENCY), name
        assert report.drawn.name == report.picture
    files = {file.stem.replace("_", "-") for file in (ROOT / "db" / "reports").glob("*.py")}
    assert set(REPORTS) <= files
    paths = create_app(Settings(_env_file=None)).openapi()["paths"]
    assert {path for path in paths if path.startswith("/v1/reports")} == {
        "/v1/reports", "/v1/reports/{name}", "/v1/reports/{name}.csv", "/v1/reports/{name}.svg",
        "/v1/reports/{name}/orders",
    }  # fmt: skip
