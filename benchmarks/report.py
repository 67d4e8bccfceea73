"""What was measured, as the JSON document that the contract names and as a table for people."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from temporalio.api.history.v1 import HistoryEvent

from benchmarks.bare import Shape
from benchmarks.company import TIMERS_SECONDS
from benchmarks.costs import spent
from benchmarks.history_cost import history_cost
from benchmarks.intake import CLIENTS, Intake, quantile
from benchmarks.lives import Round

NOTHING = Intake(0.0, 0.0, 0.0)


@dataclass
class Measured:
    """What the rounds gave."""

    real: list[Round] = field(default_factory=list)
    bare: list[Round] = field(default_factory=list)
    cpu: dict[str, list[dict[str, float]]] = field(default_factory=lambda: {"real": [], "bare": []})
    statements: int = 0
    transactions: int = 0
    events: list[int] = field(default_factory=list)
    actions: list[int] = field(default_factory=list)
    shape: Shape | None = None
    dearest: list[tuple[str, int, float, float]] = field(default_factory=list)
    resting: Intake = NOTHING
    saturated: Intake = NOTHING
    backlog: int = 0

    @property
    def orders(self) -> int:
        """Real lives that were lived to their end."""
        return sum(len(each.seconds) for each in self.real)

    def add_history(self, events: Sequence[HistoryEvent]) -> None:
        """Count what an order's history costs."""
        cost = history_cost(events)
        self.events.append(cost.events)
        self.actions.append(cost.actions)

    def add_cpu(self, kind: str, before: Mapping[str, float], after: Mapping[str, float], lives: int) -> None:
        """Keep what the processes used in a round."""
        self.cpu[kind].append(spent(before, after, lives))

    def cpu_per_life(self, kind: str) -> dict[str, float]:
        """Milliseconds of processor time per life, by process; the median of the rounds."""
        rounds = self.cpu[kind]
        return {name: round(statistics.median(each[name] for each in rounds), 1) for name in rounds[0]}


def document(measured: Measured) -> dict[str, Any]:
    """The numbers under the names of the contract, and some more."""
    lives = statistics.median(each.per_second for each in measured.real)
    bare = statistics.median(each.per_second for each in measured.bare)
    seconds = [each for lived in measured.real for each in lived.seconds]
    return {
        "lives_per_s": round(lives, 2),
        "bare_per_s": round(bare, 2),
        "ratio": round(lives / bare, 3),
        "p50_s": round(quantile(seconds, 0.5), 3),
        "p99_s": round(quantile(seconds, 0.99), 3),
        "events_per_order": round(statistics.mean(measured.events), 1),
        "actions_per_order": round(statistics.mean(measured.actions), 1),
        "statements_per_order": round(measured.statements / measured.orders, 1),
        "transactions_per_order": round(measured.transactions / measured.orders, 1),
        "intake_per_s": round(measured.resting.per_second, 1),
        "intake_p99_ms": round(measured.resting.p99_ms, 1),
        "intake_saturated_per_s": round(measured.saturated.per_second, 1),
        "intake_saturated_p99_ms": round(measured.saturated.p99_ms, 1),
        "backlog_after_intake": measured.backlog,
        "orders": measured.orders,
        "timers_s": TIMERS_SECONDS,
        "lives_per_s_by_round": [round(each.per_second, 2) for each in measured.real],
        "bare_per_s_by_round": [round(each.per_second, 2) for each in measured.bare],
        "cpu_ms_per_order": measured.cpu_per_life("real"),
        "cpu_ms_per_bare": measured.cpu_per_life("bare"),
        "dearest_statements": [
            {"statement": text[:160], "calls_per_order": round(calls / measured.orders, 2),
             "ms_per_order": round(ms / measured.orders, 3), "longest_ms": round(longest, 1)}
            for text, calls, ms, longest in measured.dearest
        ],
    }  # fmt: skip


def table(measured: Measured) -> str:
    """The same for people."""
    d = document(measured)
    cpu, bare = d["cpu_ms_per_order"], d["cpu_ms_per_bare"]
    lines = [
        f"whole lives per second      {d['lives_per_s']:>8}   rounds {d['lives_per_s_by_round']}",
        f"bare lives per second       {d['bare_per_s']:>8}   rounds {d['bare_per_s_by_round']}",
        f"ratio                       {d['ratio']:>8}",
        f"life, half of them within   {d['p50_s']:>8} s (its timers alone take {d['timers_s']} s)",
        f"life, 99 of 100 within      {d['p99_s']:>8} s",
        f"events per order            {d['events_per_order']:>8}",
        f"billable actions per order  {d['actions_per_order']:>8}",
        f"statements per order        {d['statements_per_order']:>8}",
        f"transactions per order      {d['transactions_per_order']:>8}",
        f"intake at rest              {d['intake_per_s']:>8} orders/s, 99 of 100 within {d['intake_p99_ms']} ms"
        f" ({CLIENTS} clients)",
        f"intake, engine saturated    {d['intake_saturated_per_s']:>8} orders/s, 99 of 100 within"
        f" {d['intake_saturated_p99_ms']} ms",
        "",
        "processor time per life, ms     real     bare",
        *(f"  {name:<26} {cpu[name]:>9} {bare[name]:>8}" for name in cpu),
    ]
    return "\n".join(lines)
