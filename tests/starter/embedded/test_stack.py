"""Everything together: real servers, API, worker and carrier simulator from one directory."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import httpx2
import pytest

from domain.actor import Role
from starter.embedded.files import read_json
from starter.embedded.stack import Stack
from starter.embedded.supervisor import StartFailed

ROOT = Path(__file__).parents[3]
CHILDREN = ("api", "worker", "simulator", "postgres", "temporal")


async def until_ready(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
        for _ in range(400):
            try:
                if (await client.get(f"{url}/v1/trial-balance", headers=headers)).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.05)
    pytest.fail("the API does not answer with the key")


async def test_all_of_it_answers_and_survives_any_death_at_the_same_addresses(directory: Path) -> None:
    async with Stack(directory, day_seconds=1, step_seconds=0.1) as stack:
        first = stack.endpoints
        written = read_json(directory / "endpoints.json")
        assert written == {**first.document(), "running": True, "pid": os.getpid()}
        accounts = written["accounts"]
        assert [each["role"] for each in accounts] == [role.value for role in Role if role is not Role.INTEGRATION]
        assert all(each["username"] == each["role"] and len(each["password"]) >= 20 for each in accounts)
        assert (directory / "endpoints.json").stat().st_mode & 0o077 == 0
        await until_ready(first.api, first.key)
        before = {name: stack.pid(name) for name in CHILDREN}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        while any(stack.pid(name) == pid for name, pid in before.items()):
            await asyncio.sleep(0.05)
        await until_ready(first.api, first.key)
    assert read_json(directory / "endpoints.json")["running"] is False


async def test_a_database_of_somebody_else_is_used_and_not_launched(
    directory: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERKEEP_DATABASE_URL", database)
    async with Stack(directory) as stack:
        assert stack.endpoints.database == database
        assert not (directory / "postgres").exists()
        await until_ready(stack.endpoints.api, stack.endpoints.key)


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (
            {
                "ORDERKEEP_DATABASE_URL": "postgresql://user:hidden@127.0.0.1:9/orders",
                "TEMPORAL_ADDRESS": "127.0.0.1:9",
            },
            r"ORDERKEEP_DATABASE_URL is set, but no PostgreSQL takes this connection at 127.0.0.1:9/orders",
        ),
        ({"TEMPORAL_ADDRESS": "127.0.0.1:9"}, r"TEMPORAL_ADDRESS is set, but no Temporal server serves"),
    ],
)
async def test_a_server_that_is_named_and_does_not_answer_is_told_without_its_password(
    directory: Path, env: dict[str, str], sentence: str
) -> None:
    with pytest.raises(StartFailed, match=sentence) as failure:
        async with Stack(directory, env=env):
            pytest.fail("started without a server")
    assert "hidden" not in str(failure.value)


async def test_a_port_in_use_is_told(directory: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        with pytest.raises(StartFailed, match="is in use: choose another one with --port"):
            async with Stack(directory, port=somebody.getsockname()[1]):
                pytest.fail("started on a port in use")


async def test_a_killed_command_leaves_nothing_and_the_next_one_has_its_addresses_and_key(directory: Path) -> None:
    command = (
        sys.executable,
        "-c",
        "from starter.cli.main import run; run()",
        "up",
        "--data",
        str(directory),
        "--json",
    )
    lines = []
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
        assert process.stdout is not None
        lines.append(json.loads(await process.stdout.readline()))
        process.send_signal(number)
        await process.wait()
    assert process.returncode == 0
    assert lines[0] == lines[1]
    assert set(lines[0]) >= {"api", "key", "temporal", "temporal_ui", "database"}
