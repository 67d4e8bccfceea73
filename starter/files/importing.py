"""Receipt by file, from beginning to end: open, survey, gather, decide, carry out, and prove that nothing was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from domain.errors import told
from starter.files.desk import Desk
from starter.files.documents import Gatherer
from starter.files.mapping import Mapping
from starter.files.opening import Table, open_table
from starter.files.report import Report
from starter.files.rows import Row, RowReader, data_records
from starter.files.survey import Survey, take_survey
from starter.files.taker import Taker
from starter.files.verdict import Judge, Verdict

STACK_DOCUMENTS = 200
STACK_ROWS = 5_000
OnProgress = Callable[[str, int, int], None]


async def import_file(
    path: Path,
    mapping: Mapping,
    taker: Taker,
    report: Report,
    *,
    create: bool = False,
    on_progress: OnProgress | None = None,
) -> None:
    """Open one file and work it off. UnusableFile when nothing of it can be taken."""
    await import_table(
        open_table(path, mapping), mapping.decimal, taker, report, create=create, on_progress=on_progress
    )


async def import_table(
    table: Table,
    decimal: str | None,
    taker: Taker,
    report: Report,
    *,
    create: bool = False,
    on_progress: OnProgress | None = None,
) -> None:
    """Work off one table; the report accounts for every row of it.

    It is read twice: once to learn how it is written, once to take its documents. `on_progress` hears the phase
    (`reading`, `taking`), the bytes done and their total. Safe to repeat, because each document is taken once under
    its number.
    """
    survey = take_survey(table, decimal, create, _phase("reading", table, on_progress))
    _note(report, table, survey)
    desk = Desk(table.source.name, table.layout, survey, taker, report, create=create)
    judge = Judge(table.layout)
    stack: list[Verdict] = []
    rows = 0
    for document in Gatherer(survey).documents(_rows(table, survey, report, _phase("taking", table, on_progress))):
        stack.append(judge.decide(document))
        rows += len(document.rows)
        if len(stack) >= STACK_DOCUMENTS or rows >= STACK_ROWS:
            await desk.work_off(stack)
            stack, rows = [], 0
    await desk.work_off(stack)
    report.prove()


def _phase(name: str, table: Table, on_progress: OnProgress | None) -> Callable[[int], None]:
    size = max(table.source.size, 1)
    if on_progress is None:
        return lambda done: None
    on_progress(name, 0, size)
    return lambda done: on_progress(name, min(done, size), size)


def _rows(table: Table, survey: Survey, report: Report, on_progress: Callable[[int], None]) -> Iterator[Row]:
    reader = RowReader(table.layout, survey.styles)
    for record in data_records(table, on_progress):
        row = reader.read(record)
        report.read(row)
        yield row


def _note(report: Report, table: Table, survey: Survey) -> None:
    source, layout, notes = table.source, table.layout, report.notes
    if source.delimiter:
        between = {"\t": "TAB"}.get(source.delimiter, source.delimiter)
        notes.append(told("read as {encoding}, separated by {delimiter}", encoding=source.encoding, delimiter=between))
    if layout.line > 1:
        notes.append(told("the headings are in line {line}; what stands above them is no order", line=layout.line))
    used = set(layout.columns.values())
    rest = [heading for place, heading in enumerate(layout.header) if heading and place not in used]
    if "unit_price" not in layout.columns and rest:
        notes.append(told("no column is read as the price: list prices count; not used are {headings}", headings=rest))
    headings = {layout.header[position] for position in used}
    twice = sorted(heading for heading in headings if layout.header.count(heading) > 1)
    if twice:
        notes.append(told("several columns are headed {headings}; the one on the left counts", headings=twice))
    if survey.cut_line:
        line = survey.cut_line
        notes.append(told("the file was cut off in line {line}; import it again when it is whole", line=line))
    elif survey.unended:
        notes.append(told("the file ends without a line break; its last row was taken as it stands"))
