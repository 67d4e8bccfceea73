"""No statement of an order's life reads a table that grows with the orders: each finds its rows by an index.

Asked of PostgreSQL's planner for every statement of db/queries, with sequential scans forbidden where an index can do;
what it reads whole all the same has no index. So a statement that would be slow beside a million orders fails here.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import TextClause

import db.queries
from db.reports.registry import REPORTS as FIGURES
from db.tables import METADATA

MASTERS = {
    "api_key", "app_user", "counter", "customer", "customer_account", "delegation", "demand_forecast",
    "forecast_run", "legal_move", "policy_version",
    "product", "product_component", "product_price", "stock_level", "supplier", "tax_code",
}  # fmt: skip
"""Tables that do not grow with the number of orders."""
REPORTS = {
    "symptoms": "what the doctor looks for, among all open documents",
    "views_ledger._SUMS": "the trial balance adds up every voucher",
}
"""What reads everything on purpose."""
HASHED_WHILE_SMALL = {"collection._ON_ACCOUNT": ["sales_order"]}
"""Of EXISTS the planner keeps two plans; while a table is small it prefers to read it once."""
PARAMETER = re.compile(r"(?<![:\w]):(\w+)\b")


def statements() -> dict[str, str]:
    """Every statement that stands as a constant in db/queries, and those of reports, by where they stand."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(db.queries.__path__):
        for name, value in vars(importlib.import_module(f"db.queries.{module.name}")).items():
            of_kind = value.items() if isinstance(value, dict) else [("", value)]
            for kind, each in of_kind:
                if isinstance(each, TextClause) and not each.text.startswith("SET "):
                    found[f"{module.name}.{name}{kind and f'[{kind}]'}"] = each.text
    for report in FIGURES.values():
        found |= {f"report {report.name}[{by}]": each.text for by, each in report.statements.items()}
        found |= {f"parts of {report.name}[{by}]": each.text for by, each in report.parts.items()}
        narrowed = {f"{by}, {figure}": each for (by, figure), each in report.narrowed.items() if by == report.default}
        for by, listing in {**report.behind, **narrowed}.items():
            behind = f"SELECT o.number FROM sales_order o WHERE {listing.conditions['group']}"
            found[f"orders of {report.name}[{by}]"] = behind
    return found


STATEMENTS = statements()
LIVED = {name: sql for name, sql in STATEMENTS.items() if not name.startswith(tuple(REPORTS))}


@pytest.fixture(scope="module")
def planner(database_server: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that plans with indexes wherever there is one."""
    with psycopg.connect(database_server, autocommit=True) as connection:
        for way in ("seqscan", "hashjoin", "mergejoin", "material"):
            connection.execute(f"SET enable_{way} = off")
        yield connection


def read_whole(planner: psycopg.Connection[Any], sql: str) -> list[str]:
    """The growing tables of which the plan of a statement reads every row."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found.group(1) not in names:
            names.append(found.group(1))
        return f"${names.index(found.group(1)) + 1}"

    explained = planner.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT json) {PARAMETER.sub(number, sql)}".encode())
    [[[plan]]] = explained.fetchall()
    partial = {name for (name,) in planner.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")}  # fmt: skip
    return sorted({node["Relation Name"] for node in nodes(plan["Plan"]) if _whole(node, partial)})


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan, but for an index of which only the beginning is read."""
    yield plan
    for part in plan.get("Plans", ()):
        begun = plan["Node Type"] == "Limit" and "Index Name" in part and "Filter" not in part
        yield from part.get("Plans", ()) if begun else nodes(part)


def _whole(node: dict[str, Any], partial: set[str]) -> bool:
    if node.get("Relation Name", "api_key") in MASTERS or not node["Node Type"].endswith("Scan"):
        return False
    if node["Node Type"] == "Bitmap Heap Scan":
        return False
    return "Index Cond" not in node and "TID Cond" not in node and node.get("Index Name") not in partial


def test_there_are_statements_and_growing_tables_to_look_at():
    assert len(LIVED) > 100
    assert METADATA.tables.keys() > MASTERS
    assert {name.split(".")[0] for name in REPORTS} <= {name.split(".")[0] for name in STATEMENTS}


@pytest.mark.parametrize("name", LIVED)
def test_a_statement_finds_its_rows_by_an_index(planner, name):
    assert read_whole(planner, LIVED[name]) == HASHED_WHILE_SMALL.get(name, [])


def test_a_statement_without_an_index_is_seen(planner):
    assert read_whole(planner, "SELECT 1 FROM sales_order WHERE note = :note") == ["sales_order"]
    either = "SELECT 1 FROM payment WHERE order_number = :o OR number IN (SELECT document FROM timeline WHERE id = :i)"
    assert read_whole(planner, either) == ["payment"]
