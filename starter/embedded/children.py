"""Our own processes as the launcher runs them: what to run, with which environment, and how to see that it answers."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

import starter
from starter.embedded.ports import LOOPBACK
from starter.embedded.processes import Program
from starter.embedded.supervisor import Answers

ROOT = Path(starter.__file__).parents[1]
PATIENCE = 25.0  # longer than the worker lets running steps take to end


@dataclass(frozen=True, slots=True)
class Child:
    """One of our processes and the question that it answers when it is ready."""

    program: Program
    answers: Answers


def _python(*arguments: str) -> tuple[str, ...]:
    # -P: a folder named `db` where the person happens to stand must not take the place of ours.
    return (sys.executable, "-P", *arguments)


def _answers(url: str) -> Answers:
    async def question() -> bool:
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=2.0) as client:
                return (await client.get(url)).is_success
        except httpx2.HTTPError:
            return False

    return question


def _child(name: str, command: tuple[str, ...], env: Mapping[str, str | None], logs: Path, health: str) -> Child:
    everywhere = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "ORDERKEEP_LOG_JSON": "true"}
    program = Program(name, command, logs / f"{name}.log", {**everywhere, **env}, patience=PATIENCE)
    return Child(program, _answers(health))


def api(port: int, env: Mapping[str, str | None], logs: Path) -> Child:
    """The HTTP API."""
    command = _python("-m", "starter.api.server")
    return _child("api", command, {**env, "ORDERKEEP_PORT": str(port)}, logs, f"http://{LOOPBACK}:{port}/healthz")


def worker(metrics_port: int, env: Mapping[str, str | None], logs: Path) -> Child:
    """The worker with the relay; it is ready when its metrics can be read."""
    command = _python(str(ROOT / "worker.py"))
    own = {**env, "ORDERKEEP_METRICS_PORT": str(metrics_port)}
    return _child("worker", command, own, logs, f"http://{LOOPBACK}:{metrics_port}/metrics")


def simulator(port: int, env: Mapping[str, str | None], logs: Path, state: Path) -> Child:
    """The carrier simulator; it keeps its shipments in `state` and so survives its own death."""
    command = _python("-m", "gateways.carriers.simulator")
    own = {**env, "ORDERKEEP_SIMULATOR_PORT": str(port), "ORDERKEEP_SIMULATOR_STATE": str(state)}
    return _child("simulator", command, own, logs, f"http://{LOOPBACK}:{port}/healthz")
