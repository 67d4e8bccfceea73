"""PostgreSQL and Temporal from a data directory: start, addresses kept, restarts, unclean stops, one launcher."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from starter.embedded import temporal
from starter.embedded.data_dir import InUse
from starter.embedded.files import read_json
from starter.embedded.servers import Servers
from tests.starter.embedded.conftest import none_running, running

ROOT = Path(__file__).parents[3]
LAUNCHER = (sys.executable, "-m", "tests.starter.embedded.launcher")


async def launch(directory: Path, *more: str) -> tuple[asyncio.subprocess.Process, str]:
    """A launcher as a process of its own that is ready; the database's address."""
    process = await asyncio.create_subprocess_exec(
        *LAUNCHER, str(directory), *more, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().split()
    assert line[0] == "ready"
    return process, line[1]


async def write_note(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")


async def read_note(url: str) -> str:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute("SELECT text FROM note")).fetchone()
        assert row is not None
        return str(row[0])


async def until_answers(url: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            await (await psycopg.AsyncConnection.connect(url, connect_timeout=2)).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_both_servers_answer_and_keep_their_addresses_for_the_next_start(directory: Path) -> None:
    states: list[tuple[str, str]] = []
    async with Servers(directory, progress=lambda part, state: states.append((part, state))) as servers:
        addresses = (servers.database, servers.temporal, servers.temporal_ui)
        assert await temporal.reachable(servers.temporal, "default")
        await write_note(servers.database)
    assert [state for part, state in states if part == "postgres"] == [
        "preparing",
        "starting",
        "ready",
        "stopping",
        "stopped",
    ]
    assert not running(directory)
    async with Servers(directory) as servers:
        assert (servers.database, servers.temporal, servers.temporal_ui) == addresses
        assert await read_note(servers.database) == "kept"


async def test_a_killed_server_comes_back_at_the_same_address_with_what_was_written(directory: Path) -> None:
    async with Servers(directory) as servers:
        await write_note(servers.database)
        for name in ("postgres", "temporal"):
            before = servers.supervisor.pid(name)
            os.kill(before, signal.SIGKILL)
            while servers.supervisor.pid(name) == before:
                await asyncio.sleep(0.02)
        await until_answers(servers.database)
        assert await read_note(servers.database) == "kept"
        for _ in range(200):
            if await temporal.reachable(servers.temporal, "default"):
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail("Temporal did not come back")


async def test_a_directory_in_use_is_refused_with_the_process_and_what_to_do(directory: Path) -> None:
    async with Servers(directory, temporal=False, durable=False) as servers:
        with pytest.raises(InUse, match=rf"in use by process {os.getpid()}: stop that one .* --data"):
            async with Servers(directory, temporal=False):
                pytest.fail("two launchers in one directory")
        await until_answers(servers.database)


async def test_a_launcher_that_is_killed_leaves_nothing_and_the_next_one_finds_what_was_written(
    directory: Path,
) -> None:
    process, url = await launch(directory, "temporal")
    await write_note(url)
    process.kill()
    await process.wait()
    async with Servers(directory) as servers:  # at once, while what was left may be ending still
        assert servers.database == url
        assert await read_note(url) == "kept"
    process, _ = await launch(directory, "temporal")
    process.kill()
    await process.wait()
    assert await none_running(directory)


async def test_servers_that_outlive_their_launcher_are_ended_by_the_next_one(directory: Path) -> None:
    process, url = await launch(directory)
    row = read_json(directory / "processes.json")["processes"]["postgres"]
    os.kill(row["pid"], signal.SIGSTOP)  # it cannot follow the launcher
    process.kill()
    await process.wait()
    assert running(directory)
    started = asyncio.create_task(until_answers_in(directory))
    await asyncio.sleep(1)
    if psutil.pid_exists(row["pid"]):
        os.kill(row["pid"], signal.SIGCONT)
    assert await started == url


async def until_answers_in(directory: Path) -> str:
    async with Servers(directory, temporal=False, durable=False) as servers:
        await until_answers(servers.database)
        return servers.database


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_everything_in_good_order(directory: Path, number: int) -> None:
    process, _ = await launch(directory)
    process.send_signal(number)
    assert await process.wait() == 0
    assert not running(directory)
    assert not (directory / "processes.json").exists()
    assert not (directory / "postgres" / "data" / "postmaster.pid").exists()


async def test_a_signal_during_the_start_leaves_nothing(directory: Path) -> None:
    process = await asyncio.create_subprocess_exec(*LAUNCHER, str(directory), "temporal", cwd=ROOT)
    while process.returncode is None and not (directory / "logs" / "temporal.log").exists():
        await asyncio.sleep(0.01)
    process.terminate()
    assert await process.wait() in (0, 1)
    assert not running(directory)


async def test_a_stale_lock_file_with_a_number_that_is_now_somebody_elses_does_not_prevent_the_start(
    directory: Path,
) -> None:
    async with Servers(directory, temporal=False, durable=False) as servers:
        lock_file = directory / "postgres" / "data" / "postmaster.pid"
        content = lock_file.read_text().split("\n")
        await write_note(servers.database)
    lock_file.write_text("\n".join([str(os.getppid()), *content[1:]]))
    shutil.chown(lock_file, lock_file.parent.stat().st_uid, lock_file.parent.stat().st_gid)
    async with Servers(directory, temporal=False, durable=False) as servers:
        assert await read_note(servers.database) == "kept"


async def test_an_interrupted_first_start_is_made_good(directory: Path) -> None:
    (directory / "postgres" / "unfinished" / "base").mkdir(parents=True)
    (directory / "postgres" / "unfinished" / "PG_VERSION").write_text("18\n")
    async with Servers(directory, temporal=False, durable=False) as servers:
        await write_note(servers.database)


async def test_passwords_are_readable_by_their_owner_alone(directory: Path) -> None:
    async with Servers(directory, temporal=False, durable=False):
        assert (directory / "secrets.json").stat().st_mode & 0o077 == 0
        assert (directory / "postgres").stat().st_mode & 0o077 == 0
        assert not (directory / "postgres" / "password").exists()
