"""Where the servers are and with which key: the options, the environment, or what `orderkeep up` wrote down."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from starter.cli.speech import _
from starter.relay.patience import first_line


class NoServer(Exception):
    """Nothing says where the servers are; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The HTTP API's address and the key that opens it."""

    api: str
    key: str | None


def data_directory(option: Path | None) -> Path:
    """The directory that was named, else ORDERKEEP_DATA_DIR, else the user's data directory."""
    named = option or os.environ.get("ORDERKEEP_DATA_DIR")
    if named:
        return Path(named).expanduser().absolute()
    return user_data_path("orderkeep", appauthor=False)


def written_endpoints(directory: Path) -> dict[str, Any] | None:
    """What `orderkeep up` wrote into the directory; None when it wrote nothing that can be read."""
    try:
        document = json.loads((directory / "endpoints.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def find_database(data: Path | None) -> str | None:
    """The database's address: of --data, else ORDERKEEP_DATABASE_URL, else of the default data directory."""
    from_environment = os.environ.get("ORDERKEEP_DATABASE_URL")
    if from_environment and data is None:
        return from_environment
    written = (written_endpoints(data_directory(data)) or {}).get("database")
    return written if isinstance(written, str) else None


def database_said(error: Exception) -> str:
    """What a database that was spoken to directly said instead of answering, in a line."""
    return first_line(getattr(error, "orig", None) or error)


def find_endpoint(api: str | None, key: str | None, data: Path | None) -> Endpoint:
    """The API to talk to: --api, else --data, else ORDERKEEP_API, else the default data directory."""
    wanted_key = key or os.environ.get("ORDERKEEP_KEY")
    if api:
        return Endpoint(api.rstrip("/"), wanted_key)
    from_environment = os.environ.get("ORDERKEEP_API")
    if from_environment and data is None:
        return Endpoint(from_environment.rstrip("/"), wanted_key)
    directory = data_directory(data)
    written = written_endpoints(directory) or {}
    if not isinstance(written.get("api"), str):
        raise NoServer(
            _(
                "No server is known in {directory}: start one with `orderkeep up --data {directory}`, "
                "or name one with --api and --key."
            ).format(directory=directory)
        )
    return Endpoint(written["api"].rstrip("/"), key or written.get("key") or wanted_key)
