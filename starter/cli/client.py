"""The way from a command to the HTTP API, and what the API's refusals are called here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from starter.cli.endpoints import Endpoint
from starter.cli.speech import _, spoken

WAIT_SECONDS = 60.0


class ServerSilent(Exception):
    """The server did not answer, or what answered is not Orderkeep; the text says what to do."""


class Refused(Exception):
    """The API refused: an RFC 9457 problem."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title"))
        self.problem = problem


class Server:
    """The HTTP API. A path is given in parts, so that a code with a slash in it stays one part."""

    def __init__(self, endpoint: Endpoint, *, idempotency_key: str | None = None) -> None:
        headers = {"Accept-Language": spoken(), "Accept": "application/json"}
        if endpoint.key:
            headers["Authorization"] = f"Bearer {endpoint.key}"
        self.api = endpoint.api
        self._once = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        try:
            self._http = httpx2.Client(base_url=endpoint.api, headers=headers, timeout=WAIT_SECONDS, trust_env=False)
        except (httpx2.InvalidURL, ValueError) as wrong:
            raise ServerSilent(
                _("{api} is not an address: {reason}.").format(api=endpoint.api, reason=wrong)
            ) from wrong

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(
        self, *parts: str, query: Mapping[str, str | int | None] | None = None, patience: float = WAIT_SECONDS
    ) -> dict[str, Any]:
        """The document at /v1/part/part; query fields that are None are left out."""
        return _document(self._ask("GET", parts, query=query, patience=patience))

    def get_file(self, *parts: str, query: Mapping[str, str | int | None] | None = None) -> bytes:
        """The bytes at /v1/part/part, for example a PDF."""
        return self._ask("GET", parts, query=query).content

    def post(
        self, *parts: str, body: Mapping[str, Any] | str, query: Mapping[str, str | int | None] | None = None
    ) -> dict[str, Any]:
        """The answer to a POST; a body that is text is sent as it stands, so that its numbers keep their digits."""
        return _document(self._ask("POST", parts, query=query, body=body))

    def put(self, *parts: str, body: Mapping[str, Any] | str) -> dict[str, Any]:
        """The answer to a PUT."""
        return _document(self._ask("PUT", parts, body=body))

    def patch(self, *parts: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a PATCH."""
        return _document(self._ask("PATCH", parts, body=body))

    def _ask(
        self,
        method: str,
        parts: tuple[str, ...],
        *,
        query: Mapping[str, str | int | None] | None = None,
        body: Mapping[str, Any] | str | None = None,
        patience: float = WAIT_SECONDS,
    ) -> httpx2.Response:
        path = "/v1/" + "/".join(quote(part, safe="") for part in parts)
        given = {name: value for name, value in (query or {}).items() if value is not None}
        headers = self._once if method == "POST" else {}
        content = None
        if body is not None:
            content = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode()
            headers = {**headers, "Content-Type": "application/json"}
        try:
            answer = self._http.request(method, path, params=given, content=content, headers=headers, timeout=patience)
        except httpx2.TransportError as silence:
            raise ServerSilent(_silence(self.api, silence)) from silence
        except (httpx2.InvalidURL, UnicodeError) as wrong:
            raise _no_address(self.api, wrong) from wrong
        if not answer.is_success:
            raise _refusal(answer)
        return answer


def _no_address(api: str, wrong: Exception) -> ServerSilent:
    return ServerSilent(_("{api} is not an address: {reason}.").format(api=api, reason=wrong))


def _silence(api: str, silence: Exception) -> str:
    if isinstance(silence, httpx2.TimeoutException):
        return _("{api} did not answer in time: look at its state with `orderkeep doctor`, then try again.").format(
            api=api
        )
    return _("{api} does not answer ({reason}): start the servers with `orderkeep up`, or name others.").format(
        api=api, reason=str(silence) or type(silence).__name__
    )


def _document(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.content:
        return {}
    try:
        document = answer.json()
    except ValueError as wrong:
        raise ServerSilent(_stranger(answer)) from wrong
    return document if isinstance(document, dict) else {"items": document, "next": None}


def _refusal(answer: httpx2.Response) -> Exception:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or not (problem.get("detail") or problem.get("title")):
        return ServerSilent(_stranger(answer))
    return Refused({**problem, "retry_after": answer.headers.get("Retry-After")})


def _stranger(answer: httpx2.Response) -> str:
    return _("{url} answered {status} in a way that Orderkeep does not: check the address.").format(
        url=answer.request.url, status=answer.status_code
    )
