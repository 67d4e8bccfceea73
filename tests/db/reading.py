"""Reads documents and lists the way the API does, each in a transaction of its own; every answer has a JSON form."""

from __future__ import annotations

from db.engine import transaction
from db.queries import views_order
from starter.api.answers import to_json
from starter.languages import translator


async def order_of(number, **options):
    """The order, which exists."""
    async with transaction() as tx:
        found = await views_order.order_view(tx, number, **options)
    assert found is not None
    to_json(found)
    return found


async def seen(view, number):
    """One document, or None."""
    async with transaction() as tx:
        return await view(tx, number)


async def listed(query, *, limit=50, after=None, **filters):
    """One page of a list and the cursor of the next."""
    async with transaction() as tx:
        return await query(tx, limit=limit, after=after, filters=filters)


async def story_of(number, language="en"):
    """The entries of an order's timeline."""
    async with transaction() as tx:
        found = await views_order.timeline(tx, number, translator(language).gettext)
    assert found is not None
    return found["items"]
