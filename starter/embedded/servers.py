"""PostgreSQL and Temporal of one data directory: started together, kept running, stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from domain.errors import told
from starter.embedded.data_dir import DataDir
from starter.embedded.ports import is_free
from starter.embedded.postgres import PostgreSQL
from starter.embedded.processes import Program, Register
from starter.embedded.supervisor import Answers, Progress, StartFailed, Supervisor
from starter.embedded.temporal import Temporal
from starter.logs import to_file

ATTEMPTS = 3


def silent(part: str, state: str) -> None:
    """The progress of a launcher that nobody watches."""


def require_free(port: int) -> None:
    """Refuse to start while somebody else listens at the port that was asked for; 0 asks for none."""
    if port and not is_free(port):
        raise StartFailed(told("port {port} is in use: choose another one with --port, or name none", port=port))


async def together(starts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run them at the same time; the first failure ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


@dataclass(frozen=True, slots=True)
class Launched:
    """Which servers are launched here, and not somebody else's."""

    postgres: bool
    temporal: bool


class Servers:
    """`async with Servers(directory) as servers:` gives `servers.database` and `servers.temporal`.

    A process that dies is restarted at the same address. Nothing is left when the block ends; what the launcher left
    when it was killed itself is ended by the kernel (Linux), or by the next launcher of the directory.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        postgres: bool = True,
        temporal: bool = True,
        durable: bool = True,
        progress: Progress = silent,
        wanted_port: int = 0,
    ) -> None:
        self._wanted_port = wanted_port
        self.dir = DataDir(data_dir)
        self.progress = progress
        self.supervisor: Supervisor
        self.launched = Launched(postgres, temporal)
        self._durable = durable
        self._postgres: PostgreSQL | None = None
        self._temporal: Temporal | None = None

    @property
    def database(self) -> str:
        """The PostgreSQL address of our database."""
        if self._postgres is None:
            raise LookupError("PostgreSQL was not launched here")
        return self._postgres.url

    @property
    def temporal(self) -> str:
        """Temporal's address, host and port."""
        if self._temporal is None:
            raise LookupError("Temporal was not launched here")
        return self._temporal.address

    @property
    def temporal_ui(self) -> str:
        """The address of Temporal's Web UI."""
        if self._temporal is None:
            raise LookupError("Temporal was not launched here")
        return self._temporal.ui

    async def __aenter__(self) -> Self:
        """Take the directory, end what an earlier launcher left, start what is wanted and wait until it answers."""
        self.dir.open()
        try:
            self._register = Register(self.dir.processes_file)
            self.supervisor = Supervisor(self._register, self.progress, to_file(self.dir.logs / "launcher.log"))
            await self._register.end_leftovers()
            require_free(self._wanted_port)
            starts = [self._start_postgres()] if self.launched.postgres else []
            starts += [self._start_temporal()] if self.launched.temporal else []
            await together(starts)
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        await self.stop()

    async def stop(self) -> None:
        """End all processes and give the directory back."""
        try:
            await self.supervisor.stop()
            self._register.clear()
        finally:
            self.dir.close()

    async def start_all(self, programs: Iterable[tuple[Program, Answers]]) -> None:
        """Start more programs under the same supervisor, at the same time."""
        await together(self.supervisor.start(program, answers) for program, answers in programs)

    async def _start_postgres(self) -> None:
        self._postgres = server = PostgreSQL(self.dir, durable=self._durable)
        self.progress("postgres", "preparing")
        await server.prepare()
        await self._start(server.program, server.answers, "postgres")
        await server.make_database()

    async def _start_temporal(self) -> None:
        self._temporal = server = Temporal(self.dir)
        await self._start(
            server.program, server.answers, "temporal", "temporal_ui", "temporal_http", "temporal_metrics"
        )

    async def _start(self, program: Callable[[], Program], answers: Answers, *ports: str) -> None:
        """Start a server; when it ends at once because somebody took its port meanwhile, try with another."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self.supervisor.start(program(), answers)
                return
            except StartFailed as failure:
                if attempt == ATTEMPTS or "in use" not in str(failure):
                    raise
                for port in ports:
                    self.dir.forget_port(port)
