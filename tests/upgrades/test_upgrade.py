"""A company goes over to the next release while hundreds of its orders are open, back once, and over again.

The procedure is that of docs/operating.md, "Upgrade", with real processes of both releases. Each order belongs to a
group, and each phase of the deploy has a group that lives through the rest of its life in it, while the others rest:

    0 new code, old schema, which then expands under it    1 old code, new schema    2 a ramp of 10 %
    3 the new build is current    4 back to the old build    5 the new build again    6 the schema has contracted

The old schema is the oldest on which the code of today works: what its release can do without is not there either.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from db import engine, migrate
from db.schema import least, newest
from domain.actor import SYSTEM, Role
from gateways.signatures import new_secret
from intake import keys
from tests import builders
from tests.upgrades.company import AT_ONCE, Company, spread
from tests.upgrades.processes import Release, Running
from tests.upgrades.releases import ROOT, contracted_release, next_release, revision_after
from tests.upgrades.scenes import CARRIER_DOWN, LISTED, SCENES, Scene, must_be_seen
from tests.workflows.opening import a_carrier, an_engine

GROUPS = 7
FEWEST = 4 * len((*SCENES, *CARRIER_DOWN))
"""With four orders of a scene, one at least still rests when the new build becomes current."""
ORDERS = max(FEWEST, int(os.environ.get("UPGRADE_ORDERS") or 0))
ARRIVALS = 4
"""Orders of each kind that come in every phase."""

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.timeout(600 + 4 * ORDERS)]


class Deploy:
    """The two releases, the company, and what is running."""

    def __init__(self, company: Company, carrier: str, old: Release, new: Release, later: Release) -> None:
        self.company, self.carrier = company, carrier
        self.old, self.new, self.later = old, new, later
        self.submitted = 0
        self.running: list[Running] = []
        self.seconds: dict[str, float] = {}

    async def started(self, starting: Awaitable[Running]) -> Running:
        """A process that is stopped at the end, whatever happens."""
        process = await starting
        self.running.append(process)
        return process

    async def arrive(self, group: int) -> None:
        """New orders come in, also of listed customers."""
        for scene in (SCENES[5], LISTED):
            for _ in range(ARRIVALS):
                await self.company.order(scene, group, 10_000 + self.submitted)
                self.submitted += 1

    async def phase(self, name: str, *parts: Awaitable[object]) -> None:
        """Let things happen at the same time, and note how long they took."""
        began = time.monotonic()
        await asyncio.gather(*parts)
        self.seconds[name] = round(time.monotonic() - began, 1)

    async def carrier_answers(self, answers: bool) -> None:
        """The carrier goes down, or comes back."""
        async with httpx2.AsyncClient(trust_env=False) as client:
            await client.post(f"{self.carrier}/faults", json={"mode": "up" if answers else "down"})

    async def running_workflows(self, query: str = "") -> set[str]:
        """The workflows that run; `query` narrows them down."""
        asked = f"ExecutionStatus = 'Running' {query}"
        return {run.id async for run in self.company.engine.client.list_workflows(asked)}


@pytest.fixture
async def deploy(database: str, tmp_path: Path) -> AsyncIterator[Deploy]:
    """Two releases of the program and a company on the old schema."""
    async with engine.transaction() as tx:
        await tx.execute(text("DROP SCHEMA public CASCADE"))
        await tx.execute(text("CREATE SCHEMA public"))
    await asyncio.to_thread(migrate.upgrade, database, least())
    async with an_engine() as environment, _company(environment, tmp_path) as (company, carrier):
        env = {
            "PATH": os.environ["PATH"],
            "ORDERKEEP_DATABASE_URL": database,
            "ORDERKEEP_DATA_DIR": str(tmp_path / "data"),
            "ORDERKEEP_MAILBOX_DIR": company.mailbox,
            "ORDERKEEP_CARRIER_URL": carrier,
            "ORDERKEEP_WEBHOOK_SECRET_CARRIERS": company.secret,
            "ORDERKEEP_LOG_JSON": "true",
            "ORDERKEEP_LOG_LEVEL": "warning",
            "TEMPORAL_ADDRESS": environment.client.service_client.config.target_host,
            "TEMPORAL_NAMESPACE": environment.client.namespace,
            "TEMPORAL_CONFIG_FILE": os.devnull,
        }
        after = next_release(tmp_path / "next")
        trees = {"old": ROOT, "new": after, "later": contracted_release(after, tmp_path / "later")}
        made = Deploy(company, carrier, *(Release(name, tree, env, tmp_path) for name, tree in trees.items()))
        try:
            yield made
        finally:
            for process in made.running:
                await process.stop()


@asynccontextmanager
async def _company(environment, folder: Path):
    (folder / "mailbox").mkdir()
    async with engine.transaction() as tx:
        key = await keys.create_key(tx, SYSTEM, "the company", Role.ADMIN, datetime.now(UTC))
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:
        company = Company(environment, key, new_secret(), str(folder / "mailbox"), http)
        await company.founded(ORDERS)
        with a_carrier() as carrier:
            yield company, carrier


async def test_a_company_goes_over_to_the_next_release_and_back_and_over_again(
    deploy: Deploy, capsys: pytest.CaptureFixture[str]
) -> None:
    company, old, new = deploy.company, deploy.old, deploy.new
    old_worker = await deploy.started(old.worker())
    old_api = await deploy.started(old.api())
    await old.serves(old_api)
    company.api = old_api.url
    await old.deploy("current", "--build-id", "old")
    await deploy.phase("open", _orders_open(deploy))

    # New code serves on the old schema, and says so; the stage of its own lets orders pass.
    new_worker, new_api = await deploy.started(new.worker()), await deploy.started(new.api())
    await new.serves(new_api)
    for process in (new_worker, new_api):
        await process.says("schema_is_old")
    await new_worker.says("build_receives_nothing_yet")
    assert await _schemas(deploy, old_api, new_api) == [("older", "schema"), ("older", "schema")]
    company.api = new_api.url
    await _current(deploy, "new")
    await deploy.phase("old schema", deploy.arrive(0), company.bring_to_end(0))
    assert await _met_the_new_stage(deploy, 0) >= 2 * ARRIVALS
    assert not await company.counted("SELECT count(*) FROM pg_class WHERE relname = 'export_screening'")

    # Expand, under the new code: without a restart it uses what is there now.
    expanded = revision_after(newest())
    assert expanded in await new.migrate()
    assert expanded in await old.migrate(), "the old migration leaves a newer database alone"
    await deploy.arrive(0)
    await deploy.phase("expanding", company.bring_to_end(0))
    screened = await company.counted("SELECT count(*) FROM export_screening")
    assert screened >= 2 * ARRIVALS
    assert await _schemas(deploy, old_api, new_api) == [("newer", "release"), ("", "")]

    # Old code goes on where new code was.
    company.api = old_api.url
    await old.deploy("back", "--build-id", "old")
    await deploy.phase("expanded", deploy.arrive(1), company.bring_to_end(1))
    assert await company.counted("SELECT count(*) FROM export_screening") == screened, "only the old build works"

    routed = json.loads(await new.deploy("ramp", "--build-id", "new", "--percent", "10"))
    assert (routed["current"], routed["ramping"], routed["percent"]) == ("old", "new", 10.0)
    company.api = new_api.url
    await deploy.phase("ramp", deploy.arrive(2), company.bring_to_end(2))

    await deploy.phase("carrier down", _carrier_goes_down(deploy))
    assert must_be_seen() - _seen(await company.look()) == set(), "in every state something rests"
    await deploy.phase("current", _current(deploy, "new"), deploy.arrive(3), company.bring_to_end(3))
    assert await company.counted("SELECT count(*) FROM export_screening") > screened, "the new build works"

    await deploy.arrive(4)
    await _waits_in_the_new_stage(deploy, 4)
    company.api = old_api.url
    began = json.loads(await old.deploy("back", "--build-id", "old"))
    assert (began["current"], began["ramping"], began["foreign"]) == ("old", None, 0)
    assert len(began["started_again"]) >= ARRIVALS, "those that had met the new stage"
    await deploy.phase("back", deploy.arrive(4), company.bring_to_end(4))

    company.api = new_api.url
    await deploy.phase("again", _current(deploy, "new"), deploy.arrive(5), company.bring_to_end(5))
    assert [await process.stop() for process in (old_worker, old_api)] == [0, 0]

    # Contract: the release after the next takes the old column away; the new code does not miss it.
    await deploy.later.migrate()
    await deploy.phase("contracted", deploy.arrive(6), company.bring_to_end(*range(GROUPS)))
    refused = await deploy.started(old.worker())
    assert await refused.process.wait() == 2
    assert '"schema_is_newer"' in refused.said()
    served = await _all_ended_well(deploy)
    told = {"orders": deploy.submitted, "begun_again": len(began["started_again"]), "ran_on": served}
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps({**told, 'seconds': deploy.seconds})}\n")


async def _schemas(deploy: Deploy, *apis: Running) -> list[tuple[str, str]]:
    """What each release says of the schema: its API how it is, its doctor which examination warns or finds fault."""
    said = []
    async with httpx2.AsyncClient(trust_env=False) as client:
        for api, release in zip(apis, (deploy.old, deploy.new), strict=True):
            (warning,) = (await client.get(f"{api.url}/readyz")).json()["warnings"] or ("",)
            how = next((word for word in ("older", "newer") if word in warning), "")
            verdict = await release.doctor()
            of_schema = [one["problem"] for one in (*verdict["warnings"], *verdict["problems"])]
            said.append((how, *(name for name in of_schema if name in ("schema", "release"))))
    return [(how, *(names or ("",))) for how, *names in said]


async def _orders_open(deploy: Deploy) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def ordered(scene: Scene, group: int, nth: int) -> None:
        async with gate:
            await deploy.company.order(scene, group, nth)
            deploy.submitted += 1

    await asyncio.gather(*(ordered(*chosen) for chosen in spread(ORDERS, GROUPS)))
    await deploy.company.bring_to_rest(SCENES)


async def _carrier_goes_down(deploy: Deploy) -> None:
    """A booking and a voiding are under way when the build changes, and fail until the carrier is back."""
    for seen in await deploy.company.look():
        if seen.scene is CARRIER_DOWN[1]:
            await deploy.company.move(seen, "pick")
    await _until(deploy, "SELECT count(*) FROM shipment WHERE state = 'PACKED'", 0)
    await deploy.carrier_answers(False)
    await deploy.company.bring_to_rest(CARRIER_DOWN)


async def _current(deploy: Deploy, build_id: str) -> None:
    routed = json.loads(await deploy.new.deploy("current", "--build-id", build_id))
    assert (routed["current"], routed["ramping"]) == (build_id, None)
    await deploy.carrier_answers(True)


async def _met_the_new_stage(deploy: Deploy, group: int) -> int:
    met = 0
    for seen in await deploy.company.look():
        if seen.group == group:
            history = await deploy.company.engine.client.get_workflow_handle(f"order/{seen.number}").fetch_history()
            met += any(b"screen_order" in event.SerializeToString() for event in history.events)
    return met


async def _waits_in_the_new_stage(deploy: Deploy, group: int) -> None:
    query = """SELECT count(*) FROM export_screening e JOIN sales_order o ON o.number = e.order_number
      WHERE e.cleared_at IS NULL AND o.customer_po LIKE :listed"""
    await _until(deploy, query, ARRIVALS, listed=f"{LISTED.code}/{group}/%")


async def _until(deploy: Deploy, sql: str, wanted: int, **values: str) -> None:
    async with asyncio.timeout(120):
        while await deploy.company.counted(sql, **values) != wanted:
            await asyncio.sleep(0.2)


def _seen(pictures) -> set[tuple[str, str]]:
    return {(document, state) for seen in pictures for document, state in seen.states.items()}


async def _all_ended_well(deploy: Deploy) -> dict[str, int]:
    """Nothing lost, nothing doubled, nothing stuck; how many workflows have run on each build."""
    company = deploy.company
    ended = await company.look()
    assert len(ended) == deploy.submitted
    assert Counter(seen.states["order"] for seen in ended) == Counter(seen.scene.end for seen in ended)
    checks = (await company.ask("GET", "/v1/checks"))["checks"]
    assert [check for check in checks if check["breaches"]] == []

    still = {f"order/{seen.number}" for seen in ended if seen.scene.end == "IN_FULFILMENT"}
    await _until(deploy, "SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL", 0)
    async with asyncio.timeout(120):
        while await deploy.running_workflows() != still:
            await asyncio.sleep(0.5)
    assert await deploy.running_workflows("AND TemporalReportedProblems IS NOT NULL") == set()

    await _single(company)
    await _every_letter_once(deploy)
    return {build: len(await _ran_on(deploy, build)) for build in ("old", "new")}


async def _ran_on(deploy: Deploy, build: str) -> set[str]:
    asked = f"TemporalUsedWorkerDeploymentVersions = 'orderkeep:{build}'"
    return {run.id async for run in deploy.company.engine.client.list_workflows(asked)}


async def _single(company: Company) -> None:
    """One effect per fact: what the timeline and the carrier know has happened once."""
    once = (
        "order_confirmed",
        "shipment_booked",
        "invoice_posted",
        "order_completed",
        "order_cancelled",
        "order_screened",
        "follow_up_sent",
        "everything_delivered",
    )
    doubled = await builders.rows(
        """SELECT order_number, event, document FROM timeline WHERE event = ANY(:once)
           GROUP BY order_number, event, document HAVING count(*) > 1""",
        once=list(once),
    )
    assert doubled == []
    followed = "SELECT count(*) FROM sales_order WHERE state = 'COMPLETED' AND follow_up_sent_at IS NULL"
    assert await company.counted(followed) == 0, "old code and new code have each read what the other wrote"


async def _every_letter_once(deploy: Deploy) -> None:
    """Also those that only the new release can write, whichever worker was asked for them first."""
    await _until(deploy, "SELECT count(*) FROM notice WHERE sent_at IS NULL", 0)
    written = await deploy.company.counted("SELECT count(*) FROM notice")
    assert len(list(Path(deploy.company.mailbox).rglob("*.eml"))) == written
    asked = "SELECT count(*) FROM notice WHERE event = 'screening_asked'"
    assert await deploy.company.counted(asked) > ARRIVALS
