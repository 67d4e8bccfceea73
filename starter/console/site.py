"""The whole console: its routers, in the order in which addresses are matched."""

from __future__ import annotations

from fastapi import APIRouter

from starter.console import assets, events, orders, queue, signing_in

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.open_router,
    signing_in.router,
    assets.router,
    events.router,
    queue.router,
    orders.router,
)
