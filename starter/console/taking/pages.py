"""The form of an order: opened empty, from a draft or from an earlier order; told about as it is typed; submitted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import drafts, suggestions, views_order
from domain.actor import Actor
from domain.errors import Invalid, NotFound
from intake.drafts import submit_draft
from starter.api.answers import in_database
from starter.console.acting import act, actor_for
from starter.console.door import pages
from starter.console.page import render, tongue
from starter.console.taking.figures import Figures, figures_of, understood
from starter.console.taking.form import (
    BLANK_LINES,
    LINE,
    MAX_FIELDS,
    Typed,
    at_fields,
    is_draft,
    repeated,
    restored,
    typed,
)
from starter.languages import translator

router = pages()
POLICIES = ("ship_partial", "ship_complete", "cancel_remainder")


@router.get("/orders/new")
async def new_order(request: Request) -> Response:
    """The form: `?draft=` goes on with one of the person's own, `?repeat=` begins with an earlier order's goods."""
    username = request.state.person.username
    draft, repeat = (request.query_params.get(name, "") for name in ("draft", "repeat"))
    actor, now = actor_for(request, "submit_order"), datetime.now(UTC)

    async def look(tx: AsyncConnection) -> tuple[Typed, Figures, bool]:
        form, gone = Typed(), False
        if is_draft(draft):
            kept = await drafts.draft(tx, draft, username)
            form, gone = (Typed(), True) if kept is None else (restored(draft, kept), False)
        elif code := request.query_params.get("customer", ""):
            form.header["customer"] = code[:64]
        elif repeat:
            earlier = await views_order.order_view(tx, repeat)
            if earlier is None:
                raise NotFound("There is no such order. Check its number.")
            customer = await suggestions.customer(tx, earlier["customer"])
            form = repeated(earlier, customer and customer["shipping_address"])
        return form, await figures_of(tx, actor, form, now, _translate(request)), gone

    form, figures, gone = await in_database(look)
    return await _page(request, form, figures, gone=gone)


@router.post("/orders/new")
async def submit_order(request: Request) -> Response:
    """Take the order; what is wrong is told at its field, with everything as it was typed. Pressed twice: one order."""
    given = await request.form(max_fields=MAX_FIELDS)
    form = typed(given)
    username, places = request.state.person.username, form.filled()

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> str:
        order, _ = await understood(tx, form)
        return (await submit_draft(tx, actor, username, form.draft, order, now)).number

    if "add" in given:
        return await _again(request, form, ())
    try:
        number = await act(request, "submit_order", work)
    except Invalid as error:
        pointers = [each for each in error.errors if each.pointer.startswith("/")]
        return await _again(request, form, [*at_fields(pointers, places), *(set(error.errors) - set(pointers))])
    address = f"/orders/{number}"
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


@router.post("/orders/new/figures")
async def preview_order(request: Request) -> Response:
    """What the form comes to as it stands, and keep it as a draft: for each pause in typing."""
    form = typed(await request.form(max_fields=MAX_FIELDS))
    actor, now, username = actor_for(request, "submit_order"), datetime.now(UTC), request.state.person.username
    kept = form.kept()

    async def look(tx: AsyncConnection) -> tuple[Figures, bool]:
        saved = not form.empty and await drafts.save(tx, form.draft, username, kept, now)
        return await figures_of(tx, actor, form, now, _translate(request)), saved

    figures, saved = await in_database(look)
    if "hx-request" not in request.headers:
        return await _page(request, form, figures)
    response = render(request, "taking/figures.html", form=form, figures=figures, alone=True, saved=saved)
    if saved:
        response.headers["HX-Replace-Url"] = f"/orders/new?draft={form.draft}"
    return response


@router.get("/orders/new/customers")
async def find_customer(request: Request) -> Response:
    """Customers as one types: code, then how names begin, then a part of either."""
    typed_in = request.query_params.get("customer", "")
    found = await in_database(lambda tx: suggestions.customers(tx, typed_in))
    return render(request, "taking/customers.html", found=found)


@router.get("/orders/new/products")
async def find_product(request: Request) -> Response:
    """Products as one types, with the price in the customer's currency and what is available."""
    values = request.query_params
    typed_in = next((value for name, value in values.items() if name.startswith("line-")), "")
    code = values.get("customer", "").strip()

    async def look(tx: AsyncConnection) -> list[dict[str, Any]]:
        buyer = await suggestions.customer(tx, code) if code and code.isprintable() else None
        return await suggestions.products(tx, typed_in, buyer["currency"] if buyer else None)

    return render(request, "taking/products.html", found=await in_database(look))


@router.post("/orders/drafts/{draft}/discard")
async def discard_draft(request: Request, draft: str) -> Response:
    """Throw a draft of one's own away."""
    username = request.state.person.username
    if not await in_database(lambda tx: drafts.discard(tx, draft, username)):
        raise NotFound("There is no such draft among yours.")
    return RedirectResponse("/orders/new", 303)


def _translate(request: Request) -> Any:
    return translator(tongue(request)).gettext


async def _again(request: Request, form: Typed, errors: Any) -> Response:
    """The same page with what was typed and what is wrong."""
    actor, now = actor_for(request, "submit_order"), datetime.now(UTC)
    figures = await in_database(lambda tx: figures_of(tx, actor, form, now, _translate(request)))
    figures.tell(errors, _translate(request))
    return await _page(request, form, figures, refused=bool(errors))


async def _page(
    request: Request, form: Typed, figures: Figures, *, gone: bool = False, refused: bool = False
) -> Response:
    scripted = "hx-request" in request.headers
    username = request.state.person.username
    others = [each for each in await in_database(lambda tx: drafts.drafts_of(tx, username)) if each["id"] != form.draft]
    number = max(form.lines, default=-1) + 1
    blank = dict.fromkeys(LINE, "")
    lines = {**form.lines, **{number + more: blank for more in range(BLANK_LINES)}}
    lines = {key: blank | line for key, line in lines.items()}
    response = render(
        request, "taking/order.html", 200 if scripted or not refused else 422, form=form, lines=lines, figures=figures,
        drafts=others, gone=gone, refused=refused, policies=POLICIES, alone=False, saved=False,
    )  # fmt: skip
    if refused:
        response.headers["X-Refused"] = "422"
    return response
