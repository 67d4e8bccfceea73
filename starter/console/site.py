"""The whole console: its routers, in the order in which addresses are matched."""

from __future__ import annotations

from fastapi import APIRouter

from starter.console import assets, events, lists, queue, signing_in
from starter.console.documents import actions
from starter.console.documents import pages as documents

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.open_router,
    signing_in.router,
    assets.router,
    events.router,
    queue.router,
    lists.router,
    actions.router,
    documents.router,
)
