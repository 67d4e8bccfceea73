"""All of Orderkeep on one machine from one data directory: servers, API, worker and carrier simulator.

A server that the environment names (ORDERKEEP_DATABASE_URL, TEMPORAL_ADDRESS, ORDERKEEP_CARRIER_URL) is not launched;
the first two are asked whether they answer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from db import engine, migrate
from domain.actor import SYSTEM, Role
from gateways.carriers import registry
from intake import keys
from starter.embedded import children
from starter.embedded.accounts import open_accounts
from starter.embedded.files import read_json, write_json
from starter.embedded.ports import LOOPBACK
from starter.embedded.postgres import reachable
from starter.embedded.servers import Servers, require_free, silent
from starter.embedded.signals import StopRequests
from starter.embedded.supervisor import Progress, StartFailed
from starter.embedded.temporal import NAMESPACE, external_reachable

KEY_NAME = "local administrator"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where everything answers; `endpoints.json` holds the same."""

    api: str
    key: str
    temporal: str
    temporal_ui: str | None
    temporal_namespace: str
    database: str
    simulator: str
    mailbox: str
    metrics: str
    accounts: tuple[dict[str, str], ...] = ()

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "accounts": list(self.accounts)}


class Stack:
    """`async with Stack(directory) as stack:` serves at `stack.endpoints` until the block ends.

    Ctrl-C and SIGTERM end `await stack.wait()` with the signal's number; when the block is busy with something else
    they cancel it, everything is stopped, and `signals.Interrupted` is raised. `day_seconds` is the length of a
    policy's day, `step_seconds` the pace of the carrier; `env` is laid over the environment of every process.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        env: Mapping[str, str] | None = None,
        progress: Progress = silent,
        day_seconds: float | None = None,
        step_seconds: float | None = None,
    ) -> None:
        self._environ = {**os.environ, **(env or {})}
        self._extra = dict(env or {})
        self._wanted_port = port
        self._progress = progress
        self._pace = {"ORDERKEEP_DAY_SECONDS": day_seconds, "ORDERKEEP_SIMULATOR_STEP_SECONDS": step_seconds}
        self._requests = StopRequests()
        self.servers = Servers(
            data_dir,
            postgres=not self._environ.get("ORDERKEEP_DATABASE_URL"),
            temporal=not self._environ.get("TEMPORAL_ADDRESS"),
            progress=progress,
            wanted_port=port,
        )
        self.endpoints: Endpoints

    async def __aenter__(self) -> Self:
        """Start everything and wait until all of it answers."""
        self._requests.listen()
        try:
            await self.servers.__aenter__()
            try:
                await self._start()
            except BaseException:
                await self.servers.stop()
                raise
        except BaseException as error:
            self._requests.close()
            if interrupted := self._requests.absorb(error):
                raise interrupted from None
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, our own processes before the servers that they talk to."""
        interrupted = self._requests.absorb(error)
        try:
            await self.servers.supervisor.stop("api", "worker", "simulator")
            self._write_endpoints(running=False)
        finally:
            await self.servers.stop()
            self._requests.close()
        if interrupted is not None:
            raise interrupted from None

    async def wait(self) -> int:
        """Serve until a signal asks to stop; its number."""
        return await self._requests.wait()

    def pid(self, name: str) -> int:
        """The process id of `api`, `worker`, `simulator`, `postgres` or `temporal` at this moment."""
        return self.servers.supervisor.pid(name)

    async def _start(self) -> None:
        directory = self.servers.dir
        await self._check_external()
        database = self._environ.get("ORDERKEEP_DATABASE_URL") or self.servers.database
        self._progress("database", "migrating")
        await asyncio.to_thread(migrate.upgrade, database)
        api_port = self._api_port()
        simulator_port, metrics_port = directory.port("simulator"), directory.port("worker_metrics")
        carrier = self._environ.get("ORDERKEEP_CARRIER_URL")
        launched = self.servers.launched
        key, accounts = await self._people(database)
        self.endpoints = Endpoints(
            api=f"http://{LOOPBACK}:{api_port}",
            key=key,
            temporal=self.servers.temporal if launched.temporal else self._environ["TEMPORAL_ADDRESS"],
            temporal_ui=self.servers.temporal_ui if launched.temporal else None,
            temporal_namespace=NAMESPACE if launched.temporal else self._environ.get("TEMPORAL_NAMESPACE", NAMESPACE),
            database=database,
            simulator=carrier or f"http://{LOOPBACK}:{simulator_port}",
            mailbox=self._environ.get("ORDERKEEP_MAILBOX_DIR") or str(directory.mailbox),
            metrics=f"http://{LOOPBACK}:{metrics_port}/metrics",
            accounts=accounts,
        )
        env = self._child_environment()
        wanted = [children.api(api_port, env, directory.logs), children.worker(metrics_port, env, directory.logs)]
        if not carrier:
            state = directory.path / "simulator.json"
            wanted.append(children.simulator(simulator_port, env, directory.logs, state))
        await self.servers.start_all((child.program, child.answers) for child in wanted)
        self._write_endpoints(running=True)

    async def _check_external(self) -> None:
        database = self._environ.get("ORDERKEEP_DATABASE_URL")
        if database and not await reachable(database, timeout=10):
            place = urlsplit(database)
            raise StartFailed(
                f"ORDERKEEP_DATABASE_URL is set, but no PostgreSQL takes this connection at "
                f"{place.hostname}:{place.port or 5432}{place.path}: start it and check user and password, "
                "or unset the variable to have one launched"
            )
        address = self._environ.get("TEMPORAL_ADDRESS")
        if address and not await external_reachable(self._environ):
            raise StartFailed(
                f"TEMPORAL_ADDRESS is set, but no Temporal server serves our namespace at {address}: start it and "
                "check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_*, or unset them to have one launched"
            )

    def _api_port(self) -> int:
        require_free(self._wanted_port)
        return self.servers.dir.port("api", self._wanted_port)

    async def _people(self, database: str) -> tuple[str, tuple[dict[str, str], ...]]:
        """The administrator's key, and one account per role."""
        engine.configure(database, pool_size=1)
        try:
            return await self._key(), await open_accounts(self.servers.dir)
        finally:
            await engine.close()

    async def _key(self) -> str:
        """The key of the last start while this database knows it, else a new one."""
        async with engine.transaction() as tx:
            kept = read_json(self.servers.dir.endpoints_file).get("key")
            if isinstance(kept, str) and await keys.identify(tx, kept) is not None:
                return kept
            return await keys.create_key(tx, SYSTEM, KEY_NAME, Role.ADMIN, datetime.now(UTC))

    def _child_environment(self) -> dict[str, str | None]:
        directory, endpoints = self.servers.dir, self.endpoints
        env: dict[str, str | None] = {
            "ORDERKEEP_CARRIER_KEY": directory.secret("carrier_key"),
            "ORDERKEEP_WEBHOOK_SECRET_CARRIERS": directory.webhook_secret("webhook_secret_carriers"),
            "ORDERKEEP_WEBHOOK_SECRET_PAYMENTS": directory.webhook_secret("webhook_secret_payments"),
            **{name: value for name, value in self._environ.items() if value and name.startswith("ORDERKEEP_")},
            **self._extra,
            "ORDERKEEP_DATABASE_URL": endpoints.database,
            "ORDERKEEP_DATA_DIR": str(directory.path),
            "ORDERKEEP_MAILBOX_DIR": endpoints.mailbox,
            "ORDERKEEP_CARRIER_URL": endpoints.simulator,
            "ORDERKEEP_CARRIER_WEBHOOK_URL": f"{endpoints.api}/v1/webhooks/carriers/{registry.names()[0]}",
            "ORDERKEEP_METRICS_PORT": None,
        }
        env |= {name: str(value) for name, value in self._pace.items() if value is not None}
        if self.servers.launched.temporal:  # nothing that belongs to another server may reach for this one
            env |= {name: None for name in self._environ if name.startswith("TEMPORAL_")}
            env |= {"TEMPORAL_ADDRESS": endpoints.temporal, "TEMPORAL_NAMESPACE": NAMESPACE}
            env |= {"TEMPORAL_CONFIG_FILE": os.devnull, "ORDERKEEP_TEMPORAL_UI": endpoints.temporal_ui}
        return env

    def _write_endpoints(self, *, running: bool) -> None:
        status = {"running": running, "pid": os.getpid()}
        write_json(self.servers.dir.endpoints_file, {**self.endpoints.document(), **status})
