"""What travels through the engine: frozen values that survive their JSON."""

from __future__ import annotations

import inspect

import pytest
from pydantic import ValidationError

from domain import steps
from domain.steps import InstalmentOutcome, InstalmentPlan, InvoiceOutcome, OrderStep, Value
from tests.builders import NOW

VALUES = [
    kind for _, kind in inspect.getmembers(steps, inspect.isclass) if issubclass(kind, Value) and kind is not Value
]


@pytest.mark.parametrize("kind", VALUES, ids=[kind.__name__ for kind in VALUES])
def test_every_value_is_frozen_and_says_what_it_is(kind: type[Value]):
    assert kind.model_config["frozen"]
    assert kind.__doc__


def test_a_step_cannot_be_changed():
    step = OrderStep(number="SO-1", now=NOW)
    with pytest.raises(ValidationError):
        step.number = "SO-2"  # type: ignore[misc]


def test_a_nested_result_survives_its_json():
    status = InstalmentOutcome(settled=False, next_level=1, next_at=NOW)
    plan = InstalmentPlan(invoice="INV-1", instalment=1, due_at=NOW, status=status)
    outcome = InvoiceOutcome(shipment_state="DELIVERED", order_state="FULFILLED", invoice="INV-1", instalments=(plan,))
    assert InvoiceOutcome.model_validate_json(outcome.model_dump_json()) == outcome
