"""What each stage's commands send to the API, and what they make of its answers."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from platformdirs import user_data_path

from starter.api.app import create_app
from starter.cli.endpoints import data_directory
from starter.settings import Settings, default_data_dir

ORDER = {
    "number": "SO-000001",
    "state": "IN_REVIEW",
    "customer": "ACME",
    "currency": "EUR",
    "net": "8.25",
    "tax": "1.65",
    "total": "9.90",
    "holds": [{"id": 7, "reason": "CREDIT", "status": "open", "owner_role": "credit", "message": "over the limit"}],
    "lines": [{"line": 1, "sku": "TEA-100", "quantity": "3", "unit_price": "2.75", "open": "3"}],
    "supply_orders": [{"number": "PO-000001", "kind": "buy", "sku": "TEA-100", "state": "ORDERED", "quantity": "60"}],
}


def at(api, *arguments):
    return (*arguments, "--api", api.url, "--key", "ok_secret")


def test_submit_sends_the_file_as_it_stands(api, orderkeep, tmp_path):
    text = '{"customer": "ACME", "lines": [{"sku": "TEA-100", "quantity": 3.10}]}'
    (tmp_path / "order.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    api.answer("POST", "/v1/orders", ORDER, 201)
    ended = orderkeep(*at(api, "order", "submit", str(tmp_path / "order.json"), "--idempotency-key", "k-1"))
    assert ended.code == 0
    assert ended.out.startswith("SO-000001 is taken: IN_REVIEW, 9.90 EUR.\n")
    assert api.asked[0].body.decode() == text
    assert api.asked[0].headers["idempotency-key"] == "k-1"
    assert api.asked[0].headers["content-type"] == "application/json"


def test_submit_reads_the_pipe(api, orderkeep, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"customer": "ACME"}')))
    api.answer("POST", "/v1/orders", ORDER, 201)
    ended = orderkeep(*at(api, "order", "submit", "-", "--json"))
    assert json.loads(ended.out) == ORDER
    assert "idempotency-key" not in api.asked[0].headers


def test_a_file_that_is_not_there_is_wrong_usage(api, orderkeep):
    ended = orderkeep(*at(api, "order", "submit", "/nowhere.json"))
    assert ended.code == 2
    assert "/nowhere.json cannot be read (No such file or directory)" in ended.err
    assert api.asked == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"a": 1,}', "is not JSON at line 1, column 9: "),
        (b"", "is not JSON at line 1, column 1: "),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 7): save it as UTF-8."),
        (b"[" * 100_000, "is not a JSON document that can be read."),
    ],
)
def test_a_file_that_is_not_json_is_refused_before_it_is_sent(api, orderkeep, tmp_path, content, sentence):
    (tmp_path / "order.json").write_bytes(content)
    ended = orderkeep(*at(api, "order", "submit", str(tmp_path / "order.json")))
    assert ended.code == 1
    assert sentence in ended.err
    assert api.asked == []


def test_show_tells_what_the_order_has_and_leaves_out_the_rest(api, orderkeep):
    api.answer("GET", "/v1/orders/SO-000001", ORDER)
    out = orderkeep(*at(api, "order", "show", "SO-000001")).out
    assert out.startswith("SO-000001  IN_REVIEW\n")
    assert "  Total     9.90 EUR\n" in out
    assert "over the limit" in out
    assert "PO-000001" in out
    assert "Shipments" not in out


def test_why_begins_with_the_sentence(api, orderkeep):
    failing = {"activity": "book_shipment", "attempt": 4, "error": "503", "next_retry": "2025-03-01T08:00:30.5Z"}
    document = {"waiting_for": "retry", "sentence": "The carrier does not answer.", "failing": failing}
    api.answer("GET", "/v1/orders/SO-1/why", {**document, "next_actions": ["wait", "cancel the order"]})
    out = orderkeep(*at(api, "why", "SO-1")).out
    assert out.startswith("The carrier does not answer.\n")
    assert "  Next retry    2025-03-01 08:00:30Z\n" in out
    assert out.endswith("What can be done\nwait\ncancel the order\n")


def test_why_names_everything_else_that_is_open(api, orderkeep):
    document = {"waiting_for": "hold", "sentence": "Paused by A: wait", "also": ["Held for CREDIT: credit decides."]}
    api.answer("GET", "/v1/orders/SO-1/why", document)
    out = orderkeep(*at(api, "why", "SO-1")).out
    assert out.endswith("What else is open\nHeld for CREDIT: credit decides.\n")


SEARCHED = {
    "supply": "/v1/supply-orders",
    **{
        kind: f"/v1/{kind}s"
        for kind in ("order", "shipment", "invoice", "payment", "customer", "supplier", "product", "case")
    },
}


@pytest.mark.parametrize("kind", SEARCHED)
def test_every_list_that_can_be_searched_is_searched(api, orderkeep, kind):
    api.answer("GET", SEARCHED[kind], {"items": [], "next": None})
    assert orderkeep(*at(api, kind, "list", "--q", "茶 7")).code == 0
    assert parse_qs(urlsplit(api.asked[0].path).query)["q"] == ["茶 7"]


def test_no_list_that_can_be_searched_is_left_out():
    paths = create_app(Settings(_env_file=None)).openapi()["paths"]
    found = {
        path
        for path, item in paths.items()
        if "q" in {each["name"] for each in item.get("get", {}).get("parameters", ())}
    }
    assert found == set(SEARCHED.values())


def test_a_warning_stands_beside_the_answer(api, orderkeep):
    warning = "The warehouse MIAN is new: nothing was in it before."
    api.answer("POST", "/v1/stock/movements", {"warnings": [warning]}, 201)
    move = ("stock", "move", "--sku", "T", "--warehouse", "MIAN", "--quantity", "1", "--reason", "opening")
    ended = orderkeep(*at(api, *move))
    assert (ended.code, ended.out, ended.err) == (0, "The stock of T in MIAN is moved.\n", f"{warning}\n")


def test_a_number_with_a_slash_stays_one_part_of_the_path(api, orderkeep):
    orderkeep(*at(api, "customer", "show", "A/B?c"))
    assert api.asked[0].path == "/v1/customers/A%2FB%3Fc"


def test_cancel_wants_a_reason_or_shows_its_plan(api, orderkeep):
    assert orderkeep(*at(api, "order", "cancel", "SO-1")).code == 2
    assert api.asked == []
    plan = {"state": "CONFIRMED", "undo": [{"effect": "credit reserved", "action": "release", "status": "planned"}]}
    api.answer("POST", "/v1/orders/SO-1/cancel", plan)
    out = orderkeep(*at(api, "order", "cancel", "SO-1", "--preview")).out
    assert "credit reserved" in out
    assert api.asked[0].path == "/v1/orders/SO-1/cancel?preview=true"
    orderkeep(*at(api, "order", "cancel", "SO-1", "--reason", "ordered twice"))
    assert (api.asked[1].path, api.asked[1].json) == ("/v1/orders/SO-1/cancel", {"reason": "ordered twice"})


def test_a_report_that_is_none_and_a_row_that_is_none_are_wrong_usage_in_the_words_of_the_command(api, orderkeep):
    nix = orderkeep(*at(api, "report", "nix"))
    assert (nix.code, nix.err.splitlines()[0].startswith("NAME is not valid: There is no such thing.")) == (2, True)
    errors = [{"pointer": "", "parameter": "group", "detail": "a group is expected"}]
    api.answer("GET", "/v1/reports/bookings/orders", {"status": 422, "detail": "Wrong.", "errors": errors}, 422)
    empty = orderkeep(*at(api, "report", "bookings", "--orders", ""))
    assert (empty.code, empty.err.startswith("--orders is not valid: a group is expected.")) == (2, True)


def test_a_hold_is_released_by_name_and_amount(api, orderkeep):
    api.answer("POST", "/v1/orders/SO-1/holds/7/release", ORDER)
    ended = orderkeep(*at(api, "hold", "release", "SO-1", "7", "--comment", "paid", "--amount", "12.50"))
    assert (ended.code, ended.out) == (0, "Hold 7 of SO-1 is released.\n")
    assert api.asked[0].json == {"comment": "paid", "amount": "12.50"}


def test_holds_are_the_open_ones_unless_told_otherwise(api, orderkeep):
    api.answer("GET", "/v1/holds", {"items": [], "next": None})
    assert orderkeep(*at(api, "hold", "list")).out == "Nothing to show.\n"
    orderkeep(*at(api, "hold", "list", "--status", "all", "--order", "SO-1"))
    assert [asked.path for asked in api.asked] == ["/v1/holds?status=open&limit=50", "/v1/holds?order=SO-1&limit=50"]


def test_a_payment_is_sent_with_its_moment_in_utc(api, orderkeep):
    api.answer("POST", "/v1/payments", {"number": "PAY-000001", "state": "APPLIED", "amount": "50"}, 201)
    given = ("--amount", "50", "--currency", "EUR", "--provider", "bank", "--id", "B-1")
    ended = orderkeep(*at(api, "payment", "record", *given, "--received-at", "2025-03-01T10:00:00+02:00"))
    assert ended.code == 0
    assert api.asked[0].json == {
        "amount": "50",
        "currency": "EUR",
        "provider": "bank",
        "provider_payment_id": "B-1",
        "received_at": "2025-03-01T08:00:00Z",
    }


def test_a_receipt_names_its_products(api, orderkeep):
    api.answer("POST", "/v1/supply-orders/PO-1/receipts", {"number": "PO-1", "state": "PARTIALLY_RECEIVED"})
    lines = ("--line", "A=B=60", "--line", "CUP-1=10", "--warehouse", "MAIN")
    assert orderkeep(*at(api, "supply", "receive", "PO-1", *lines)).code == 0
    assert api.asked[0].json == {
        "lines": [{"sku": "A=B", "quantity": "60"}, {"sku": "CUP-1", "quantity": "10"}],
        "warehouse": "MAIN",
    }
    assert orderkeep(*at(api, "supply", "receive", "PO-1", "--line", "CUP-1", "--warehouse", "MAIN")).code == 2


def test_a_short_pick_names_its_lines(api, orderkeep):
    api.answer("POST", "/v1/shipments/SH-1/pick", {"number": "SH-1", "state": "PICKING"})
    assert orderkeep(*at(api, "shipment", "pick", "SH-1", "--line", "1=8", "--packages", "2")).code == 0
    assert api.asked[0].json == {"lines": [{"line": 1, "quantity": "8"}], "packages": 2}
    assert orderkeep(*at(api, "shipment", "pick", "SH-1", "--line", "one=8")).code == 2


def test_a_negative_adjustment_can_be_typed(api, orderkeep):
    api.answer("POST", "/v1/stock/movements", {}, 201)
    given = ("--sku", "TEA-100", "--warehouse", "MAIN", "--quantity", "-2", "--reason", "adjustment")
    assert orderkeep(*at(api, "stock", "move", *given)).code == 0
    assert api.asked[0].json["quantity"] == "-2"


@pytest.mark.parametrize("move", ["start", "wait", "resume", "resolve", "close", "reopen"])
def test_a_case_is_moved_with_what_was_said(api, orderkeep, move):
    api.answer("POST", f"/v1/cases/CASE-1/{move}", {"number": "CASE-1", "state": "IN_PROGRESS"})
    assert orderkeep(*at(api, "case", move, "CASE-1", "--comment", "called")).code == 0
    assert api.asked[0].json == {"comment": "called"}


def test_a_case_is_assigned_to_somebody(api, orderkeep):
    api.answer("POST", "/v1/cases/CASE-1/assign", {"number": "CASE-1", "state": "ASSIGNED"})
    assert orderkeep(*at(api, "case", "assign", "CASE-1", "--assignee", "desk-2")).code == 0
    assert api.asked[0].json == {"assignee": "desk-2"}


HELD = ("2026-04-08", "09:00:00Z", "disputed")


def test_reminders_are_told_with_what_holds_them_back(api, orderkeep):
    planned = {"level": 1, "at": "2026-04-08T09:00:00Z", "held_back": "disputed"}
    owed = {"outstanding": "36.00", "disputed": "36.00", "currency": "EUR", "reminder_level": 0}
    item = {"invoice": "INV-1", "customer": "ACME", "due_date": "2026-04-01", **owed}
    items = [{**item, "next_reminder": planned}, {**item, "next_reminder": None}]
    api.answer("GET", "/v1/reminders", {"items": items, "next": None})
    ended = orderkeep(*at(api, "invoice", "reminders", "--customer", "ACME", "--overdue"))
    assert api.asked[0].path == "/v1/reminders?customer=ACME&overdue=true&limit=50"
    heading, held, over = ended.out.splitlines()
    assert heading.endswith("Reminder level  Next level  Planned               Held back")
    assert held.split() == ["INV-1", "ACME", "2026-04-01", "36.00", "36.00", "EUR", "0", "1", *HELD]
    assert over.split() == ["INV-1", "ACME", "2026-04-01", "36.00", "36.00", "EUR", "0"]


def test_an_invoice_is_saved_or_written_to_the_pipe(api, orderkeep, tmp_path):
    api.answer("GET", "/v1/invoices/INV-1.pdf", b"%PDF-1.7 \xff")
    saved = tmp_path / "invoice.pdf"
    assert orderkeep(*at(api, "invoice", "pdf", "INV-1", "--out", str(saved))).out == f"Saved in {saved}.\n"
    assert saved.read_bytes() == b"%PDF-1.7 \xff"
    ended = orderkeep(*at(api, "invoice", "pdf", "INV-1", "--out", str(tmp_path / "no" / "x.pdf")))
    assert (ended.code, "cannot be written (No such file or directory)" in ended.err) == (1, True)


def test_check_ends_with_1_on_a_breach(api, orderkeep):
    good = {"name": "journal balances", "invariant": "debit = credit", "breaches": []}
    bad = {"name": "stock is never negative", "invariant": "on hand >= 0", "breaches": ["TEA-100 in MAIN: -1"]}
    api.answer("GET", "/v1/checks", {"checks": [good], "clean": True})
    ended = orderkeep(*at(api, "check"))
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "Everything holds.")
    api.answer("GET", "/v1/checks", {"checks": [good, bad], "clean": False})
    ended = orderkeep(*at(api, "check"))
    assert ended.code == 1
    assert "stock is never negative  TEA-100 in MAIN: -1" in ended.out
    ended = orderkeep(*at(api, "check", "--json"))
    assert (ended.code, json.loads(ended.out)["clean"]) == (1, False)


def test_check_asks_part_after_part_until_the_last(api, orderkeep):
    first = {"name": "first", "invariant": "holds", "breaches": ["broken"]}
    second = {"name": "second", "invariant": "holds", "breaches": []}
    api.answer("GET", "/v1/checks?limit=1", {"clean": False, "checks": [first], "next": "first", "total": 2})
    api.answer("GET", "/v1/checks?limit=1&after=first", {"clean": True, "checks": [second], "next": None, "total": 2})
    ended = orderkeep(*at(api, "check", "--json"))
    verdict = json.loads(ended.out)
    assert (ended.code, verdict["clean"]) == (1, False)
    assert [check["name"] for check in verdict["checks"]] == ["first", "second"]


def test_a_trial_balance_that_does_not_balance_ends_with_1(api, orderkeep):
    account = {"account": "1200", "name": "Receivables", "debit": "9.90", "credit": "0", "balance": "9.90"}
    currency = {"currency": "EUR", "accounts": [account], "debit": "9.90", "credit": "0", "balanced": False}
    api.answer("GET", "/v1/trial-balance", {"currencies": [currency]})
    ended = orderkeep(*at(api, "trial-balance"))
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "EUR does NOT balance.")


def test_the_journal_shows_a_row_per_line_and_pages_by_entry(api, orderkeep):
    lines = [{"account": "1200", "debit": "9.90"}, {"account": "4000", "credit": "9.90"}]
    page = {"items": [{"id": 1, "document": "INV-1", "lines": lines}], "next": "e1"}
    api.answer("GET", "/v1/journal", page)
    ended = orderkeep(*at(api, "journal"))
    assert len(ended.out.splitlines()) == 3
    assert json.loads(orderkeep(*at(api, "journal", "--json")).out) == page


def test_a_key_is_made_with_a_role_and_shown(api, orderkeep):
    api.answer("POST", "/v1/keys", {"name": "scanner", "role": "warehouse", "key": "ok_new"}, 201)
    ended = orderkeep(*at(api, "key", "create", "--role", "warehouse", "--name", "scanner"))
    assert ended.out.startswith("ok_new\n")
    assert api.asked[0].json == {"name": "scanner", "role": "warehouse"}


def test_the_default_directory_is_the_one_of_the_servers(monkeypatch):
    monkeypatch.delenv("ORDERKEEP_DATA_DIR", raising=False)
    assert data_directory(None) == default_data_dir() == user_data_path("orderkeep", appauthor=False)
