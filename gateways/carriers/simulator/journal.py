"""The simulator's memory on disk: one line per fact, appended; it survives kill -9 with all that was answered."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from gateways.carriers.simulator.facts import FACT, Fact


class Journal:
    """A file of facts, owned by one process; without a path it forgets."""

    def __init__(self, path: Path | None) -> None:
        self._file: int | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise RuntimeError(f"another carrier simulator is using {path}: stop it, or name another file") from None

    def replay(self) -> Iterator[Fact]:
        """All facts so far. A last line that was cut by a crash was never answered for, and is dropped."""
        if self._file is None:
            return
        with os.fdopen(os.dup(self._file), "rb") as lines:
            lines.seek(0)
            whole = 0
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                yield FACT.validate_json(line)
        os.ftruncate(self._file, whole)

    def append(self, fact: Fact) -> None:
        """One write per fact: it is whole or absent."""
        if self._file is not None:
            os.write(self._file, FACT.dump_json(fact) + b"\n")

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
