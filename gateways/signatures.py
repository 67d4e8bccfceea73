"""Signatures on webhooks, in and out (Standard Webhooks): the one place that knows how a message proves its sender.

A secret is `whsec_` and base64. Several secrets, separated by spaces or commas, are all accepted, so that a secret
can be changed without losing a message: the sender may use the old one or the new one meanwhile.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from domain.errors import NotSignedIn, told

WINDOW = timedelta(minutes=5)
UNPROVABLE = "No webhook secret is configured here, so no webhook can be accepted; set the secret first."
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def new_secret() -> str:
    """A fresh secret of 256 bits in the form that both sides configure."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def require_secrets(setting: str) -> None:
    """ValueError, by its place and never by its content, for a secret of the setting that nobody could sign with."""
    for place, part in enumerate(setting.replace(",", " ").split(), 1):
        if not _hooks(part):
            raise ValueError(told("secret {place} is not whsec_ and base64", place=place))


def sign(msg_id: str, timestamp: datetime, body: bytes | str, secret: str) -> dict[str, str]:
    """The three headers for a message; each configured secret signs, so that the receiver may rotate first.

    `msg_id` stays the same over all attempts of one event, `timestamp` (aware) is that of the attempt.
    """
    moment = timestamp.astimezone(UTC)  # the library overwrites the zone instead of converting
    text = body.decode() if isinstance(body, bytes) else body
    signatures = [hook.sign(msg_id, moment, text) for hook in _hooks(secret)]
    if not signatures:
        raise ValueError("no webhook secret is configured, so the message cannot be signed")
    return dict(zip(HEADERS, (msg_id, str(int(moment.timestamp())), " ".join(signatures)), strict=True))


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """Accept the message or raise NotSignedIn with what is wrong: a header, the time stamp or the signature.

    Older or newer than five minutes is refused, so a recorded message cannot be played again later; within the
    window the receiver's own record of the fact makes a repeat harmless.
    """
    hooks = _hooks(secret)
    if not hooks:
        raise NotSignedIn(UNPROVABLE)
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in HEADERS if not found.get(name)]
    if missing:
        raise NotSignedIn(
            told(
                "The webhook lacks the header {missing}; sign it by the Standard Webhooks rules.",
                missing=", ".join(missing),
            )
        )
    _check_time(found["webhook-timestamp"])
    if not any(_matches(hook, found, body) for hook in hooks):
        raise NotSignedIn(
            "The webhook's signature does not match its body; check the shared secret, and sign the bytes as sent."
        )


def _check_time(stamp: str) -> None:
    if not re.fullmatch(r"[0-9]{1,11}", stamp):
        raise NotSignedIn("The header webhook-timestamp must be the seconds since 1970 as a whole number.")
    age = datetime.now(UTC) - datetime.fromtimestamp(int(stamp), UTC)
    if abs(age) > WINDOW:
        side = told("old" if age > timedelta(0) else "far in the future")
        raise NotSignedIn(
            told(
                "The webhook's time stamp is too {side}: it must lie within five minutes of now. Sign "
                "again at each attempt, and check the sender's clock.",
                side=side,
            )
        )


def _matches(hook: Webhook, headers: dict[str, str], body: bytes) -> bool:
    try:
        hook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: not base64, not "v1,...", or not UTF-8
        return False
    return True


def _hooks(secret: str) -> list[Webhook]:
    hooks = []
    for part in re.split(r"[\s,]+", secret.strip()):
        try:
            hooks.append(Webhook(part))
        except (EmptyWebhookSecretError, ValueError):
            continue
    return hooks
