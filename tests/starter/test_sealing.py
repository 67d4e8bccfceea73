"""Payloads under keys: sealed by the first, opened by each, refused by name without."""

from __future__ import annotations

import base64
import os

import pytest
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import PayloadConverter
from temporalio.exceptions import ApplicationError

from starter.failures import CONVERTER, converter, legible
from starter.keyring import Keyring, keyring_of, new_key
from starter.sealing import PayloadDamaged, PayloadKeyMissing, SealingCodec
from starter.settings import Settings

(OLD_ID, OLD), (NEW_ID, NEW) = new_key(), new_key()
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"14 Zirkonia Street"')


async def sealed(setting: str, payload: Payload = PLAIN) -> Payload:
    (one,) = await SealingCodec(keyring_of(setting)).encode([payload])
    return one


async def opened(setting: str, payload: Payload) -> Payload:
    (one,) = await SealingCodec(keyring_of(setting)).decode([payload])
    return one


async def test_a_sealed_payload_shows_its_key_and_nothing_else():
    one = await sealed(NEW)
    assert b"Zirkonia" not in one.SerializeToString()
    assert dict(one.metadata) == {
        "encoding": b"binary/encrypted",
        "encryption-cipher": b"AES-256-GCM",
        "encryption-key-id": NEW_ID.encode(),
    }
    assert await opened(NEW, one) == PLAIN


async def test_the_same_payload_is_never_sealed_the_same_way():
    assert (await sealed(NEW)).data != (await sealed(NEW)).data


async def test_the_first_key_seals_and_every_listed_one_opens():
    before = await sealed(OLD)
    after = await sealed(f"{NEW} {OLD}")
    assert after.metadata["encryption-key-id"] == NEW_ID.encode()
    assert [await opened(f"{NEW}, {OLD}", one) for one in (before, after)] == [PLAIN, PLAIN]


@pytest.mark.parametrize("setting", [NEW, ""], ids=["keys", "no keys"])
async def test_a_key_that_is_missing_is_named(setting: str):
    with pytest.raises(PayloadKeyMissing, match=f"'{OLD_ID}', which is not listed in ORDERKEEP_PAYLOAD_KEYS"):
        await opened(setting, await sealed(OLD))


async def test_a_payload_that_was_changed_is_refused():
    one = await sealed(NEW)
    for place in (0, 15, len(one.data) - 1):
        data = bytearray(one.data)
        data[place] ^= 1
        with pytest.raises(PayloadDamaged, match="cannot be opened"):
            await opened(NEW, Payload(metadata=dict(one.metadata), data=bytes(data)))
    with pytest.raises(PayloadDamaged):
        await opened(NEW, Payload(metadata=dict(one.metadata), data=b"short"))


async def test_another_key_of_the_same_id_opens_nothing():
    stranger = f"{OLD_ID}:{base64.b64encode(os.urandom(32)).decode()}"
    with pytest.raises(PayloadDamaged):
        await opened(stranger, await sealed(OLD))


async def test_what_was_written_before_there_were_keys_stays_readable():
    assert await opened(NEW, PLAIN) == PLAIN


async def test_what_is_sealed_already_is_not_sealed_again():
    once = await sealed(OLD)
    assert await sealed(NEW, once) == once


async def test_without_keys_nothing_is_changed():
    assert keyring_of(None) == keyring_of("  ") == Keyring()
    assert await sealed("") is PLAIN


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("geheim", "entry 1 is not id:base64"),
        (f"{NEW} x y:geheim", "entry 2 is not id:base64"),
        ("id:geheim", r"entry 1 \(id\) is not 32 bytes"),
        (f"{OLD} {OLD_ID}:{NEW.partition(':')[2]}", f"the id {OLD_ID} stands for two different keys"),
    ],
    ids=["no id", "second", "short", "twice"],
)
def test_a_wrong_setting_is_told_by_its_place_and_not_by_its_content(setting: str, says: str):
    with pytest.raises(ValueError, match=says):
        keyring_of(setting)
    with pytest.raises(ValidationError, match=says) as wrong:
        Settings(_env_file=None, payload_keys=setting)
    assert "geheim" not in str(wrong.value)


def test_the_settings_show_no_key_and_no_password():
    shown = repr(Settings(_env_file=None, payload_keys=NEW, database_url="postgresql://u:geheim@h/d"))
    assert NEW.partition(":")[2] not in shown
    assert "geheim" not in shown


def _failed() -> ApplicationError:
    try:
        raise ApplicationError("the buyer of 14 Zirkonia Street", type="Odd") from ValueError("Zirkonia again")
    except ApplicationError as error:
        return error


@pytest.mark.parametrize("setting", [NEW, ""], ids=["keys", "no keys"])
async def test_an_error_is_sealed_with_its_causes_and_legible_to_the_holder_of_the_key(setting: str):
    through = converter(keyring_of(setting))
    failure = Failure()
    await through.encode_failure(_failed(), failure)
    assert (b"Zirkonia" in failure.SerializeToString()) is (setting == "")
    assert failure.application_failure_info.type == "Odd"
    read = await legible(failure, through)
    assert (read.message, read.cause.message) == ("the buyer of 14 Zirkonia Street", "Zirkonia again")
    assert "test_sealing.py" in read.stack_trace


async def test_an_error_under_a_missing_key_says_so_instead():
    failure = Failure()
    await converter(keyring_of(OLD)).encode_failure(_failed(), failure)
    read = await legible(failure, CONVERTER)
    assert read.message == (
        f"The reason is sealed under the key '{OLD_ID}', which is not in the ORDERKEEP_PAYLOAD_KEYS of whoever asks "
        "here. Give it the keys that the workers have, and ask again."
    )


async def test_values_pass_through_unharmed():
    through = converter(keyring_of(NEW))
    (payload,) = await through.encode([{"number": "SO-1"}])
    assert PayloadConverter.default.from_payload(await opened(NEW, payload)) == {"number": "SO-1"}
