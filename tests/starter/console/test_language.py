"""Everything that the pages say is said in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment
from jinja2.ext import InternationalizationExtension

import starter.console
from domain.invoicing import STOCK_VOUCHERS, StockReason, VoucherKind
from starter.console import nav
from starter.console.deciding import ACTIONS, TITLES
from starter.console.said import FIELDS, FOR_PEOPLE
from starter.console.taking import uploads
from starter.console.taking.figures import LATE, SHORT
from starter.console.words import LABELS, TONES
from starter.languages import translator

FOLDER = Path(starter.console.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SOURCES = sorted(FOLDER.rglob("*.py"))
SPEAKING = {"gettext", "_", "Forbidden", "IllegalMove", "Invalid", "NotFound", "TooMany", "FieldError", "told"}
SAME_IN_CHINESE = {"Orderkeep", "API"}


def said_in_templates() -> Iterator[str]:
    """The sentences of the templates."""
    environment = Environment(extensions=[InternationalizationExtension, "jinja2.ext.do"], autoescape=True)
    for path in TEMPLATES:
        source = path.read_text(encoding="utf-8")
        for _, _, text in environment.extract_translations(source):  # type: ignore[attr-defined]
            yield from (text,) if isinstance(text, str) else (each for each in text or () if each)


def said_in_code() -> Iterator[str]:
    """The sentences that the code hands to a translator, and those of its refusals."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in SPEAKING:
                place = 1 if _name(node.func) == "FieldError" else 0
                first = node.args[place] if len(node.args) > place else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("source", [said_in_templates, said_in_code], ids=["templates", "code"])
def test_every_sentence_has_a_chinese_one(source):
    chinese = translator("zh-CN")
    said = {" ".join(sentence.split()) if "\n" in sentence else sentence for sentence in source()}
    assert said
    assert sorted(each for each in said - SAME_IN_CHINESE if chinese.gettext(each) == each) == []


def test_every_word_and_every_entry_of_the_menu_has_a_chinese_one():
    chinese = translator("zh-CN")
    words = {*LABELS.values(), *(item.name for item in nav.ITEMS), *TITLES.values()}
    words |= {text for action in ACTIONS.values() for text in (action.words, action.done)}
    assert sorted(word for word in words if chinese.gettext(word) == word) == []


def test_every_kind_of_voucher_has_a_word_in_both_languages():
    """mypy holds whatever posts a voucher to these kinds."""
    kinds = get_args(VoucherKind)
    assert set(STOCK_VOUCHERS) == set(get_args(StockReason))
    assert sorted(kind for kind in kinds if LABELS.get(kind, "_").count("_")) == []
    assert sorted(kind for kind in kinds if translator("zh-CN").gettext(LABELS[kind]) in (kind, LABELS[kind])) == []


def test_every_code_with_a_colour_has_a_word():
    assert sorted(TONES.keys() - LABELS.keys()) == []


def test_no_page_speaks_without_its_catalogue():
    """Text between tags that no translator has seen: letters outside of `{{ }}`, `{% %}` and attributes."""
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", "", text, flags=re.DOTALL)
        left = set(re.findall(r"[A-Za-z]{2,}", text)) - {"Orderkeep", "English", "PDF", "CSV"}
        assert left == set(), (path.name, left)


def test_what_the_form_says_of_fields_has_a_chinese_sentence():
    chinese = translator("zh-CN")
    ours = {*FOR_PEOPLE.values(), *FIELDS.values(), LATE, SHORT, *uploads.FOR_PEOPLE.values(), *uploads.LABELS.values()}
    assert sorted(sentence for sentence in ours if chinese.gettext(sentence) == sentence) == []
