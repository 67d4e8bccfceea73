"""Receipt by file, from beginning to end: open, survey, gather, decide, carry out, and prove that nothing was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from starter.files.desk import Desk
from starter.files.documents import Gatherer
from starter.files.errors import Saying
from starter.files.mapping import Mapping
from starter.files.opening import Table, open_table
from starter.files.report import Report
from starter.files.rows import Row, RowReader, data_records
from starter.files.survey import Survey, take_survey
from starter.files.taker import Taker
from starter.files.verdict import Judge, Verdict

STACK_DOCUMENTS = 200
STACK_ROWS = 5_000
Told = Callable[[str, int, int], None]


async def import_file(
    path: Path, mapping: Mapping, taker: Taker, report: Report, *, create: bool = False, told: Told | None = None
) -> None:
    """Open one file and work it off. UnusableFile when nothing of it can be taken."""
    await import_table(open_table(path, mapping), mapping.decimal, taker, report, create=create, told=told)


async def import_table(
    table: Table, decimal: str | None, taker: Taker, report: Report, *, create: bool = False, told: Told | None = None
) -> None:
    """Work off one table; the report accounts for every row of it.

    It is read twice: once to learn how it is written, once to take its documents. `told` hears the phase (`reading`,
    `taking`), the bytes done and their total. Safe to repeat, because each document is taken once under its number.
    """
    survey = take_survey(table, decimal, create, _phase("reading", table, told))
    _note(report, table, survey)
    desk = Desk(table.source.name, table.layout, survey, taker, report, create=create)
    judge = Judge(table.layout)
    stack: list[Verdict] = []
    rows = 0
    for document in Gatherer(survey).documents(_rows(table, survey, report, _phase("taking", table, told))):
        stack.append(judge.decide(document))
        rows += len(document.rows)
        if len(stack) >= STACK_DOCUMENTS or rows >= STACK_ROWS:
            await desk.work_off(stack)
            stack, rows = [], 0
    await desk.work_off(stack)
    report.prove()


def _phase(name: str, table: Table, told: Told | None) -> Callable[[int], None]:
    size = max(table.source.size, 1)
    if told is None:
        return lambda done: None
    told(name, 0, size)
    return lambda done: told(name, min(done, size), size)


def _rows(table: Table, survey: Survey, report: Report, progress: Callable[[int], None]) -> Iterator[Row]:
    reader = RowReader(table.layout, survey.styles)
    for record in data_records(table, progress):
        row = reader.read(record)
        report.read(row)
        yield row


def _note(report: Report, table: Table, survey: Survey) -> None:
    source, layout, notes = table.source, table.layout, report.notes
    if source.delimiter:
        between = {"\t": "TAB"}.get(source.delimiter, source.delimiter)
        notes.append(
            Saying("read as {encoding}, separated by {delimiter}", encoding=source.encoding, delimiter=between)
        )
    if layout.line > 1:
        notes.append(Saying("the headings are in line {line}; what stands above them is no order", line=layout.line))
    used = {layout.header[position] for position in layout.columns.values()}
    twice = sorted(heading for heading in used if layout.header.count(heading) > 1)
    if twice:
        notes.append(Saying("several columns are headed {headings}; the one on the left counts", headings=twice))
    if survey.cut_line:
        line = survey.cut_line
        notes.append(Saying("the file was cut off in line {line}; import it again when it is whole", line=line))
    elif survey.unended:
        notes.append(Saying("the file ends without a line break; its last row was taken as it stands"))
