"""Refusals in Chinese: every sentence that the code can refuse with has its translation, and a request gets it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from starter import field_errors
from starter.api.keyed_route import KeyedRoute
from starter.api.problems import KINDS
from starter.languages import translator
from tests.starter.api.conftest import api_app

ROOT = Path(__file__).parents[3]
SOURCES = [
    *(file for folder in ("intake", "domain", "db/queries", "starter/api") for file in (ROOT / folder).glob("*.py")),
    ROOT / "gateways/signatures.py",
]
NOT_OVER_HTTP = ("front_door.py",)
"""What is said before anything is known of who asks."""
REFUSALS = {
    "NotFound", "IllegalMove", "Invalid", "Malformed", "Forbidden", "FieldError", "NotSignedIn", "Unavailable",
    "BodyRefused", "ValueError", "TooMany", "HTTPException", "_unreadable", "told",
}  # fmt: skip
FIGURE = re.compile(r"\{(\w+)\}")
ENGLISH = re.compile(r"[a-z]+ [a-z]+ [a-z]+")
CHINESE = re.compile(r"[一-鿿]")
NOT_SAID = {
    "a number is expected", "a text is expected", "an instant of our time with its zone is expected",
    "no webhook secret is configured, so the message cannot be signed",
}  # fmt: skip
"""Errors that are caught before anybody hears of them."""


def _given(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name in REFUSALS:
            yield from args
        case ast.Assign(targets=[ast.Name(id="detail" | "nothing")], value=value):
            yield value
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if name.isupper():
            if "\n" not in text and text.endswith("."):
                yield node.value


def _leaves(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _leaves(value.body)
        yield from _leaves(value.orelse)
    else:
        yield value


def given() -> Iterator[tuple[str, ast.expr]]:
    """Everything that refusals are made of, by where it stands."""
    for file in SOURCES:
        if file.name in NOT_OVER_HTTP:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for value in _given(node):
                for leaf in _leaves(value):
                    yield f"{file.relative_to(ROOT)}:{leaf.lineno}", leaf


def sentences() -> set[str]:
    """Every sentence with its figures in braces."""
    texts = {leaf.value for _, leaf in given() if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)}
    tables = (field_errors._SENTENCES, field_errors._PATTERNS, field_errors._BOUNDS)
    texts |= {sentence for table in tables for sentence in table.values()}
    texts |= {title for _, title in KINDS.values()}
    return {text for text in texts if " " in text.strip() and not text.startswith("/")} - NOT_SAID


SENTENCES = sorted(sentences())


def test_there_are_many():
    assert len(SENTENCES) > 120


def test_no_refusal_is_put_together_in_one_language():
    together = [
        place
        for place, leaf in given()
        if isinstance(leaf, ast.JoinedStr)
        and not (isinstance(leaf.values[0], ast.Constant) and str(leaf.values[0].value).startswith("/"))
    ]
    assert together == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_refusal_has_a_chinese_sentence_with_the_same_figures(sentence):
    chinese = translator("zh-CN").gettext(sentence)
    assert chinese != sentence
    assert CHINESE.search(chinese) or not re.search("[a-z]", FIGURE.sub("", sentence)), sentence
    assert set(FIGURE.findall(chinese)) == set(FIGURE.findall(sentence))


async def test_every_write_refuses_in_chinese_whoever_asks_for_it(live):
    routes = [route for route in api_app().router.routes if isinstance(route, KeyedRoute) and route.methods != {"GET"}]
    assert len(routes) > 20
    for route in routes:
        path = re.sub(r"\{\w+(:path)?\}", "1", route.path_format).replace("/cases/1/1", "/cases/1/start")
        asks = ({"headers": {"Accept-Language": "zh-CN"}}, {"params": {"lang": "zh-CN"}})
        for ask, body in product(asks, ({"nonsense": 1}, {}, [])):
            headers = {**live.headers(), **ask.get("headers", {})}
            answer = await live.client.request(
                min(route.methods or ()), path, json=body, headers=headers, params=ask.get("params", {})
            )
            if answer.is_success:
                continue
            told = answer.json()
            spoken = [told["title"], told["detail"], *(error["detail"] for error in told.get("errors", ()))]
            assert [
                sentence for sentence in spoken if not CHINESE.search(sentence) or ENGLISH.search(sentence)
            ] == [], path


async def test_a_refusal_says_its_figures_in_chinese(live):
    missing = await live.get("/v1/orders/SO-9?lang=zh-CN")
    assert missing.json()["detail"] == "没有订单 'SO-9'。请核对编号；GET /v1/orders 可列出现有的。"
    wrong = await live.get("/v1/orders?state=FOO&lang=zh-CN")
    assert wrong.json()["errors"][0]["detail"].startswith("应为以下之一：DRAFT, SUBMITTED")
    assert wrong.json()["title"] == "部分字段无效"
