"""Receipt by file: the report that accounts for every row and every amount of the file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, TextIO

from domain.errors import Told
from starter.files.numbers import EXACT
from starter.files.rows import Problem, Row
from starter.files.verdict import Verdict
from starter.spreadsheets import harmless

KEPT = 1000
FATES = ("taken", "held", "refused")


Sink = Callable[[Mapping[str, Any]], None]
"""Hears of every problem, however many there are, as a row of fields."""


def table(out: TextIO) -> Sink:
    """A sink that writes problems as a CSV file."""
    writer = csv.writer(out)
    writer.writerow([one.name for one in fields(Problem)])
    return lambda problem: writer.writerow([harmless(str(each)) for each in problem.values()])


class Unbalanced(AssertionError):
    """The report does not add up: a fault of this program, never of the file."""


@dataclass(slots=True)
class Report:
    """Counts rows and amounts twice, as they are read and by what became of them, so that a lost row shows."""

    file: str
    dry_run: bool = False
    sink: Sink | None = None
    rows: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(("file", *FATES), Decimal(0)))
    documents: Counter[str] = field(default_factory=Counter)
    created: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    notes: list[Told] = field(default_factory=list)

    def read(self, row: Row) -> None:
        """A row came out of the file."""
        self.rows["read"] += 1
        self.amounts["file"] = EXACT.add(self.amounts["file"], row.amount)

    def settle(self, verdict: Verdict) -> None:
        """What became of a document."""
        for fate, rows in zip(FATES, (verdict.taken, verdict.held, verdict.refused), strict=True):
            self.rows[fate] += len(rows)
            for row in rows:
                self.amounts[fate] = EXACT.add(self.amounts[fate], row.amount)
        if verdict.kind != "rows" and not verdict.document.continued:
            self.documents[verdict.kind] += 1
            self.documents["joined"] += verdict.document.scattered
        if verdict.kind == "order" and (verdict.held or verdict.refused):
            self.documents["partly"] += 1
        self._keep(verdict.problems)

    def _keep(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.problem_count += 1
            if len(self.problems) < KEPT:
                self.problems.append(problem)
            if self.sink is not None:
                self.sink(_told(problem))

    def prove(self) -> None:
        """Unbalanced, unless taken, held and refused add up to what was read, in rows and in amounts."""
        rows = sum(self.rows[fate] for fate in FATES)
        amount = Decimal(0)
        for fate in FATES:
            amount = EXACT.add(amount, self.amounts[fate])
        if rows != self.rows["read"] or amount != self.amounts["file"]:
            raise Unbalanced(
                f"{self.rows['read']} rows of {self.amounts['file']:f} were read, {rows} of {amount:f} accounted for"
            )

    def as_document(self) -> dict[str, Any]:
        """The summary as JSON; amounts are decimal strings, the first 1,000 problems are told."""
        count = self.documents
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "rows": {name: self.rows[name] for name in ("read", *FATES)},
            "documents": {
                "orders": count["order"],
                "credit_notes": count["credit_note"],
                "held": count["held"],
                "refused": count["refused"],
                "already_there": count["already_there"],
                "orders_taken_in_part": count["partly"],
                "credit_notes_linked": count["linked"],
                "joined": count["joined"],
            },
            "amounts": {name: format(self.amounts[name], "f") for name in ("file", *FATES)},
            "created": {name: self.created[name] for name in ("customers", "products")},
            "problems": [_told(problem) for problem in self.problems],
            "problems_total": self.problem_count,
            "problems_left_out": self.problem_count - len(self.problems),
            "notes": self.notes,
        }


def _told(problem: Problem) -> dict[str, Any]:
    return {one.name: getattr(problem, one.name) for one in fields(Problem)}
