"""Every kind of fault that a plan may contain can be brought about, and the disk is really full."""

from __future__ import annotations

import asyncio
import errno
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.faults.disk import LIMIT_BYTES, Limited, disk_for
from tests.faults.schedule import KINDS
from tests.faults.strikes import STRIKES

FILLED = """
import sys  # Python ignores SIGXFSZ, as PostgreSQL does
for line in sys.stdin:
    try:
        with open(sys.argv[1], "ab") as file:
            file.write(b"x" * int(line))
        print("written", flush=True)
    except OSError as error:
        print(error.errno, flush=True)
"""


def test_every_kind_has_its_strike_and_no_strike_is_left_over() -> None:
    assert set(STRIKES) == {kind.name for kind in KINDS}


async def test_on_a_full_disk_nothing_can_be_written_and_afterwards_it_can(tmp_path: Path) -> None:
    with disk_for(tmp_path / "disk") as disk:
        file = tmp_path / "disk" / "file"
        command = [sys.executable, "-c", FILLED, str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            disk.server = lambda: writer.pid

            def written(size: int) -> str:
                assert writer.stdin is not None and writer.stdout is not None
                writer.stdin.write(f"{size}\n")
                writer.stdin.flush()
                return writer.stdout.readline().strip()

            assert written(LIMIT_BYTES) == "written"
            async with disk.full():
                assert written(LIMIT_BYTES) in (str(errno.ENOSPC), str(errno.EFBIG))
            assert written(LIMIT_BYTES) == "written"
            writer.kill()


async def test_where_nothing_can_be_mounted_the_files_of_the_server_are_limited_and_then_not() -> None:
    disk = Limited()
    with subprocess.Popen(["sleep", "60"]) as server:
        disk.server = lambda: server.pid
        before = psutil.Process(server.pid).rlimit(psutil.RLIMIT_FSIZE)
        async with disk.full():
            while (limit := psutil.Process(server.pid).rlimit(psutil.RLIMIT_FSIZE)) == before:
                await asyncio.sleep(0.01)
            assert limit[0] == LIMIT_BYTES
        assert psutil.Process(server.pid).rlimit(psutil.RLIMIT_FSIZE) == before
        server.kill()


@pytest.mark.parametrize("keep", [True, False])
def test_what_was_on_the_disk_stays_only_when_it_is_wanted(tmp_path: Path, keep: bool) -> None:
    with disk_for(tmp_path / "disk") as disk:
        disk.keep = keep
        (tmp_path / "disk" / "file").write_text("evidence")
    kept = [file.name for file in tmp_path.rglob("file")]
    assert kept == (["file"] if keep or isinstance(disk, Limited) else [])
