"""The help teaches: commands by who uses them, each with an example that can be typed as it stands."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest
import typer
from typer.main import get_command

from starter.cli.contents import CONTENTS
from starter.cli.late import build
from starter.cli.main import app


def leaves():
    """(path, command) of every command that can be called."""
    for entry in CONTENTS:
        command = build(entry)
        below = getattr(command, "commands", None)
        if below is None:
            yield (entry.name,), command
        else:
            for name, sub_command in below.items():
                yield (entry.name, name), sub_command


def examples_of(command):
    return [line.strip() for line in (command.epilog or "").splitlines()[1:]]


def test_the_root_names_every_command_under_who_uses_it(orderkeep):
    ended = orderkeep("--help")
    assert ended.code == 0
    panels = [line.strip("╭╮─ ") for line in ended.out.splitlines() if line.startswith("╭")]
    assert panels == [
        "Options",
        "Everyone",
        "Sales",
        "Credit",
        "Warehouse",
        "Purchasing and production",
        "Finance",
        "Support",
        "Operators",
    ]
    assert "orderkeep why SO-000001" in ended.out


def test_every_command_has_an_example_that_parses():
    root = typer.Context(get_command(app), info_name="orderkeep")
    for path, command in leaves():
        examples = examples_of(command)
        assert examples, f"{' '.join(path)} has no example"
        for example in examples:
            words = shlex.split(example.rpartition("| ")[2])
            assert tuple(words[: len(path) + 1]) == ("orderkeep", *path) or len(path) == 1
            arguments = words[len(path) + 1 :]
            with command.make_context(path[-1], arguments, parent=root):
                pass


@pytest.mark.parametrize("entry", CONTENTS, ids=lambda entry: entry.name)
def test_every_command_and_group_has_help(orderkeep, entry):
    ended = orderkeep(entry.name, "--help")
    assert ended.code == 0
    assert f"Usage: orderkeep {entry.name}" in ended.out


def test_every_command_that_reads_takes_json():
    for path, command in leaves():
        if path[-1] in {"demo", "pdf", "note"}:
            continue
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--json" in options, " ".join(path)
        assert "--data" in options, " ".join(path)


def test_help_in_chinese_is_whole_at_80_columns():
    script = "from starter.cli.main import run; run()"
    for arguments in (["--help"], ["up", "--help"], ["payment", "record", "--help"]):
        ended = subprocess.run(
            [sys.executable, "-c", script, *arguments, "--lang", "zh-CN"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=True,
        )
        assert "…" not in ended.stdout
        assert "选项" in ended.stdout
