"""`orderkeep import` as a person runs it: exit codes, one JSON document, sentences that help."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import engine
from db.queries import policies
from domain.policy import Policy
from starter.cli.main import execute
from tests.starter.files.notebook import HEADER

SAMPLE = Path(__file__).parents[3] / "examples" / "wholesale-sample.csv"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is known unless a test names one."""
    monkeypatch.delenv("ORDERKEEP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ORDERKEEP_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("ORDERKEEP_LANG", "en")


def test_a_dry_run_needs_no_server_and_answers_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["import", str(SAMPLE), "--dry-run", "--json"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert said.err == ""
    assert document["rows"] == {"read": 23, "taken": 19, "held": 4, "refused": 0}
    assert document["amounts"] == {"file": "1062.97", "taken": "1071.22", "held": "-8.25", "refused": "0"}
    assert document["dry_run"] is True
    assert document["problems"][0] == {
        "line": 20, "column": "StockCode", "value": "POST", "fate": "held", "document": "536403",
        "reason": "POST is a service, fee or adjustment, not goods from stock",
    }  # fmt: skip
    assert "no database was asked: whether customers and products exist was not checked" in document["notes"]


def test_people_read_a_table_in_their_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["import", str(SAMPLE), "--dry-run", "--lang", "zh-CN"]) == 0
    said = capsys.readouterr().out
    assert "1071.22" in said
    assert "单据未注明客户" in said
    assert "POST 是服务、费用或调整项，不是库存商品" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no file"),
        (b"", "is empty"),
        (b"a,b\n1,2\n", "has no column for document, customer, sku, quantity"),
        (bytes(range(256)) * 100, "is a binary file"),
        (b"PK\x03\x04 no workbook", "cannot be opened as a workbook"),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_2_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "orders.csv"
    if content is not None:
        path.write_bytes(content)
    assert execute(["import", str(path), "--dry-run", "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_an_import_without_a_server_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["import", str(SAMPLE)]) == 1
    said = capsys.readouterr()
    assert "orderkeep up" in said.err
    assert said.err.count("\n") == 1


def test_opening_stock_needs_products_that_are_created(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["import", str(SAMPLE), "--opening-stock", "5"]) == 2
    assert "--create-master-data" in capsys.readouterr().err


def test_problems_do_not_overwrite_the_orders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER)
    assert execute(["import", str(path), "--dry-run", "--problems", str(path)]) == 2
    assert path.read_text() == HEADER


def test_all_problems_go_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, problems = tmp_path / "orders.csv", tmp_path / "problems.csv"
    path.write_text(HEADER + "".join(f"{number},A,x,NaN,1,C1,France\n" for number in range(1200)))
    assert execute(["import", str(path), "--dry-run", "--json", "--problems", str(problems)]) == 0
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1000
    lines = problems.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "line,column,value,reason,fate,document"
    assert len(lines) == 1201


def test_a_value_that_a_spreadsheet_would_calculate_is_quoted(tmp_path: Path) -> None:
    path, problems = tmp_path / "orders.csv", tmp_path / "problems.csv"
    path.write_text(HEADER + "1,A,x,=cmd|' /C calc'!A0,1,C1,France\n")
    assert execute(["import", str(path), "--dry-run", "--problems", str(problems)]) == 0
    (row,) = csv.DictReader(io.StringIO(problems.read_text(encoding="utf-8-sig")))
    assert (row["line"], row["value"]) == ("2", "'=cmd|' /C calc'!A0")


@pytest.mark.parametrize("named", ["environment", "data"])
def test_the_database_is_found_by_environment_or_directory(
    database: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def prepare() -> None:
        engine.configure(database)
        async with engine.transaction() as tx:
            await policies.put_in_force(tx, Policy(), datetime.now(UTC))
        await engine.close()

    asyncio.run(prepare())
    arguments = ["import", str(SAMPLE), "--create-master-data", "--opening-stock", "100", "--json"]
    if named == "environment":
        monkeypatch.setenv("ORDERKEEP_DATABASE_URL", database)
    else:
        (tmp_path / "endpoints.json").write_text(json.dumps({"database": database}))
        arguments += ["--data", str(tmp_path)]
    assert execute(arguments) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["documents"]["orders"], first["documents"]["already_there"]) == (8, 0)
    assert first["created"] == {"customers": 6, "products": 19}
    assert execute(arguments) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["documents"]["orders"], again["documents"]["already_there"]) == (8, 8)
    assert again["rows"] == first["rows"]
    assert execute(["import", str(SAMPLE), "--dry-run", "--json", *arguments[6:]]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == ["read as utf-8, separated by ,"]
