"""Receipt, looked at beforehand: what an order would come to, when its goods can be there, and what would hold it.

The figures are those of submission and review themselves: prices by `intake.receipt`, findings by `domain.review`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, preview, review
from db.queries.preview import Goods
from db.queries.receipt import Buyer, NewOrder
from domain.actor import Actor
from domain.errors import FieldError
from domain.facts import OrderRequest
from domain.receipt import PricedLine, Totals, totals
from domain.review import AccountFacts, Finding, LineFacts, exposure, findings
from intake.receipt import accepted, buyer_of, priced
from intake.review import order_facts

NOT_YET = "ZZ"
"""In place of the number that the order has not got; it sorts after every number, so that all others are earlier."""


@dataclass(frozen=True, slots=True)
class ForeseenLine:
    """A line with its frozen figures, its product, and what the rules would see of it."""

    priced: PricedLine
    goods: Goods
    facts: LineFacts


@dataclass(frozen=True, slots=True)
class Preview:
    """An order as it would be; `wrong` is empty when it would be taken, `twin` the order that has the same content."""

    buyer: Buyer
    order: NewOrder
    lines: tuple[ForeseenLine, ...]
    totals: Totals
    wrong: tuple[FieldError, ...]
    findings: tuple[Finding, ...]
    account: AccountFacts
    twin: str | None

    @property
    def credit_room(self) -> Decimal | None:
        """What is left of the customer's limit after this order, below zero when too little; None without a limit."""
        limit = self.account.credit_limit
        return None if limit is None else limit - exposure(self.totals.total, self.account)


async def preview_order(tx: AsyncConnection, actor: Actor, request: OrderRequest, now: datetime) -> Preview:
    """What would become of the order if this actor submitted it now. Reads only, and locks nothing.

    Lines that cannot be priced are told in `wrong` and left out. Errors: as `buyer_of`.
    """
    buyer, digest = await buyer_of(tx, request, numbered=False)
    lines, wrong = await priced(tx, request, buyer, now)
    order = await accepted(tx, actor, request, digest, buyer, now, "console")
    policy = await policies.policy(tx, order.policy_version)
    goods = await preview.goods(tx, sorted({line.sku for line in lines}))
    foreseen = tuple(
        ForeseenLine(
            line, goods[line.sku], review.line_facts(line, goods[line.sku], policy, buyer.time_zone, now)
        )
        for line in lines
    )  # fmt: skip
    amounts = totals(lines)
    reviewed = _as_reviewed(order, buyer, amounts)
    limit = policy.credit_limit(buyer.credit_limit, buyer.customer_group)
    account, deposit, same_po = await review.account_seen(tx, reviewed, limit, policy.day, now)
    facts = order_facts(reviewed, [line.facts for line in foreseen], deposit, same_po)
    found = tuple(findings(facts, account, policy)) if foreseen else ()
    return Preview(buyer, order, foreseen, amounts, tuple(wrong), found, account, buyer.taken_before)


def _as_reviewed(order: NewOrder, buyer: Buyer, amounts: Totals) -> review.Reviewed:
    """The header as the review will load it."""
    return review.Reviewed(
        number=NOT_YET,
        state="SUBMITTED",
        customer=order.customer,
        customer_po=order.customer_po,
        currency=order.currency,
        payment_terms=order.payment_terms,
        requested_date=order.requested_date,
        ship_by=order.ship_by,
        shipping_policy=order.shipping_policy,
        has_address=order.ship_to is not None,
        created_role=order.created_role,
        total=amounts.total,
        policy_version=order.policy_version,
        expires_at=order.expires_at,
        email=buyer.email,
        language=buyer.language,
        name=buyer.name,
        active=buyer.active,
        time_zone=buyer.time_zone,
        credit_limit=buyer.credit_limit,
        customer_group=buyer.customer_group,
    )
