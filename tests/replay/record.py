"""Records the histories of the paths for the release at work: `python -m tests.replay.record [path ...]`, or all.

Those of earlier releases are never written: they are what orders that run since then have behind them.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import groupby

from temporalio.client import Client, WorkflowHistory

from starter.exit import finish
from tests.databases import fresh_database, template_database
from tests.replay import kept
from tests.replay.paths import PATHS, Path
from tests.workflows.opening import a_carrier, a_world, an_engine


async def record(*names: str) -> None:
    """Drive an order along each path, then replace what the release at work has of it."""
    chosen = [path for path in PATHS if not names or path.name in names]
    async with template_database() as template:
        with a_carrier() as carrier_url:
            for knobs, paths in groupby(chosen, lambda path: path.knobs):
                async with an_engine(*knobs) as environment:
                    for path in paths:
                        async with (
                            fresh_database(template) as database,
                            a_world(environment, database, carrier_url) as world,
                        ):
                            _keep(path, await _histories(world.client, await path.drive(world)))


async def _histories(client: Client, workflows: list[str]) -> list[WorkflowHistory]:
    """The runs of the workflows, the oldest of each first; of many the first two and the last."""
    found: list[WorkflowHistory] = []
    for workflow in workflows:
        runs: list[WorkflowHistory] = []
        run_id: str | None = None
        while run_id != "":
            runs.insert(0, await client.get_workflow_handle(workflow, run_id=run_id).fetch_history())
            run_id = runs[0].events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        found += runs if len(runs) <= 3 else [*runs[:2], runs[-1]]
    return found


def _keep(path: Path, found: list[WorkflowHistory]) -> None:
    kept.replace(path.name, found)
    sys.stdout.write(f"{kept.at_work()}/{path.name}: {', '.join(str(len(each.events)) for each in found)} events\n")
    sys.stdout.flush()


def main(*names: str) -> int:
    """0 when all are recorded; 2 when a name is no path."""
    unknown = sorted(set(names) - {path.name for path in PATHS})
    if unknown:
        sys.stderr.write(f"no such path: {', '.join(unknown)}; there are {', '.join(path.name for path in PATHS)}\n")
        return 2
    asyncio.run(record(*names))
    return 0


if __name__ == "__main__":
    try:
        code = main(*sys.argv[1:])
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    finish(code)
