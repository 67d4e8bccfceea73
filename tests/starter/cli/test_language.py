"""Everything that a person reads has its sentence in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from typer.main import get_command

import starter
from starter.cli.contents import CONTENTS
from starter.cli.late import late
from starter.cli.main import app
from starter.cli.speech import speak, wanted_language
from starter.cli.translated import spoken_texts
from starter.languages import FOLDER, first_language, translator

STARTER = Path(starter.__file__).parent
SOURCES = [*sorted((STARTER / "cli").rglob("*.py")), *sorted((STARTER / "doctor").glob("*.py")), STARTER / "missing.py"]


def said_in_code():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno} is not a literal"
                yield node.args[0].value


def said_in_help():
    speak("en")
    root = get_command(app)
    commands = [root]
    for entry in CONTENTS:
        found = late(entry.target)
        commands.append(get_command(found) if hasattr(found, "registered_commands") else _alone(found))
    for command in commands:
        for _holder, _attribute, text in spoken_texts(command):
            yield text
    yield from (root.epilog, "Example:", "Examples:")


def _alone(function):
    import typer

    single = typer.Typer(add_completion=False, rich_markup_mode="rich")
    single.command()(function)
    return get_command(single)


def test_every_sentence_has_a_chinese_one():
    chinese = translator("zh-CN")
    said = {sentence for source in (said_in_code(), said_in_help()) for sentence in source}
    missing = sorted(sentence for sentence in said if chinese.gettext(sentence) == sentence)
    assert missing == []


def test_the_figures_of_a_sentence_are_the_same_in_both_languages():
    fields = re.compile(r"\{(\w*)\}")
    for path in FOLDER.rglob("*.po"):
        text = path.read_text(encoding="utf-8")
        for source, translated in re.findall(r'^msgid ("(?:.*"\n)+)msgstr ("(?:.*"\n)+)', text, re.MULTILINE):
            assert sorted(fields.findall(source)) == sorted(fields.findall(translated)), source


def test_english_and_unknown_languages_stay_as_written():
    assert translator("en").gettext("Nothing to show.") == "Nothing to show."
    assert translator("fr").gettext("Nothing to show.") == "Nothing to show."


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("zh_CN.UTF-8",), "zh-CN"),
        (("zh-Hans-SG",), "zh-CN"),
        ((None, "", "en_GB.UTF-8", "zh"), "en"),
        (("de_DE.UTF-8", "zh_CN"), "zh-CN"),
        (("C.UTF-8",), "en"),
        ((), "en"),
    ],
)
def test_the_first_wish_that_we_speak_is_taken(wishes, language):
    assert first_language(*wishes) == language


def test_the_option_goes_before_the_environment():
    environment = {"LANG": "zh_CN.UTF-8"}
    assert wanted_language(["why", "SO-1"], environment) == "zh-CN"
    assert wanted_language(["why", "SO-1", "--lang", "en"], environment) == "en"
    assert wanted_language(["why", "--lang=zh-CN"], {}) == "zh-CN"
    assert wanted_language(["why"], {"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}) == "en"
