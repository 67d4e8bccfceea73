"""What the world outside wrote down: the carrier's journal, the letters in the mailbox, and an engine on paper."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.service import RPCError, RPCStatusCode

from tests.faults.crash.points import ANSWERED, ASKS, Points


def facts(folder: Path) -> list[Any]:
    """Every fact of the carrier: what it was asked and what had an effect, the oldest first."""
    return _lines(folder / "carrier")


def letters(folder: Path) -> list[Any]:
    """Every letter in the mailbox, but for the date on which it was written."""
    box = folder / "mailbox"
    files = sorted(box.iterdir()) if box.is_dir() else []
    return [{"file": file.name, "lines": _undated(file.read_text("utf-8"))} for file in files if file.suffix == ".eml"]


def _undated(letter: str) -> list[str]:
    return [line for line in letter.splitlines() if not line.startswith("Date: ")]


def workflows(folder: Path) -> list[Any]:
    """Every workflow of the engine on paper: how often it was begun, and the signals that reached it, each once."""
    found: dict[str, Any] = {}
    for line in _lines(folder / "engine"):
        workflow = found.setdefault(line["workflow"], {"workflow": line["workflow"], "begun": [], "signals": []})
        if "begun" in line:
            workflow["begun"].append(line["begun"])
        elif line["signal"] not in workflow["signals"]:
            workflow["signals"].append(line["signal"])
    return list(found.values())


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


class PaperEngine:
    """Temporal as the relay sees it, written into a file: a workflow is begun once, signals reach those that run."""

    def __init__(self, folder: str, points: Points) -> None:
        self._file = Path(folder) / "engine"
        self._points = points

    async def start_workflow(
        self, kind: str, payload: Any, *, id: str, start_signal: str | None, start_signal_args: list[Any], **more: Any
    ) -> None:
        """Begin a workflow unless it runs, with a signal when there is one."""
        self._points.passed(ASKS)
        if not self._runs(id):
            self._write({"workflow": id, "begun": [kind, payload]})
        if start_signal is not None:
            self._write({"workflow": id, "signal": [start_signal, start_signal_args[0]]})
        self._points.passed(ANSWERED)

    def get_workflow_handle(self, workflow: str) -> PaperHandle:
        """A workflow to be signalled."""
        return PaperHandle(self, workflow)

    async def signal(self, workflow: str, name: str, payload: Any) -> None:
        """Tell a workflow that runs."""
        self._points.passed(ASKS)
        if not self._runs(workflow):
            raise RPCError("no such workflow", RPCStatusCode.NOT_FOUND, b"")
        self._write({"workflow": workflow, "signal": [name, payload]})
        self._points.passed(ANSWERED)

    def _runs(self, workflow: str) -> bool:
        return any(line["workflow"] == workflow for line in _lines(self._file))

    def _write(self, line: dict[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


class PaperHandle:
    """One workflow of the engine on paper."""

    def __init__(self, engine: PaperEngine, workflow: str) -> None:
        self._engine = engine
        self._workflow = workflow

    async def signal(self, name: str, payload: Any, *, rpc_timeout: timedelta) -> None:
        """Tell it something."""
        await self._engine.signal(self._workflow, name, payload)
