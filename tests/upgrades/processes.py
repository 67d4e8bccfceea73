"""Real processes of a release: its migration, its worker under a build id, its API, its command."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from starter.embedded.ports import LOOPBACK, free_port
from starter.embedded.processes import Program, end, spawn
from tests.patience import in_time

PATIENCE = 90.0
_COMMAND = "from starter.cli.main import run; run()"


@dataclass
class Running:
    """One process that was started."""

    program: Program
    process: asyncio.subprocess.Process
    url: str = ""

    def said(self) -> str:
        """Its log."""
        return self.program.log.read_text("utf-8", "replace")

    async def says(self, event: str) -> None:
        """Wait until the event stands in its log."""
        async with asyncio.timeout(PATIENCE):
            while f'"{event}"' not in self.said():
                assert self.process.returncode is None, f"{self.program.name} ended:\n{self.said()[-3000:]}"
                await asyncio.sleep(0.1)

    async def stop(self) -> int:
        """End it in good order; its exit code."""
        await end(self.process, self.program)
        return self.process.returncode or 0


@dataclass(frozen=True)
class Release:
    """A tree of the program, and the id under which its workers ask for work."""

    build_id: str
    tree: Path
    env: Mapping[str, str]
    logs: Path

    async def worker(self) -> Running:
        """Its worker, as it is started; what it says tells when it serves."""
        return await self._start("worker", str(self.tree / "worker.py"))

    async def api(self) -> Running:
        """Its API."""
        port = free_port()
        started = await self._start("api", "-m", "starter.api.server", ORDERKEEP_PORT=str(port))
        started.url = f"http://{LOOPBACK}:{port}"
        return started

    async def serves(self, api: Running) -> None:
        """Wait until the API answers."""
        async with asyncio.timeout(PATIENCE), httpx2.AsyncClient(trust_env=False) as client:
            while True:
                assert api.process.returncode is None, api.said()[-3000:]
                try:
                    if (await client.get(f"{api.url}/readyz")).is_success:
                        return
                except httpx2.HTTPError:
                    await asyncio.sleep(0.1)

    async def migrate(self) -> str:
        """Run its migration; what it says."""
        return await self._said("-m", "db.migrate")

    async def deploy(self, *words: str) -> str:
        """`orderkeep deploy ...` with its program; what it says."""
        return await self._said("-c", _COMMAND, "deploy", *words, "--json")

    async def doctor(self) -> Any:
        """`orderkeep doctor` with its program; what it finds, whatever its exit code."""
        return json.loads(await self._said("-c", _COMMAND, "doctor", "--json", fine=(0, 1)))

    async def _said(self, *arguments: str, fine: Collection[int] = (0,)) -> str:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *_python(*arguments), env={**self.env, "PYTHONPATH": str(self.tree)}, stdout=pipe, stderr=pipe
        )
        out, err = await in_time(process.communicate(), PATIENCE)
        assert process.returncode in fine, err.decode()
        return out.decode()

    async def _start(self, name: str, *arguments: str, **env: str) -> Running:
        whole = {**self.env, "PYTHONPATH": str(self.tree), "ORDERKEEP_BUILD_ID": self.build_id, **env}
        name = f"{name}-{self.build_id}"
        program = Program(name, _python(*arguments), self.logs / f"{name}.log", whole, patience=30.0)
        program.log.unlink(missing_ok=True)
        return Running(program, await spawn(program))


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-P", *arguments)
