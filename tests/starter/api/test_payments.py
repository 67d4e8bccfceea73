"""Payments over HTTP: recorded once per provider's id, shown, kept when nobody knows what they are for."""

from __future__ import annotations

from domain.actor import Role
from starter.api.examples import EXAMPLES

PAYMENT = EXAMPLES["record_payment"]


async def test_a_payment_is_recorded_once(shop):
    made = await shop.post("/v1/payments", PAYMENT, Role.INTEGRATION)
    again = await shop.post("/v1/payments", PAYMENT, Role.INTEGRATION)
    assert (made.status_code, again.status_code) == (201, 200), made.text
    assert made.json()["number"] == again.json()["number"]
    shown = await shop.get(made.headers["location"])
    assert shown.json()["amount"] == "142.56"
    assert shown.json()["provider_payment_id"] == PAYMENT["provider_payment_id"]
    assert len((await shop.get("/v1/payments")).json()["items"]) == 1


async def test_the_ledger_balances_after_it(shop):
    number = (await shop.post("/v1/payments", PAYMENT)).json()["number"]
    (gbp,) = (await shop.get("/v1/trial-balance")).json()["currencies"]
    assert gbp["balanced"] is True
    assert gbp["debit"] == gbp["credit"]
    (voucher,) = (await shop.get(f"/v1/journal?document={number}")).json()["items"]
    assert [line["debit"] for line in voucher["lines"] if line["debit"] != "0.00"] == ["142.56"]
