"""What only a real server shows: bodies that lie about their length, that never end, and a clean end on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator

import httpx2
import pytest
import uvicorn

from tests.patience import in_time
from tests.starter.api.conftest import signed, small_app
from tests.starter.api.served import served

JSON = {"Content-Type": "application/json"}
NINE_MB = 9 * 1024 * 1024


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[tuple[str, int]]:
    """The small application behind uvicorn on a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        config = uvicorn.Config(small_app(), http="httptools", log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listening])
        yield listening.getsockname()
        await server.shutdown(sockets=[listening])


async def talk(address: tuple[str, int], head: list[str], *parts: bytes) -> str:
    """Send a raw request and read what comes back before the connection ends or a second passes."""
    reader, writer = await asyncio.open_connection(*address)
    key = signed()["Authorization"]
    lines = ["POST /v1/orders HTTP/1.1", "Host: api", f"Authorization: {key}", "Content-Type: application/json", *head]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    received = bytearray()

    async def read() -> None:
        while chunk := await reader.read(65536):
            received.extend(chunk)
            if b"\r\n\r\n" in received and received.rstrip().endswith(b"}"):
                return

    reading = asyncio.create_task(read())
    try:
        for part in parts:
            if reading.done():
                break
            writer.write(part)
            await writer.drain()
    except ConnectionError:
        pass
    await asyncio.wait([reading], timeout=30)
    reading.cancel()
    writer.close()
    return received.decode(errors="replace")


async def test_a_declared_oversize_is_413(address):
    body = b'"' + b"x" * NINE_MB + b'"'
    async with httpx2.AsyncClient(base_url=f"http://{address[0]}:{address[1]}") as client:
        answer = await client.post("/v1/orders", content=body, headers={**signed(), **JSON})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "The body is larger than 8 MB: split it into several requests."


async def test_an_endless_chunked_body_is_413(address):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = await talk(address, ["Transfer-Encoding: chunked"], *[chunk] * 200)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "larger than 8 MB" in answer


async def test_a_body_just_under_the_limit_is_read(address):
    body = {"customer": "A", "currency": "GBP", "lines": [{"sku": "A", "quantity": "1"}], "pad": "x" * 8_000_000}
    async with httpx2.AsyncClient(base_url=f"http://{address[0]}:{address[1]}") as client:
        answer = await client.post("/v1/orders", content=json.dumps(body), headers={**signed(), **JSON})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/pad"


@pytest.mark.parametrize("head", ["GET /v1/customers?q=茶馆 HTTP/1.1", "nonsense", "GET / HTTP/9.9"])
async def test_what_is_no_http_is_refused_as_a_problem(head):
    async with served(small_app()) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(f"{head}\r\nHost: api\r\n\r\n".encode())
        answer = await in_time(reader.read(), 30)
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"\r\ncontent-type: application/problem+json" in head.lower()
    assert json.loads(body)["type"] == "/problems/malformed"
    assert "--data-urlencode" in json.loads(body)["detail"]


async def test_the_process_starts_without_a_database_and_ends_cleanly_on_sigterm():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ORDERKEEP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "ORDERKEEP_PORT": str(port),
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "starter.api.server", env=environment)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await answered(client, "/healthz")).json() == {"status": "ok"}
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.headers["retry-after"]) == (503, "2")
            assert ready.json() == {"status": "not ready", "database": False, "temporal": False, "warnings": []}
            orders = await client.get("/v1/orders", headers={"Authorization": "Bearer some-key"})
            assert (orders.status_code, orders.headers["retry-after"]) == (503, "2")
            assert "orderkeep_database_up 0.0" in (await client.get("/metrics")).text
        process.send_signal(signal.SIGTERM)
        assert await in_time(process.wait(), 15) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def answered(client: httpx2.AsyncClient, path: str) -> httpx2.Response:
    """The first answer of a server that is starting."""
    for _ in range(600):
        try:
            return await client.get(path)
        except httpx2.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError("the server did not start")
