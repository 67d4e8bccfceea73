"""Every refusal is a problem document with a sentence that helps, and no secret of the house in it."""

from __future__ import annotations

import pytest

from domain.actor import Role
from starter.api.problems import ADVICE, KINDS
from tests.starter.api.conftest import signed

PROBLEM = "application/problem+json"


async def test_unknown_path_names_where_the_paths_are(small):
    answer = await small.get("/v2/orders")
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json() == {
        "type": "/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Nothing is at /v2/orders. GET /openapi.json lists every path; /docs explains them.",
    }


async def test_wrong_method_names_all_methods_of_the_path(small):
    answer = await small.delete("/v1/orders")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.json()["detail"] == "/v1/orders does not take DELETE; it takes GET, POST."


async def test_illegal_move_carries_the_legal_ones(small):
    answer = await small.get("/v1/failures/illegal", headers=signed())
    assert answer.status_code == 409
    assert answer.json()["legal_moves"] == ["IN_REVIEW"]
    assert answer.json()["detail"] == "The order is CANCELLED."


@pytest.mark.parametrize("kind", ["down", "pool", "slow"])
async def test_database_without_an_answer_is_503_with_retry_after(small, kind):
    answer = await small.get(f"/v1/failures/{kind}", headers=signed())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "send the same request again" in answer.json()["detail"]
    assert "10.0.0.1" not in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(("kind", "status"), [("race", 409), ("data", 422), ("check", 500), ("bug", 500)])
async def test_other_failures_keep_their_secrets(small, kind, status):
    answer = await small.get(f"/v1/failures/{kind}", headers=signed())
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-request-id"]


async def test_missing_key_is_challenged(small):
    answer = await small.get("/v1/orders")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="orderkeep"'
    assert "Authorization: Bearer" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["Bearer nobody", "Basic abc", "Bearer", "Bearer " + "x" * 500])
async def test_wrong_key_is_challenged(small, header):
    answer = await small.get("/v1/orders", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="orderkeep", error="invalid_token"'


async def test_wrong_role_is_told_which_roles_may(small):
    body = {"sku": "A", "warehouse": "MAIN", "quantity": "1", "reason": "count"}
    answer = await small.post("/v1/stock/movements", json=body, headers=signed(Role.SUPPORT))
    assert answer.status_code == 403
    assert answer.json()["detail"] == (
        "The role support may not move stock; these may: admin, manager, warehouse. Use a key of one of them."
    )


async def test_a_key_is_asked_for_before_the_body_is_read(small):
    answer = await small.post("/v1/orders", content=b"{broken", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401


async def test_every_role_may_read(small):
    for role in Role:
        assert (await small.get("/v1/orders/SO-1", headers=signed(role))).status_code == 200


def test_every_kind_of_problem_has_advice():
    assert ADVICE.keys() == KINDS.keys()
