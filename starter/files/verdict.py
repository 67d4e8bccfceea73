"""Receipt by file: what becomes of a document: an order, a credit note, held for a person, or refused.

Goods that can be ordered are taken; what stands beside them in an invoice and is no order line (postage, manual
adjustments, quantities of zero or less) is held for a person, linked to the order; what cannot be read is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from domain.errors import Told, as_it_stands, told
from domain.facts import OrderLine, OrderRequest
from domain.shapes import MAX_LINES
from starter.field_errors import sentence
from starter.files.documents import FileDocument
from starter.files.mapping import Layout
from starter.files.rows import Problem, Row

Kind = Literal["order", "credit_note", "held", "refused", "rows"]
_CREDIT_PREFIX = "C"
_NAMED_CODES = 5
_CUT = told("the file was cut off in or right after this document, so it may be incomplete")
_AGAIN = told("the number comes back further down with some of the same rows: more, or a copy?")
_CREDIT_NOTE = told("credit note")
_NOT_ALL_NEGATIVE = told("the number is that of a credit note, but not all quantities are negative")
_NO_CUSTOMER = told("the document names no customer")
_NO_GOODS = told("no row of the document is goods that can be ordered")
_SEVERAL = "the rows of one document name several ({told}); which one is right?"


@dataclass(slots=True)
class Verdict:
    """The decision on a document; `rows` is a row without a document. Every row of it is in exactly one list."""

    document: FileDocument
    kind: Kind
    request: OrderRequest | None = None
    taken: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reason: Told = field(default_factory=lambda: told(""))

    @property
    def line(self) -> int:
        """Where the document begins in the file."""
        return self.document.rows[0].line

    @property
    def customer(self) -> str:
        """The customer that the rows name, or nothing."""
        return next((row.customer for row in self.document.rows if row.customer and not row.faults), "")

    def refuse(self, column: str, value: str, reason: Told) -> None:
        """The whole document is refused after all; the list of problems says why."""
        self.kind, self.request = "refused", None
        self.refused += self.taken + self.held
        self.problems = [replace(problem, fate="refused") for problem in self.problems]
        self.taken, self.held = [], []
        self.problems.append(Problem(self.line, column, value, reason, "refused", self.document.number))


class Judge:
    """Decides documents of one file, by its layout and its defaults."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def decide(self, document: FileDocument) -> Verdict:
        """The verdict on shape alone; whether customers and products exist is looked up later."""
        verdict = Verdict(document, "rows" if not document.number else "order")
        for row in document.rows:
            (verdict.refused if row.faults else verdict.held).append(row)
            verdict.problems.extend(row.faults)
        readable = [row for row in document.rows if not row.faults]
        if document.oversized:
            verdict.refuse(
                self._layout.heading("document"), document.number,
                told("the document has more rows than an order can have lines ({most}); split it up", most=MAX_LINES),
            )  # fmt: skip
        elif not readable:
            verdict.kind = "refused" if document.number else "rows"
        elif obstacle := self._obstacle(document, readable):
            self._hold(verdict, *obstacle)
        else:
            self._sort_rows(verdict, readable)
        self._set_copies_aside(verdict)
        return verdict

    def _obstacle(self, document: FileDocument, rows: Sequence[Row]) -> tuple[Kind, str, Told] | None:
        """Why a person must look at the whole document: what it becomes, the column, the reason."""
        customers = _distinct(row.customer for row in rows)
        credit = document.number.upper().startswith(_CREDIT_PREFIX)
        if document.cut:
            return "held", "document", _CUT
        if document.contradictory:
            return "held", "document", _AGAIN
        if all(row.quantity is not None and row.quantity < 0 for row in rows) and (credit or customers):
            return "credit_note", "document", _CREDIT_NOTE
        if credit and self._layout.wholesaler:
            return "held", "quantity", _NOT_ALL_NEGATIVE
        if not customers:
            return "held", "customer", _NO_CUSTOMER
        for name, values in (
            ("customer", customers),
            ("currency", _distinct(row.currency for row in rows)),
            ("requested_date", _distinct(str(row.requested_date or "") for row in rows)),
        ):
            if len(values) > 1:
                return "held", name, told(_SEVERAL, told=values[:_NAMED_CODES])
        return None

    def _hold(self, verdict: Verdict, kind: Kind, column: str, reason: Told) -> None:
        verdict.kind, verdict.reason = kind, reason
        if kind == "credit_note":
            return  # what it takes back is found later, and told then
        value = verdict.customer if column == "customer" else verdict.document.number if column == "document" else ""
        verdict.problems.append(
            Problem(verdict.line, self._layout.heading(column), value, reason, "held", verdict.document.number)
        )

    def _sort_rows(self, verdict: Verdict, readable: Sequence[Row]) -> None:
        """Order lines are taken, rows that are none are held, and what the order's rules refuse is refused."""
        lines: list[OrderLine] = []
        verdict.held = []
        for row in readable:
            held = self._no_order_line(row)
            if held is not None:
                verdict.held.append(row)
                verdict.problems.append(held)
                continue
            try:
                lines.append(_order_line(row))
            except ValidationError as error:
                verdict.refused.append(row)
                verdict.problems.append(self._line_refused(row, error))
                continue
            verdict.taken.append(row)
        if lines:
            self._request(verdict, lines)
        elif verdict.held:
            verdict.kind, verdict.reason = "held", _NO_GOODS
        else:
            verdict.kind = "refused"

    def _set_copies_aside(self, verdict: Verdict) -> None:
        """Parts that repeat an earlier part are held, so that a person can say whether more was meant."""
        copies = verdict.document.copies
        if not copies:
            return
        fate = "refused" if verdict.kind == "refused" else "held"
        for row in copies:
            (verdict.refused if row.faults or fate == "refused" else verdict.held).append(row)
            verdict.problems.extend(row.faults)
        reason = told(
            "{count} rows repeat rows from line {line} on word for word; they are taken once",
            count=len(copies),
            line=verdict.line,
        )
        heading, number = self._layout.heading("document"), verdict.document.number
        verdict.problems.append(Problem(copies[0].line, heading, number, reason, fate, number))

    def _no_order_line(self, row: Row) -> Problem | None:
        """Why a row that can be read is no order line; None when it is one."""
        assert row.quantity is not None
        if row.sku.upper() in self._layout.services:
            column, value = "sku", row.sku
            reason = told("{sku} is a service, fee or adjustment, not goods from stock", sku=row.sku)
        elif row.quantity <= 0:
            column, value = "quantity", f"{row.quantity:f}"
            reason = told("a quantity of zero or less cannot be ordered; is it a return?")
        elif row.unit_price is not None and row.unit_price < 0:
            column, value = "unit_price", f"{row.unit_price:f}"
            reason = told("a negative price is an adjustment, not goods")
        else:
            return None
        return Problem(row.line, self._layout.heading(column), value, reason, "held", row.document)

    def _line_refused(self, row: Row, error: ValidationError) -> Problem:
        first = error.errors()[0]
        heading = self._layout.heading(str(first["loc"][0]) if first["loc"] else "")
        value = str(first["input"])[:80]
        return Problem(row.line, heading, value, _sentence(dict(first)), document=row.document)

    def _request(self, verdict: Verdict, lines: list[OrderLine]) -> None:
        row = verdict.taken[0]
        wanted: date | None = row.requested_date
        try:
            verdict.request = OrderRequest.model_validate(
                {
                    "customer": verdict.customer,
                    "customer_po": verdict.document.number,
                    "currency": row.currency,
                    "requested_date": wanted,
                    "lines": tuple(lines),
                    **{key: self._layout.defaults[key] for key in ("payment_terms", "shipping_policy")
                       if key in self._layout.defaults},
                }
            )  # fmt: skip
        except ValidationError as error:
            first = error.errors()[0]
            place = str(first["loc"][0]) if first["loc"] else "document"
            column = {"customer_po": "document", "lines": "document"}.get(place, place)
            verdict.refuse(self._layout.heading(column), str(first["input"])[:80], _sentence(dict(first)))


def _order_line(row: Row) -> OrderLine:
    return OrderLine.model_validate(
        {
            "sku": row.sku,
            "quantity": row.quantity,
            "unit_price": row.unit_price,
            "discount_percent": row.discount_percent,
        }
    )


def _distinct(values: Iterable[str]) -> list[str]:
    """The values that are not blank, each once, in the order of the file."""
    return list(dict.fromkeys(value for value in values if value))


def _sentence(finding: Mapping[str, Any]) -> Told:
    return as_it_stands(sentence(finding))
