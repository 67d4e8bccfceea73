"""Signed webhooks: what is accepted, and what each refusal says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from domain.errors import NotSignedIn
from domain.facts import PaymentFact, PaymentWebhook
from gateways.payments import webhooks
from gateways.signatures import new_secret, sign, verify

SECRET = new_secret()
BODY = '{"type":"payment.received","note":"货款"}'.encode()


def signed(body: bytes = BODY, secret: str = SECRET, age: timedelta = timedelta(0)) -> dict[str, str]:
    return sign("msg-1", datetime.now(UTC) - age, body, secret)


def refusal(headers: dict[str, str], body: bytes = BODY, secret: str = SECRET) -> str:
    with pytest.raises(NotSignedIn) as refused:
        verify(headers, body, secret)
    return refused.value.detail


def test_a_signed_message_is_accepted():
    verify(signed(), BODY, SECRET)


def test_header_names_may_be_written_in_any_case():
    verify({name.title(): value for name, value in signed().items()}, BODY, SECRET)


def test_the_time_of_signing_may_be_told_in_any_zone():
    here = datetime.now(timezone(timedelta(hours=8)))
    verify(sign("msg-1", here, BODY, SECRET), BODY, SECRET)


def test_another_body_is_refused():
    assert "does not match its body" in refusal(signed(), BODY + b" ")


def test_another_id_is_refused():
    assert "does not match" in refusal({**signed(), "webhook-id": "msg-2"})


def test_another_time_stamp_is_refused():
    later = str(int(datetime.now(UTC).timestamp()) + 5)
    assert "does not match" in refusal({**signed(), "webhook-timestamp": later})


def test_another_secret_is_refused():
    assert "check the shared secret" in refusal(signed(secret=new_secret()))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(name):
    assert name in refusal({key: value for key, value in signed().items() if key != name})


def test_a_message_played_again_after_five_minutes_is_refused():
    verify(signed(age=timedelta(minutes=4, seconds=50)), BODY, SECRET)
    assert "too old" in refusal(signed(age=timedelta(minutes=5, seconds=2)))


def test_a_message_from_the_future_is_refused():
    assert "too far in the future" in refusal(signed(age=-timedelta(minutes=6)))


@pytest.mark.parametrize("stamp", ["now", "nan", "1e9", "-5", "9" * 30, "１２３"])
def test_a_time_stamp_that_is_no_number_is_refused(stamp):
    assert "seconds since 1970" in refusal({**signed(), "webhook-timestamp": stamp})


@pytest.mark.parametrize("signature", ["v1", "v1,", "v1,%%%", "v1,a,b", "v2,abcd", "x y z", ",", "v1,ünï"])
def test_a_signature_that_cannot_be_read_is_refused(signature):
    assert "does not match" in refusal({**signed(), "webhook-signature": signature})


def test_a_body_that_is_not_utf_8_is_refused():
    assert "does not match" in refusal(signed(), b"\xff\xfe")


@pytest.mark.parametrize("separator", [" ", ",", ", ", "\n"])
def test_while_a_secret_is_changed_both_are_accepted(separator):
    new = new_secret()
    both = f"{SECRET}{separator}{new}"
    verify(signed(secret=SECRET), BODY, both)
    verify(signed(secret=new), BODY, both)
    verify(signed(secret=both), BODY, SECRET)
    verify(signed(secret=both), BODY, new)


@pytest.mark.parametrize("nothing", ["", "  ", "whsec_"])
def test_without_a_secret_nothing_is_accepted_and_nothing_signed(nothing):
    assert "No webhook secret is configured" in refusal(signed(), secret=nothing)
    with pytest.raises(ValueError, match="no webhook secret"):
        signed(secret=nothing)


def test_a_sealed_payment_can_be_read_by_the_receiver():
    fact = PaymentFact(
        customer="C-1",
        amount=Decimal("118.50"),
        currency="CNY",
        reference="INV-2025-000001",
        provider="testbank",
        provider_payment_id="tx-1",
        received_at=datetime(2025, 3, 1, 8, tzinfo=UTC),
    )
    headers, body = webhooks.seal(fact, datetime.now(UTC), SECRET)
    webhooks.verify(headers, body, SECRET)
    assert headers["webhook-id"] == "testbank.tx-1"
    assert PaymentWebhook.model_validate_json(body).data == fact
