"""How an error looks to those who read it in the engine: its own sentence, the place, and no statement or data.

The engine keeps four kilobytes of a failing step's error and replaces a longer one by a note about its size; so a
statement of SQL with its values, or a chain of causes, would hide what went wrong, and show data that is nobody's.
"""

from __future__ import annotations

import dataclasses

from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadConverter

from domain.errors import Told, told
from starter.keyring import Keyring
from starter.sealing import PayloadDamaged, PayloadKeyMissing, SealingCodec
from starter.values import Values

MESSAGE = 500
TRACE = 1000
CAUSES = 1


class LegibleFailures(DefaultFailureConverter):
    """Shortens what the SDK tells of an exception."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """The exception as the engine keeps it."""
        super().to_failure(exception, payload_converter, failure)
        shorten(failure)


class SealedFailures(LegibleFailures):
    """The same, with sentence and place in the part of a failure that the codec seals."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """The exception as the engine keeps it, legible to whoever has the key."""
        super().to_failure(exception, payload_converter, failure)
        hidden = {"message": failure.message, "stack_trace": failure.stack_trace}
        failure.encoded_attributes.CopyFrom(payload_converter.to_payloads([hidden])[0])
        failure.message, failure.stack_trace = "Encoded failure", ""


def shorten(failure: Failure, causes: int = CAUSES) -> None:
    """Cut, in place: the message before row and statement of an SQL error, the trace, the chain of causes."""
    failure.message = failure.message.partition("\nDETAIL:")[0].partition("\n[SQL:")[0][:MESSAGE]
    failure.stack_trace = failure.stack_trace[-TRACE:]
    if failure.HasField("cause"):
        if causes:
            shorten(failure.cause, causes - 1)
        else:
            failure.ClearField("cause")


def converter(keyring: Keyring) -> DataConverter:
    """How values and errors cross the engine, sealed when there are keys."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_converter_class=Values,
        failure_converter_class=SealedFailures if keyring.keys else LegibleFailures,
        payload_codec=SealingCodec(keyring),
    )


CONVERTER = converter(Keyring())
"""How values and errors cross the engine without keys, for tests and replays."""


def unreadable(key_id: str) -> Told:
    """What a reader without the key is told instead of an error."""
    return told(
        "The reason is sealed under the key {key}, which is not in the ORDERKEEP_PAYLOAD_KEYS of whoever asks here. "
        "Give it the keys that the workers have, and ask again.",
        key=repr(key_id[:32]),
    )


async def legible(failure: Failure, through: DataConverter) -> Failure:
    """A failure that the engine keeps, opened for a reader; what cannot be opened says why instead.

    It is the reader who lacks the key then. The process that failed had it: it has sealed the failure itself.
    """
    opened = Failure()
    opened.CopyFrom(failure)
    try:
        if through.payload_codec is not None:
            await through.payload_codec.decode_failure(opened)
        _unhide(opened, through.payload_converter)
    except PayloadKeyMissing as closed:
        opened.Clear()
        opened.message = str(unreadable(closed.key_id))
    except PayloadDamaged as closed:
        opened.Clear()
        opened.message = str(closed)
    return opened


def _unhide(failure: Failure, payload_converter: PayloadConverter) -> None:
    if failure.HasField("encoded_attributes"):
        (shown,) = payload_converter.from_payloads([failure.encoded_attributes])
        failure.message, failure.stack_trace = shown["message"], shown["stack_trace"]
        failure.ClearField("encoded_attributes")
    if failure.HasField("cause"):
        _unhide(failure.cause, payload_converter)
