"""A small OpenID provider on the loopback: real HTTP, real RSA keys; a test tells it what to say wrongly."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "orderkeep", "a secret of the client, long enough"


@dataclass
class Provider:
    """Whom it lets in, and what it says of them."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "248289761001"})
    lies: dict[str, Any] = field(default_factory=dict)
    """Put over the token's own claims; None takes one away."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signs_with: Any = None
    algorithm: str = "RS256"
    discovery: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.discovery,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to, with a code that is good once."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """An ID token for a code; the client, the address and the verifier have to be right."""
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        begun = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        wrong = "invalid_client" if (name, secret) != (CLIENT, SECRET) else ""
        if not begun or begun["code_challenge"] != challenge or begun["redirect_uri"] != asked.get("redirect_uri"):
            wrong = wrong or "invalid_grant"
        if wrong or begun is None:
            self.refused.append(wrong)
            return 400, {"error": wrong}
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        whole = {name: value for name, value in {**said, **self.claims, **self.lies}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        signed = jwt.encode(header, whole, self.signs_with or self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "of no use here", "token_type": "Bearer", "id_token": signed}

    def sign_with_the_secret(self) -> None:
        """What everybody who knows the client's secret could sign."""
        self.signs_with, self.algorithm = OctKey.import_key(SECRET.encode()), "HS256"


@contextmanager
def provider_on_loopback() -> Iterator[Provider]:
    """It answers at `issuer` until the block ends."""
    provider = Provider()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if place.path == "/authorize":
                back = provider.authorize({name: value for name, (value,) in parse_qs(place.query).items()})
                self.send_response(302)
                self.send_header("Location", back)
                self.end_headers()
                return
            keys = {"keys": [provider.key.as_dict(private=False)]}
            self._answer(200, keys if place.path == "/keys" else provider.document())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: value for name, (value,) in parse_qs(body).items()}
            self._answer(*provider.token(asked, self.headers.get("Authorization", "")))

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
