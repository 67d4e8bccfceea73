"""The whole console: its routers, in the order in which addresses are matched."""

from __future__ import annotations

from fastapi import APIRouter

from starter.console import (
    assets,
    customers,
    events,
    journal,
    lists,
    myself,
    people,
    products,
    provider_pages,
    queue,
    reordering,
    report_pages,
    search,
    signing_in,
    suppliers,
)
from starter.console.documents import actions
from starter.console.documents import pages as documents
from starter.console.order import actions as order_actions
from starter.console.order import pages as order
from starter.console.taking import pages as taking
from starter.console.taking import uploads

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.open_router,
    provider_pages.router,
    signing_in.router,
    assets.router,
    events.router,
    queue.router,
    myself.router,
    people.router,
    taking.router,
    uploads.router,
    report_pages.router,
    search.router,
    journal.router,
    lists.router,
    customers.router,
    reordering.router,
    products.router,
    suppliers.router,
    order_actions.router,
    order.router,
    actions.router,
    documents.router,
)
