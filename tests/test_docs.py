"""What the documents say is there: files, settings, commands, paths, words; and both READMEs are the same document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

from domain.order_life import LEGAL_MOVES, STAGES
from starter.api.app import create_app
from starter.cli.contents import CONTENTS
from starter.cli.late import build
from starter.settings import Settings

ROOT = Path(__file__).parents[1]
README, README_ZH = ROOT / "README.md", ROOT / "README.zh-CN.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\borderkeep( [a-z-][^\s`|;&)]*(?: [^\s`|;&)]+)*)")
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """The headings, in order."""
    return re.findall(r"^(#+) ", prose(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The fragments under which a heading can be linked."""
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def code(text: str) -> Iterator[str]:
    """What stands in code: the lines of fenced blocks, and spans."""
    for _, block in FENCE.findall(text):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", prose(text))


@cache
def command(name: str) -> Any:
    """The command behind a word of the table of contents."""
    return build(next(entry for entry in CONTENTS if entry.name == name))


def options_of(found: Any) -> set[str]:
    return {option for parameter in found.params for option in parameter.opts} | {"--help"}


def wrong_usage(words: list[str]) -> str | None:
    """What is wrong with `orderkeep words...`; None when the help knows all of it."""
    words = [word for word in words if word != "\\"]
    if words[0].startswith("-"):
        return None
    if words[0] not in {entry.name for entry in CONTENTS}:
        return f"there is no command {words[0]}"
    found = command(words[0])
    below = getattr(found, "commands", {})
    if below and len(words) > 1 and not words[1].startswith("-"):
        if words[1] not in below:
            return f"{words[0]} has no command {words[1]}"
        found = below[words[1]]
    named = {word.strip("[]").partition("=")[0] for word in words if word.strip("[").startswith("--")}
    unknown = named - options_of(found)
    return f"{' '.join(words[:2])} has no {unknown}" if unknown else None


@every_document
def test_every_relative_link_leads_somewhere(document: Path):
    for target in LINK.findall(prose(document.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        assert there.is_relative_to(ROOT), target
        assert there.exists(), target
        if fragment:
            assert fragment in anchors(there.read_text(encoding="utf-8")), target


@every_document
def test_every_command_that_is_named_exists(document: Path):
    for line in code(document.read_text(encoding="utf-8")):
        for words in COMMAND.findall(line.partition(" # ")[0]):
            assert wrong_usage(words.split()) is None, line


def test_a_command_that_does_not_exist_would_be_found():
    assert wrong_usage(["make-coffee"]) == "there is no command make-coffee"
    assert wrong_usage(["hold", "forget"]) == "hold has no command forget"
    assert wrong_usage(["hold", "list", "--nonsense"]) == "hold list has no {'--nonsense'}"
    assert wrong_usage(["up", "[--port", "N]"]) is None


def test_every_setting_is_explained_with_its_default():
    told = dict(
        re.findall(r"^\| `(ORDERKEEP_\w+)` \| (.+?) \| ", (ROOT / "docs/operating.md").read_text("utf-8"), re.MULTILINE)
    )
    expected = {}
    for name, field in Settings.model_fields.items():
        default = "your data directory" if field.default is PydanticUndefined else str(field.default)
        expected[f"ORDERKEEP_{name.upper()}"] = {"None": "unset", "False": "false"}.get(default, default)
    assert {name: default.strip("`") for name, default in told.items()} == expected


def test_every_http_path_that_is_named_exists():
    known = {*create_app(Settings()).openapi()["paths"], "/v1/codec"}  # the one address that its caller completes
    shapes = [re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$") for path in known]
    for document in (README, README_ZH, *ROOT.glob("docs/*.md")):
        for line in code(document.read_text(encoding="utf-8")):
            for path in re.findall(r"/v1/[\w\-/{}.<>]+", line):
                plain = re.sub(r"[{<]\w+[}>]", "x", path).rstrip("/")
                assert any(shape.match(plain) for shape in shapes), f"{document.name}: {path}"


def test_the_page_of_the_api_names_every_path_of_the_contract():
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    named = {re.sub(r"[{<]\w+[}>]", "x", path).rstrip("/.") for path in re.findall(r"/v1/[\w\-/{}.<>]+", page)}
    paths = [path for path in create_app(Settings()).openapi()["paths"] if path.startswith("/v1/")]
    assert len(paths) > 60
    shapes = {path: re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$") for path in paths}
    assert [path for path, shape in shapes.items() if not any(map(shape.match, named))] == []


def test_the_glossary_has_every_stage_and_every_state():
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    states = {state for moves in LEGAL_MOVES.values() for state in (*moves, *sum(moves.values(), ()))}
    missing = [word for word in (*STAGES, *sorted(states)) if f"`{word}`" not in glossary]
    assert missing == []


@pytest.mark.parametrize("readme", [README, README_ZH], ids=lambda path: path.name)
def test_the_readme_links_every_stage_to_its_files(readme: Path):
    links = set(LINK.findall(readme.read_text(encoding="utf-8")))
    for stage in STAGES:
        files = [f"{folder}/{stage}.py" for folder in ("domain", "intake", "activities", "db/queries")]
        assert {file for file in files if (ROOT / file).exists()} <= links, stage


def test_both_readmes_are_the_same_document():
    english, chinese = README.read_text(encoding="utf-8"), README_ZH.read_text(encoding="utf-8")
    assert headings(english) == headings(chinese)
    assert FENCE.findall(english) == FENCE.findall(chinese)
    targets = [sorted(set(LINK.findall(text)) - {README.name, README_ZH.name}) for text in (english, chinese)]
    assert targets[0] == targets[1]
