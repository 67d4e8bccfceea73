"""Allocation: which warehouse gives what, decided on locked stock levels, never more than is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Demand:
    """What somebody waits for; `key` names the waiting line or component."""

    key: str
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Sourcing:
    """Pieces of a demand taken from a warehouse."""

    key: str
    sku: str
    warehouse: str
    quantity: Decimal


Free = Mapping[tuple[str, str], Decimal]
"""Available pieces (on hand less reserved) by product and warehouse."""


def covers(demands: Sequence[Demand], free: Free, warehouse: str) -> bool:
    """Whether one warehouse can give everything."""
    wanted: dict[str, Decimal] = {}
    for demand in demands:
        wanted[demand.sku] = wanted.get(demand.sku, Decimal(0)) + demand.quantity
    return all(free.get((sku, warehouse), Decimal(0)) >= quantity for sku, quantity in wanted.items())


def source(demands: Sequence[Demand], free: Free) -> list[Sourcing]:
    """Fewest splits: one warehouse for everything when one can; else each demand from the fullest warehouse first.

    Demands are served in the order given (by priority and age for several orders); equal warehouses by name.
    """
    left = dict(free)
    warehouses = sorted({warehouse for _, warehouse in left})
    whole = next((warehouse for warehouse in warehouses if covers(demands, free, warehouse)), None)
    taken: list[Sourcing] = []
    for demand in demands:
        missing = demand.quantity
        choice = [whole] if whole else sorted(warehouses, key=lambda name: (-left.get((demand.sku, name), 0), name))
        for warehouse in choice:
            piece = min(missing, left.get((demand.sku, warehouse), Decimal(0)))
            if piece > 0:
                left[demand.sku, warehouse] -= piece
                missing -= piece
                taken.append(Sourcing(demand.key, demand.sku, warehouse, piece))
    return taken


def arrival(now: datetime, policy: Policy, *, in_stock: bool, lead_time_days: int | None) -> datetime:
    """When pieces can be with the customer: handling and transit, and before them the lead time when none are free.

    A product without a lead time of its own or of its supplier's has the policy's. Days are policy days.
    """
    lead = policy.default_lead_time_days if lead_time_days is None else lead_time_days
    return now + policy.days(policy.handling_days + policy.transit_days + (0 if in_stock else lead))
