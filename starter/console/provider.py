"""The company's identity provider: OpenID Connect, authorization code with PKCE; what it says is verified.

Discovery and keys are asked for at every sign-in: those are rare, and so a provider changes its keys when it likes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey
from joserfc.jws import JWSRegistry

from starter.settings import Settings

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
"""Signatures by a key that the provider alone has; never `none`, never one made with the secret that we have, too."""
_KINDS = frozenset({"RSA", "EC"})
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
FLOW_SECONDS = 600
_CLOCKS = 60
"""Seconds that two clocks may differ."""
_PATIENCE = 10.0
_SCOPE = "openid profile"


class ProviderSilent(Exception):
    """The provider does not answer, or not as one does."""


class NotShown(Exception):
    """What came back shows nobody's identity; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt to sign in, kept by the browser under our signature until the provider sends it back."""

    state: str
    nonce: str
    verifier: str
    following: str

    @classmethod
    def begin(cls, following: str) -> Self:
        """A fresh one; `following` is the page that was wanted."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), following)


class Provider:
    """The provider that the settings name; `configured` says whether they name one."""

    def __init__(self, settings: Settings) -> None:
        self.configured = settings.oidc_issuer is not None
        self.name = settings.oidc_name
        self.claim = settings.oidc_claim
        self._issuer = settings.oidc_issuer or ""
        self._id = settings.oidc_client_id or ""
        self._secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
        self._seal = OctKey.import_key(hmac.digest(self._secret.encode(), b"orderkeep sign-in", hashlib.sha256))

    def sealed(self, flow: Flow) -> str:
        """The flow as the browser keeps it."""
        claims = {"s": flow.state, "n": flow.nonce, "v": flow.verifier, "f": flow.following}
        return jwt.encode({"alg": "HS256"}, {**claims, "exp": int(time.time()) + FLOW_SECONDS}, self._seal)

    def opened(self, cookie: str, state: str) -> Flow:
        """The flow that this browser began; NotShown when it began none, or another one."""
        try:
            kept = jwt.decode(cookie, self._seal, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}).validate(kept)
            flow = Flow(*(str(kept[name]) for name in "snvf"))
        except (JoseError, ValueError, KeyError) as error:
            raise NotShown(f"no sign-in was begun here: {type(error).__name__}") from None
        if not hmac.compare_digest(flow.state.encode(), state.encode()):
            raise NotShown("the state is another one's")
        return flow

    async def address(self, flow: Flow, callback: str) -> str:
        """Where the browser goes to show who it is."""
        async with self._client(callback) as client:
            document = await self._discovered(client)
            url, _ = client.create_authorization_url(
                document["authorization_endpoint"], state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(url)

    async def claims(self, flow: Flow, code: str, callback: str) -> Mapping[str, Any]:
        """What the provider says of the person who came back with this code.

        Errors: NotShown, ProviderSilent.
        """
        async with self._client(callback) as client:
            document = await self._discovered(client)
            try:
                token = await client.fetch_token(
                    document["token_endpoint"], code=code, code_verifier=flow.verifier, grant_type="authorization_code"
                )
            except OAuthError as error:
                raise NotShown(f"the code was refused: {str(error.error)[:40]}") from None
            except (httpx2.HTTPError, ValueError) as error:
                raise ProviderSilent(type(error).__name__) from None
            keys = await _asked(client, document["jwks_uri"])
        return self._verified(str(token.get("id_token", "")), keys, flow.nonce)

    def _verified(self, token: str, keys: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        usable = [each for each in keys.get("keys", ()) if each.get("kty") in _KINDS and each.get("use") != "enc"]
        asked = jwt.JWTClaimsRegistry(
            leeway=_CLOCKS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            registry = JWSRegistry(algorithms=list(_ALGORITHMS))
            known = KeySet.import_key_set({"keys": usable})
            claims = jwt.decode(token, known, algorithms=list(_ALGORITHMS), registry=registry).claims
            asked.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotShown(f"the token is not good: {type(error).__name__}") from None
        others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if others else self._id) != self._id:
            raise NotShown("the token was given to another client")
        return claims

    def _client(self, callback: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._id,
            client_secret=self._secret,
            scope=_SCOPE,
            redirect_uri=callback,
            code_challenge_method="S256",
            timeout=_PATIENCE,
            trust_env=False,
        )

    async def _discovered(self, client: AsyncOAuth2Client) -> Mapping[str, Any]:
        document = await _asked(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if document.get("issuer") != self._issuer:
            raise ProviderSilent("the provider calls itself otherwise than ORDERKEEP_OIDC_ISSUER")
        if any(not safe(str(document.get(name))) for name in ENDPOINTS):
            raise ProviderSilent("the provider names an address without TLS, or none")
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" not in methods:
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105
        return document


def safe(url: str) -> bool:
    """Whether an address is asked over TLS, or lies on this machine."""
    place = urlsplit(url)
    return place.scheme == "https" or (place.scheme == "http" and place.hostname in {"127.0.0.1", "localhost", "::1"})


async def _asked(client: AsyncOAuth2Client, url: str) -> Mapping[str, Any]:
    try:
        answer = await client.request("GET", url, withhold_token=True)
        answer.raise_for_status()
        document = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ProviderSilent(type(error).__name__) from None
    if not isinstance(document, dict):
        raise ProviderSilent("no document")
    return document
