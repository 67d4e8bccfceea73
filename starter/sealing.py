"""Seals what the engine keeps: arguments, results, summaries, memos and errors, with AES-256-GCM.

Numbers of documents, names of steps and search attributes stay legible: the engine and its list need them. What was
written before keys were set stays readable. A key that is missing fails the workflow's task, which the engine tries
again until the key is back; it never fails the workflow, and nothing is dropped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from domain.errors import told
from starter.keyring import Keyring

ENCODING = b"binary/encrypted"
CIPHER = b"AES-256-GCM"
KEY_ID = "encryption-key-id"
_NONCE_BYTES = 12


class PayloadKeyMissing(Exception):
    """A payload is sealed under a key that this process was not given."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            told(
                "A payload is sealed under the key {key}, which is not listed in ORDERKEEP_PAYLOAD_KEYS. "
                "Add that key to the list and start this process again; nothing is lost meanwhile.",
                key=repr(key_id[:32]),
            )
        )
        self.key_id = key_id


class PayloadDamaged(Exception):
    """A sealed payload was changed, or was sealed under another key of the same id."""


class SealingCodec(PayloadCodec):
    """Seals under the first key and opens under every key.

    Without keys it seals nothing and still refuses what is sealed: the SDK would drop a signal that it cannot read.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in keyring.keys.items()}
        self._sealing = keyring.sealing

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, sealed when there is a key; what is sealed already stays as it is."""
        if self._sealing is None:
            return list(payloads)
        return [payload if _is_sealed(payload) else self._sealed(payload, self._sealing) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads, opened; PayloadKeyMissing or PayloadDamaged for one that cannot be."""
        return [self._opened(payload) if _is_sealed(payload) else payload for payload in payloads]

    def _sealed(self, payload: Payload, key_id: str) -> Payload:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[key_id].encrypt(nonce, payload.SerializeToString(), key_id.encode())
        metadata = {"encoding": ENCODING, "encryption-cipher": CIPHER, KEY_ID: key_id.encode()}
        return Payload(metadata=metadata, data=nonce + sealed)

    def _opened(self, payload: Payload) -> Payload:
        key_id = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise PayloadKeyMissing(key_id)
        try:
            plain = cipher.decrypt(payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:], key_id.encode())
        except (InvalidTag, ValueError):
            raise PayloadDamaged(
                told(
                    "A payload sealed under the key {key} cannot be opened: it was changed, "
                    "or ORDERKEEP_PAYLOAD_KEYS lists another key under this id.",
                    key=repr(key_id),
                )
            ) from None
        return Payload.FromString(plain)


def _is_sealed(payload: Payload) -> bool:
    return payload.metadata.get("encoding") == ENCODING
