"""No log shows a secret: the search finds planted ones, and processes at the most talkative level write none."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path

import httpx2
import pytest
import structlog

from gateways.signatures import new_secret
from starter import logs
from starter.embedded.ports import free_port
from starter.keyring import new_key
from starter.settings import Settings
from tests import leaks
from tests.patience import in_time

KEY = "ok_0123456789ab_" + "s3cretPart-" * 4
PLANTED = {
    "an API key": f"event=request key={KEY}",
    "a webhook secret": f"secret {new_secret()} given",
    "a payload key": f"ORDERKEEP_PAYLOAD_KEYS={new_key()[1]}",
    "a password in an address": "could not reach postgresql+psycopg://orderkeep:hunter22@127.0.0.1:5432/orderkeep",
    "a header with a key": "{'authorization': 'Bearer 0123456789abcdef'}",
}


@pytest.mark.parametrize("kind", leaks.SHAPES)
def test_each_kind_of_secret_is_found_and_not_repeated(kind: str) -> None:
    found = [leak for leak in leaks.leaks(PLANTED[kind]) if leak.startswith(kind)]
    assert len(found) == 1
    assert not any(secret in found[0] for secret in ("s3cret", "hunter22", "0123456789abcdef"))


def test_what_is_no_secret_is_not_found() -> None:
    harmless = "order=SO-000001 request_id=0123 whsec_ postgresql://user:***@host/db http://127.0.0.1:8080/v1 ok_12"
    assert leaks.leaks(harmless) == []


def test_a_secret_of_a_data_directory_is_found_by_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "FOUND", [])
    (tmp_path / "logs").mkdir()
    (tmp_path / "secrets.json").write_text('{"postgres": "odd-looking-password", "note": "short"}')
    (tmp_path / "logs" / "worker.log").write_text("connecting as odd-looking-password\n")
    leaks.look_through(tmp_path)
    assert leaks.FOUND == ["worker.log: odd… in plain text"]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "lines"])
def test_an_exception_is_logged_without_what_its_frames_held(as_json: bool) -> None:
    stream = io.StringIO()
    logs.configure("test", Settings(_env_file=None, log_json=as_json), stream)
    try:
        _fails_with(KEY)
    except ZeroDivisionError:
        structlog.get_logger("fresh").exception("it_failed")
    finally:
        logs.configure("test", Settings(_env_file=None))
    assert "ZeroDivisionError" in stream.getvalue()
    assert KEY not in stream.getvalue()


def _fails_with(held: str) -> None:
    headers = {"authorization": f"Bearer {held}"}
    _ = len(headers) / 0


async def test_the_most_talkative_process_tells_no_password_and_no_key() -> None:
    port, password = free_port(), "hunter2-hunter2"
    environment = {
        **os.environ,
        "ORDERKEEP_DATABASE_URL": f"postgresql://orderkeep:{password}@127.0.0.1:{free_port()}/none",
        "ORDERKEEP_PORT": str(port),
        "ORDERKEEP_LOG_LEVEL": "debug",
        "ORDERKEEP_WEBHOOK_SECRET_PAYMENTS": new_secret(),
        "ORDERKEEP_PAYLOAD_KEYS": new_key()[1],
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "starter.api.server", env=environment, stderr=asyncio.subprocess.PIPE
    )
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _ in range(600):
            try:
                await client.get("/healthz")
                break
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
        for path in ("/v1/orders", "/v1/nothing", "/readyz"):
            await client.get(path, headers={"Authorization": f"Bearer {KEY}"})
        await client.post("/v1/webhooks/payments/x", content=b"{}", headers={"webhook-signature": "v1,c2VjcmV0"})
    process.terminate()
    _, said = await in_time(process.communicate(), 60)
    text = said.decode()
    assert "database_unavailable" in text
    assert leaks.leaks(text, (password, KEY, environment["ORDERKEEP_PAYLOAD_KEYS"])) == []
