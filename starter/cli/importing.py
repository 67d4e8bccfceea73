"""`orderkeep import`: orders from a file, each taken, held for a person, or refused with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import SQLAlchemyError

from db import engine
from domain.errors import OrderkeepError, told
from starter.cli import options
from starter.cli.endpoints import data_directory, database_said, find_database
from starter.cli.screen import Block, Column, Document, Facts, Rows, Sentence, print_blocks, print_json, say
from starter.cli.speech import _, choose_language
from starter.files.errors import UnusableFile
from starter.files.importing import OnProgress, import_table
from starter.files.mapping import Mapping, read_mapping
from starter.files.opening import Table, open_table
from starter.files.report import Report, table
from starter.files.taker import Onlooker, Taker
from starter.files.taking import Clerk, DatabaseOnlooker

SHOWN = 20

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV, TSV or XLSX file of orders.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", metavar="MAP.toml", help="Which column holds what; else the headings say.")
]
Create = Annotated[
    bool, typer.Option("--create-master-data", help="Create the customers and products that are not there yet.")
]
Opening = Annotated[
    int | None,
    typer.Option("--opening-stock", metavar="N", min=0, help="Pieces in stock of each product that is created."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Look at everything and write nothing.")]
ProblemsFile = Annotated[
    Path | None, typer.Option("--problems", metavar="FILE", help="Write every problem to a CSV file as well.")
]


class _NoDatabase(Exception):
    """There is no database to take the orders; the text says what to do."""


def import_orders(
    file: File,
    *,
    mapping: MappingFile = None,
    create_master_data: Create = False,
    opening_stock: Opening = None,
    dry_run: DryRun = False,
    problems: ProblemsFile = None,
    as_json: options.Json = False,
    data: options.Data = None,
    lang: options.Lang = None,
) -> None:
    """Take orders from a file: every row is taken, held for a person, or refused with a reason; sums are shown.

    The same file may be imported again: what was taken is not taken twice.
    """
    choose_language(lang)
    if opening_stock is not None and not create_master_data:
        raise _ended(2, _("--opening-stock fills the products that --create-master-data creates; give both."))
    if problems is not None and problems.exists() and file.exists() and problems.samefile(file):
        raise _ended(2, _("--problems would overwrite the file of orders; name another file."))
    report = Report(str(file), dry_run)
    try:
        rules = read_mapping(mapping)
        table = open_table(file, rules)
        dsn = _database(data, needed=not dry_run)
        with _sink(report, problems), _bar(file.name) as on_progress:
            asyncio.run(_work_off(table, rules, dsn, report, create_master_data, opening_stock, on_progress))
    except UnusableFile as error:
        raise _ended(2, error.sentence.said(_)) from None
    except _NoDatabase as error:
        raise _ended(1, str(error)) from None
    except OrderkeepError as error:
        raise _ended(1, error.detail) from None
    except (SQLAlchemyError, OSError) as error:
        raise _ended(1, _stopped(report, error)) from None
    if as_json:
        print_json(report.as_document())
    else:
        print_blocks(_picture(report.as_document()))


def _ended(code: int, sentence: str) -> typer.Exit:
    say(sentence)
    return typer.Exit(code)


def _stopped(report: Report, error: Exception) -> str:
    return _(
        "The import stopped after {count} rows ({reason}). Import the file again: what was taken is not taken twice."
    ).format(count=sum(report.rows[fate] for fate in ("taken", "held", "refused")), reason=database_said(error))


def _database(data: Path | None, *, needed: bool) -> str | None:
    """The database's address; none is no hindrance to a look at the file."""
    found = find_database(data)
    if found is not None or not needed:
        return found
    raise _NoDatabase(
        _(
            "No database is known in {directory}: start one with `orderkeep up --data {directory}`, "
            "set ORDERKEEP_DATABASE_URL, or look at the file alone with --dry-run."
        ).format(directory=data_directory(data))
    )


async def _work_off(
    table: Table,
    rules: Mapping,
    dsn: str | None,
    report: Report,
    create: bool,
    opening: int | None,
    on_progress: OnProgress,
) -> None:
    try:
        taker = await _taker(dsn, report, table, opening)
        await import_table(table, rules.decimal, taker, report, create=create, on_progress=on_progress)
    finally:
        await engine.close()


async def _taker(dsn: str | None, report: Report, table: Table, opening: int | None) -> Taker:
    if dsn is not None:
        engine.configure(dsn, pool_size=6)
        if await engine.reachable():
            return DatabaseOnlooker() if report.dry_run else Clerk(table.source.name, opening)
        if not report.dry_run:
            raise _NoDatabase(_("The database does not answer; start it with `orderkeep up` and import again."))
    report.notes.append(told("no database was asked: whether customers and products exist was not checked"))
    return Onlooker()


@contextmanager
def _sink(report: Report, path: Path | None) -> Iterator[None]:
    with ExitStack() as stack:
        if path is not None:
            report.sink = table(stack.enter_context(path.open("w", encoding="utf-8-sig", newline="")))
        yield


@contextmanager
def _bar(name: str) -> Iterator[OnProgress]:
    """A progress bar on standard error, where nobody mistakes it for the answer; silent without a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    phases = {"reading": _("Reading {file}"), "taking": _("Taking the orders of {file}")}
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def on_progress(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(phases[phase].format(file=name), total=total)
            progress.update(tasks[phase], completed=done)

        yield on_progress


def _picture(report: Document) -> Iterable[Block]:
    documents, created = report["documents"], report["created"]
    fates = (
        ("taken", _("taken")),
        ("held", _("held for a person")),
        ("refused", _("refused")),
        ("file", _("the file")),
    )
    rows = [
        {"fate": label, "rows": report["rows"]["read" if fate == "file" else fate], "amount": report["amounts"][fate]}
        for fate, label in fates
    ]
    columns = (Column("", "fate"), Column(_("Rows"), "rows", figure=True), Column(_("Amount"), "amount", figure=True))
    yield Rows(_("{file}, nothing written").format(file=report["file"]) if report["dry_run"] else report["file"],
               columns, rows)  # fmt: skip
    yield Facts(_("Documents"), _documents(documents, created))
    shown = report["problems"][:SHOWN]
    yield Rows(_("Look at"), _problem_columns(), shown)
    if report["problems_total"] > len(shown):
        left = report["problems_total"] - len(shown)
        yield Sentence(_("{count} more: --problems FILE writes them all.").format(count=left), "dim")
    for note in report["notes"]:
        yield Sentence(note.said(_), "dim")


def _documents(documents: dict[str, Any], created: dict[str, Any]) -> list[tuple[str, Any]]:
    facts = (
        (_("orders"), documents["orders"]),
        (_("of them there already"), documents["already_there"] or None),
        (_("of them without some of their rows"), documents["orders_taken_in_part"] or None),
        (_("credit notes"), documents["credit_notes"]),
        (_("of them linked to an order"), documents["credit_notes_linked"] or None),
        (_("held for a person"), documents["held"]),
        (_("refused"), documents["refused"]),
        (_("put together from several places"), documents["joined"] or None),
        (_("customers created"), created["customers"] or None),
        (_("products created"), created["products"] or None),
    )
    return list(facts)


def _problem_columns() -> tuple[Column, ...]:
    return (
        Column(_("Line"), "line", figure=True),
        Column(_("Document"), "document"),
        Column(_("Column"), "column"),
        Column(_("Value"), "value"),
        Column("", lambda problem: {"held": _("held"), "refused": _("refused")}[problem["fate"]]),
        Column(_("Why"), lambda problem: problem["reason"].said(_)),
    )
