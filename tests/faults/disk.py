"""The disk of PostgreSQL that runs full: a small file system of its own, or where none can be mounted, a file limit."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Protocol

import psutil

from starter.ending import ended

SIZE_MB = 2048
LIMIT_BYTES = 64 * 1024
"""Smaller than any file that PostgreSQL grows: table, index, write-ahead log."""
NO_LIMIT = -1


class Disk(Protocol):
    """What holds PostgreSQL's files; `server` says which process to limit, where that is the way."""

    how: str
    server: Callable[[], int]
    keep: bool

    def full(self) -> contextlib.AbstractAsyncContextManager[None]:
        """No byte more fits while the block lasts."""
        ...


class Mounted:
    """A tmpfs that is made as small as what is on it: from then on the kernel answers ENOSPC."""

    how = "a small file system that is full (ENOSPC)"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Callable[[], int] = os.getpid
        self.keep = False

    @contextlib.asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Shrink, and grow again."""
        space = os.statvfs(self.folder)
        used = (space.f_blocks - space.f_bfree) * space.f_frsize
        await self._size(f"{max(used, 1) // 1024}k")
        try:
            yield
        finally:
            await self._size(f"{SIZE_MB}m")

    async def _size(self, size: str) -> None:
        command = ("mount", "-o", f"remount,size={size}", str(self.folder))
        process = await asyncio.create_subprocess_exec(*command)
        if await process.wait() != 0:
            raise OSError(f"{self.folder} could not be made {size} large")


class Limited:
    """A limit on the size of the files of the server's processes: PostgreSQL meets EFBIG where it would meet ENOSPC."""

    how = "a limit on the size of the server's files (EFBIG), since nothing can be mounted here"

    def __init__(self) -> None:
        self.server: Callable[[], int] = os.getpid
        self.keep = True

    @contextlib.asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Limit every process of the server, also those that start meanwhile, and lift the limit again."""
        task = asyncio.create_task(self._keep_limited())
        try:
            yield
        finally:
            await ended(task)
            self._limit(NO_LIMIT)

    async def _keep_limited(self) -> None:
        while True:
            self._limit(LIMIT_BYTES)
            await asyncio.sleep(0.1)

    def _limit(self, size: int) -> None:
        with contextlib.suppress(psutil.Error):
            server = psutil.Process(self.server())
            for process in (server, *server.children(recursive=True)):
                with contextlib.suppress(psutil.Error, OSError):
                    hard = process.rlimit(psutil.RLIMIT_FSIZE)[1]
                    process.rlimit(psutil.RLIMIT_FSIZE, (size if size > 0 else hard, hard))


@contextlib.contextmanager
def disk_for(folder: Path) -> Iterator[Disk]:
    """A disk at `folder`, which does not exist yet; with `keep` the folder has in the end what was on it."""
    folder.mkdir(parents=True, mode=0o711)
    if not _mounted(folder):
        yield Limited()
        return
    disk = Mounted(folder)
    kept = folder.with_name(f"{folder.name}.kept")
    try:
        yield disk
    finally:
        if disk.keep:
            shutil.copytree(folder, kept, ignore_dangling_symlinks=True)
        subprocess.run(("umount", str(folder)), check=True)
        if disk.keep:
            folder.rmdir()
            kept.rename(folder)


def _mounted(folder: Path) -> bool:
    command = ("mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0700", "tmpfs", str(folder))
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:  # there is no such program
        return False
