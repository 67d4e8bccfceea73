"""Runs the simulator: as a process until it is told to stop, or beside a test in a thread of the same process."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from gateways.carriers.simulator.app import build
from gateways.carriers.simulator.settings import SimulatorSettings


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours: uvicorn would raise them again after the end, and the process would die by one."""
        yield


def _server(settings: SimulatorSettings) -> _Server:
    config = uvicorn.Config(build(settings), log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    return _Server(config)


def _listen(settings: SimulatorSettings) -> socket.socket:
    listener = socket.create_server((settings.simulator_host, settings.port), backlog=512)
    listener.set_inheritable(False)
    return listener


async def serve(settings: SimulatorSettings) -> None:
    """Answer until SIGTERM or SIGINT; OSError when the port is taken."""
    server = _server(settings)
    listener = _listen(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
    await server.serve(sockets=[listener])


@contextmanager
def beside(settings: SimulatorSettings) -> Iterator[str]:
    """Serve in a thread while the block runs; yields the URL (port 0: a free one)."""
    server = _server(settings)
    listener = _listen(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="carrier-simulator")
    thread.start()
    try:
        host, port = listener.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()
