"""What the form tells while somebody types: each line's figures, the sums, the credit that is left, what would hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown, suggestions
from db.queries.spoken import hold_message
from domain.actor import Actor
from domain.errors import FieldError, Invalid, Translate, told
from domain.facts import OrderRequest
from domain.review import OWNER_ROLE, Finding, exposure
from intake.preview import ForeseenLine, Preview, preview_order
from starter.console.said import said
from starter.console.taking.form import Typed, at_fields, sound, whole

LATE = "line {line} ({sku}) can be there on {promise}, later than {requested}."
SHORT = "line {line} ({sku}) is not all in stock; it can be there on {promise}."


@dataclass(slots=True)
class Figures:
    """What is shown beside a form; `lines` by the form's own numbers, `errors` by the id of the field."""

    customer: dict[str, Any] | None = None
    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    preview: Preview | None = None
    warnings: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def sums(self) -> dict[str, Decimal | None]:
        """Net, tax and total; the customer's limit, what would be owed, and the room that is left (None: no limit)."""
        seen = self.preview
        if seen is None:
            return dict.fromkeys(("net", "tax", "total"))
        sums = {"net": seen.totals.net, "tax": seen.totals.tax, "total": seen.totals.total}
        owed = exposure(seen.totals.total, seen.account)
        more = {"limit": seen.account.credit_limit, "owed": owed, "room": seen.credit_room}
        return {
            name: None if value is None else shown.money(value, seen.order.currency)
            for name, value in (sums | more).items()
        }

    def tell(self, errors: Iterable[FieldError], translate: Translate) -> None:
        """Errors at their fields; the first of each counts."""
        for each in errors:
            self.errors.setdefault(each.pointer, said(each.detail, translate))


async def figures_of(tx: AsyncConnection, actor: Actor, form: Typed, now: datetime, translate: Translate) -> Figures:
    """The figures of as much of a form as can be understood; of fields that are empty nobody complains yet."""
    seen = Figures()
    spelled, seen.customer = await _known(tx, form)
    if seen.customer is None:
        if code := form.header.get("customer"):
            seen.tell([_no_customer(code)], translate)
        return seen
    request, places, wrong = sound(form, seen.customer["currency"], spelled)
    seen.tell((each for each in wrong if _was_typed(form, each.pointer)), translate)
    if request is None:
        return seen
    seen.preview = await preview_order(tx, actor, request, now)
    seen.tell(at_fields(seen.preview.wrong, places), translate)
    asked = bool(form.header.get("requested_date"))
    seen.lines = {places[line.priced.line - 1]: _line(line, seen.preview, asked) for line in seen.preview.lines}
    seen.warnings = [
        warning
        for finding in seen.preview.findings
        if (warning := _warning(finding, seen.preview.order.currency, form, places, translate)) is not None
    ]
    return seen


async def _known(tx: AsyncConnection, form: Typed) -> tuple[dict[str, str], dict[str, Any] | None]:
    skus = [form.lines[number]["sku"] for number in form.filled() if form.lines[number].get("sku")]
    spelled = await suggestions.spelled(tx, skus) if skus else {}
    code = form.header.get("customer", "")
    found = await suggestions.customer(tx, code) if code.isprintable() and code else None
    if found is not None:
        form.header["customer"] = found["code"]
    return spelled, found


def _no_customer(code: str) -> FieldError:
    if not code:
        return FieldError("customer", "this field is required")
    return FieldError(
        "customer", told("There is no customer {customer}. Type a part of the name and choose.", customer=code)
    )


async def understood(tx: AsyncConnection, form: Typed) -> tuple[OrderRequest, list[int]]:
    """The form as a request, and its lines' places; Invalid, with the ids of fields, says all that is wrong."""
    places = form.filled()
    spelled, customer = await _known(tx, form)
    wrong: list[FieldError] = []
    if customer is None:
        wrong.append(_no_customer(form.header.get("customer", "")))
    body = form.body("XXX" if customer is None else customer["currency"], spelled, places)
    try:
        request = whole(body)
    except Invalid as error:
        wrong += [
            each for each in at_fields(error.errors, places) if customer is not None or each.pointer != "customer"
        ]
    if wrong:
        raise Invalid("The order cannot be taken as it is; correct the fields and send it again.", errors=wrong)
    return request, places


def _was_typed(form: Typed, name: str) -> bool:
    match name.split("-"):
        case ["line", number, field_name]:
            return bool(form.lines.get(int(number), {}).get(field_name))
        case ["ship_to", field_name]:
            return bool(form.ship_to.get(field_name))
    return bool(form.header.get(name))


def _line(line: ForeseenLine, preview: Preview, asked: bool) -> dict[str, Any]:
    """What stands beside a line; late is only what was `asked` for on a day, not what is wanted as soon as can be."""
    currency, priced, goods = preview.order.currency, line.priced, line.goods
    return {
        "name": goods.name,
        "unit": goods.unit,
        "list_price": None if priced.list_price is None else shown.money(priced.list_price, currency),
        "net": shown.money(priced.net, currency),
        "available": shown.quantity(goods.available),
        "short": goods.free < priced.quantity,
        "promise": line.facts.promise,
        "late": asked and line.facts.promise > preview.order.requested_date,
    }


def _warning(
    finding: Finding, currency: str, form: Typed, places: list[int], translate: Translate
) -> dict[str, Any] | None:
    """What would hold the order, or make somebody wait; None for a rule that passes."""
    figures = dict(finding.figures)
    if finding.outcome == "pass":
        return None
    if figures.get("line", "").isdigit():
        figures["line"] = str(form.place(places[int(figures["line"]) - 1]))
    if finding.reason is None:
        sentence = translate(LATE if form.header.get("requested_date") else SHORT)
        return {"reason": finding.rule.upper(), "role": None, "message": sentence.format(**figures)}
    message = hold_message(finding.reason.value, figures, currency, translate)
    return {"reason": finding.reason.value, "role": OWNER_ROLE[finding.reason], "message": message}
