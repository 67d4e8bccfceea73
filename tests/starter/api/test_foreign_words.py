"""Words that come from elsewhere into a refusal, names of operations and what parsers say, are Chinese in Chinese."""

from __future__ import annotations

import ast
import inspect
import json.decoder
import json.scanner
from base64 import b64encode

import httpx2
import pytest

from domain.actor import Role
from starter.api.keyed_route import KeyedRoute
from starter.api.roles import MAY
from starter.console.roles import ONLY_HERE
from starter.languages import translator
from starter.sealing import ENCODING, KEY_ID
from tests.starter.api.conftest import api_app
from tests.starter.api.live import Live
from tests.starter.api.test_permissions import path_of
from tests.starter.api.test_spoken import CHINESE, ENGLISH

chinese = translator("zh-CN").gettext
KEYED = [route for route in api_app().router.routes if isinstance(route, KeyedRoute)]
BROKEN = {
    '{"a" 1}': "此处应有分隔符 ':'",
    '{"a": 1 "b": 2}': "此处应有分隔符 ','",
    "{a: 1}": "此处应有双引号中的字段名",
    '{"a":': "此处应有一个值",
    "{} {}": "末尾有多余内容",
    '{"a': "字符串没有结束引号",
    '"a\nb"': "字符串中有控制字符",
    '"\\x"': "无效的转义符",
    '"\\u12"': "无效的 \\uXXXX 转义",
}


def words(operation: str) -> str:
    """An operation as it stands in a refusal."""
    return operation.replace("_", " ")


def told_by_json() -> set[str]:
    """Every message of the parser that stands in its source."""
    found = set()
    for module in (json.decoder, json.scanner):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "JSONDecodeError":
                message = node.args[0]
                if isinstance(message, ast.Constant):
                    found.add(str(message.value))
    return found


def test_every_operation_that_a_role_may_lack_has_chinese_words() -> None:
    operations = {*MAY, *ONLY_HERE}
    assert len(operations) > 50
    assert sorted(each for each in operations if not CHINESE.search(chinese(words(each)))) == []


async def test_whoever_may_not_is_told_so_in_chinese(live: Live) -> None:
    refused = 0
    for route in KEYED:
        for role in sorted(set(Role) - MAY.get(route.name, frozenset(Role)))[:1]:
            headers = {**live.headers(role), "Accept-Language": "zh-CN"}
            answer = await live.client.request(min(route.methods or ()), path_of(route), headers=headers, json={})
            assert answer.status_code == 403, route.name
            detail = answer.json()["detail"]
            assert f"角色 {role.value} 不可执行 {chinese(words(route.name))}；以下角色可以：" in detail
            assert words(route.name) not in detail
            refused += 1
    assert refused >= 39


def test_every_message_of_the_parser_has_a_chinese_one() -> None:
    assert len(told_by_json()) >= 6
    assert sorted(each for each in told_by_json() if not CHINESE.search(chinese(each))) == []


@pytest.mark.parametrize("body", BROKEN)
async def test_what_is_no_json_is_refused_in_chinese(live: Live, body: str) -> None:
    headers = {**live.headers(), "Content-Type": "application/json", "Accept-Language": "zh-CN"}
    answer = await live.client.post("/v1/orders", content=body.encode(), headers=headers)
    assert answer.status_code == 400
    detail = answer.json()["detail"]
    assert BROKEN[body] in detail
    assert not ENGLISH.search(detail)


async def ask_codec(live: Live, metadata: dict[str, bytes], language: str) -> httpx2.Response:
    """Ask to open a payload."""
    payload = {"metadata": {name: b64encode(value).decode() for name, value in metadata.items()}, "data": ""}
    headers = {**live.headers(), "Accept-Language": language}
    return await live.client.post("/v1/codec/decode", json={"payloads": [payload]}, headers=headers)


async def test_a_payload_that_cannot_be_opened_is_told_of_in_chinese(live: Live) -> None:
    sealed = {"encoding": ENCODING, KEY_ID: b"k-{1}"}
    answer = await ask_codec(live, sealed, "zh-CN")
    assert answer.status_code == 422
    sentence = "有载荷以密钥 'k-{1}' 加密，但 ORDERKEEP_PAYLOAD_KEYS 中没有该密钥。"
    assert answer.json()["detail"].startswith(sentence)
    assert answer.json()["errors"][0]["detail"].startswith(sentence)
    english = (await ask_codec(live, sealed, "en")).json()["detail"]
    assert english.startswith(
        "A payload is sealed under the key 'k-{1}', which is not listed in ORDERKEEP_PAYLOAD_KEYS."
    )
