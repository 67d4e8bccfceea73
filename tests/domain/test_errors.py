"""What can be wrong, sorted by who can act on it."""

from __future__ import annotations

import pytest

from domain import errors
from domain.errors import FieldError, OrderkeepError


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        (errors.Malformed, 400, "malformed"),
        (errors.NotSignedIn, 401, "unauthenticated"),
        (errors.Forbidden, 403, "forbidden"),
        (errors.NotFound, 404, "not-found"),
        (errors.IllegalMove, 409, "illegal-move"),
        (errors.Invalid, 422, "invalid"),
        (errors.Unavailable, 503, "unavailable"),
    ],
)
def test_each_refusal_has_its_status(kind: type[OrderkeepError], status: int, word: str):
    refusal = kind("It cannot be done.")
    assert (refusal.status, refusal.kind, str(refusal)) == (status, word, "It cannot be done.")
    assert refusal.title
    assert (refusal.errors, refusal.legal_moves) == ((), None)


def test_a_refusal_carries_fields_and_moves():
    wrong = FieldError("/lines/0/sku", "There is no product X.")
    refusal = errors.Invalid("Not valid.", errors=[wrong], legal_moves=["CONFIRMED"])
    assert (refusal.errors, refusal.legal_moves) == ((wrong,), ("CONFIRMED",))
