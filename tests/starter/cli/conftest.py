"""A small real HTTP server that answers as the API does, and the command run against it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from starter.cli.main import execute


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class SmallServer:
    """Answers by (method, path without query); what it was not told to answer is a 404 problem."""

    url: str = ""
    answers: dict[tuple[str, str], tuple[int, Any, dict[str, str]]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, method: str, path: str, document: Any, status: int = 200, **headers: str) -> None:
        self.answers[method, path] = (status, document, headers)


def _handler(server: SmallServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append(Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            problem: tuple[int, Any, dict[str, str]] = (404, {"status": 404, "detail": "There is no such thing."}, {})
            plain = server.answers.get((self.command, self.path.partition("?")[0]), problem)
            status, document, headers = server.answers.get((self.command, self.path), plain)
            content = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = _take

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def api() -> Iterator[SmallServer]:
    told = SmallServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Ended:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture
def orderkeep(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Any
) -> Callable[..., Ended]:
    """Runs a command in this process, in a world without settings."""
    for name in ("ORDERKEEP_API", "ORDERKEEP_KEY", "ORDERKEEP_LANG", "ORDERKEEP_DATABASE_URL", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("ORDERKEEP_DATA_DIR", str(tmp_path / "nothing-here"))

    def run(*arguments: str) -> Ended:
        capsysbinary.readouterr()
        code = execute(arguments)
        out, err = capsysbinary.readouterr()
        return Ended(code, out.decode(), err.decode())

    return run
