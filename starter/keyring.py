"""The keys under which payloads are sealed before the engine keeps them: `id:base64 id:base64`, the first one seals.

Every listed key opens. So a key is changed by putting a new one in front, and forgotten when no history needs it.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field

KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9._-]{1,32}")


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by their ids, in the order in which they were listed; none: payloads stay as they are."""

    keys: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def sealing(self) -> str | None:
        """The id of the key that seals, or None."""
        return next(iter(self.keys), None)


def new_key() -> tuple[str, str]:
    """A fresh key: its id, and what stands in the setting, `id:base64`."""
    name = f"k{secrets.token_hex(4)}"
    return name, f"{name}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def keyring_of(setting: str | None) -> Keyring:
    """The keys of a setting; ValueError says which entry is wrong, by its place and never by its content."""
    keys: dict[str, bytes] = {}
    for place, entry in enumerate(re.split(r"[\s,]+", (setting or "").strip()), 1):
        if not entry:
            continue
        name, separator, text = entry.partition(":")
        if not separator or not _ID.fullmatch(name):
            raise ValueError(f"entry {place} is not id:base64; `orderkeep key payload` makes one that is")
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(f"entry {place} ({name}) is not {KEY_BYTES} bytes in base64")
        if keys.setdefault(name, key) != key:
            raise ValueError(f"the id {name} stands for two different keys; give one of them another id")
    return Keyring(keys)
