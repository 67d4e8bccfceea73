"""Repairs at the terminal: by number, by filter, with a dry run, and one refusal does not stop the others."""

from __future__ import annotations

import json

import pytest

from starter.cli.repair import OPEN_STATES

FAILING = {"activity": "book shipment", "attempt": 7, "error": "503", "next_retry": "2026-01-01T00:00:00Z"}
WAITS = {
    "SO-1": {"waiting_for": "retry", "sentence": "it fails", "failing": FAILING, "next_actions": []},
    "SO-2": {"waiting_for": "pick", "sentence": "to be picked", "failing": None, "next_actions": []},
    "SO-3": {
        "waiting_for": "hold",
        "sentence": "paused",
        "failing": None,
        "next_actions": ["POST /v1/orders/SO-3/resume"],
    },
}


@pytest.fixture
def shop(api):
    """Three open orders, newest first: one whose booking fails, one to be picked, one that is paused."""
    listed = [{"number": number, "state": "IN_FULFILMENT"} for number in ("SO-3", "SO-2", "SO-1")]
    api.answer("GET", "/v1/orders", {"items": listed, "next": None})
    for number, waits in WAITS.items():
        api.answer("GET", f"/v1/orders/{number}/why", waits)
        api.answer("GET", f"/v1/orders/{number}", {"number": number, "state": "IN_FULFILMENT"})
        for action in ("retry", "reset", "pause", "resume"):
            api.answer("POST", f"/v1/orders/{number}/{action}", {"number": number, "action": action}, 202)
    return api


def at(api, *arguments):
    return ("order", *arguments, "--api", api.url, "--key", "ok_secret")


def posted(api):
    """What was asked in earnest."""
    asked = [(asked.path, asked.json) for asked in api.asked if asked.method == "POST"]
    return [(path, body) for path, body in asked if not path.endswith("?preview=true")]


@pytest.mark.parametrize("action", ["retry", "reset", "pause", "resume"])
def test_one_order_by_its_number(shop, orderkeep, action):
    ended = orderkeep(*at(shop, action, "SO-1", "--comment", "why not", "--json"))
    assert ended.code == 0
    assert posted(shop) == [(f"/v1/orders/SO-1/{action}", {"comment": "why not"})]
    answer = json.loads(ended.out)
    assert (answer["action"], answer["dry_run"], answer["asked"], answer["refused"]) == (action, False, 1, 0)
    assert [(row["number"], row["outcome"]) for row in answer["orders"]] == [("SO-1", "asked")]


def test_a_dry_run_names_the_orders_and_asks_nothing_of_them(shop, orderkeep):
    ended = orderkeep(*at(shop, "reset", "--state", "IN_FULFILMENT", "--dry-run"))
    assert (ended.code, posted(shop)) == (0, [])
    assert ended.out.splitlines() == [
        "Order  Outcome         What it waited for",
        "SO-1   would be asked  it fails",
        "SO-2   would be asked  to be picked",
        "SO-3   would be asked  paused",
        "",
        "Nothing was done. Without --dry-run these orders are asked.",
    ]


@pytest.mark.parametrize(
    "narrower, numbers",
    [
        (["--waiting-for", "pick"], ["SO-2"]),
        (["--step", "book_shipment"], ["SO-1"]),
        (["--customer", "ACME"], ["SO-1", "SO-2", "SO-3"]),
        (["--customer", "ACME", "--limit", "2"], ["SO-1", "SO-2"]),
    ],
)
def test_a_filter_chooses(shop, orderkeep, narrower, numbers):
    ended = orderkeep(*at(shop, "retry", "--state", "IN_FULFILMENT", *narrower))
    assert ended.code == 0
    assert [path for path, _ in posted(shop)] == [f"/v1/orders/{number}/retry" for number in numbers]


def test_without_a_state_every_open_state_is_looked_through(shop, orderkeep):
    orderkeep(*at(shop, "retry", "--waiting-for", "pick", "--dry-run"))
    asked = [each.path for each in shop.asked if each.path.startswith("/v1/orders?")]
    assert asked == [f"/v1/orders?state={state}&limit=500" for state in OPEN_STATES]
    assert "IN_REVIEW" in OPEN_STATES and "COMPLETED" not in OPEN_STATES


def test_only_paused_orders_are_resumed_by_a_filter(shop, orderkeep):
    orderkeep(*at(shop, "resume", "--state", "IN_FULFILMENT"))
    assert [path for path, _ in posted(shop)] == ["/v1/orders/SO-3/resume"]


def test_one_that_refuses_does_not_stop_the_others_and_the_command_ends_with_1(shop, orderkeep):
    shop.answer("POST", "/v1/orders/SO-1/retry", {"detail": "Order SO-1 is COMPLETED.", "status": 409}, 409)
    ended = orderkeep(*at(shop, "retry", "SO-1", "SO-2", "--json"))
    answer = json.loads(ended.out)
    assert (ended.code, answer["asked"], answer["refused"]) == (1, 1, 1)
    assert [(row["outcome"], row["detail"]) for row in answer["orders"]] == [
        ("refused", "Order SO-1 is COMPLETED."),
        ("asked", None),
    ]


def test_an_order_that_does_not_exist_is_refused_in_a_dry_run_too(shop, orderkeep):
    ended = orderkeep(*at(shop, "retry", "SO-9", "--dry-run", "--json"))
    assert (ended.code, json.loads(ended.out)["refused"]) == (1, 1)


@pytest.mark.parametrize(
    "wrong",
    [["retry"], ["reset", "SO-1", "--state", "IN_REVIEW"], ["pause", "SO-1"], ["resume"], ["retry", "--limit", "3"]],
)
def test_wrong_usage_ends_with_2_and_asks_nothing(shop, orderkeep, wrong):
    ended = orderkeep(*at(shop, *wrong))
    assert (ended.code, ended.out, shop.asked) == (2, "", [])


@pytest.mark.parametrize("action", ["retry", "reset", "pause", "resume"])
def test_a_dry_run_foresees_what_is_refused_and_why(shop, orderkeep, action):
    refusal = {"detail": "Order SO-2 is COMPLETED.", "status": 409}
    shop.answer("POST", f"/v1/orders/SO-2/{action}?preview=true", refusal, 409)
    ended = orderkeep(*at(shop, action, "SO-1", "SO-2", "--dry-run", "--json"))
    outcomes = [(row["number"], row["outcome"], row["detail"]) for row in json.loads(ended.out)["orders"]]
    assert (ended.code, posted(shop)) == (1, [])
    assert outcomes == [("SO-1", "would be asked", None), ("SO-2", "refused", "Order SO-2 is COMPLETED.")]


def test_words_and_steps_that_do_not_exist_are_wrong_usage_that_names_those_that_do(shop, orderkeep):
    wrong = orderkeep(*at(shop, "retry", "--waiting-for", "nonsense"))
    words = "hold, supply, pick, carrier, payment, customer, time, retry"
    sentence = f"--waiting-for is not valid: one of these is expected: {words}. See `orderkeep order retry --help`.\n"
    assert (wrong.code, wrong.out, wrong.err) == (2, "", sentence)
    wrong = orderkeep(*at(shop, "retry", "--step", "book_shipmint"))
    assert (wrong.code, wrong.out, shop.asked) == (2, "", [])
    assert wrong.err.startswith("--step is not valid: one of these is expected: ")
    assert " book_shipment, " in wrong.err


def test_the_oldest_orders_come_first_whatever_their_state(shop, orderkeep):
    orderkeep(*at(shop, "retry", "--customer", "ACME", "--limit", "1"))
    assert [path for path, _ in posted(shop)] == ["/v1/orders/SO-1/retry"]
