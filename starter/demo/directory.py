"""Where a demonstration keeps its data: a fresh directory, so that it meets nobody else's orders."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starter.cli.speech import _


class NotFresh(Exception):
    """The directory that was named has something in it; the text says what to do."""


@contextmanager
def fresh_directory(data: Path | None, *, keep: bool) -> Iterator[Path]:
    """The directory that was named, which stays; else a temporary one, which goes in the end unless it is kept."""
    if data is not None:
        directory = data.expanduser().absolute()
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            told = _("{directory} is not empty, and the demonstration needs a fresh directory: name a new one.")
            raise NotFresh(told.format(directory=directory))
        yield directory
        return
    directory = Path(tempfile.mkdtemp(prefix="orderkeep-demo-"))
    if os.geteuid() == 0:  # PostgreSQL runs as another user then, who must be able to walk through
        directory.chmod(0o711)
    try:
        yield directory
    finally:
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)
