"""One arrangement, many runs: the database and the carrier's memory are copied for each, so that all begin alike."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from tests.faults.crash import paper
from tests.faults.crash.acts import Act
from tests.faults.crash.outcome import ANSWER, CARRIER, Table, differences, outcome
from tests.faults.crash.points import ANSWERED, COMMITS, COMMITTED
from tests.faults.crash.processes import Life, Nursery

_copies = itertools.count(1)


@dataclass(frozen=True)
class Stage:
    """Where the same thing is done again and again, undisturbed and disturbed."""

    nursery: Nursery
    database: str
    carrier: Path
    since: datetime

    @asynccontextmanager
    async def fresh(self, *, ships: bool) -> AsyncIterator[Run]:
        """A run of its own on copies of everything; the carrier answers when somebody may ask it."""
        base, _, template = self.database.rpartition("/")
        number = next(_copies)
        name, folder = f"{template}_copy_{number}", self.carrier.with_suffix(f".{number}")
        folder.mkdir()
        memory = folder / "carrier"
        if self.carrier.exists():
            memory.write_bytes(self.carrier.read_bytes())
        async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
            try:
                with _carrier(memory) if ships else nullcontext("") as url:
                    yield Run(self, f"{base}/{name}", url, folder)
            finally:
                await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _carrier(memory: Path) -> Iterator[str]:
    with beside(SimulatorSettings(simulator_port=0, simulator_step_seconds=100_000, simulator_state=memory)) as url:
        yield url


@dataclass(frozen=True)
class Run:
    """One run: processes that act on the same database and the same carrier, one after the other."""

    stage: Stage
    database: str
    carrier_url: str
    folder: Path

    async def live(self, act: Act, fatal: str | None = None) -> Life:
        """A process performs the act here, and dies at the fatal point."""
        here = {"database": self.database, "carrier": self.carrier_url, "folder": str(self.folder), "fatal": fatal}
        return await self.stage.nursery.live(act.model_copy(update=here))

    async def outcome(self, answer: Any) -> Table:
        """What there is now, comparable; `answer` is what the last process said."""
        outside = {CARRIER: paper.facts(self.folder), "(mailbox)": paper.letters(self.folder)}
        outside["(engine)"] = paper.workflows(self.folder)
        return await outcome(self.database, outside, self.stage.since, answer)


@dataclass(frozen=True)
class Findings:
    """What was found out about an act: its points, and what was different after a death at one of them."""

    points: tuple[str, ...]
    wrong: dict[str, Any]

    def told(self) -> str:
        """What was different, for a person to read."""
        return json.dumps(self.wrong, indent=1, ensure_ascii=False, default=str)


@dataclass(frozen=True)
class Rehearsal:
    """An act, performed undisturbed: the points that it passes, what comes of it, and what it may answer."""

    stage: Stage
    act: Act
    points: tuple[str, ...]
    wanted: Table
    answers: tuple[list[Any], ...]

    async def killed(self, *deaths: str) -> tuple[list[str], Any]:
        """The act again on fresh copies, killed at these points in turn, then left alone.

        Returns the points that were not met and what is different in the end. Each life does again what the life
        before left undone; it finds recorded what that one did, and so may pass fewer points.
        """
        missed = []
        async with self.stage.fresh(ships=self.act.ships) as run:
            for point in deaths:
                life = await run.live(self.act, fatal=point)
                if not life.killed():
                    missed.append(point)
                    if not life.ended_well():
                        return missed, {"failed": life}
            last = await run.live(self.act)
            if not last.ended_well():
                return missed, {"failed": last}
            return missed, self._wrong(await run.outcome(last.answer))

    def _wrong(self, got: Table) -> dict[str, Any]:
        answer = got.pop(ANSWER)
        if answer in self.answers:
            return differences(self.wanted, got)
        return {"answered": answer, **differences(self.wanted, got)}


async def rehearsed(stage: Stage, act: Act, *, asked_again: bool = False) -> Rehearsal:
    """Perform the act undisturbed; once more when its second answer may be another, and must change nothing."""
    async with stage.fresh(ships=act.ships) as run:
        life = await run.live(act)
        assert life.ended_well(), life.error
        wanted = await run.outcome(life.answer)
        answers = [wanted.pop(ANSWER)]
        if asked_again:
            again = await run.outcome((await run.live(act)).answer)
            answers.append(again.pop(ANSWER))
            assert differences(wanted, again) == {}, "the repetition had an effect"
        return Rehearsal(stage, act, life.points, wanted, tuple(answers))


async def killed_everywhere(stage: Stage, act: Act, *, asked_again: bool = False) -> Findings:
    """Perform the act undisturbed; then kill it at every point that it passes, and perform it again.

    First at all points in turn, on one and the same database. Then once alone at a point about which that says nothing;
    and, of several things that last (two commits, a question outside), after each. A request is one transaction, after
    the one that knows its sender. When something was wrong in turn, every point is tried alone, to find the culprit.
    """
    whole = await rehearsed(stage, act, asked_again=asked_again)
    missed, wrong_in_turn = await whole.killed(*whole.points)
    wrong: dict[str, Any] = {"in turn": wrong_in_turn} if wrong_in_turn else {}
    lasting = [] if asked_again else _several_things_last(whole.points)
    for point in whole.points if wrong_in_turn else [point for point in whole.points if point in {*missed, *lasting}]:
        not_met, found = await whole.killed(point)
        if not_met or found:
            wrong[point] = found or "the point was not reached"
    return Findings(whole.points, wrong)


def _several_things_last(points: Sequence[str]) -> list[str]:
    """The points after each lasting thing, when there are several."""
    if f"{COMMITS} 2" in points or any(point.startswith(ANSWERED) for point in points):
        return [point for point in points if point.startswith((ANSWERED, COMMITTED))]
    return []
