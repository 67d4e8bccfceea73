"""What people do every day, at the terminal: comments, matching, disputes, and supply by hand."""

from __future__ import annotations

import json

import pytest

from tests.starter.cli.test_commands import at

PAYMENT = {"number": "PAY-1", "state": "APPLIED", "amount": "36.00", "unapplied": "0.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "The comment stands in the timeline of SO-1."), ("zh-CN", "备注已写入 SO-1 的时间线。")],
)
def test_a_comment_is_kept(api, orderkeep, lang, sentence):
    api.answer("POST", "/v1/orders/SO-1/comments", {}, 201)
    ended = orderkeep(*at(api, "order", "comment", "SO-1", "She calls back", "--lang", lang))
    assert (ended.code, ended.out) == (0, f"{sentence}\n")
    assert api.asked[0].json == {"text": "She calls back"}


def test_cash_is_matched_to_the_suggested_invoice(api, orderkeep):
    row = {"invoice": "INV-1", "order": "SO-1", "customer": "ACME", "outstanding": "36.00", "amount": "36.00"}
    row |= {"currency": "EUR", "due_date": "2026-04-01", "reason": "amount"}
    api.answer("GET", "/v1/payments/PAY-1/suggestions", {"items": [row], "next": None})
    shown = orderkeep(*at(api, "payment", "suggestions", "PAY-1")).out.splitlines()
    assert shown[0].endswith("Outstanding  Would settle  Currency  Due         Why")
    assert shown[1].split() == ["INV-1", "SO-1", "ACME", "36.00", "36.00", "EUR", "2026-04-01", "amount"]
    api.answer("POST", "/v1/payments/PAY-1/apply", PAYMENT)
    ended = orderkeep(*at(api, "payment", "apply", "PAY-1", "--invoice", "INV-1", "--idempotency-key", "k-1"))
    assert ended.out.startswith("PAY-1  APPLIED\n")
    assert (api.asked[1].json, api.asked[1].headers["idempotency-key"]) == ({"invoice": "INV-1"}, "k-1")
    orderkeep(*at(api, "payment", "apply", "PAY-1", "--invoice", "INV-1", "--amount", "20.00"))
    assert api.asked[2].json == {"invoice": "INV-1", "amount": "20.00"}


def test_a_dispute_is_kept_listed_and_decided(api, orderkeep):
    api.answer("POST", "/v1/invoices/INV-1/disputes", {"id": 3}, 201)
    given = ("dispute", "open", "INV-1", "--amount", "9.90", "--reason", "dented")
    assert orderkeep(*at(api, *given)).out == "Dispute 3 of INV-1 is kept.\n"
    assert api.asked[0].json == {"amount": "9.90", "reason": "dented"}
    api.answer("GET", "/v1/disputes", {"items": [], "next": None})
    orderkeep(*at(api, "dispute", "list"))
    orderkeep(*at(api, "dispute", "list", "--status", "all", "--invoice", "INV-1"))
    assert [each.path for each in api.asked[1:]] == [
        "/v1/disputes?status=open&limit=50", "/v1/disputes?invoice=INV-1&limit=50",
    ]  # fmt: skip
    api.answer("POST", "/v1/invoices/INV-1/disputes/3/resolve", {"id": 3})
    decided = ("dispute", "resolve", "INV-1", "3", "--outcome", "upheld", "--comment", "the photo shows it")
    assert orderkeep(*at(api, *decided, "--lang", "zh-CN")).out == "INV-1 的争议 3 已裁定。\n"
    assert api.asked[3].json == {"outcome": "upheld", "comment": "the photo shows it"}


def test_supply_is_ordered_by_hand_and_its_new_day_is_kept(api, orderkeep):
    order = {"number": "PO-1", "state": "ACKNOWLEDGED", "due_date": "2030-03-08"}
    api.answer("POST", "/v1/supply-orders/PO-1/acknowledge", order)
    ended = orderkeep(*at(api, "supply", "acknowledge", "PO-1", "--due-date", "2030-03-08", "--comment", "by phone"))
    assert ended.out.startswith("PO-1  ACKNOWLEDGED\n")
    assert api.asked[0].json == {"due_date": "2030-03-08", "comment": "by phone"}
    api.answer("POST", "/v1/supply-orders", order, 201)
    made = orderkeep(*at(api, "supply", "order", "--sku", "TEA", "--quantity", "40", "--json"))
    assert json.loads(made.out) == order
    assert api.asked[1].json == {"sku": "TEA", "quantity": "40"}


def test_a_reorder_point_is_set_or_taken_away_and_never_by_mistake(api, orderkeep):
    api.answer("POST", "/v1/products/TEA/reorder-point", {"sku": "TEA"})
    command = ("product", "reorder-point", "TEA")
    assert orderkeep(*at(api, *command, "--at", "40", "--quantity", "60")).out == "The reorder point of TEA is kept.\n"
    orderkeep(*at(api, *command, "--none"))
    assert [each.json for each in api.asked] == [
        {"reorder_point": "40", "reorder_quantity": "60"}, {"reorder_point": None},
    ]  # fmt: skip
    assert [orderkeep(*at(api, *command, *more)).code for more in ((), ("--none", "--at", "4"))] == [2, 2]
    assert len(api.asked) == 2
