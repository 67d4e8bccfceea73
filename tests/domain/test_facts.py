"""The bodies of requests and facts: whole, frozen, closed to what they do not know."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain import facts
from domain.facts import Fact

ADDRESS = {"name": "Goods in", "street": "1 Dock Road", "city": "Hull", "country": "gb"}
BODIES: dict[type[Fact], dict[str, Any]] = {
    facts.Address: ADDRESS,
    facts.CustomerCard: {"name": "ACME", "email": "a@acme.example", "currency": "EUR"},
    facts.SupplierCard: {"name": "Steelworks", "email": "s@steel.example", "lead_time_days": 5},
    facts.ProductCard: {"name": "Bolt"},
    facts.StockMovement: {"sku": "BOLT", "warehouse": "MAIN", "quantity": "5", "reason": "receipt"},
    facts.OrderRequest: {"customer": "ACME", "currency": "EUR", "lines": [{"sku": "BOLT", "quantity": "1"}]},
    facts.HoldRelease: {"comment": "known to us"},
    facts.HoldRejection: {"comment": "below cost"},
    facts.Cancellation: {"reason": "not needed"},
    facts.PickReport: {},
    facts.ReceiptReport: {"lines": [{"sku": "BOLT", "quantity": "1"}], "warehouse": "MAIN"},
    facts.PaymentFact: {
        "amount": "12.00", "currency": "EUR", "provider": "bank", "provider_payment_id": "1",
        "received_at": "2026-03-02T09:00:00Z",
    },
    facts.TrackingFact: {
        "tracking_number": "TRK-1", "status": "delivered", "at": "2026-03-02T09:00:00Z", "sequence": 3,
    },
    facts.Feedback: {"score": 5},
    facts.CaseRequest: {"order": "SO-1", "subject": "One bolt is bent"},
    facts.CaseMove: {},
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES, ids=[kind.__name__ for kind in BODIES])
def test_a_body_is_read_frozen_and_survives_its_json(kind: type[Fact]):
    fact = kind.model_validate(BODIES[kind])
    assert kind.model_validate_json(fact.model_dump_json()) == fact
    with pytest.raises(ValidationError):
        setattr(fact, next(iter(kind.model_fields)), None)


@pytest.mark.parametrize("kind", BODIES, ids=[kind.__name__ for kind in BODIES])
def test_an_unknown_field_is_refused_so_that_no_typo_passes(kind: type[Fact]):
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        kind.model_validate({**BODIES[kind], "qauntity": "5"})


WRONG: list[tuple[type[Fact], dict[str, Any], str]] = [
    (facts.OrderRequest, {"lines": []}, "at least 1 item"),
    (facts.OrderRequest, {"lines": [{"sku": "BOLT", "quantity": "1"}] * 10_001}, "at most 10000 items"),
    (facts.OrderRequest, {"lines": [{"sku": "BOLT", "quantity": "0"}]}, "greater than zero"),
    (facts.OrderRequest, {"lines": [{"sku": "BOLT", "quantity": "1", "unit_price": "-1"}]}, "must not be negative"),
    (facts.OrderRequest, {"shipping_policy": "ship_someday"}, "Input should be 'ship_partial'"),
    (facts.OrderRequest, {"requested_date": "2026-02-30"}, "valid date"),
    (facts.CustomerCard, {"email": "nobody"}, "pattern"),
    (facts.CustomerCard, {"language": "fr"}, "Input should be 'en' or 'zh-CN'"),
    (facts.CustomerCard, {"priority": 0}, "greater than or equal to 1"),
    (facts.CustomerCard, {"credit_limit": "-1"}, "must not be negative"),
    (facts.SupplierCard, {"lead_time_days": -1}, "greater than or equal to 0"),
    (facts.ProductCard, {"supply": {"multiple_of": "0"}}, "greater than zero"),
    (facts.ProductCard, {"supply": {"route": "steal"}}, "Input should be 'buy'"),
    (facts.StockMovement, {"reason": "magic"}, "Input should be 'opening'"),
    (facts.HoldRelease, {"comment": "  "}, "at least 1 character"),
    (facts.Cancellation, {"reason": ""}, "at least 1 character"),
    (facts.PickReport, {"lines": [{"line": 0, "quantity": "1"}]}, "greater than or equal to 1"),
    (facts.PickReport, {"lines": [{"line": 1, "quantity": "-1"}]}, "must not be negative"),
    (facts.PickReport, {"packages": 0}, "greater than or equal to 1"),
    (facts.PaymentFact, {"amount": "0"}, "greater than zero"),
    (facts.PaymentFact, {"received_at": "2026-03-02T09:00:00"}, "timezone"),
    (facts.TrackingFact, {"status": "vanished"}, "Input should be 'in_transit'"),
    (facts.TrackingFact, {"sequence": -1}, "greater than or equal to 0"),
    (facts.Feedback, {"score": 6}, "less than or equal to 5"),
    (facts.CaseRequest, {"priority": "extreme"}, "Input should be 'low'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "change", "why"), WRONG, ids=[f"{kind.__name__}-{'-'.join(change)}" for kind, change, _ in WRONG]
)
def test_a_wrong_field_is_refused(kind: type[Fact], change: dict[str, Any], why: str):
    with pytest.raises(ValidationError, match=why):
        kind.model_validate({**BODIES[kind], **change})


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (facts.PaymentWebhook, {"type": "payment.received", "data": BODIES[facts.PaymentFact]}),
        (facts.TrackingWebhook, {"type": "tracking.updated", "data": BODIES[facts.TrackingFact]}),
    ],
)
def test_an_envelope_may_carry_more_than_we_read_but_no_other_type(kind: type[Fact], body: dict[str, Any]):
    assert kind.model_validate({**body, "timestamp": "2026-03-02T09:00:00Z", "id": "evt_1"})
    with pytest.raises(ValidationError):
        kind.model_validate({**body, "type": "something.else"})


def test_defaults_are_those_of_the_contract():
    card = facts.CustomerCard.model_validate(BODIES[facts.CustomerCard])
    assert (card.language, card.payment_terms, card.time_zone, card.priority, card.active) == (
        "en",
        "net30",
        "UTC",
        5,
        True,
    )
    order = facts.OrderRequest.model_validate(BODIES[facts.OrderRequest])
    assert (order.shipping_policy, order.customer_po, order.ship_by) == ("ship_partial", None, None)
