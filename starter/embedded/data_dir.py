"""The data directory: its parts, the lock that gives it to one launcher, and what is kept between two starts."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from domain.errors import told
from starter.embedded.files import read_json, write_json
from starter.embedded.ports import free_port


class InUse(RuntimeError):
    """Another launcher serves from this data directory."""


class Unusable(RuntimeError):
    """No directory can be made there."""


class DataDir:
    """One data directory, held by this process while it is open.

    The lock is the operating system's: it goes away with the process that holds it, however that process ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.logs = self.path / "logs"
        self.mailbox = self.path / "mailbox"
        self.endpoints_file = self.path / "endpoints.json"
        self.processes_file = self.path / "processes.json"
        self._secrets_file = self.path / "secrets.json"
        self._ports_file = self.path / "ports.json"
        self._lock: int | None = None

    def open(self) -> None:
        """Make the directory and take it. Errors: Unusable, InUse."""
        fresh = not self.path.exists()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise Unusable(
                told(
                    "the data directory {path} cannot be made ({reason}): choose another one with --data",
                    path=self.path,
                    reason=failure.strerror,
                )
            ) from None
        if fresh:  # as root, PostgreSQL runs as another user, who must be able to walk through
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise InUse(
                told(
                    "the data directory {path} is in use by process {holder}: "
                    "stop that one (kill {holder}), or choose another directory with --data",
                    path=self.path,
                    holder=holder,
                )
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._lock = handle
        for part in (self.logs, self.mailbox):
            part.mkdir(exist_ok=True, mode=0o700)

    def close(self) -> None:
        """Give the directory back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def port(self, name: str, wanted: int = 0) -> int:
        """The port of `name`: the wanted one, else that of the last start if it is free, else a new one."""
        kept = read_json(self._ports_file)
        others = frozenset(number for other, number in kept.items() if other != name)
        kept[name] = wanted or free_port(kept.get(name), others)
        write_json(self._ports_file, kept)
        return int(kept[name])

    def forget_port(self, name: str) -> None:
        """The next `port(name)` is a new one."""
        kept = read_json(self._ports_file)
        kept.pop(name, None)
        write_json(self._ports_file, kept)

    def secret(self, name: str) -> str:
        """A password made at the first use and kept."""
        return self._kept_secret(name, lambda: secrets.token_urlsafe(24))

    def webhook_secret(self, name: str) -> str:
        """A Standard Webhooks secret made at the first use and kept."""
        return self._kept_secret(name, lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())

    def _kept_secret(self, name: str, make: Callable[[], str]) -> str:
        kept = read_json(self._secrets_file)
        if name not in kept:
            kept[name] = make()
            write_json(self._secrets_file, kept)
        return str(kept[name])
