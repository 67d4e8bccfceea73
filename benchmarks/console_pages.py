"""Every kind of page of the console, with addresses of it that the stored orders fill."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
from starlette.routing import Match

from benchmarks.intake import quantile
from benchmarks.pages import deep
from db.reports.registry import REPORTS
from domain.actor import Role
from domain.invoicing import ACCOUNTS
from domain.queues import Queue
from starter.console.door import Page
from starter.console.listing import List
from starter.console.lists import LISTS
from starter.console.site import ROUTERS

PAGE_MS, REPORT_MS = 150.0, 1000.0
LEFT_OUT = {
    "events": "a stream that does not end",
    "what_fails": "asks the engine, which does not run here",
    "side_of_engine": "asks the engine, which does not run here",
    "read_upload": "a file of somebody's own, however many orders there are",
    "read_problems": "a file of somebody's own, however many orders there are",
}
"""What is not measured, and why."""
WORDS = (
    "SO-000042",
    "42",
    "INV-000777",
    "REF-0001",
    "BANK-000123",
    "茶",
    "云杉茶馆",
    "Tea",
    "PO",
    "CU-00007",
    "nothing at all",
)
TYPED = ("CU-0", "云", "Han", "nobody")
SHARES = (0.1, 0.5, 0.9)
OTHERS = {"customer": "customers", "order": "orders", "sku": "products", "supplier": "suppliers"}
"""Filters that links of other pages use, and whose numbers they take."""
MOST = 30


@dataclass
class Kind:
    """A kind of page, addresses of it, and how long it may take; with a form it is what a press answers."""

    name: str
    addresses: list[str]
    most_ms: float = PAGE_MS
    form: dict[str, str] | None = None
    waited: list[float] = field(default_factory=list)

    @property
    def slow(self) -> bool:
        """Whether five of a hundred take longer than they may."""
        return quantile(self.waited, 0.95) * 1000 >= self.most_ms

    def row(self) -> dict[str, Any]:
        """As the report has it."""
        took = {f"p{part}_ms": round(quantile(self.waited, part / 100) * 1000, 1) for part in (50, 95, 99)}
        return {"page": self.name, "most_ms": self.most_ms, **took}


async def opened(client: httpx2.AsyncClient, address: str, form: dict[str, str] | None = None) -> str:
    """A page; anything but a page is a fault of the benchmark (RuntimeError)."""
    own = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
    answer = await (client.get(address) if form is None else client.post(address, data=form, headers=own))
    if answer.status_code != 200 or "/sign-in" in str(answer.url) or "x-refused" in answer.headers:
        raise RuntimeError(f"{address} was answered {answer.status_code} at {answer.url}: {answer.text[:300]}")
    return answer.text


class Found:
    """The numbers of documents, customers and products that pages lead to."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, None]] = {}

    def look(self, page: str, orders: str = "orders") -> None:
        """Keep what the links of a page name; its orders under this word."""
        for collection, number in re.findall(r'href="/([a-z-]+)/([A-Z][^"?/]*)"', page):
            self._of.setdefault(orders if collection == "orders" else collection, {})[number] = None

    def of(self, collection: str, most: int = MOST) -> list[str]:
        """Some of a collection, spread over all that were found."""
        numbers = list(self._of.get(collection, ()))
        return numbers[:: max(1, len(numbers) // most)][:most]


async def kinds(client: httpx2.AsyncClient) -> list[Kind]:
    """Every kind of page: what the program lists, and what these lists show."""
    found = Found()
    asked = [kind async for kind in _queues(client, found)]
    for shown in LISTS:
        asked += [kind async for kind in _list(client, shown, found)]
    asked += [Kind("/search?q=", [f"/search?q={quote(word)}" for word in _words(found)])]
    people = re.findall(r'href="(/users/[^"]+)"', await opened(client, "/users"))
    asked += [Kind("/users/…", people[:MOST])]
    return [*asked, *_reports(), *_forms(found), *_documents(found)]


async def _queues(client: httpx2.AsyncClient, found: Found) -> AsyncIterator[Kind]:
    yield Kind("/queue", ["/queue"])
    yield Kind("/reorder", ["/reorder"])
    yield Kind("/queue?role=", [f"/queue?role={role.value}" for role in Role if role is not Role.INTEGRATION])
    for queue in Queue:
        page = await opened(client, f"/queue/{queue}")
        found.look(page)
        if queue is Queue.PICKS:
            found.look(page, "orders that may be cancelled")
        yield Kind(f"/queue/{queue}", [f"/queue/{queue}"])
        if following := _next(page):
            yield Kind(f"/queue/{queue}, further", [following])


async def _list(client: httpx2.AsyncClient, shown: List, found: Found) -> AsyncIterator[Kind]:
    page = await opened(client, shown.path)
    found.look(page)
    yield Kind(shown.path, [shown.path])
    if further := _deep(page):
        found.look(await opened(client, further[1]))
        yield Kind(f"{shown.path}, deep", further)
    for choice in shown.choices:
        chosen = [f"{shown.path}?{choice.name}={value}" for value in choice.values]
        yield Kind(f"{shown.path}?{choice.name}=", chosen)
        if deeper := [each for address in chosen for each in _deep(await opened(client, address))]:
            yield Kind(f"{shown.path}?{choice.name}=, deep", deeper)
    for name in shown.more:
        values = found.of(OTHERS[name]) if name in OTHERS else {"warehouse": ["MAIN"]}.get(name, ["REF-000042"])
        yield Kind(f"{shown.path}?{name}=", [f"{shown.path}?{name}={quote(value)}" for value in values])
    if shown.search:
        words = [*_words(found), *found.of(shown.path[1:], 3)]
        yield Kind(f"{shown.path}?q=", [f"{shown.path}?q={quote(word)}" for word in words])


def _next(page: str) -> str | None:
    link = re.search(r'href="([^"]+)" rel="next"', page)
    return link[1].replace("&amp;", "&") if link else None


def _deep(page: str) -> list[str]:
    """Addresses of pages far behind this one."""
    link = _next(page)
    [cursor] = parse_qs(urlsplit(link).query)["after"] if link else [""]
    return [link.replace(quote(cursor), deep(cursor, share)) for share in SHARES] if link else []


def _words(found: Found) -> list[str]:
    return [
        *WORDS,
        *(number for collection in ("shipments", "cases", "payments") for number in found.of(collection, 2)),
    ]


def _reports() -> Iterator[Kind]:
    today = datetime.now(UTC).date()
    yield Kind("/reports", ["/reports"])
    for name, report in REPORTS.items():
        spans = {"month": 30, "year": 365} if report.period else {"now": 0}
        for span, days in spans.items():
            period = f"&from={today - timedelta(days=days)}&to={today}" if days else ""
            for ending in ("", ".svg", ".csv", "/orders") if span != "year" else ("",):
                asked = [f"/reports/{name}{ending}?by={by}{period}" for by in report.statements]
                yield Kind(f"/reports/{name}{ending}, {span}", asked, REPORT_MS)


def _forms(found: Found) -> Iterator[Kind]:
    skus, customers = found.of("products"), found.of("customers")
    orders = [f"/orders/new?repeat={number}" for number in found.of("orders")]
    yield Kind("/orders/new", ["/orders/new", *(f"/orders/new?customer={code}" for code in customers), *orders])
    yield Kind("/orders/new/customers", [f"/orders/new/customers?customer={quote(part)}" for part in TYPED])
    typed = [
        f"/orders/new/products?line-0-sku={quote(part)}&customer={customers[0]}" for part in (*TYPED, "茶", skus[0])
    ]
    yield Kind("/orders/new/products", typed)
    lines = {f"line-{place}-{name}": value for place, sku in enumerate(skus[:10])
             for name, value in (("sku", sku), ("quantity", "3"))}  # fmt: skip
    yield Kind(
        "/orders/new/figures", ["/orders/new/figures"], form={"customer": customers[0], "draft": "0" * 32, **lines}
    )
    yield Kind("/orders/upload", ["/orders/upload"])
    yield Kind("/payments/new", ["/payments/new", *(f"/payments/new?invoice={each}" for each in found.of("invoices"))])
    yield Kind("/journal", ["/journal", *(f"/journal?document={each}" for each in found.of("invoices"))])
    yield Kind("/journal?account=", [f"/journal?account={account}" for account in ACCOUNTS])
    yield Kind("/me", ["/me"])
    yield Kind("/users", ["/users"])


def _documents(found: Found) -> Iterator[Kind]:
    for collection in (shown.path[1:] for shown in LISTS if shown.columns[0].leads_to == shown.path[1:]):
        yield Kind(f"/{collection}/…", [f"/{collection}/{number}" for number in found.of(collection)])
    skus, orders = found.of("products"), found.of("orders that may be cancelled")
    for name in ("availability", "forecast"):
        yield Kind(f"/products/…/{name}.svg", [f"/products/{sku}/{name}.svg" for sku in skus])
    yield Kind("/orders/…/undo", [f"/orders/{number}/undo" for number in orders])
    yield Kind("/invoices/….pdf", [f"/invoices/{number}.pdf" for number in found.of("invoices")])
    yield Kind("/delivery-notes/….pdf", [f"/delivery-notes/{number}.pdf" for number in found.of("shipments")])


def not_measured(found: Iterable[Kind]) -> set[str]:
    """The pages of the console that none of these kinds opens."""
    paths = {urlsplit(address).path for kind in found if kind.form is None for address in kind.addresses[:1]}
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, Page)]
    return {route.name for route in routes if route.methods == {"GET"}} - {_page_at(routes, path) for path in paths}


def _page_at(routes: list[Page], path: str) -> str:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    return next(route.name for route in routes if route.matches(scope)[0] is Match.FULL)
