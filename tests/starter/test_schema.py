"""A process waits for a migration, and does not start where a later release has taken something away."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from db import engine
from db import schema as known
from db.schema import least, newest
from starter import schema
from tests.db.test_schema import LATER, at


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "LOOK_AGAIN_SECONDS", 0.01)


async def test_a_process_begins_at_once_on_the_schema_of_its_release(database: str):
    assert await schema.fits(database)


async def test_a_process_that_comes_before_the_migration_says_so_once_and_waits_for_it(database: str):
    await at(database, "0000")
    with capture_logs() as said:
        waiting = asyncio.create_task(schema.fits(database))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await at(database, newest())
        assert await waiting
    assert [line["event"] for line in said] == ["schema_is_awaited"]
    assert (said[0]["needed"], said[0]["what_to_do"]) == (least(), "run python -m db.migrate")


async def test_a_process_begins_on_a_schema_that_lacks_only_what_it_can_do_without_and_says_so(database: str):
    await at(database, least())
    with capture_logs() as said:
        assert await schema.fits(database)
    assert [(line["event"], line["at"], line["release"]) for line in said] == [("schema_is_old", least(), newest())]
    assert said[0]["what_to_do"] == "run python -m db.migrate"


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        (newest(), []),
        (least(), [f"The schema is older than this release: {least()}, not {newest()}. Run python -m db.migrate."]),
        (LATER, [f"The schema is newer than this release: {LATER}, not {newest()}. Finish the deployment."]),
    ],
    ids=["of the release", "older", "newer"],
)
async def test_a_running_process_says_how_the_schema_is(database: str, revision: str, said: list[str]):
    await at(database, revision)
    assert await schema.seen() == (True, said)


async def test_a_process_does_not_start_where_a_later_release_has_taken_something_away(database: str):
    await at(database, LATER)
    async with engine.transaction() as tx:
        await tx.run_sync(known.serves_code_from, LATER)
    with capture_logs() as said:
        assert not await schema.fits(database)
    assert [line["event"] for line in said] == ["schema_is_newer"]


async def test_a_database_that_does_not_answer_is_not_waited_for():
    with capture_logs() as said:
        assert await schema.fits("postgresql://nobody:none@127.0.0.1:9/none")
    assert [line["event"] for line in said] == ["schema_not_known"]
