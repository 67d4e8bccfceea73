"""What a process does before it is killed: it runs a step, answers a request, or hands messages and letters over."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, cast, get_type_hints

import httpx2
from fastapi import FastAPI
from pydantic import BaseModel, SecretStr, TypeAdapter
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from db import engine
from gateways.carriers import registry
from gateways.notices import registry as notices
from gateways.signatures import new_secret, sign
from starter.api.app import create_app
from starter.plugin import ACTIVITIES
from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from starter.relay.letters import LetterRelay
from starter.settings import Settings
from tests.builders import NOW, run
from tests.faults.crash.paper import PaperEngine
from tests.faults.crash.points import DONE, Points

_SECRET = new_secret()
HOUR = timedelta(hours=1)


class Act(BaseModel):
    """What to do, where, whether that may ask a carrier, and at which point to die (None: nowhere)."""

    kind: str
    database: str = ""
    carrier: str = ""
    folder: str = ""
    what: str = ""
    argument: Any = None
    ships: bool = False
    fatal: str | None = None


async def perform(act: Act, write: Callable[[str], None]) -> Any:
    """Do it in this process, which has just begun; what it answers."""
    engine.configure(act.database)
    if act.carrier:
        registry.configure(act.carrier)
    points = Points(write, act.fatal)
    answer = await _KINDS[act.kind](act, points)
    points.passed(DONE)
    return answer


def name_of(step: Callable[..., Any]) -> str:
    """How a step is called here: by its module and its name."""
    return f"{step.__module__}:{step.__name__}"


async def _step(act: Act, points: Points) -> Any:
    registered = {name_of(step): step for step in ACTIVITIES}
    module, _, name = act.what.partition(":")
    step = registered.get(act.what) or getattr(importlib.import_module(module), name)
    [kind, *_] = (hint for argument, hint in get_type_hints(step).items() if argument != "return")
    argument = TypeAdapter(kind).validate_python(act.argument)
    await points.watch()
    return await ActivityEnvironment().run(step, argument)


@cache
def api() -> FastAPI:
    """The application; the nursery builds it before it forks."""
    secrets = {f"webhook_secret_{kind}": SecretStr(_SECRET) for kind in ("payments", "carriers")}
    return create_app(Settings(_env_file=None, **secrets))  # type: ignore[arg-type]


async def _request(act: Act, points: Points) -> Any:
    """A request to the API, as it was sent the first time; a webhook is signed anew, as its sender does."""
    _stop_the_clock()
    await points.watch()
    asked = act.argument
    body, headers = asked["body"].encode(), dict(asked["headers"])
    if asked["message"]:
        headers |= sign(asked["message"], datetime.now(UTC), body, _SECRET)
    transport = httpx2.ASGITransport(app=api())
    async with httpx2.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.request(asked["method"], act.what, content=body, headers=headers)
    assert answer.is_success, answer.text
    return {"status": answer.status_code, "body": answer.json(), "location": answer.headers.get("location")}


def _stop_the_clock() -> None:
    """In every module of the API it is noon for ever: what a repeated request is answered must not tell the time."""
    for name, module in list(sys.modules.items()):
        if name.startswith("starter.api.") and getattr(module, "datetime", None) is datetime:
            module.datetime = _Noon  # type: ignore[attr-defined]


class _Any(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _Noon(datetime, metaclass=_Any):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Noon of the builders' day."""
        return NOW.replace(hour=12)


async def _letters(act: Act, points: Points) -> None:
    """Hand over every letter that waits; those of an earlier life have waited long enough."""
    notices.configure(Path(act.folder) / "mailbox", "Orders <orders@example.com>", act.argument["smtp"])
    await run(
        "UPDATE notice SET next_attempt_at = now() WHERE sent_at IS NULL AND next_attempt_at < now() + :h", h=HOUR
    )
    await points.watch()
    relay = LetterRelay(Doorbell(act.database, "notice"))
    while await relay._round():
        pass


async def _messages(act: Act, points: Points) -> None:
    """Hand over every message that waits for the engine; those of an earlier life have waited long enough."""
    await run("UPDATE engine_outbox SET claimed_until = NULL WHERE sent_at IS NULL")
    await points.watch()
    relay = EngineRelay(cast(Client, PaperEngine(act.folder, points)), "queue", Doorbell(act.database, "engine_outbox"))
    while (await relay._round())[0]:
        pass


_KINDS: dict[str, Callable[[Act, Points], Awaitable[Any]]] = {
    "step": _step,
    "request": _request,
    "letters": _letters,
    "messages": _messages,
}
