"""Receipt by file: every sentence about a file has a Chinese one with the same figures."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import starter.files
from domain.errors import as_it_stands, told
from domain.recognised import HELD
from starter.files.errors import UnusableFile
from starter.languages import translator

SOURCES = sorted(Path(starter.files.__file__).parent.glob("*.py"))
SPOKEN = ("told", "UnusableFile", "Unreadable")
chinese = translator("zh-CN").gettext


def templates(sources: Iterable[Path] = SOURCES) -> Iterator[str]:
    for path in sources:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            and isinstance(node.targets[0], ast.Name)
        }  # fmt: skip
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN):
                continue
            match node.args[0]:
                case ast.Constant(value=str(text)) if text:
                    yield text
                case ast.Name(id=name) if name in named:
                    yield str(named[name])
                case _:
                    template = path.name in ("errors.py", "numbers.py") or ast.unparse(node) == "told('')"
                    assert template, ast.unparse(node)


def test_every_sentence_has_a_chinese_one_with_the_same_figures() -> None:
    figures = re.compile(r"\{\w+(?:![rs])?\}")
    found = set(templates())
    assert len(found) > 50
    for template in sorted(found):
        assert chinese(template) != template, template
        assert sorted(figures.findall(template)) == sorted(figures.findall(chinese(template))), template


def test_every_reason_for_which_rows_are_held_is_known_again() -> None:
    others = {
        "the document has more rows than an order can have lines ({most}); split it up",
        "{order} ({count} of {all} rows of goods)",
    }
    reasons = set(templates(path for path in SOURCES if path.name in ("verdict.py", "links.py")))
    assert reasons - others == set(HELD)


def test_a_sentence_about_a_file_is_its_english_text_and_can_be_said_in_chinese() -> None:
    inner = [told("{order} ({count} of {all} rows of goods)", order="SO-1", count=1, all=2)]
    sentence = told("credit note for {orders}", orders=inner)
    assert sentence == "credit note for SO-1 (1 of 2 rows of goods)"
    assert sentence.said(chinese) == "贷项通知单，对应 SO-1（商品行 2 行中的 1 行）"
    assert pickle.loads(pickle.dumps(sentence)).said(chinese) == sentence.said(chinese)


def test_braces_in_what_others_say_are_text() -> None:
    sentence = as_it_stands("there is no {thing}")
    assert sentence == "there is no {thing}"
    assert sentence.said(chinese) == "there is no {thing}"
    assert pickle.loads(pickle.dumps(sentence)) == sentence


def test_an_unusable_file_is_told_in_chinese() -> None:
    error = UnusableFile("There is no file {path}.", path="订单.csv")
    assert str(error) == "There is no file 订单.csv."
    assert error.sentence.said(chinese) == "没有文件 订单.csv。"


def test_what_the_system_refuses_of_a_row_is_told_in_chinese_with_its_figures() -> None:
    sentence = as_it_stands(told("one of these is expected: {values}", values="a {b}, c"))
    assert sentence == "one of these is expected: a {b}, c"
    assert sentence.said(chinese) == "应为以下之一：a {b}, c"
    nested = as_it_stands(
        told("{first} Correct this and send the request again.", first=told("this field is required"))
    )
    assert nested == "this field is required Correct this and send the request again."
    assert "required" not in nested.said(chinese)
    assert pickle.loads(pickle.dumps(sentence)).said(chinese) == sentence.said(chinese)
