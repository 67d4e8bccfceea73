"""The figures of the business are as fresh as their cost allows, and come and go with the database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from db import engine
from db.queries.metrics import FIGURES, QUESTIONS, ask
from starter.api import figures
from starter.api.figures import Business
from tests.builders import rows

ORDERS = QUESTIONS[0]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that are asked, by name; the first of them takes a tenth of a second."""
    names: list[str] = []

    async def counting(tx, question):
        names.append(question.name)
        if question.name == ORDERS.name:
            await tx.execute(text("SELECT pg_sleep(0.1)"))
        return await ask(tx, question)

    monkeypatch.setattr(figures, "ask", counting)
    return names


async def test_a_dear_question_is_asked_seldom(database: str, asked: list[str]):
    business = Business(fresh_seconds=0)
    first = await business.figures()
    assert first is not None
    assert set(first) == {*FIGURES, "figures_seconds"}
    assert first["figures_seconds"][ORDERS.name] >= 0.1
    assert asked == [question.name for question in QUESTIONS]
    await business.figures()
    assert asked.count(ORDERS.name) == 1


async def test_within_five_seconds_nothing_is_asked_again(database: str, asked: list[str]):
    business = Business()
    await business.figures()
    await business.figures()
    assert len(asked) == len(QUESTIONS)


async def test_a_question_that_fails_leaves_its_figures_out(database: str, monkeypatch: pytest.MonkeyPatch):
    broken = replace(ORDERS, statement=text("SELECT 1 / 0"))
    monkeypatch.setattr(figures, "QUESTIONS", (broken, *QUESTIONS[1:]))
    found = await Business().figures()
    assert found is not None
    assert "order_oldest_seconds" not in found
    assert found["outbox_backlog"] == 0


async def test_a_database_that_does_not_answer_is_no_figure(database: str):
    business = Business()
    assert await business.figures() is not None
    await engine.close()
    assert await business.figures() is None
    engine.configure(database)
    assert len(await rows("SELECT 1 AS one")) == 1
