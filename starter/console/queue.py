"""Home: what waits for this person, one kind of work after the other, acted upon in place, one or many at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import matching, queues
from domain.actor import Role
from domain.errors import Invalid, NotFound, OrderkeepError, Told
from domain.queues import Queue, queues_of
from intake.users import Person
from starter.api.answers import in_database
from starter.console.acting import texts
from starter.console.deciding import ACTIONS, TITLES, Action
from starter.console.doings import press
from starter.console.door import pages
from starter.console.listing import filters_of, link
from starter.console.page import render, tongue
from starter.console.said import refusal, said
from starter.console.unsent import NOTHING, Unsent, still_there, unsent_of
from starter.languages import translator

router = pages()
ROWS = 50
MOST_AT_ONCE = 200
SUGGESTED = 20
"""For so many payments from the top the invoices that they may be for are looked up."""
_OF_ROWS = ("reason", "customer")
_FILTERS = ("role", *_OF_ROWS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the kind of work, whose it is, and what of it."""

    kind: Queue | None
    roles: frozenset[Role]
    filters: dict[str, str] = field(default_factory=dict)
    after: str | None = None


def _asked(request: Request, wanted: str | None) -> Asked:
    person: Person = request.state.person
    filters, after = filters_of(request, _FILTERS)
    roles = person.roles
    if filters.get("role") in set(Role) and roles & {Role.ADMIN, Role.MANAGER}:
        roles = frozenset((Role(filters["role"]),))
    if wanted is not None and wanted not in {queue.value for queue in queues_of(roles)}:
        raise NotFound("This is no work of yours. Choose one of the kinds of work at the top of the page.")
    return Asked(None if wanted is None else Queue(wanted), roles, filters, after)


async def _look(
    request: Request, asked: Asked, answers: dict[str, Answer] | None = None, unsent: Unsent | None = None
) -> dict[str, Any]:
    """Everything that the page shows; what was typed stays where something was refused, or was not meant."""
    now, translate = datetime.now(UTC), translator(tongue(request)).gettext

    async def look(tx: AsyncConnection) -> dict[str, Any]:
        counts = await queues.counts(tx, asked.roles, now)
        kind = asked.kind or Queue(next((each["kind"] for each in counts if each["count"]), counts[0]["kind"]))
        filters = {name: value for name, value in asked.filters.items() if name in _OF_ROWS}
        look_at = partial(queues.page, tx, kind, asked.roles, now, limit=ROWS, filters=filters, translate=translate)
        rows, following = await look_at(after=asked.after)
        if asked.after and not rows:  # all of a further page was done: what is left begins at the top
            rows, following = await look_at()
        if kind is Queue.CASH:
            suggested = await matching.suggestions_of(tx, [row["document"] for row in rows[:SUGGESTED]])
            for row in rows:
                row["figures"]["suggestions"] = suggested.get(row["document"], [])
        more = link(f"/queue/{kind}", {**asked.filters, "after": following}) if following else None
        return {"counts": counts, "kind": kind, "rows": rows, "more": more}

    found = await in_database(look)
    shown = {row["document"] for row in found["rows"]}
    answered = answers or {}
    refused = {document for document, answer in answered.items() if document in shown and not answer.done}
    typed, ticked = still_there(unsent or NOTHING, found["rows"])
    told_besides = {
        "typed": typed,
        "ticked": ticked | refused,
        "in_hand": bool(refused or ticked or typed),
        "answers": {document: answered[document] for document in refused},
        "settled": [answer for document, answer in answered.items() if document not in refused],
        "titles": TITLES,
        "actions": [action for action in ACTIONS.values() if action.kind is found["kind"]],
        "once": uuid.uuid4().hex,
    }
    return {**found, **told_besides, **_addresses(asked, found["kind"])}


def _addresses(asked: Asked, kind: Queue) -> dict[str, Any]:
    """Where the page leads with the filters that it has, with more of them, and with fewer."""
    filters = asked.filters
    return {
        "filters": filters,
        "here": link("", {**filters, "after": asked.after}),
        "top": link(f"/queue/{kind}", filters) if asked.after else None,
        "everything": link("", {name: value for name, value in filters.items() if name not in _OF_ROWS}),
        "elsewhere": link("", {name: value for name, value in filters.items() if name != "reason"}),
        "only": lambda name, value: link(f"/queue/{kind}", {**filters, name: value}),
    }


@router.get("/queue")
async def my_work(request: Request) -> Response:
    """The first kind of which something waits."""
    return render(request, "queue.html", **await _look(request, _asked(request, None)))


@router.get("/queue/{kind}")
async def work_of_a_kind(request: Request, kind: str) -> Response:
    """What waits of one kind, the most urgent first."""
    return render(request, "queue.html", **await _look(request, _asked(request, kind)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row."""

    document: str
    order: str
    done: bool
    sentence: str


async def _do(request: Request, action: Action, document: str, fields: dict[str, str]) -> Answer:
    """One row, in a transaction of its own: what one is refused stops no other."""
    translate = translator(tongue(request)).gettext
    form = action.form_of(document, fields)
    order = form.get("order", "")
    once = f"{form['once']}/{document}" if "once" in form else None
    try:
        await press(request, action.operation, action.doing, form, order=order, document=document, once=once)
    except OrderkeepError as error:
        return Answer(document, order, False, refusal(error, translate))
    done: Told | str = action.done
    return Answer(document, order, True, said(done, translate))


def _button(action: Action) -> None:
    async def press(request: Request) -> Response:
        form = await request.form()
        fields = texts(form)
        one = fields.get("one")
        chosen: Sequence[str] = [one] if one else [str(each) for each in form.getlist("document")][:MOST_AT_ONCE]
        if not chosen:
            raise Invalid("Nothing is chosen. Tick at least one row.")
        answers = {document: await _do(request, action, document, fields) for document in chosen}
        done = {document for document, answer in answers.items() if answer.done}
        looked = await _look(request, _asked(request, action.kind.value), answers, unsent_of(form, chosen, done))
        return render(request, "queue.html", **looked)

    path = f"/queue/{action.kind.value}/{action.name}"
    router.add_api_route(path, press, methods=["POST"], name=action.operation)


for _action in ACTIONS.values():
    _button(_action)
