"""Every examination names what its scenario brings about, on real servers; a healthy system has no problem."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from db.schema import least, newest
from starter.doctor import answers, examine, temporal
from starter.doctor.registry import EXAMINATIONS
from tests.promql import asked
from tests.starter.doctor.scenarios import SCENARIOS, refusing
from tests.starter.doctor.ward import Ward, until, ward

pytestmark = pytest.mark.xdist_group("servers")
SERIES = re.compile("_(bucket|sum|count|total)$")
"""What Prometheus adds to the name of a histogram or a counter."""
NAMES = [examination.NAME for examination in EXAMINATIONS]


@pytest.fixture(scope="module")
async def patients() -> AsyncIterator[Ward]:
    with tempfile.TemporaryDirectory(prefix="ok-", ignore_cleanup_errors=True) as folder:
        async with ward(Path(folder) / "data") as made:
            yield made


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not answer is waited for two seconds."""
    monkeypatch.setattr(answers, "PATIENCE", timedelta(seconds=2))
    monkeypatch.setattr(temporal, "PATIENCE", timedelta(seconds=2))


def test_every_examination_has_its_scenario():
    assert len(NAMES) >= 20
    assert set(SCENARIOS) == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_what_an_examination_needs_comes_before_it():
    for position, examination in enumerate(EXAMINATIONS):
        assert set(examination.NEEDS) <= set(NAMES[:position]), examination.NAME


async def test_a_healthy_system_is_fine_in_every_way(patients: Ward):
    verdict = await examine(patients.patient)
    assert (verdict["problems"], verdict["warnings"]) == ([], [])
    assert {one["name"]: one["state"] for one in verdict["examined"]} == dict.fromkeys(NAMES, "fine")
    assert all(one["says"] for one in verdict["examined"])


@pytest.mark.parametrize("name", NAMES)
async def test_it_is_named_and_nothing_else_is(patients: Ward, name: str):
    async with SCENARIOS[name](patients):

        async def told() -> bool:
            return name in (found := await patients.examined()) and found == {name}

        await until(told)

    async def well() -> bool:
        return await patients.examined() == set()

    await until(well)


async def test_a_schema_that_serves_and_is_older_is_a_warning(patients: Ward):
    (before,) = (await patients.sql("SELECT version_num FROM alembic_version"))[0]
    await patients.sql(f"UPDATE alembic_version SET version_num = '{least()}'")
    try:
        verdict = await examine(patients.patient)
    finally:
        await patients.sql(f"UPDATE alembic_version SET version_num = '{before}'")
    assert verdict["problems"] == []
    assert [one["problem"] for one in verdict["warnings"]] == ["schema"]
    assert f"is at revision {least()}, this release is of {newest()}" in verdict["warnings"][0]["detail"]
    assert {one["name"] for one in verdict["examined"] if one["state"] != "fine"} == {"schema"}


async def test_a_carrier_that_answers_and_takes_no_booking_is_named(patients: Ward):
    async with refusing(patients) as order:

        async def told() -> list[dict[str, str]]:
            return [one for one in (await examine(patients.patient))["problems"] if one["problem"] == "carrier"]

        (problem,) = await until(told)
        assert f"book_shipment of order/{order}" in problem["detail"]

    async def well() -> bool:
        return await patients.examined() == set()

    await until(well)


async def test_what_the_dashboard_and_the_alarms_read_is_there(patients: Ward):
    ends = patients.stack.endpoints

    async def lines() -> list[str]:
        async with httpx2.AsyncClient(trust_env=False) as http:
            shown = [(await http.get(address)).text for address in (f"{ends.api}/metrics", ends.metrics)]
        return [line for text in shown for line in text.splitlines()]

    async def lacking() -> set[str]:
        there = {line.split()[2] for line in await lines() if line.startswith("# HELP ")}
        return {name for name in asked() if not {name, SERIES.sub("", name)} & there}

    async def complete() -> bool:
        return not await lacking()

    async with refusing(patients), SCENARIOS["step"](patients), SCENARIOS["stuck"](patients):
        await until(complete)
    assert len(asked()) > 30
