"""Receipt: an order request becomes an order, once, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, receipt
from db.queries.effects import Effects
from domain.actor import Actor
from domain.calendar import local_date
from domain.errors import FieldError, Invalid, Unavailable, told
from domain.facts import CustomerCard, OrderRequest, ProductCard
from domain.receipt import PricedLine, content_hash, header_errors, price_lines, terms_to_come, totals
from domain.shapes import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class Submitted:
    """The order that the request means; `created` False when it was taken before."""

    number: str
    created: bool


async def submit_order(
    tx: AsyncConnection, actor: Actor, request: OrderRequest, now: datetime, *, channel: str = "api"
) -> Submitted:
    """Take an order: freeze prices, tax, terms, address and policy, and hand it to the engine's outbox.

    The same customer, purchase order number and content mean the same order. Errors: Invalid, with a pointer per
    field. Safe to repeat by the unique key on those three.
    """
    buyer, digest = await buyer_of(tx, request)
    if buyer.taken_before is not None:
        return Submitted(buyer.taken_before, created=False)
    lines, wrong = await priced(tx, request, buyer, now)
    refuse(wrong)
    order = await accepted(tx, actor, request, digest, buyer, now, channel)
    if await receipt.insert_order(tx, order, lines) is None:
        assert request.customer_po is not None
        return Submitted(await receipt.twin(tx, buyer.code, request.customer_po, digest), created=False)
    await _announce(tx, actor, order, lines, buyer, now)
    return Submitted(order.number, created=True)


async def foresee_order(tx: AsyncConnection, request: OrderRequest, now: datetime) -> str | None:
    """The order that took this content before, if any. Reads only. Errors: as `submit_order`."""
    buyer, _ = await buyer_of(tx, request, numbered=False)
    if buyer.taken_before is None:
        _, wrong = await priced(tx, request, buyer, now)
        refuse(wrong)
    return buyer.taken_before


async def foresee_first_order(
    tx: AsyncConnection,
    request: OrderRequest,
    buyer: CustomerCard | None,
    goods: Mapping[str, ProductCard],
    now: datetime,
) -> None:
    """As `foresee_order`, where the customer or some products are still to be created from these cards."""
    currency = (await buyer_of(tx, request, numbered=False))[0].currency if buyer is None else buyer.currency
    there = sorted({line.sku for line in request.lines} - goods.keys())
    products = {sku: terms_to_come(sku, card, request.currency) for sku, card in goods.items()}
    products |= await receipt.product_terms(tx, there, request.currency)
    _, wrong = price_lines(request, products)
    refuse([*header_errors(request, currency, now.date()), *wrong])


def refuse(wrong: list[FieldError]) -> None:
    """Invalid, when anything keeps the order from being taken."""
    if wrong:
        raise Invalid("The order cannot be taken as it is; correct the fields and send it again.", errors=wrong)


async def buyer_of(tx: AsyncConnection, request: OrderRequest, *, numbered: bool = True) -> tuple[receipt.Buyer, str]:
    """The customer, and the hash of the order's content; with a number for the order unless one only looks.

    Errors: Invalid for a customer that is not there; Unavailable before the first policy is in force.
    """
    digest = content_hash(request)
    buyer = await receipt.buyer(tx, request.customer, request.customer_po, digest, numbered=numbered)
    if buyer is None:
        detail = told(
            "There is no customer {customer}; create it with PUT /v1/customers/{customer}.", customer=request.customer
        )
        raise Invalid("The order names an unknown customer.", errors=[FieldError("/customer", detail)])
    if buyer.policy_version is None:
        raise Unavailable("No policy is in force yet: run the set-up once (`orderkeep up` or `python worker.py`).")
    return buyer, digest


async def accepted(
    tx: AsyncConnection,
    actor: Actor,
    request: OrderRequest,
    digest: str,
    buyer: receipt.Buyer,
    now: datetime,
    channel: str,
) -> receipt.NewOrder:
    """The header as it is frozen: what the request leaves open is the customer's."""
    policy = await policies.policy(tx, buyer.policy_version)
    return receipt.NewOrder(
        number=f"SO-{buyer.sequence:06d}",
        customer=buyer.code,
        customer_po=request.customer_po,
        content_hash=digest,
        channel=channel,
        currency=request.currency,
        requested_date=request.requested_date or local_date(now, buyer.time_zone),
        payment_terms=request.payment_terms or buyer.payment_terms,
        shipping_policy=request.shipping_policy,
        ship_by=request.ship_by,
        ship_to=request.ship_to.model_dump() if request.ship_to else buyer.shipping_address,
        note=request.note,
        policy_version=buyer.policy_version,
        priority=buyer.priority,
        created_by=actor.name,
        created_role=actor.role.value,
        submitted_at=now,
        expires_at=now + policy.days(policy.order_expiry_days),
    )


async def priced(
    tx: AsyncConnection, request: OrderRequest, buyer: receipt.Buyer, now: datetime
) -> tuple[list[PricedLine], list[FieldError]]:
    """Every line that can be priced, and whatever keeps the order from being taken."""
    wrong = header_errors(request, buyer.currency, now.date())
    products = await receipt.product_terms(tx, sorted({line.sku for line in request.lines}), request.currency)
    lines, wrong_lines = price_lines(request, products)
    wrong += wrong_lines
    if not wrong and totals(lines).total > MAX_AMOUNT:
        wrong = [FieldError("/lines", "The order's amount is out of all proportion.")]
    return list(lines), wrong


async def _announce(
    tx: AsyncConnection,
    actor: Actor,
    order: receipt.NewOrder,
    lines: list[PricedLine],
    buyer: receipt.Buyer,
    now: datetime,
) -> None:
    effects = Effects(actor.name, now)
    total = totals(lines).total
    figures: dict[str, Any] = {
        "channel": order.channel,
        "lines": len(lines),
        "total": total,
        "currency": order.currency,
    }
    effects.note(order.number, "order_submitted", after="SUBMITTED", document=order.number, **figures)
    effects.start("OrderWorkflow", f"order/{order.number}", {"number": order.number})
    effects.notice(
        "order_received", buyer.email, buyer.language, document=order.number, order=order.number,
        customer_po=order.customer_po, name=buyer.name, total=total, currency=order.currency,
    )  # fmt: skip
    await effects.save(tx)


async def hold_document(
    tx: AsyncConnection,
    actor: Actor,
    document: str,
    kind: str,
    reason: str,
    rows: list[dict[str, Any]],
    linked_order: str | None,
    now: datetime,
) -> bool:
    """Keep rows of an imported file that a person must look at; False when the same rows are kept already."""
    content = json.dumps(rows, ensure_ascii=False, default=str)
    stored = await receipt.insert_held_document(
        tx,
        {
            "source": document,
            "kind": kind,
            "reason": reason,
            "rows": content,
            "content_hash": hashlib.sha256(content.encode()).hexdigest(),
            "linked_order": linked_order,
            "created_by": actor.name,
            "now": now,
        },
    )
    if stored and linked_order is not None:
        effects = Effects(actor.name, now)
        effects.note(linked_order, "document_held", document=document, source=document, reason=reason)
        await effects.save(tx)
    return stored
