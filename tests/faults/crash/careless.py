"""Steps as nobody should write them: what the instrument must find, or it is blind."""

from __future__ import annotations

import uuid

from temporalio import activity

from db.engine import settled, transaction
from db.queries import after_sales
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.facts import Address
from domain.steps import OrderStep
from gateways.carriers import registry
from gateways.carriers.port import BookingRequest
from tests import builders

_ADDRESS = Address.model_validate(builders.ADDRESS)


async def _note(step: OrderStep) -> None:
    async with transaction() as tx:
        effects = Effects(SYSTEM.name, step.now)
        effects.note(step.number, "follow_up_sent")
        await effects.save(tx)


async def _followed_up(step: OrderStep, *, marks: bool = True) -> bool:
    async with transaction() as tx:
        before = (await after_sales.closing(tx, step.number)).followed_up_at is not None
        if marks and not before:
            await after_sales.mark_followed_up(tx, step.number, step.now)
        return before


@activity.defn
async def notes_apart(step: OrderStep) -> None:
    """The note and the mark that keeps it single are two transactions: killed between them, it is written twice."""
    if not await _followed_up(step, marks=False):
        await _note(step)
        await _followed_up(step)


@activity.defn
async def marks_first(step: OrderStep) -> None:
    """The mark is kept before what it stands for is done: killed between them, it is never done."""
    if not await _followed_up(step):
        await _note(step)


@activity.defn
async def books_under_a_random_key(step: OrderStep) -> None:
    """The carrier cannot know that it was asked before: killed after its answer, there are two parcels."""
    if not await _followed_up(step, marks=False):
        await registry.carrier(builders.CARRIER).book(BookingRequest(str(uuid.uuid4()), step.number, _ADDRESS))
        await _followed_up(step)


@activity.defn
async def books_inside_its_transaction(step: OrderStep) -> None:
    """A parcel is booked under the number that the transaction drew: rolled back, the next one draws another."""

    async def work(tx: object) -> None:
        [drawn] = await builders.rows("SELECT nextval('shipment_number') AS number")
        await registry.carrier(builders.CARRIER).book(BookingRequest(f"SH-{drawn.number:06d}", step.number, _ADDRESS))

    if not await _followed_up(step, marks=False):
        await settled(work)
        await _followed_up(step)
