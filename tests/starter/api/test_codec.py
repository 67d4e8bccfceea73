"""The codec: Temporal's own command reads a sealed workflow through it, with an administrator's key and not without."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from temporalio.client import Client

from domain.actor import Role
from starter.api.app import create_app
from starter.embedded.servers import Servers
from starter.embedded.temporal import executable
from starter.failures import converter
from starter.keyring import keyring_of, new_key
from starter.settings import Settings
from tests.starter.api.conftest import KeysInMemory
from tests.starter.api.served import served

UI = "http://127.0.0.1:8233"
(_, OLD), (_, NEW) = new_key(), new_key()
SALES, ADMIN = f"Bearer key-of-{Role.SALES}", f"Bearer key-of-{Role.ADMIN}"


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """The API at a real port, with the keys of `conftest` and these settings."""
    app = create_app(Settings(_env_file=None, **settings))
    app.state.known_keys = KeysInMemory()
    async with served(app) as base, httpx2.AsyncClient(base_url=base, trust_env=False) as client:
        yield client


def sealed_with(*keys: str) -> dict[str, Any]:
    return {"payload_keys": SecretStr(" ".join(keys)), "codec_origin": UI}


@pytest.fixture(scope="module")
async def temporal() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="orderkeep-codec-") as folder:
        async with Servers(Path(folder), postgres=False) as servers:
            yield servers.temporal


@pytest.fixture(scope="module")
async def workflow(temporal: str) -> str:
    """A workflow that was begun under the old key."""
    client = await Client.connect(temporal, data_converter=converter(keyring_of(OLD)))
    note, summary = {"note": "14 Zirkonia Street"}, "Zirkonia's order"
    await client.start_workflow(
        "OrderWorkflow", note, id="order/SO-1", task_queue="nobody", static_summary=summary, memo={"of": "Zirkonia AG"}
    )
    return "order/SO-1"


def _data(found: re.Match[str]) -> str:
    """The bytes of a payload, which the command writes in base64 whether they are sealed or not."""
    return f"data {base64.b64decode(found[1]).decode(errors='replace')}"


Command = Callable[..., Any]


@pytest.fixture
def command(temporal: str) -> Command:
    """Runs the program `temporal`: its exit code and all that it says."""

    async def run(*arguments: str) -> tuple[int, str]:
        line = (str(executable()), *arguments, "--address", temporal, "--command-timeout", "30s")
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "HOME": home}
            ended = await asyncio.to_thread(
                subprocess.run, line, capture_output=True, text=True, timeout=60, env=environment, check=False
            )
        said = ended.stdout + ended.stderr
        return ended.returncode, re.sub(r'"data": "([\w+/=]*)"', _data, said)

    return run


def through(api: httpx2.AsyncClient, key: str) -> tuple[str, ...]:
    return ("--codec-endpoint", f"{api.base_url}/v1/codec".replace("//v1", "/v1"), "--codec-auth", key)


async def test_the_command_reads_a_sealed_workflow_through_the_codec(command: Command, workflow: str) -> None:
    show = ("workflow", "show", "--workflow-id", workflow, "--output", "json")
    async with serving(**sealed_with(NEW, OLD)) as api:
        assert "Zirkonia" not in (await command(*show))[1]
        code, said = await command(*show, *through(api, ADMIN))
        assert code == 0
        assert "14 Zirkonia Street" in said
        code, said = await command("workflow", "describe", "--workflow-id", workflow, *through(api, ADMIN))
        assert code == 0
        assert "Zirkonia AG" in said
        for key in (SALES, "Bearer wrong"):
            said = (await command(*show, *through(api, key)))[1]
            assert "Zirkonia" not in said


async def test_a_signal_sent_by_hand_is_sealed_on_its_way(command: Command, workflow: str) -> None:
    async with serving(**sealed_with(NEW, OLD)) as api:
        told = ("--name", "payment_received", "--input", '{"reference": "Onyxia"}')
        code, said = await command("workflow", "signal", "--workflow-id", workflow, *told, *through(api, ADMIN))
        assert code == 0, said
        show = ("workflow", "show", "--workflow-id", workflow, "--output", "json")
        kept = (await command(*show))[1]
        assert "payment_received" in kept
        assert "Onyxia" not in kept
        assert "Onyxia" in (await command(*show, *through(api, ADMIN)))[1]


ONE = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "IlNPLTEi"}]}


async def ask(
    api: httpx2.AsyncClient, what: str, body: Any, key: str | None = ADMIN, **headers: str
) -> httpx2.Response:
    given = {} if key is None else {"Authorization": key}
    return await api.post(f"/v1/codec/{what}", json=body, headers={**given, **headers})


async def test_what_was_sealed_here_is_opened_here() -> None:
    async with serving(**sealed_with(NEW)) as api:
        sealed = (await ask(api, "encode", ONE)).json()
        assert base64.b64decode(sealed["payloads"][0]["metadata"]["encoding"]) == b"binary/encrypted"
        assert (await ask(api, "decode", sealed)).json() == ONE
        assert (await ask(api, "decode", ONE)).json() == ONE
        assert (await ask(api, "decode", ONE, **{"Idempotency-Key": "two words"})).status_code == 400
    async with serving(**sealed_with(OLD)) as api:
        answer = await ask(api, "decode", sealed)
        assert answer.status_code == 422
        assert "not listed in ORDERKEEP_PAYLOAD_KEYS" in answer.json()["detail"]


async def test_only_an_administrator_and_only_this_namespace() -> None:
    async with serving(**sealed_with(NEW)) as api:
        assert (await ask(api, "decode", ONE, None)).status_code == 401
        refused = {role: (await ask(api, "decode", ONE, f"Bearer key-of-{role}")).status_code for role in Role}
        assert refused == {**dict.fromkeys(Role, 403), Role.ADMIN: 200}
        assert (await ask(api, "decode", ONE, **{"X-Namespace": "default"})).status_code == 200
        answer = await ask(api, "decode", ONE, **{"X-Namespace": "elsewhere"})
        assert (answer.status_code, answer.json()["detail"][:54]) == (
            422, "This codec serves the namespace 'default' only. Ask th",
        )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"payloads": None},
        {"payloads": [1]},
        {"payloads": [{"data": "?"}]},
        {"payloads": [{"metadata": {"a": 1}}]},
    ],
)
async def test_a_wrong_question_is_told_where(body: Any) -> None:
    async with serving(**sealed_with(NEW)) as api:
        answer = await ask(api, "decode", body)
        assert answer.status_code == 422
        assert answer.json()["errors"]


async def test_the_web_ui_of_the_setting_may_ask_and_no_other_page() -> None:
    question = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-namespace"}
    async with serving(**sealed_with(NEW)) as api:
        allowed = await api.options("/v1/codec/decode", headers={"Origin": UI, **question})
        assert allowed.status_code == 204
        assert allowed.headers["access-control-allow-origin"] == UI
        assert "x-namespace" in allowed.headers["access-control-allow-headers"]
        for key, status in ((ADMIN, 200), (None, 401)):
            answer = await ask(api, "decode", ONE, key, Origin=UI)
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, UI)
        other = {"Origin": "http://evil.example", **question}
        assert (await api.options("/v1/codec/decode", headers=other)).status_code == 405
        answer = await ask(api, "decode", ONE, Origin="http://evil.example")
        assert "access-control-allow-origin" not in answer.headers
        elsewhere = await api.options("/v1/orders", headers={"Origin": UI, **question})
        assert "access-control-allow-origin" not in elsewhere.headers
