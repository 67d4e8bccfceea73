"""How much one caller may ask: of a key, of an address that guesses, of one body and of one connection."""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from starter.api.bodies import MAX_FIELDS, MAX_HELD, MAX_PARTS, BodyLimit
from starter.api.front_door import FrontDoor
from starter.api.limits import MOST_CALLERS, WRONG_KEYS_PER_MINUTE, Buckets, Limits, TooMany
from tests.starter.api.conftest import signed, small_app
from tests.starter.api.served import served

JSON = {"Content-Type": "application/json"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(10, 20, clock)
    assert [buckets.take("a") for _ in range(20)] == [0.0] * 20
    assert buckets.take("a") == pytest.approx(0.1)
    assert buckets.take("b") == 0.0
    clock.now += 0.35
    assert [buckets.take("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_no_more_callers_are_remembered_than_memory_should_hold() -> None:
    buckets = Buckets(1, 2, Clock())
    for caller in range(MOST_CALLERS + 500):
        buckets.take(str(caller))
    assert len(buckets._levels) == MOST_CALLERS


def test_a_load_of_hundreds_a_second_passes_and_a_loop_run_wild_does_not() -> None:
    clock = Clock()
    limits = Limits(1000, clock)
    for _ in range(5000):
        clock.now += 1 / 900
        limits.count("busy")
    with pytest.raises(TooMany) as refused:
        for _ in range(3000):
            limits.count("wild")
    assert (refused.value.status_code, refused.value.headers) == (429, {"Retry-After": "1"})
    assert refused.value.detail == "This key asks more than 1000 times a second. Wait 1 s, then go on more slowly."
    limits.count("another key")


def test_the_sentence_for_wrong_keys_names_the_seconds_of_the_header() -> None:
    limits = Limits(1000, Clock())
    for _ in range(WRONG_KEYS_PER_MINUTE):
        limits.guessed_wrong("10.0.0.1")
    with pytest.raises(TooMany) as refused:
        limits.may_guess("10.0.0.1")
    assert refused.value.headers == {"Retry-After": "1"}
    assert refused.value.detail == (
        "More than 300 wrong keys a minute come from this address. Correct the key; the next one is looked at in 1 s."
    )


def test_no_limit_when_it_is_switched_off() -> None:
    limits = Limits(0, Clock())
    for _ in range(10_000):
        limits.count("wild")


async def test_too_many_requests_are_a_problem_with_the_seconds_to_wait(small: httpx2.AsyncClient) -> None:
    app = small._transport.app  # type: ignore[attr-defined]
    app.state.limits = Limits(1, lambda: 0.0)
    answers = [await small.get("/v1/orders", headers=signed()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[3].headers["retry-after"] == "1"
    assert answers[3].headers["content-type"] == "application/problem+json"
    assert answers[3].json()["type"] == "/problems/too-many-requests"


async def test_a_hundred_wrong_keys_are_told_so_and_a_flood_is_not_looked_up(small: httpx2.AsyncClient) -> None:
    app = small._transport.app  # type: ignore[attr-defined]
    app.state.limits = Limits(0, lambda: 0.0)
    wrong = {"Authorization": "Bearer ok_wrong_key"}
    statuses = [(await small.get("/v1/orders", headers=wrong)).status_code for _ in range(WRONG_KEYS_PER_MINUTE + 60)]
    assert statuses[:WRONG_KEYS_PER_MINUTE] == [401] * WRONG_KEYS_PER_MINUTE
    assert statuses[-1] == 429
    assert (await small.get("/v1/orders", headers=signed())).status_code == 200


Shape = Callable[[int], Any]
HOSTILE: dict[str, bytes] = {
    "lines that are none": b'{"lines":[' + b"0," * 3_000_000 + b"0]}",
    "empty objects": b"[" + b"{}," * 2_000_000 + b"{}]",
    "unknown fields": json.dumps({f"x{n}": n for n in range(150_000)}).encode(),
    "lines of unknown fields": json.dumps({"lines": [{f"x{n}": 0 for n in range(19)}] * 9_990}).encode(),
    "a deep one": b"[" * 200_000 + b"]" * 200_000,
    "many numbers": b"[" + b"1.5," * 1_500_000 + b"1]",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_body_costs_little_memory_and_gets_a_short_answer(
    small: httpx2.AsyncClient, body: bytes
) -> None:
    tracemalloc.start()
    answer = await small.post("/v1/orders", content=body, headers={**signed(), **JSON})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code in (400, 413, 422)
    assert len(answer.content) < 60_000
    assert peak < 250 * 1024 * 1024


async def test_the_bounds_on_a_body_are_told(small: httpx2.AsyncClient) -> None:
    async def ask(body: Any) -> tuple[int, str]:
        answer = await small.post("/v1/orders", json=body, headers=signed())
        return answer.status_code, answer.json()["detail"]

    assert (await ask({f"x{n}": n for n in range(MAX_FIELDS + 1)}))[1].startswith(
        f"An object has more than {MAX_FIELDS}"
    )
    assert await ask({"lines": [0] * MAX_PARTS}) == (
        413, f"The body has more than {MAX_PARTS} parts: split it into several requests.",
    )  # fmt: skip
    status, detail = await ask({"lines": [{f"x{n}": 0 for n in range(10)}] * 5_000})
    assert (status, "more in 'errors'" in detail) == (422, True)


async def test_bodies_that_arrive_together_share_a_bound() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def send(message: Any) -> None:
        """Nobody listens."""

    limit = BodyLimit(app)
    scope = {"type": "http", "path": "/v1/orders"}
    await limit(scope, receive, send)
    assert limit._held == 0
    limit._held = MAX_HELD
    with pytest.raises(Exception, match="Too many large bodies") as refused:
        await limit(scope, receive, send)
    assert getattr(refused.value, "status_code", 0) == 503
    assert limit._held == MAX_HELD


class Hasty(FrontDoor):
    """A front door that waits a moment only."""

    head_seconds = 0.3


@asynccontextmanager
async def serving(patience: float = 30.0) -> AsyncIterator[tuple[str, int]]:
    """The small application behind the front door."""
    app = small_app()
    (layer,) = [each for each in app.user_middleware if getattr(each.cls, "__name__", "") == BodyLimit.__name__]
    layer.kwargs["patience"] = patience
    async with served(app, Hasty) as base:
        host, _, port = base.removeprefix("http://").partition(":")
        yield host, int(port)


async def said(address: tuple[str, int], sent: bytes) -> str:
    """What comes back until the server ends the connection, which it must."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(sent)
    async with asyncio.timeout(20):
        try:
            answer = await reader.read()
        except ConnectionError:
            answer = b"reset"
    writer.close()
    return answer.decode(errors="replace")


HEAD = f"POST /v1/orders HTTP/1.1\r\nHost: api\r\nAuthorization: {signed()['Authorization']}\r\n".encode()


async def test_a_head_that_never_ends_and_a_caller_who_says_nothing_are_sent_away() -> None:
    async with serving() as address:
        assert await said(address, b"") == ""
        assert await said(address, HEAD) == ""
        endless = HEAD + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(300))
        assert (await said(address, endless)).startswith(("HTTP/1.1 431 ", "reset"))


async def test_a_body_that_stops_coming_is_given_up() -> None:
    async with serving(patience=0.3) as address:
        began = time.monotonic()
        answer = await said(address, HEAD + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        assert answer.startswith("HTTP/1.1 408 ")
        assert "connection: close" in answer.lower()
        assert time.monotonic() - began < 15


async def test_an_answer_is_for_its_receiver_alone(small: httpx2.AsyncClient, api: httpx2.AsyncClient) -> None:
    for answer in (await small.get("/v1/orders", headers=signed()), await small.get("/v1/orders")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    for path in ("/docs", "/problems"):
        page = await api.get(path)
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
        assert "<script" not in page.text
