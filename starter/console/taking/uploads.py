"""Files of orders: uploaded, looked at whole before anything is taken, taken in the background, and reported."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import uploads
from db.queries.uploads import Upload
from domain.errors import FieldError, Invalid, NotFound, Translate, told
from domain.money import not_currency
from starter.api.answers import in_database
from starter.api.bodies import MAX_UPLOAD
from starter.console.acting import actor_for, texts
from starter.console.door import pages
from starter.console.page import render, tongue
from starter.files.headings import HEADINGS
from starter.files.report import table
from starter.languages import translator
from starter.spreadsheets import MARK

router = pages()
SHOWN = 200
FIELDS = tuple(HEADINGS)
LABELS = {
    "document": "order number", "customer": "customer", "sku": "product", "quantity": "quantity",
    "unit_price": "unit price", "description": "description", "currency": "currency", "country": "country",
    "discount_percent": "discount in percent", "requested_date": "requested date", "customer_name": "customer's name",
    "email": "e-mail", "street": "street", "city": "city", "postal_code": "postal code",
}  # fmt: skip
"""What people call the fields of an order's file."""
FOR_PEOPLE = {
    "there is no customer {code}; create it first, or import with --create-master-data": (
        "there is no customer {code}; create it first, or have it created with the file"
    ),
    "there is no product {skus}; create it first, or import with --create-master-data": (
        "there is no product {skus}; create it first, or have it created with the file"
    ),
    "{file} has no column for {missing}: it has {headings}, and needed are {needed}; write which column is which "
    "into a file MAP.toml ({example}, one per line) and give it with --mapping MAP.toml.": (
        "{file} has no column for {missing}. Choose below which column is which."
    ),
    '{file} has no column for the currency; add one, or write the lines [defaults] and currency = "EUR" into a '
    "file MAP.toml and give it with --mapping MAP.toml.": (
        "{file} has no column for the currency. Choose one below, or type the currency that all of it has."
    ),
}
"""The command's sentences to those of the page."""


@router.get("/orders/upload")
async def list_uploads(request: Request) -> Response:
    """Where to upload a file, and what became of the person's earlier ones."""
    username = request.state.person.username
    found = await in_database(lambda tx: uploads.uploads_of(tx, username))
    return render(request, "taking/uploads.html", found=found, most=MAX_UPLOAD // (1024 * 1024))


@router.post("/orders/upload")
async def upload_orders(request: Request) -> Response:
    """Keep the file and look at it; nothing of it is taken before the person says so."""
    form = await request.form(max_files=1, max_fields=20)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename or not (content := await file.read()):
        missing = FieldError("file", "choose a file that is not empty")
        raise Invalid("Choose a CSV, TSV or XLSX file of orders that is not empty.", errors=[missing])
    upload, username = uuid4().hex, request.state.person.username
    name = "".join(each for each in file.filename if each.isprintable())[-150:]
    settings, now = _actor(request), datetime.now(UTC)
    await in_database(lambda tx: uploads.keep(tx, upload, username, name, content, settings, now))
    request.app.state.uploads.begin(upload)
    return RedirectResponse(f"/orders/upload/{upload}", 303)


@router.get("/orders/upload/{upload}")
async def read_upload(request: Request, upload: str) -> Response:
    """How far it is; which column is which; every problem; and afterwards what became of each row."""
    seen = await _mine(request, upload)
    fields, reason = [(name, LABELS[name]) for name in FIELDS], _reason(seen, tongue(request))
    problems = [
        {**each, "reason": said(each["reason"], translator(tongue(request)).gettext)}
        for each in seen.found.get("report", {}).get("problems", ())[:SHOWN]
    ]
    runs = seen.runs(datetime.now(UTC))
    state = "STOPPED" if seen.state in uploads.RUNNING and not runs else seen.state
    return render(
        request, "taking/upload.html", upload=seen, runs=runs, state=state, problems=problems, fields=fields,
        reason=reason,
    )  # fmt: skip


@router.get("/orders/upload/{upload}/problems.csv")
async def read_problems(request: Request, upload: str) -> Response:
    """Every problem, as a file for a spreadsheet."""
    username = request.state.person.username
    await _mine(request, upload)
    found = await in_database(lambda tx: uploads.problems_of(tx, upload, username))
    written = await asyncio.to_thread(_as_csv, found or "", translator(tongue(request)).gettext)
    named = {"Content-Disposition": 'attachment; filename="problems.csv"'}
    return Response(MARK + written, media_type="text/csv; charset=utf-8", headers=named)


def _as_csv(kept: str, translate: Translate) -> str:
    """The problems that were kept, a line each, as CSV in a language; tens of thousands take a part of a second."""
    out = io.StringIO()
    write = table(out)
    for line in kept.split("\n") if kept else ():
        problem = json.loads(line)
        write({**problem, "reason": said(problem["reason"], translate)})
    return out.getvalue()


@router.post("/orders/upload/{upload}/mapping")
async def map_upload(request: Request, upload: str) -> Response:
    """Look at the file again with the columns as the person says."""
    given, seen = texts(await request.form(max_fields=600)), await _mine(request, upload)
    headings = seen.found.get("headings", [])
    columns: dict[str, str] = {}
    for place, heading in enumerate(headings):
        if (name := given.get(f"column-{place}", "")) in FIELDS:
            columns.setdefault(name, heading)
    currency = given.get("currency", "").upper()
    if currency and (why := not_currency(currency)) is not None:
        raise Invalid(why, errors=[FieldError("currency", why)])
    settings = {"columns": columns, "currency": currency, "create": "create" in given}
    settings["decimal"] = given["decimal"] if given.get("decimal") in (".", ",") else ""
    return await _begun(request, seen, "LOOKING", settings)


@router.post("/orders/upload/{upload}/take")
async def take_upload(request: Request, upload: str) -> Response:
    """Take the orders of the file. Pressed twice, or again after a stop: each order once."""
    seen = await _mine(request, upload)
    return await _begun(request, seen, "LOOKING" if "report" not in seen.found else "TAKING", seen.settings)


async def _begun(request: Request, seen: Upload, state: str, settings: dict[str, Any]) -> Response:
    whole, now = {**settings, **_actor(request)}, datetime.now(UTC)
    if await in_database(lambda tx: uploads.begin(tx, seen.id, seen.username, state, whole, now)):
        request.app.state.uploads.begin(seen.id)
    return RedirectResponse(f"/orders/upload/{seen.id}", 303)


def _actor(request: Request) -> dict[str, Any]:
    """As whom the orders are taken: the person, or one for whom they stand in."""
    actor = actor_for(request, "submit_order")
    return {"actor": actor.name, "role": actor.role.value}


async def _mine(request: Request, upload: str) -> Upload:
    username = request.state.person.username
    seen = await in_database(lambda tx: uploads.upload_of(tx, upload, username)) if upload.isprintable() else None
    if seen is None:
        raise NotFound("There is no such file among those that you uploaded.")
    return seen


def _reason(seen: Upload, language: str) -> str:
    return said(seen.found["reason"], translator(language).gettext) if seen.found.get("reason") else ""


def said(kept: Any, translate: Translate) -> str:
    """A sentence of the import as it was kept, in the person's language."""
    return _spoken(kept).said(translate)


def _spoken(kept: Any) -> Any:
    match kept:
        case {"template": template, "figures": figures}:
            spoken = {name: _spoken(each) for name, each in figures.items()}
            if template in FOR_PEOPLE and isinstance(figures.get("missing"), list):
                spoken["missing"] = [told(LABELS.get(each, each)) for each in figures["missing"]]
            return told(FOR_PEOPLE.get(template, template), **spoken)
        case list():
            return [_spoken(each) for each in kept]
    return kept
