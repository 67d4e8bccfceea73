"""Between the carrier and the API: webhooks come twice, in another order, late, or not at all at the first attempt."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from starter.ending import ended

MISCHIEF = ("duplicate", "reorder", "late", "refuse")
BAG_SECONDS = 1.5
LATEST_SECONDS = 4.0
TRY_AGAIN_SECONDS = 0.5
Letter = tuple[str, bytes, dict[str, str]]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the run."""
        yield


class Postroom:
    """Takes webhooks on a port of its own and hands them to `target`; a kind of mischief is a block.

    What was answered 2xx here is handed over until the target takes it: the sender will not send it again.
    """

    def __init__(self, target: str, seed: int) -> None:
        self.target = target
        self.handed = 0
        self.spoiled = 0
        self._rng = random.Random(f"{seed}/postroom")
        self._at_work: set[str] = set()
        self._bag: list[Letter] = []
        self._later: set[asyncio.Task[None]] = set()
        self._http = httpx2.AsyncClient(timeout=10.0, trust_env=False)
        self._listener = socket.create_server(("127.0.0.1", 0))
        app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])
        self._server = _Server(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1))

    @property
    def url(self) -> str:
        """Where the carrier posts."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    async def __aenter__(self) -> Postroom:
        """Open."""
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        self._carrying = asyncio.create_task(self._carry())
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        self._server.should_exit = True
        await ended(self._carrying, *self._later)
        await asyncio.gather(self._serving, return_exceptions=True)
        await self._http.aclose()

    @contextlib.asynccontextmanager
    async def mischief(self, kind: str) -> AsyncIterator[None]:
        """Treat webhooks like this while the block lasts."""
        assert kind in MISCHIEF, kind
        self._at_work.add(kind)
        try:
            yield
        finally:
            self._at_work.discard(kind)

    @property
    def waiting(self) -> int:
        """Webhooks that are still on their way."""
        return len(self._bag) + len(self._later)

    async def _take(self, request: Request) -> Response:
        names = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        letter = (f"/{request.path_params['path']}", await request.body(), headers)
        chance = self._rng.random()
        self.spoiled += bool(self._at_work)
        if "refuse" in self._at_work and chance < 0.4:
            return Response(status_code=503)
        if "late" in self._at_work:
            self._soon(letter, chance * LATEST_SECONDS)
            return Response(status_code=200)
        if "reorder" in self._at_work:
            self._bag.append(letter)
            return Response(status_code=200)
        if "duplicate" in self._at_work:
            self._soon(letter, 0)
            self._soon(letter, chance * LATEST_SECONDS)
        answer = await self._post(letter)
        if answer is None:
            return Response(status_code=502)
        if "refuse" in self._at_work and chance < 0.7:
            return Response(status_code=500)  # it was taken, and the sender is told otherwise
        return Response(answer.content, answer.status_code)

    async def _post(self, letter: Letter) -> Any:
        path, body, headers = letter
        try:
            answer = await self._http.post(self.target + path, content=body, headers=headers)
        except httpx2.HTTPError:
            return None
        self.handed += answer.is_success
        return answer

    def _soon(self, letter: Letter, seconds: float) -> None:
        async def hand_over() -> None:
            await asyncio.sleep(seconds)
            while (answer := await self._post(letter)) is None or not answer.is_success:
                await asyncio.sleep(TRY_AGAIN_SECONDS)

        task = asyncio.create_task(hand_over())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _carry(self) -> None:
        """Now and then the bag is emptied in an order of chance."""
        while True:
            await asyncio.sleep(BAG_SECONDS)
            self._rng.shuffle(self._bag)
            for _ in range(len(self._bag)):
                self._soon(self._bag.pop(), 0)
                await asyncio.sleep(0.02)
