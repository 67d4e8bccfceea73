"""Accounts and delegations at the terminal: what is sent, and what is shown."""

from __future__ import annotations

from tests.starter.cli.test_commands import at

CHANGE = {"at": "2026-03-02T09:00:00Z", "actor": "boss", "event": "changed", "before": {"role": "sales"}}
ANN = {
    "username": "ann", "name": "Ann", "role": "manager", "email": None, "active": True,
    "changes": [{**CHANGE, "after": {"role": "manager"}}],
}  # fmt: skip


def test_a_change_names_only_what_is_to_be_different(api, orderkeep):
    api.answer("PATCH", "/v1/users/ann", ANN)
    ended = orderkeep(*at(api, "user", "change", "ann", "--role", "manager"))
    assert api.asked[0].json == {"role": "manager"}
    assert ended.out.startswith("ann\n  Name  Ann\n  Role  manager\n\nMay sign in.\n")
    assert ended.out.endswith("2026-03-02 09:00:00Z  boss  changed  role sales  role manager\n")
    orderkeep(*at(api, "user", "change", "ann", "--email", "", "--language", "zh-CN", "--name", "Ann Lee"))
    assert api.asked[1].json == {"email": None, "language": "zh-CN", "name": "Ann Lee"}


def test_an_account_is_shown_with_its_history_in_chinese_too(api, orderkeep):
    api.answer("GET", "/v1/users/ann", {**ANN, "active": False})
    ended = orderkeep(*at(api, "user", "show", "ann", "--lang", "zh-CN"))
    assert "账户已停用。" in ended.out
    assert "变更前" in ended.out


def test_a_new_account_may_have_an_address(api, orderkeep):
    api.answer("POST", "/v1/users", {**ANN, "password": None}, 201)
    orderkeep(*at(api, "user", "create", "ann", "--role", "manager", "--email", "ann@acme.example"))
    assert api.asked[0].json == {"username": "ann", "role": "manager", "email": "ann@acme.example"}


def test_a_delegation_begins_now_or_when_it_is_said(api, orderkeep):
    api.answer("POST", "/v1/delegations", {"id": 1}, 201)
    given = ("delegation", "create", "--away", "bob", "--stand-in", "ann", "--until", "2030-01-31T18:00:00+01:00")
    assert orderkeep(*at(api, *given)).out == "ann stands in for bob.\n"
    assert api.asked[0].json == {"away": "bob", "stand_in": "ann", "ends_at": "2030-01-31T17:00:00Z"}
    orderkeep(*at(api, *given, "--from", "2030-01-01"))
    assert api.asked[1].json["begins_at"] == "2030-01-01T00:00:00Z"
    wrong = orderkeep(*at(api, *given, "--from", "soon"))
    assert (wrong.code, "--from is not valid: soon is not a moment such as" in wrong.err) == (2, True)


def test_a_delegation_is_ended_by_its_id_and_spoken_of_in_chinese(api, orderkeep):
    api.answer("POST", "/v1/delegations/7/end", {"id": 7})
    assert orderkeep(*at(api, "delegation", "end", "7")).out == "Delegation 7 is over.\n"
    assert orderkeep(*at(api, "delegation", "end", "7", "--lang", "zh-CN")).out == "代理 7 已结束。\n"
    row = {"id": 7, "away": "bob", "stand_in": "ann", "ends_at": "2030-01-31T17:00:00Z", "created_by": "bob"}
    api.answer("GET", "/v1/delegations", {"items": [row], "next": None})
    assert "bob   ann" in orderkeep(*at(api, "delegation", "list")).out
