"""`orderkeep forecast` as a person runs it: one JSON document, a few lines, sentences that help."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db import engine
from starter.cli.main import execute
from tests import builders


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is known unless a test names one, and the extra is not installed."""
    monkeypatch.delenv("ORDERKEEP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ORDERKEEP_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("ORDERKEEP_LANG", "en")
    monkeypatch.setitem(sys.modules, "statsforecast", None)


@pytest.fixture
def company(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten BOLT in each of the last twenty weeks, and a NUT last week."""

    async def lived() -> None:
        engine.configure(database)
        await builders.a_company()
        for week in range(20, 0, -1):
            lines = {"BOLT": 10} | ({"NUT": 1} if week == 1 else {})
            await builders.an_order(lines, now=datetime.now(UTC) - timedelta(days=7 * week))
        await engine.close()

    asyncio.run(lived())
    (tmp_path / "endpoints.json").write_text(json.dumps({"database": database}))
    monkeypatch.setenv("ORDERKEEP_DATA_DIR", str(tmp_path))


def test_json_is_one_document(company: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["forecast", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert json.loads(said.out) == {
        "products": 2, "model": 0, "average": 1, "too_little": 1, "models": {}, "with_model": False,
    }  # fmt: skip


def test_one_product_comes_with_its_forecast(company: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["forecast", "--sku", "BOLT", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["forecast"]
    assert (found["sku"], found["method"], found["expected"], found["average_wape"]) == (
        "BOLT", "average", "10", "0.0000",
    )  # fmt: skip
    assert found["history"]["weeks"] == ["10"] * 20


def test_a_product_that_is_not_there_is_said(company: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["forecast", "--sku", "NUT-TY", "--json"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "There is no product NUT-TY; `orderkeep product list` shows what there is.\n")


def test_people_read_what_was_made_and_how_to_get_the_model(company: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["forecast"]) == 0
    said = capsys.readouterr().out
    assert [line.split() for line in said.splitlines() if "products" in line] == [["products", "with", "demand", "2"]]
    assert "pip install 'orderkeep[forecast]'" in said
    assert execute(["forecast", "--lang", "zh-CN"]) == 0
    assert "历史数据不足" in capsys.readouterr().out


def test_without_a_database_it_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["forecast"]) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "orderkeep up" in said.err


def test_a_database_that_does_not_answer_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORDERKEEP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert execute(["forecast"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("The forecasts were not made (")
    assert said.err.count("\n") == 1
