"""One run of a command against the API: the options that all of them share, and how each of them ends."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import typer

from starter.cli import options
from starter.cli.client import Refused, Server, ServerSilent
from starter.cli.endpoints import NoServer, find_endpoint
from starter.cli.groups import examples_text
from starter.cli.screen import Block, Column, Document, Rows, Sentence, print_blocks, print_json, say
from starter.cli.speech import _, choose_language

MOST_FIELDS = 20
P = ParamSpec("P")
Command = Callable[Concatenate["Session", P], None]


@dataclass(frozen=True, slots=True)
class Session:
    """The server that a command talks to, and whether it answers in JSON."""

    server: Server
    json: bool = False

    def show(self, answer: Document, picture: Callable[[Document], Iterable[Block]]) -> None:
        """Print the answer: as JSON, or as the picture that is drawn of it."""
        if self.json:
            print_json(answer)
        else:
            print_blocks(picture(answer))

    def show_list(self, answer: Document, columns: Sequence[Column]) -> None:
        """Print one page of a list, and beside it how to see the next page."""
        rows, following = answer.get("items") or [], answer.get("next")
        if self.json:
            print_json({**answer, "items": rows, "next": following})
            return
        print_blocks([Rows("", columns, rows, empty=_("Nothing to show."))])
        if following:
            say(_("There is more: add --after {cursor}").format(cursor=following))

    def show_whole_list(self, answer: Document, picture: Callable[[Document], Iterable[Block]]) -> None:
        """Print a list that is always complete as the picture that is drawn of it."""
        self.show({**answer, "items": answer.get("items") or [], "next": answer.get("next")}, picture)

    def done(self, answer: Document, sentence: str) -> None:
        """Print what a change answered: its JSON, or one sentence."""
        self.show(answer, lambda _answer: [Sentence(sentence)])


def talks(app: typer.Typer, name: str, *examples: str, changes: bool = False) -> Callable[[Command[P]], Command[P]]:
    """Register a command that talks to the API: it gains the shared options and is handed a `Session`.

    `changes` adds --idempotency-key. The command itself is returned as it was, so that it can be registered twice.
    """

    def register(command: Command[P]) -> Command[P]:
        act: Callable[..., None] = command
        shared = _parameters(_shared) | (_parameters(_shared_by_changes) if changes else {})
        own = list(_parameters(command).values())[1:]

        @functools.wraps(command)
        def run(**given: Any) -> None:
            connection = {option: given.pop(option) for option in shared}
            with failures_told(), _opened(**connection) as session:
                act(session, **given)

        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in [*own, *shared.values()]]
        vars(run)["__signature__"] = inspect.Signature(parameters)
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        app.command(name, epilog=examples_text(*examples))(run)
        return command

    return register


@contextmanager
def failures_told() -> Iterator[None]:
    """What went wrong is told on standard error in a sentence with what to do, and the command ends with 1.

    An option with a value that the API does not know is wrong usage, and ends with 2.
    """
    try:
        yield
    except Refused as refusal:
        if (wrong := _wrong_option(refusal.problem)) is not None:
            raise wrong from None
        for line in refusal_lines(refusal.problem):
            say(line)
    except (NoServer, ServerSilent) as silence:
        say(str(silence))
    except BrokenPipeError:
        raise typer.Exit(0) from None  # whoever read our output has seen enough
    else:
        return
    raise typer.Exit(1)


def _wrong_option(problem: Document) -> typer.BadParameter | None:
    wrong = [error for error in problem.get("errors") or () if error.get("parameter")]
    if not wrong:
        return None
    option = "--" + wrong[0]["parameter"].replace("_", "-")
    return typer.BadParameter(_one_line(wrong[0].get("detail")), param_hint=option)


def refusal_lines(problem: Document) -> list[str]:
    """A problem as lines: what is wrong, each field that is wrong, and what is possible instead."""
    lines = [_one_line(problem.get("detail") or problem.get("title"))]
    errors = problem.get("errors") or []
    if len(errors) != 1 or errors[0].get("detail", "").rstrip(".") not in lines[0]:
        for error in errors[:MOST_FIELDS]:
            lines.append(f"  {error.get('pointer') or error.get('parameter') or '/'}: {_one_line(error['detail'])}")
    if len(errors) > MOST_FIELDS:
        lines.append(_("  and {count} more").format(count=len(errors) - MOST_FIELDS))
    if problem.get("legal_moves"):
        lines.append(_("Possible now: {moves}.").format(moves=", ".join(problem["legal_moves"])))
    if problem.get("retry_after"):
        lines.append(_("Try again in {seconds} s.").format(seconds=problem["retry_after"]))
    return lines


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())


@contextmanager
def _opened(
    *,
    as_json: bool,
    data: Path | None,
    api: str | None,
    key: str | None,
    lang: str | None,
    idempotency_key: str | None = None,
) -> Iterator[Session]:
    choose_language(lang)
    with Server(find_endpoint(api, key, data), idempotency_key=idempotency_key) as server:
        yield Session(server, as_json)


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(function, eval_str=True).parameters)


def _shared(
    as_json: options.Json = False,
    data: options.Data = None,
    api: options.Api = None,
    key: options.Key = None,
    lang: options.Lang = None,
) -> None:
    """The options of every command that talks to the API."""


def _shared_by_changes(idempotency_key: options.Once = None) -> None:
    """The option of every command that changes something."""
