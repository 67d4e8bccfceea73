"""The house rules that no linter knows: what lies where, how long it may be, and that words and code agree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from domain.actor import Role
from domain.order_life import STAGES
from domain.review import OWNER_ROLE, Reason
from domain.wording import EVENTS, HOLD_MESSAGES
from gateways.notices.letters import LETTERS
from starter.api.roles import MAY
from starter.plugin import ACTIVITIES
from workflows.patches import PATCHES

ROOT = Path(__file__).parents[1]
SPOKEN_TO = ("domain", "intake", "activities", "db", "gateways", "workflows")
"""Folders whose public functions and classes say what they are for."""
FOLDERS = (*SPOKEN_TO, "starter", "benchmarks")
CODE = sorted((ROOT / "worker.py", *chain.from_iterable((ROOT / folder).rglob("*.py") for folder in FOLDERS)))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(file: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(file.read_text("utf-8"))


def place(file: Path, node: ast.AST | None = None) -> str:
    """Where something is, as an editor opens it."""
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def inside(*folders: str) -> Iterator[Path]:
    """The files of some folders."""
    return (file for file in CODE if file.relative_to(ROOT).parts[0] in folders)


def functions(file: Path) -> Iterator[Function]:
    """Every function of a file, wherever it stands."""
    return (node for node in ast.walk(tree(file)) if isinstance(node, Function))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_its_file_in_every_layer(stage: str) -> None:
    assert (ROOT / "domain" / f"{stage}.py").exists()
    assert any((ROOT / layer / f"{stage}.py").exists() for layer in ("activities", "intake"))
    assert (ROOT / "db" / "queries" / f"{stage}.py").exists()
    assert [file for file in TESTS if file.name == f"test_{stage}.py"]


def test_no_file_is_too_long() -> None:
    lengths = {place(file): len(file.read_text("utf-8").splitlines()) for file in (*CODE, *TESTS)}
    assert {file: lines for file, lines in lengths.items() if lines > (400 if file.startswith("tests/") else 300)} == {}


def test_no_function_is_too_long() -> None:
    assert [
        f"{place(file, node)} {node.name}: {length} lines"
        for file in CODE
        for node in functions(file)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > 40
    ] == []


def test_every_module_says_its_place() -> None:
    assert [place(file) for file in (*CODE, *TESTS) if not ast.get_docstring(tree(file))] == []


def test_every_public_function_and_class_says_what_it_is_for() -> None:
    assert [
        f"{place(file, node)} {node.name}"
        for file in inside(*SPOKEN_TO)
        for node in _public(tree(file))
        if not ast.get_docstring(node)
    ] == []


def _public(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for child in node.body:
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


def test_imports_stand_at_the_top() -> None:
    """What is heavy and needed late is named by starter.cli.late, which says why."""
    assert [
        place(file, node)
        for file in CODE
        for function in functions(file)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ] == []


def test_every_patch_of_a_workflow_is_listed_with_its_release() -> None:
    """`orderkeep deploy back` must know which marks a release leaves in histories."""
    asked = ("patched", "deprecate_patch")
    names = [
        call.args[0].value if isinstance(call.args[0], ast.Constant) else place(file, call)
        for file in inside("workflows")
        for call in ast.walk(tree(file))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in asked
    ]
    assert set(names) == set(PATCHES)
    assert set(PATCHES.values()) <= set(re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M))


def test_only_the_ways_in_print() -> None:
    assert [
        place(file, node)
        for file in inside(*SPOKEN_TO)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ] == []


@pytest.mark.parametrize("activity", ACTIVITIES, ids=[activity.__name__ for activity in ACTIVITIES])
def test_a_step_says_why_it_may_be_repeated(activity: object) -> None:
    assert any(word in (activity.__doc__ or "") for word in ("Safe to repeat", "Reads only"))


def named(method: str, position: int) -> set[str]:
    """The texts that intake and steps hand to `effects.<method>` at a position, also by way of a name or a choice."""
    found: set[str] = set()
    for file in inside("intake", "activities"):
        for call in (node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == method and len(call.args) > position:
                found |= _texts(call.args[position], tree(file))
    return found


def _texts(value: ast.expr, module: ast.Module) -> set[str]:
    match value:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return _texts(one, module) | _texts(other, module)
        case ast.Name(id=name):
            given = [node for node in ast.walk(module) if isinstance(node, ast.Assign)]
            meant = [
                node.value for node in given if any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
            ]
            return {text for node in meant for text in _texts(node, module)}
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            return {name for name in LETTERS if name.startswith(start)} or {start}
    return set()


def test_every_event_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert named("note", 1) == set(EVENTS)


def test_every_notice_has_its_letter() -> None:
    assert len(named("notice", 0)) > 15
    assert named("notice", 0) <= set(LETTERS)


def test_every_reason_of_a_hold_has_an_owner_who_may_release_it_and_a_sentence() -> None:
    assert set(HOLD_MESSAGES) == {reason.value for reason in Reason} == {reason.value for reason in OWNER_ROLE}
    assert {role for role in OWNER_ROLE.values() if Role(role) not in MAY["release_hold"]} == set()


def test_every_role_that_may_do_something_exists_and_every_role_may_do_something() -> None:
    assert {role for roles in MAY.values() for role in roles} == set(Role)
    assert [operation for operation, roles in MAY.items() if Role.ADMIN not in roles] == []


def test_nothing_is_left_of_a_merge_that_two_people_wrote_into() -> None:
    suffixes = (".py", ".md", ".po", ".html", ".toml", ".sql", ".yml", ".js", ".css")
    texts = [file for file in ROOT.rglob("*") if file.suffix in suffixes and not _foreign(file)]
    assert ROOT / "CHANGELOG.md" in texts
    left = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
    assert [place(file) for file in texts if left.search(file.read_text("utf-8"))] == []


def _foreign(file: Path) -> bool:
    return any(part.startswith(".") or part in ("node_modules", "build") for part in file.relative_to(ROOT).parts)
