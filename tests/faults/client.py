"""A client as careful integrators write it, and the ledger of what it was promised.

Each POST has a key of its own and is sent again under it until there is a definite answer, however long that takes:
after a lost connection, no answer, a 5xx, 408, 425, 429, and a 409 that says that somebody was faster.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

Document = dict[str, Any]
Signed = tuple[dict[str, str], bytes]
ANSWER_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 4.0
SEND_AGAIN = frozenset({408, 425, 429})
SLOWEST_KEPT = 10


@dataclass(frozen=True, slots=True)
class Promise:
    """A POST that was answered 2xx: whatever it says must be found in the end."""

    kind: str
    key: str
    at: float
    sent: Document
    answer: Document


@dataclass
class Ledger:
    """Everything that was answered, and how."""

    promises: list[Promise] = field(default_factory=list)
    refusals: dict[str, Document] = field(default_factory=dict)
    """How often what was refused, and the last reason: a refusal is legal, and nothing of it may be found."""
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Answers that no server may give, whatever happens to it."""
    unanswered: set[str] = field(default_factory=set)

    def of(self, kind: str) -> list[Promise]:
        """The promises of a kind."""
        return [promise for promise in self.promises if promise.kind == kind]

    def refused(self, what: str, detail: str) -> None:
        """Count a refusal."""
        known = self.refusals.setdefault(what, {"count": 0, "last": ""})
        self.refusals[what] = {"count": known["count"] + 1, "last": detail}

    def took(self, seconds: float, what: str) -> None:
        """Remember an answer if it is among the slowest."""
        self.slowest = sorted([*self.slowest, (round(seconds, 2), what)], reverse=True)[:SLOWEST_KEPT]


class Client:
    """Speaks with the API through the proxy; `ledger` remembers."""

    def __init__(self, api: str, key: str, ledger: Ledger) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        limits = httpx2.Limits(max_connections=40, max_keepalive_connections=20)
        self._http = httpx2.AsyncClient(base_url=api, timeout=ANSWER_SECONDS, trust_env=False, limits=limits)
        self.ledger = ledger

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def post(self, kind: str, path: str, body: Document, key: str) -> Document | None:
        """The answer; None when it was refused, which the ledger keeps with its reason."""
        answer = await self.send("POST", path, key, json=body, headers={**self._headers, "Idempotency-Key": key})
        if answer.is_success:
            promise = Promise(kind, key, time.time(), body, answer.json())
            self.ledger.promises.append(promise)
            return promise.answer
        self.ledger.refused(f"{kind} {answer.status_code}", str(answer.json().get("detail", "")))
        return None

    async def report(self, kind: str, path: str, key: str, fact: Document, seal: Callable[[], Signed]) -> Document:
        """A signed webhook, sealed anew for each attempt as providers do, until it is taken."""
        while True:
            headers, content = seal()
            answer = await self.send("POST", path, key, headers=headers, content=content)
            if answer.is_success:
                self.ledger.promises.append(Promise(kind, key, time.time(), fact, answer.json()))
                return self.ledger.promises[-1].answer
            self.ledger.refused(f"{kind} {answer.status_code}", answer.text[:300])
            await asyncio.sleep(LONGEST_PAUSE)

    async def put(self, path: str, body: Document) -> None:
        """A card is kept."""
        answer = await self.send("PUT", path, path, json=body, headers=self._headers)
        answer.raise_for_status()

    async def get(self, path: str, **query: str) -> Document:
        """A document."""
        answer = await self.send("GET", path, path, params=query, headers=self._headers)
        document: Document = answer.raise_for_status().json()
        return document

    async def every(self, path: str, **query: str) -> list[Document]:
        """All items of a list, over its pages; one that moves to another page meanwhile may be missed or come twice."""
        page = await self.get(path, limit="500", **query)
        items: list[Document] = page["items"]
        while page["next"]:
            page = await self.get(path, limit="500", after=page["next"], **query)
            items += page["items"]
        return items

    async def send(self, method: str, path: str, about: str, **request: Any) -> httpx2.Response:
        """The definite answer to a request that is the same at each attempt."""
        began = time.monotonic()
        name = f"{method} {about}"
        if method != "GET":
            self.ledger.unanswered.add(name)
        pause = FIRST_PAUSE
        while True:
            answer = await self._once(method, path, **request)
            if answer is not None and not self._for_now(answer):
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self.ledger.unanswered.discard(name)
        self.ledger.took(time.monotonic() - began, name)
        return answer

    async def _once(self, method: str, path: str, **request: Any) -> httpx2.Response | None:
        try:
            answer = await self._http.request(method, path, **request)
        except httpx2.HTTPError as error:
            self.ledger.statuses[type(error).__name__] += 1
            return None
        self.ledger.statuses[str(answer.status_code)] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            self.ledger.broken.append(f"{answer.status_code} to {method} {path}: {answer.text[:200]}")
        return answer

    def _for_now(self, answer: httpx2.Response) -> bool:
        if answer.status_code == 409:
            return str(answer.json().get("type", "")).endswith("/conflict")
        return answer.status_code >= 500 or answer.status_code in SEND_AGAIN
