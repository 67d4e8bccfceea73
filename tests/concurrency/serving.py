"""The API as a process of its own, for histories over HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2

from db.engine import transaction
from domain.actor import SYSTEM, Role
from gateways.signatures import new_secret, sign
from intake.keys import create_key
from tests.concurrency.doors import OverHttp


@asynccontextmanager
async def serving(database: str) -> AsyncIterator[OverHttp]:
    """The way in through a server process on this database, while the block runs."""
    secret = new_secret()
    async with transaction() as tx:
        key = await create_key(tx, SYSTEM, "clerk", Role.ADMIN, datetime.now(UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    environment = {
        **os.environ, "ORDERKEEP_DATABASE_URL": database, "ORDERKEEP_PORT": address.rpartition(":")[2],
        "ORDERKEEP_WEBHOOK_SECRET_CARRIERS": secret, "ORDERKEEP_REQUESTS_PER_SECOND": "100000",
        "ORDERKEEP_LOG_LEVEL": "error",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "starter.api.server", env=environment)
    try:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
            await _answers(client)
            yield OverHttp(client, lambda body: sign(f"msg_{uuid.uuid4().hex}", datetime.now(UTC), body, secret))
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx2.AsyncClient) -> None:
    """Until the server answers."""
    async with asyncio.timeout(90):
        while True:
            try:
                if (await client.get("/readyz")).is_success:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)
