"""The pages for engineers: docs and problems without anything from outside, and the first page in two languages."""

from __future__ import annotations

import re

import pytest

LANGUAGES = [
    ({}, "", "en"),
    ({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "", "zh-CN"),
    ({"Accept-Language": "de-DE,de;q=0.9,zh-TW;q=0.5,en;q=0.1"}, "", "zh-CN"),
    ({"Accept-Language": "en-GB;q=0.3, zh;q=0"}, "", "en"),
    ({"Accept-Language": "zh"}, "?lang=en", "en"),
    ({"Accept-Language": "en"}, "?lang=zh-CN", "zh-CN"),
    ({"Accept-Language": "en"}, "?lang=xx", "en"),
    ({"Accept-Language": ";;q=,,q=x;zh;q=nan"}, "", "en"),
]


@pytest.mark.parametrize(("headers", "query", "language"), LANGUAGES, ids=range(len(LANGUAGES)))
async def test_the_page_to_sign_in_speaks_the_visitors_language(api, headers, query, language):
    answer = await api.get(f"/sign-in{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert ("登录" in answer.text) is (language == "zh-CN")
    assert 'href="/docs"' in answer.text


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/invalid"])
async def test_pages_load_nothing_from_outside(api, path):
    answer = await api.get(path)
    assert answer.status_code == 200
    assert not re.findall(r'(?:src|href)="(?!/)[^"]*"', answer.text)
    assert "<script" not in answer.text


async def test_docs_show_every_route(api):
    text = (await api.get("/docs")).text
    for path in (await api.get("/openapi.json")).json()["paths"]:
        assert f"<code>{path}</code>" in text
    for shape in ("OrderRowPage", "PaymentReceived or NotUsed", "Problem"):
        assert f"<td>{shape}</td>" in text


async def test_a_problems_type_leads_to_its_advice(api):
    text = (await api.get("/problems/illegal-move")).text
    assert "legal_moves" in text
    assert "unsupported-media-type" not in text
