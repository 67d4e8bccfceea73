"""The report as people read it: timelines, mailbox, reconciler, trial balance, verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from starter.cli.screen import Block, Column, Document, Facts, Rows, Sentence
from starter.cli.speech import _
from starter.demo.mailbox import Letter
from starter.demo.report import Report
from starter.demo.scene import Scene

ALWAYS_THE_SAME = ("tracking_updated",)
AT_MOST = 3
"""So many timelines are shown of a story with many orders."""
NEXT_ORDER = '{"customer": "LARKSPUR", "currency": "EUR", "lines": [{"sku": "TEA-100", "quantity": "5"}]}'


def report_picture(report: Report) -> Iterator[Block]:
    """Everything, in the order in which one wants to read it; the verdict comes last."""
    for scene in report.scenes:
        yield from _story(report, scene)
    yield from _mailbox(report)
    yield from _checks(report)
    yield from _balance(report)
    yield from _verdict(report)


def _story(report: Report, scene: Scene) -> Iterator[Block]:
    columns = (Column("s", "after", figure=True), Column(_("Who"), "actor"), Column(_("What"), "summary"))
    for number in scene.orders[:AT_MOST]:
        order = report.orders[number]
        heading = f"{number}  {scene.story.title()}  ·  {order['customer_name']}  ·  {order['state']}"
        yield Rows(heading, columns, _compact(report.timelines[number]))
    rest = scene.orders[AT_MOST:]
    if rest:
        told = [f"{number} {report.orders[number]['state']}" for number in rest]
        yield Sentence(_("and {orders}").format(orders=", ".join(told)), "dim")


def _compact(timeline: Iterable[Document]) -> list[Document]:
    """Without every scan on the way, and with seconds since the order came instead of the time of day."""
    shown = [row for row in timeline if row["event"] not in ALWAYS_THE_SAME]
    if not shown:
        return []
    begin = _moment(shown[0])
    return [{**row, "after": f"{(_moment(row) - begin).total_seconds():.1f}"} for row in shown]


def _moment(row: Document) -> datetime:
    return datetime.fromisoformat(row["at"])


def _mailbox(report: Report) -> Iterator[Block]:
    to_file = [letter for letter in report.letters if letter.recipient.endswith(".invalid")]
    shown = [letter for letter in report.letters if letter not in to_file]
    columns = (Column(_("To"), "recipient"), Column(_("Language"), "language"), Column(_("Subject"), "subject"))
    title = _("Mailbox: {count} letters").format(count=len(report.letters))
    yield Rows(title, columns, [letter.document() for letter in sorted(shown, key=_by_reader)])
    if to_file:
        readers = len({letter.recipient for letter in to_file})
        told = _("and {count} letters to {readers} readers without a real address: staff, and customers of the file")
        yield Sentence(told.format(count=len(to_file), readers=readers), "dim")


def _by_reader(letter: Letter) -> str:
    return letter.recipient


def _checks(report: Report) -> Iterator[Block]:
    checks = report.checks["checks"]
    breaches = [{"name": each["name"], "breach": breach} for each in checks for breach in each["breaches"]]
    if report.clean:
        told = _("Reconciler: {count} invariants were checked, everything holds.")
        yield Sentence(told.format(count=len(checks)), "green")
        return
    yield Rows(_("Reconciler: breaches"), (Column(_("Check"), "name"), Column(_("Breach"), "breach")), breaches)


def _balance(report: Report) -> Iterator[Block]:
    for currency in report.balance["currencies"]:
        total = {"name": _("Total"), "debit": currency["debit"], "credit": currency["credit"]}
        columns = (
            Column(_("Account"), "name"),
            Column(_("Debits"), "debit", figure=True),
            Column(_("Credits"), "credit", figure=True),
            Column(_("Balance"), "balance", figure=True),
        )
        name = currency["currency"]
        yield Rows(_("Trial balance {currency}").format(currency=name), columns, [*currency["accounts"], total])
        told = _("{currency} balances.") if currency["balanced"] else _("{currency} does NOT balance.")
        yield Sentence(told.format(currency=name), "green" if currency["balanced"] else "red")


def _verdict(report: Report) -> Iterator[Block]:
    columns = (
        Column("", lambda scene: "✓" if scene["good"] else "✗"),
        Column(_("Story"), "title"),
        Column(_("Order"), "orders"),
        Column(_("Ended"), "ended"),
        Column(_("Expectations met"), "met", figure=True),
        Column("s", "seconds", figure=True),
    )
    yield Rows(_("The stories"), columns, [_line(report, scene) for scene in report.scenes])
    wrong = [
        {"title": scene.story.title(), "what": each.what, "expected": each.expected, "seen": each.seen}
        for scene in report.scenes
        for each in scene.expectations
        if not each.met
    ]
    differences = (
        Column(_("Story"), "title"), Column("", "what"), Column(_("Expected"), "expected"), Column(_("Seen"), "seen")
    )  # fmt: skip
    yield Rows(_("Not as expected"), differences, wrong)
    for scene in report.scenes:
        if scene.failure:
            yield Sentence(f"{scene.story.title()}: {scene.failure}", "red")
    if report.good:
        yield Sentence(_("Every order ended where its story says it should."), "bold green")
    else:
        yield Sentence(_("Something did not end as it should; see above."), "bold red")


def _line(report: Report, scene: Scene) -> Document:
    states = dict.fromkeys(f"{report.orders[n]['state']}, {report.orders[n]['payment']}" for n in scene.orders)
    return {
        "good": scene.good,
        "title": scene.story.title(),
        "orders": f"{scene.orders[0]} … {scene.orders[-1]}" if len(scene.orders) > 1 else "".join(scene.orders),
        "ended": "; ".join(states),
        "met": f"{sum(each.met for each in scene.expectations)}/{len(scene.expectations)}",
        "seconds": f"{scene.seconds:.1f}",
    }


def going_on_picture(endpoints: Document, directory: Path, seconds: dict[str, float], *, keep: bool) -> Iterator[Block]:
    """Where to look while it serves, else how to see it again."""
    yield Sentence("")
    took = _("Servers started in {servers:.0f} s, stories told in {stories:.0f} s, {all:.0f} s in all.")
    yield Sentence(took.format(**seconds), "dim")
    if not keep:
        commands = (
            ("orderkeep demo --keep", _("the same again, and it goes on serving: look around")),
            ("orderkeep up", _("your own servers, in your data directory")),
            ("orderkeep --help", _("everything else")),
        )
        yield Facts(_("How to go on"), commands)
        return
    facts = (
        (_("Console, sign in as"), endpoints["api"]),
        *((f"  {account['username']}", account["password"]) for account in endpoints["accounts"]),
        (_("API, to try out"), f"{endpoints['api']}/docs"),
        (_("API key"), endpoints["key"]),
        (_("Temporal's Web UI"), endpoints["temporal_ui"]),
        (_("Mailbox"), endpoints["mailbox"]),
        (_("An order's story"), f"orderkeep timeline SO-000001 --data {directory}"),
        (_("The next order"), f"echo '{NEXT_ORDER}' | orderkeep order submit - --data {directory}"),
        (_("Later"), f"orderkeep up --data {directory}"),
    )
    yield Facts(_("Where to look"), facts)
    yield Sentence(_("It goes on serving; Ctrl-C stops everything, the data stay in {directory}.").format(
        directory=directory
    ), "bold")  # fmt: skip
