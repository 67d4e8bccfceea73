"""Reports at the terminal: what there is, the figures of one with a bar beside each, its CSV, the orders behind it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

import typer

from domain.reports.columns import Kind
from starter.cli import options
from starter.cli.client import Refused
from starter.cli.groups import single
from starter.cli.screen import Block, Column, Document, Rows, Sentence, text_of
from starter.cli.session import Session, talks
from starter.cli.speech import _

report_alone = single()
BAR = 24
_WORDS = (Kind.TEXT, Kind.CURRENCY)
_OPTIONS = {"group": "orders"}
"""Parameters of the API whose option has another name."""


@talks(
    report_alone, "report", "orderkeep report", "orderkeep report bookings --from 2026-01-01 --by customer",
    "orderkeep report ageing --csv", "orderkeep report otif --by customer --orders ACME",
)  # fmt: skip
def show_report(
    session: Session,
    *,
    name: Annotated[str | None, typer.Argument(help="Which report; without it, what there is.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day, 30 days ago if absent.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="DAY", help="Last day, today when absent.")] = None,
    by: Annotated[
        str | None, typer.Option(help="What the rows are: customer, product, month, week and others.")
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Only this customer.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    currency: Annotated[str | None, typer.Option(help="Only this currency.")] = None,
    warehouse: Annotated[str | None, typer.Option(help="Only this warehouse.")] = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="How many rows a ranking shows.")] = 10,
    csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV and nothing else.")] = False,
    orders: Annotated[str | None, typer.Option(metavar="GROUP", help="List the orders behind this row.")] = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """See the figures of the company, and the orders behind each."""
    if name is None:
        _list(session)
        return
    query: dict[str, Any] = {
        "from": first, "to": to, "by": by, "customer": customer, "sku": sku, "currency": currency,
        "warehouse": warehouse, "top": top,
    }  # fmt: skip
    with _as_typed():
        if csv:
            sys.stdout.buffer.write(session.server.get_file("reports", f"{name}.csv", query=query))
        elif orders is not None:
            page = {**query, "group": orders, "limit": limit, "after": after}
            session.show_list(session.server.get("reports", name, "orders", query=page), _of_orders())
        else:
            session.show(session.server.get("reports", name, query=query), _picture)


@contextmanager
def _as_typed() -> Iterator[None]:
    """A refusal in the words of the command: the API's `group` is --orders, a name that is none is wrong usage."""
    try:
        yield
    except Refused as refusal:
        problem = refusal.problem
        if problem.get("status") == HTTPStatus.NOT_FOUND:
            raise typer.BadParameter(str(refusal), param_hint="NAME") from None
        errors = [{**each, "parameter": _OPTIONS.get(name, name)} if (name := each.get("parameter")) else each
                  for each in problem.get("errors") or ()]  # fmt: skip
        raise Refused({**problem, "errors": errors}) from None


def _list(session: Session) -> None:
    columns = (
        Column(_("Name"), "name"),
        Column(_("Title"), "title"),
        Column(_("Grouped by"), "by"),
        Column(_("Definition"), "definition"),
    )
    session.show_list(session.server.get("reports"), columns)


def _of_orders() -> tuple[Column, ...]:
    return (
        Column(_("Number"), "number"),
        Column(_("Customer"), "customer"),
        Column(_("State"), "state"),
        Column(_("Net"), "net", figure=True),
        Column(_("Currency"), "currency"),
        Column(_("Requested date"), "requested_date"),
    )


def _picture(report: Document) -> Iterable[Block]:
    title = text_of(report.get("title"))
    yield Sentence(f"{title}  {report['from']} – {report['to']}" if report.get("from") else title, "bold")
    yield Sentence(text_of(report.get("definition")))
    if report.get("remark"):
        yield Sentence(text_of(report["remark"]), "dim")
    shown = report.get("columns") or []
    rows = report.get("rows") or []
    yield Rows("", [*map(_column, shown), _bars(report, rows)], rows, empty=_("Nothing to show."))
    if report.get("totals") and report.get("grouped_by") != "all":
        made = report["totals"][0]
        yield Rows(_("Total"), [_column(each) for each in shown if each["name"] in made], report["totals"])


def _column(column: Document) -> Column:
    name, kind = column["name"], column["kind"]
    figure = kind not in _WORDS
    if name == "group":
        return Column(column["heading"], lambda row: row["label"] if row.get("label") is not None else "–")
    if kind == Kind.SHARE:
        return Column(f"{column['heading']}, %", lambda row: _percent(row.get(name)), figure=True)
    return Column(column["heading"], lambda row: "–" if figure and row.get(name) is None else row.get(name), figure)


def _percent(share: str | None) -> str:
    """`97.50` for 0.9750, and a dash for a share of nothing."""
    return "–" if share is None else f"{Decimal(share) * 100:.2f}"


def _bars(report: Document, rows: list[Document]) -> Column:
    """Beside each row how its figure stands to the largest of its currency."""
    drawn = report["drawn"]
    most: dict[str | None, Decimal] = {}
    for row in rows:
        most[row.get("currency")] = max(most.get(row.get("currency"), Decimal(0)), _size(row.get(drawn)))

    def bar(row: Document) -> str:
        longest = most.get(row.get("currency")) or Decimal(0)
        return "█" * round(_size(row.get(drawn)) * BAR / longest) if longest else ""

    return Column("", bar)


def _size(figure: Any) -> Decimal:
    return Decimal(0) if figure is None else max(Decimal(figure), Decimal(0))
