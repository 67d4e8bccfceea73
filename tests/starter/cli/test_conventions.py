"""What every command keeps to: JSON alone, exit codes, and refusals in a sentence with what to do."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from domain.actor import Role

ORDER = {"number": "SO-000001", "customer": "ACME", "state": "CONFIRMED", "total": "9.90", "currency": "EUR"}
PAGE = {"items": [ORDER], "next": "c2"}
ROLES = ", ".join(Role)
CONSOLE_SCRIPT = (sys.executable, "-c", "from starter.cli.main import run; run()")


def at(api, *arguments):
    return (*arguments, "--api", api.url, "--key", "ok_secret")


def test_json_is_one_document_and_nothing_else(api, orderkeep):
    api.answer("GET", "/v1/orders", PAGE)
    ended = orderkeep(*at(api, "order", "list", "--json"))
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == PAGE


def test_a_list_without_next_says_null_in_json(api, orderkeep):
    api.answer("GET", "/v1/orders/SO-1/timeline", {"items": []})
    ended = orderkeep(*at(api, "timeline", "SO-1", "--json"))
    assert json.loads(ended.out) == {"items": [], "next": None}


def test_a_pipe_gets_plain_aligned_columns(api, orderkeep):
    api.answer("GET", "/v1/orders", {"items": [ORDER, {**ORDER, "customer": "茶行"}], "next": None})
    ended = orderkeep(*at(api, "order", "list"))
    assert ended.out.splitlines() == [
        "Order      Customer  PO number  State      Delivery  Payment  Total  Currency",
        "SO-000001  ACME                 CONFIRMED                      9.90  EUR",
        "SO-000001  茶行                 CONFIRMED                      9.90  EUR",
    ]


def test_the_next_page_is_named_beside_the_output(api, orderkeep):
    api.answer("GET", "/v1/orders", PAGE)
    ended = orderkeep(*at(api, "order", "list", "--state", "CONFIRMED", "--limit", "1"))
    assert ended.err == "There is more: add --after c2\n"
    assert api.asked[0].path == "/v1/orders?state=CONFIRMED&limit=1"


def test_key_and_language_are_sent(api, orderkeep):
    api.answer("GET", "/v1/orders/SO-1/why", {"waiting_for": None, "sentence": "好"})
    ended = orderkeep(*at(api, "why", "SO-1", "--lang", "zh_CN"))
    assert ended.out == "好\n"
    assert api.asked[0].headers["authorization"] == "Bearer ok_secret"
    assert api.asked[0].headers["accept-language"] == "zh-CN"


def test_a_problem_is_its_detail_its_fields_and_the_legal_moves(api, orderkeep):
    problem = {
        "title": "Some fields are not valid",
        "status": 422,
        "detail": "The order cannot be taken.",
        "errors": [{"pointer": "/lines/0/sku", "detail": "unknown product"}],
        "legal_moves": ["release", "reject"],
    }
    api.answer("GET", "/v1/orders/SO-1", problem, 422)
    ended = orderkeep(*at(api, "order", "show", "SO-1", "--json"))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        "The order cannot be taken.",
        "  /lines/0/sku: unknown product",
        "Possible now: release, reject.",
    ]


def test_a_field_that_the_detail_names_already_is_not_told_twice(api, orderkeep, tmp_path):
    errors = [{"pointer": "/customer", "detail": "this field is required"}]
    detail = "/customer: this field is required. Correct this and send the request again."
    api.answer("POST", "/v1/orders", {"detail": detail, "status": 422, "errors": errors}, 422)
    (tmp_path / "order.json").write_text("{}")
    ended = orderkeep(*at(api, "order", "submit", str(tmp_path / "order.json")))
    assert (ended.code, ended.err) == (1, f"{detail}\n")


def test_every_field_that_is_wrong_is_told_the_first_twenty_by_name(api, orderkeep, tmp_path):
    errors = [{"pointer": f"/lines/{line}/sku", "detail": "this field is required"} for line in range(23)]
    detail = "/lines/0/sku: this field is required. 22 more in 'errors'. Correct this and send the request again."
    (tmp_path / "order.json").write_text("{}")
    for shown, rest in ((errors[:2], []), (errors, ["  and 3 more"])):
        api.answer("POST", "/v1/orders", {"detail": detail, "status": 422, "errors": shown}, 422)
        ended = orderkeep(*at(api, "order", "submit", str(tmp_path / "order.json")))
        told = [f"  {error['pointer']}: this field is required" for error in shown[:20]]
        assert ended.err.splitlines() == [detail, *told, *rest]


def test_an_option_with_a_value_that_does_not_exist_is_wrong_usage(api, orderkeep):
    errors = [{"pointer": "", "parameter": "owner_role", "detail": "one of these is expected: credit, sales"}]
    api.answer("GET", "/v1/holds", {"detail": "owner_role: no.", "status": 422, "errors": errors}, 422)
    ended = orderkeep(*at(api, "hold", "list", "--owner-role", "FOO"))
    sentence = "--owner-role is not valid: one of these is expected: credit, sales. See `orderkeep hold list --help`.\n"
    assert (ended.code, ended.out, ended.err) == (2, "", sentence)


def test_a_server_that_is_busy_says_when_to_come_back(api, orderkeep):
    api.answer("GET", "/v1/checks", {"detail": "The database does not answer just now."}, 503, Retry_After="2")
    ended = orderkeep(*at(api, "check"))
    assert (ended.code, ended.err) == (1, "The database does not answer just now.\nTry again in 2 s.\n")


def test_a_server_that_is_not_there_is_one_sentence_with_what_to_do(orderkeep):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        ended = orderkeep("order", "list", "--api", url)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"{url} does not answer (")
    assert ended.err.endswith("): start the servers with `orderkeep up`, or name others.\n")


def test_another_kind_of_server_is_told_from_ours(api, orderkeep):
    api.answer("GET", "/v1/orders", b"<html>hello</html>")
    ended = orderkeep(*at(api, "order", "list"))
    assert (ended.code, ended.out) == (1, "")
    assert (
        ended.err == f"{api.url}/v1/orders?limit=50 answered 200 in a way that Orderkeep does not: check the address.\n"
    )


@pytest.mark.parametrize("address", ["not an address", "http://[::1", "http://exa mple:1x", "ftp://127.0.0.1"])
def test_an_address_that_is_none_ends_in_a_sentence(orderkeep, address):
    ended = orderkeep("order", "list", "--api", address)
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 1


def test_no_server_known_says_how_to_start_one(orderkeep, tmp_path):
    ended = orderkeep("check", "--data", str(tmp_path))
    assert ended.code == 1
    assert ended.err == (
        f"No server is known in {tmp_path}: start one with `orderkeep up --data {tmp_path}`, "
        "or name one with --api and --key.\n"
    )


def test_the_data_directory_names_server_and_key(api, orderkeep, tmp_path):
    (tmp_path / "endpoints.json").write_text(json.dumps({"api": api.url, "key": "ok_from_file"}))
    api.answer("GET", "/v1/orders", PAGE)
    assert orderkeep("order", "list", "--data", str(tmp_path)).code == 0
    assert api.asked[0].headers["authorization"] == "Bearer ok_from_file"


def test_the_environment_names_server_and_key(api, orderkeep, monkeypatch):
    monkeypatch.setenv("ORDERKEEP_API", api.url)
    monkeypatch.setenv("ORDERKEEP_KEY", "ok_environment")
    api.answer("GET", "/v1/orders", PAGE)
    assert orderkeep("order", "list").code == 0
    assert api.asked[0].headers["authorization"] == "Bearer ok_environment"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("frob",), "There is no command 'frob' here. See `orderkeep --help`."),
        (("ordre",), "There is no command 'ordre' here. Did you mean 'order'? See `orderkeep --help`."),
        (("order", "list", "--frob"), "There is no option --frob here. See `orderkeep order list --help`."),
        (("why",), "ORDER is missing. See `orderkeep why --help`."),
        (("key", "create"), "--role is missing. See `orderkeep key create --help`."),
        (("check", "--lang", "xx"), "--lang is not valid: choose one of en, zh-CN. See `orderkeep check --help`."),
        (("--lang", "xx", "check"), "--lang is not valid: choose one of en, zh-CN. See `orderkeep --help`."),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(orderkeep, arguments, sentence):
    ended = orderkeep(*arguments)
    assert (ended.code, ended.out, ended.err) == (2, "", sentence + "\n")


def test_only_one_of_500_may_be_asked_for(orderkeep):
    assert orderkeep("order", "list", "--limit", "501").code == 2


def test_the_console_script_ends_with_the_command_s_code():
    ended = subprocess.run([*CONSOLE_SCRIPT, "frob"], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")


def test_a_reader_that_has_seen_enough_is_no_error(api):
    api.answer("GET", "/v1/orders", {"items": [ORDER] * 5000, "next": None})
    command = [*CONSOLE_SCRIPT, "order", "list", "--api", api.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_terminal_that_is_not_utf_8_gets_escaped_json(api):
    api.answer("GET", "/v1/customers/T", {"code": "T", "name": "茶行"})
    ended = subprocess.run(
        [*CONSOLE_SCRIPT, "customer", "show", "T", "--json", "--api", api.url],
        capture_output=True,
        timeout=120,
        check=True,
        env={"PYTHONIOENCODING": "latin-1", "PATH": "", "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert json.loads(ended.stdout.decode("ascii")) == {"code": "T", "name": "茶行"}


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (
            ("product", "reorder-point", "M3", "12", "13"),
            "There is no place for 12 13 here. See `orderkeep product reorder-point --help`.",
            "这里放不下 12 13。 请参阅 `orderkeep product reorder-point --help`。",
        ),
        (
            ("delegation", "end", "soon"),
            "ID is not valid: a whole number is expected. See `orderkeep delegation end --help`.",
            "ID 无效：应为整数。 请参阅 `orderkeep delegation end --help`。",
        ),
        (
            ("user", "change", "ann", "--role", "boss"),
            f"--role is not valid: one of these is expected: {ROLES}. See `orderkeep user change --help`.",
            f"--role 无效：应为以下之一：{ROLES}。 请参阅 `orderkeep user change --help`。",
        ),
    ],
)
def test_what_is_typed_wrongly_is_said_in_the_reader_s_language(api, orderkeep, words, english, chinese):
    assert orderkeep(*at(api, *words)).err == f"{english}\n"
    assert orderkeep(*at(api, *words, "--lang", "zh-CN")).err == f"{chinese}\n"
    assert api.asked == []
