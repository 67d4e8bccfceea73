"""A short directory for servers, and a watch that nothing runs on after a test."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest


def running(directory: Path) -> list[str]:
    """The command lines of processes that name the directory, the tests' own aside."""
    lines = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(directory) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            lines.append(line)
    return lines


async def none_running(directory: Path, seconds: float = 20.0) -> bool:
    """Whether all of them end within that time."""
    for _ in range(int(seconds * 20)):
        if not running(directory):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.fixture
async def directory() -> AsyncIterator[Path]:
    """A data directory that does not exist yet; after the test no process of it does."""
    folder = Path(tempfile.mkdtemp(prefix="ok-"))
    try:
        yield folder / "data"
        assert await none_running(folder), running(folder)
    finally:
        shutil.rmtree(folder)
