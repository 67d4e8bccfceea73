"""Receipt by file: verdicts are carried out: missing master data, orders, what is held, and the report of each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from domain.errors import FieldError, OrderkeepError, Unavailable, as_it_stands, told
from domain.facts import CustomerCard, OrderRequest, ProductCard
from starter.files.cards import customer_card, product_card
from starter.files.errors import UnusableFile
from starter.files.links import Purchases
from starter.files.mapping import Layout
from starter.files.report import Report
from starter.files.rows import Problem, as_stated
from starter.files.survey import REMEMBERED, Survey
from starter.files.taker import Held, Taker
from starter.files.verdict import Verdict

AT_ONCE = 4
_TOLD = 20
_KINDS = {"credit_note": "credit_note", "held": "order", "order": "order_rows"}


@dataclass(slots=True)
class Known:
    """Codes that exist; forgotten when there are too many to remember."""

    customers: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)

    def forget(self) -> None:
        """Keep the memory bounded in files with very many codes."""
        for codes in (self.customers, self.products):
            if len(codes) > REMEMBERED:
                codes.clear()


class Desk:
    """Carries out the verdicts of one file, a stack at a time, a few transactions at once."""

    def __init__(
        self, file: str, layout: Layout, survey: Survey, taker: Taker, report: Report, *, create: bool
    ) -> None:
        self._file = file
        self._layout = layout
        self._survey = survey
        self._taker = taker
        self._report = report
        self._create = create
        self._known = Known()
        self._purchases = Purchases(survey, layout.services, taker)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def work_off(self, verdicts: Sequence[Verdict]) -> None:
        """Orders first, then what refers to them; the report tells them in the order of the file."""
        orders = [verdict for verdict in verdicts if verdict.request is not None]
        await self._look_up(orders)
        await asyncio.gather(*(self._take(verdict) for verdict in orders if verdict.request is not None))
        await asyncio.gather(*(self._hold(verdict) for verdict in verdicts if verdict.kind in ("credit_note", "held")))
        for verdict in verdicts:
            self._report.settle(verdict)

    async def _look_up(self, orders: Sequence[Verdict]) -> None:
        """Every customer and product exists afterwards, or the orders that name an unknown one are refused."""
        requests = [verdict.request for verdict in orders if verdict.request is not None]
        customers = {request.customer for request in requests} - self._known.customers
        skus = {line.sku for request in requests for line in request.lines} - self._known.products
        strangers = await self._taker.unknown_customers(customers) if customers else set()
        novelties = await self._taker.unknown_products(skus) if skus else set()
        if self._create and (strangers or novelties):
            await self._create_cards(orders, strangers, novelties)
            strangers, novelties = set(), set()
        self._known.forget()
        self._known.customers |= customers - strangers
        self._known.products |= skus - novelties
        for verdict in orders:
            self._refuse_unknown(verdict, strangers, novelties)

    async def _create_cards(self, orders: Sequence[Verdict], strangers: set[str], novelties: set[str]) -> None:
        try:
            customers, products = self._cards(orders, strangers, novelties)
            await self._taker.create(customers, products)
        except Unavailable:
            raise
        except ValidationError as error:
            raise self._not_created(error.errors()[0]["msg"]) from error
        except OrderkeepError as error:
            raise self._not_created("; ".join(one.detail for one in error.errors[:3]) or error.detail) from error
        self._report.created["customers"] += len(customers)
        self._report.created["products"] += len(products)

    def _not_created(self, reason: str) -> UnusableFile:
        return UnusableFile("The master data of {file} cannot be created: {reason}", file=self._file, reason=reason)

    def _cards(
        self, orders: Sequence[Verdict], strangers: set[str], novelties: set[str]
    ) -> tuple[dict[str, CustomerCard], dict[str, ProductCard]]:
        customers: dict[str, CustomerCard] = {}
        products: dict[str, ProductCard] = {}
        for verdict in orders:
            request = verdict.request
            assert request is not None
            if request.customer in strangers and request.customer not in customers:
                card = customer_card(request.customer, request.currency, verdict.taken[0], self._layout)
                customers[request.customer] = card
            for line in request.lines:
                if line.sku in novelties and line.sku not in products:
                    products[line.sku] = product_card(line, request.currency, self._survey)
        return customers, products

    def _refuse_unknown(self, verdict: Verdict, strangers: set[str], novelties: set[str]) -> None:
        request = verdict.request
        assert request is not None
        if request.customer in strangers:
            reason = told(
                "there is no customer {code}; create it first, or import with --create-master-data",
                code=request.customer,
            )
            verdict.refuse(self._layout.heading("customer"), request.customer, reason)
            return
        missing = dict.fromkeys(line.sku for line in request.lines if line.sku in novelties)
        if not missing:
            return
        listed = [*list(missing)[:_TOLD], *(["..."] if len(missing) > _TOLD else [])]
        reason = told("there is no product {skus}; create it first, or import with --create-master-data", skus=listed)
        verdict.refuse(self._layout.heading("sku"), next(iter(missing)), reason)

    async def _take(self, verdict: Verdict) -> None:
        request = verdict.request
        assert request is not None
        async with self._places:
            try:
                taken = await self._taker.take(request)
            except Unavailable:
                raise
            except OrderkeepError as error:
                self._refused_by_system(verdict, request, error)
                return
            self._purchases.remember(request, taken.number, verdict.line)
            self._report.documents["already_there"] += not taken.created
            if verdict.held:
                await self._keep(verdict, _reasons(verdict.problems), taken.number)

    def _refused_by_system(self, verdict: Verdict, request: OrderRequest, error: OrderkeepError) -> None:
        rows = list(verdict.taken)
        verdict.refuse(self._layout.heading("document"), verdict.document.number, as_it_stands(error.detail))
        for one in error.errors[:_TOLD]:
            line, column, value = self._place(one, request)
            at = verdict.line if line is None else rows[line].line
            verdict.problems.append(
                Problem(at, column, value, as_it_stands(one.detail), document=verdict.document.number)
            )

    def _place(self, error: FieldError, request: OrderRequest) -> tuple[int | None, str, str]:
        """Row index, heading and value that a pointer such as /lines/0/sku means."""
        parts = error.pointer.strip("/").split("/")
        if len(parts) == 3 and parts[0] == "lines" and parts[1].isdigit() and int(parts[1]) < len(request.lines):
            index, name = int(parts[1]), parts[2]
            return index, self._layout.heading(name), str(getattr(request.lines[index], name, ""))
        value = getattr(request, parts[0], "")
        return None, self._layout.heading(parts[0]), value if isinstance(value, str) else ""

    async def _hold(self, verdict: Verdict) -> None:
        linked: str | None = None
        async with self._places:
            if verdict.kind == "credit_note":
                linked, verdict.reason = await self._purchases.original(verdict)
                self._report.documents["linked"] += linked is not None
                heading, number = self._layout.heading("document"), verdict.document.number
                verdict.problems.append(Problem(verdict.line, heading, number, verdict.reason, "held", number))
            await self._keep(verdict, verdict.reason, linked)

    async def _keep(self, verdict: Verdict, reason: str, linked: str | None) -> None:
        lines = f"{self._file}, line {verdict.held[0].line}"
        rows = [as_stated(row, self._layout) for row in verdict.held]
        number = verdict.document.number
        await self._taker.hold(Held(number, _KINDS[verdict.kind], f"{reason} ({lines})", rows, linked))


def _reasons(problems: Iterable[Problem]) -> str:
    """The different reasons for which rows of a document are held, in one text."""
    different = dict.fromkeys(problem.reason for problem in problems if problem.fate == "held")
    return "; ".join(list(different)[:_TOLD])
