"""The books at the terminal: the journal and the trial balance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import single
from starter.cli.pictures import moment
from starter.cli.screen import Block, Column, Document, Rows, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

journal_alone = single()
balance_alone = single()


@talks(journal_alone, "journal", "orderkeep journal --limit 20", "orderkeep journal --document INV-000001")
def list_journal(
    session: Session,
    *,
    document: Annotated[str | None, typer.Option(help="Only entries of this document.")] = None,
    order: Annotated[str | None, typer.Option(help="Only entries about this order.")] = None,
    account: Annotated[str | None, typer.Option(help="Only entries that touch this account.")] = None,
    day: Annotated[str | None, typer.Option(help="Only entries of this day, for example 2026-11-25.")] = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List the journal's entries with their lines, newest first."""
    query = {"order": order, "document": document, "account": account, "day": day, "limit": limit, "after": after}
    answer = session.server.get("journal", query=query)
    if session.json:
        session.show_list(answer, ())
        return
    lines = [{**entry, **line} for entry in answer.get("items") or () for line in entry.get("lines") or ()]
    columns = (
        Column(_("When"), lambda line: moment(line.get("at"))),
        Column(_("Entry"), "id"),
        Column(_("Document"), "document"),
        Column(_("Account"), "account"),
        Column(_("Debits"), "debit", figure=True),
        Column(_("Credits"), "credit", figure=True),
        Column(_("Currency"), "currency"),
    )
    session.show_list({**answer, "items": lines}, columns)


@talks(balance_alone, "trial-balance", "orderkeep trial-balance", "orderkeep trial-balance --json")
def show_trial_balance(session: Session) -> None:
    """Add up every account per currency; exit code 1 when debit and credit differ."""
    answer = session.server.get("trial-balance")
    session.show(answer, _picture)
    if not all(currency.get("balanced") for currency in answer.get("currencies") or ()):
        raise typer.Exit(1)


def _picture(balance: Document) -> Iterable[Block]:
    if not balance.get("currencies"):
        yield Sentence(_("Nothing is posted yet."))
    for currency in balance.get("currencies") or ():
        total = {"name": _("Total"), "debit": currency.get("debit"), "credit": currency.get("credit")}
        columns = (
            Column(_("Account"), "account"),
            Column(_("Name"), "name"),
            Column(_("Debits"), "debit", figure=True),
            Column(_("Credits"), "credit", figure=True),
            Column(_("Balance"), "balance", figure=True),
        )
        yield Rows(str(currency.get("currency")), columns, [*(currency.get("accounts") or ()), total])
        balanced = _("{currency} balances.") if currency.get("balanced") else _("{currency} does NOT balance.")
        yield Sentence(
            balanced.format(currency=currency.get("currency")), "green" if currency.get("balanced") else "red"
        )
