"""What the demonstration shows: how far an order is, what a story says, and a verdict that does not flatter."""

from __future__ import annotations

import ast
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import starter
from starter.cli.screen import print_blocks
from starter.demo.directory import NotFresh, fresh_directory
from starter.demo.mailbox import letters
from starter.demo.picture import report_picture
from starter.demo.progress import Lines, Moving
from starter.demo.report import Report
from starter.demo.scene import Scene
from starter.demo.stages import Mark, marks, together
from starter.demo.stories import STORIES
from starter.languages import translator

SIGNS = {Mark.DONE: "x", Mark.NOW: "n", Mark.TO_COME: ".", Mark.NOT_NEEDED: "-", Mark.STOPPED: "!"}


EURO = {"currency": "EUR", "debit": "1", "credit": "2", "accounts": []}


def row(state, delivery="none", billing="none", payment="none", **more):
    axes = {"delivery": delivery, "billing": billing, "payment": payment}
    return {"number": "SO-000001", "state": state, "customer_name": "Larkspur Books", **axes, **more}


@pytest.mark.parametrize(
    ("order", "shipped", "short", "signs"),
    [
        (row("SUBMITTED"), False, "", "n......"),
        (row("IN_REVIEW"), False, "", "n......"),
        (row("REJECTED"), False, "", "!------"),
        (row("CONFIRMED"), False, "", "xn-...."),
        (row("IN_FULFILMENT"), False, "now", "xnn...."),
        (row("IN_FULFILMENT"), True, "now", "xxnn..."),
        (row("IN_FULFILMENT"), True, "done", "xxxn..."),
        (row("IN_FULFILMENT", "partial", "partial"), True, "", "xx-nnn."),
        (row("FULFILLED", "full", "none"), True, "", "xx-xn.."),
        (row("FULFILLED", "full", "none", "paid"), True, "", "xx-xnxn"),
        (row("FULFILLED", "full", "full", "partial"), True, "", "xx-xxn."),
        (row("COMPLETED", "full", "full", "over"), True, "", "xx-xxxx"),
        (row("CANCELLED"), False, "done", "x!!!!!!"),
    ],
)
def test_the_marks_follow_the_order(order, shipped, short, signs):
    assert "".join(SIGNS[mark] for mark in marks(order, shipped, short)) == signs


def test_several_orders_are_as_far_as_all_of_them():
    one, other = marks(row("COMPLETED", "full", "full", "paid"), True, ""), marks(row("IN_FULFILMENT"), True, "")
    assert "".join(SIGNS[mark] for mark in together([one, other])) == "xx-nnnn"
    assert "".join(SIGNS[mark] for mark in together([])) == "......."


def scene_of(order, told=lambda scene: None, name="straight_through"):
    company: Any = SimpleNamespace(watch=SimpleNamespace(orders={order["number"]: order}, shipments={}))
    scene = Scene(name, STORIES[name], company, told)
    scene.orders.append(order["number"])
    return scene


def test_a_line_is_written_for_each_new_sentence_only():
    stream = io.StringIO()
    scene = scene_of(row("SUBMITTED"), Lines(stream).told)
    scene.says("waits")
    scene.says("waits")
    scene.says("goes on")
    lines = stream.getvalue().splitlines()
    assert [line.partition("  Straight through  SO-000001  ")[2] for line in lines] == ["waits", "goes on"]


def test_the_table_shows_a_row_per_story():
    stream = io.StringIO()
    console = Console(file=stream, width=100, force_terminal=True, color_system=None)
    scene = scene_of(row("IN_FULFILMENT"))
    scene.says("SH-000001 in transit")
    table = Moving(console)
    table.server("postgres", "ready")
    console.print(table.picture())
    table.begin([scene], scene.company.watch, {"api": "http://here", "temporal_ui": "http://there"})
    console.print(table.picture())
    shown = stream.getvalue()
    assert "Starting real servers: postgres" in shown
    assert "Straight through  SO-000001  ●◐·○○○○  SH-000001 in transit" in shown
    assert "http://here/docs" in shown


def report_of(scene, **more):
    whole = {**scene.company.watch.orders[scene.orders[0]], "customer": "LARKSPUR", "currency": "EUR", "total": "1.00"}
    parts = {"checks": {"clean": True, "checks": []}, "balance": {"currencies": []}, "letters": []}
    timeline = [{"at": "2026-01-01T00:00:00Z", "actor": "sales desk", "event": "order_submitted", "summary": "Taken."}]
    number = scene.orders[0]
    return Report([scene], {number: whole}, {number: timeline}, **{**parts, **more})


def test_an_expectation_that_is_not_met_is_shown_with_both_sides(capsys):
    scene = scene_of(row("COMPLETED", payment="paid"))
    scene.ended = scene.began
    scene.expect("reminders", [0, 1, 2], [0, 1, 2])
    assert report_of(scene).good
    scene.expect("payments", 1, 2)
    report = report_of(scene)
    print_blocks(report_picture(report))
    shown = capsys.readouterr().out
    assert (report.good, report.document({}, {})["ok"]) == (False, False)
    assert "Straight through  payments  1         2" in shown
    assert "✗  Straight through  SO-000001  COMPLETED, paid               1/2" in shown
    assert shown.endswith("Something did not end as it should; see above.\n")


@pytest.mark.parametrize(
    "more",
    [
        {"checks": {"clean": False, "checks": [{"name": "vouchers_balance", "breaches": ["voucher 1"]}]}},
        {"balance": {"currencies": [{**EURO, "balanced": False}]}},
    ],
)
def test_a_breach_or_books_that_do_not_balance_spoil_everything(more, capsys):
    scene = scene_of(row("COMPLETED"))
    scene.ended = scene.began
    report = report_of(scene, **more)
    print_blocks(report_picture(report))
    assert not report.good
    assert capsys.readouterr().out.endswith("Something did not end as it should; see above.\n")


def test_a_story_that_never_ended_is_not_good():
    assert not scene_of(row("COMPLETED")).good


def test_a_temporary_directory_goes_unless_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with fresh_directory(None, keep=False) as directory:
        (directory / "data").write_text("x")
    assert not directory.exists()
    with fresh_directory(None, keep=True) as kept:
        pass
    assert kept.exists()
    with fresh_directory(tmp_path / "named", keep=False) as named:
        named.mkdir()
        (named / "data").write_text("x")
    assert named.exists()
    with pytest.raises(NotFresh), fresh_directory(named, keep=False):
        pass


def test_letters_are_read_with_recipient_and_language(tmp_path):
    head = "Subject: =?utf-8?b?6K6i5Y2V?=\r\nContent-Language: zh-CN\r\nX-Orderkeep-Key: reminder_1/INV-1/a\r\n"
    (tmp_path / "one.eml").write_text(f"To: orders@a.example\r\nDate: now\r\n{head}\r\nbody")
    (tmp_path / ".two.eml.1").write_text("on its way")
    found = letters(tmp_path, about="reminder_")
    assert [(letter.recipient, letter.language, letter.subject) for letter in found] == [
        ("orders@a.example", "zh-CN", "订单")
    ]
    assert letters(tmp_path, about="invoice_") == []


def test_every_sentence_has_a_chinese_one():
    chinese, missing = translator("zh-CN"), []
    for path in sorted((Path(starter.__file__).parent / "demo").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                sentence = ast.literal_eval(node.args[0])
                missing += [sentence] if chinese.gettext(sentence) == sentence else []
    assert missing == []
