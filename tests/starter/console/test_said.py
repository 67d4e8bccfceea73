"""Refusals on pages: a person is told what a person can do, and which field is meant."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

import starter.languages
from domain.actor import Role
from domain.errors import told
from starter.console.said import FIRST_ALONE, FOR_PEOPLE, said
from starter.languages import translator
from tests import builders
from tests.starter.console.desk import Office
from tests.starter.console.test_documents import words

ARRANGED = builders.a_company
REFUSALS = Path(starter.languages.__file__).parent / "zh_CN" / "LC_MESSAGES" / "refusals.po"
FOR_PROGRAMS = re.compile(r"\b(GET|PUT|POST) /|'next'|'errors'")
NO_PAGE_ASKS = {
    "A good key has the name {name} already: {prefixes}. Choose another name, or revoke that one first with POST "
    "/v1/keys/{prefix}/revoke.",
    "Nothing is at {path}. GET /openapi.json lists every path; /docs explains them.",
    "There is no key {key}; GET /v1/keys lists names and prefixes.",
    "There is no product {component}; create it with PUT /v1/products/{component} first.",
    "There is no tax code {code}; use one of {codes}, or create it with PUT /v1/tax-codes/{code}.",
}
"""Keys and master data are kept by programs and commands."""


def test_no_page_tells_a_person_to_send_a_request() -> None:
    with REFUSALS.open("rb") as file:
        sentences = {str(message.id) for message in read_po(file) if FOR_PROGRAMS.search(str(message.id))}
    assert len(sentences) > len(NO_PAGE_ASKS)
    assert sentences - {*FOR_PEOPLE, *FIRST_ALONE} == NO_PAGE_ASKS
    assert [ours for ours in FOR_PEOPLE.values() if FOR_PROGRAMS.search(ours)] == []


def test_a_sentence_within_a_sentence_is_a_person_s_too() -> None:
    inner = told("There is no user {name}; GET /v1/users lists all.", name="ann")
    whole = told("{first} Correct this and send the request again.", first=told("{a} {b}", a="Well.", b=inner))
    assert said(whole, str) == "Well. There is no user ann."
    assert said(inner, translator("zh-CN").gettext) == "没有用户 ann。"


def test_a_code_in_a_sentence_is_the_word_that_the_pages_have_for_it() -> None:
    sentence = told("Order {number} is {state}: its holds close with it.", number="SO-000001", state="CANCELLED")
    assert said(sentence, str) == "Order SO-000001 is cancelled: its holds close with it."
    assert "已取消" in said(sentence, translator("zh-CN").gettext)


async def test_a_surplus_is_told_without_the_paths_of_the_api(office: Office) -> None:
    (supply,) = await builders.allocated(await builders.an_order({"NUT": 3}))
    fields = {"quantity": "9,999", "warehouse": "MAIN", "once": "k" * 32}
    answer = await office[Role.PURCHASING].post(f"/supply-orders/{supply}/receipts", fields)
    assert answer.status_code == 422
    assert "into stock on the product's page" in words(answer.text)
    assert "/v1/" not in answer.text
    assert "/lines" not in answer.text


async def test_a_field_that_is_missing_is_called_by_its_name(office: Office) -> None:
    order = await builders.an_order({"BOLT": 1})
    answer = await office[Role.MANAGER].click(f"/orders/{order}/do/pause_order", {"once": "k" * 32})
    assert "Not done. Comment: This is needed." in words(answer.text)
