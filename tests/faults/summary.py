"""What a run tells: one JSON document, and the same as lines for a reader."""

from __future__ import annotations

from typing import Any

from tests.faults.run import Result

SHOWN = 30


def document(result: Result, seconds: float) -> dict[str, Any]:
    """Seed, plan, recovery, answers and verdict."""
    ledger, order = result.ledger, result.order
    return {
        "seed": order.seed,
        "orders": order.orders,
        "minutes": round(order.seconds / 60, 2),
        "good": result.good,
        "mail": "smtp" if order.smtp else "files",
        "disk_full_by": result.how_full,
        "faults": [
            {
                **struck.fault.document(),
                "lasted": round(struck.ended - struck.began, 2),
                "next_order_after": result.recovery.get(struck.fault.number, (None, None))[0],
                "next_step_after": result.recovery.get(struck.fault.number, (None, None))[1],
            }
            for struck in result.struck
        ],
        "promises": {kind: len(ledger.of(kind)) for kind in sorted({promise.kind for promise in ledger.promises})},
        "states": result.states,
        "answers": dict(sorted(ledger.statuses.items())),
        "refusals": ledger.refusals,
        "slowest": [{"seconds": taken, "request": request} for taken, request in ledger.slowest],
        "letters": {"sent": result.letters, "the_same_again": result.letters_again},
        "webhooks_spoiled": result.webhooks_spoiled,
        "settled_after_seconds": result.settled_after,
        "seconds": round(seconds, 1),
        "verdict": result.verdict,
        "kept_in": None if result.good else str(result.folder),
    }


def table(told: dict[str, Any]) -> str:
    """The document for a reader."""
    return "\n".join([*_faults(told), "", *_answers(told), "", *_verdict(told)])


def _faults(told: dict[str, Any]) -> list[str]:
    head = f"{'at s':>7}  {'fault':<12}{'of':<12}{'lasted s':>9}{'next order s':>14}{'next step s':>13}"
    return [head, *(
        f"{each['at']:7.1f}  {each['kind']:<12}{each['target']:<12}{each['lasted']:>9.1f}"
        f"{_seconds(each['next_order_after']):>14}{_seconds(each['next_step_after']):>13}"
        for each in told["faults"]
    )]  # fmt: skip


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _answers(told: dict[str, Any]) -> list[str]:
    def listed(name: str) -> str:
        return ", ".join(f"{key} {value}" for key, value in told[name].items())

    slow = "; ".join(f"{each['seconds']:.1f} s {each['request']}" for each in told["slowest"][:3])
    return [
        f"promises: {listed('promises')}",
        f"orders: {listed('states')}",
        f"answers: {listed('answers')}",
        f"slowest: {slow}",
        f"letters: {told['letters']['sent']} ({told['letters']['the_same_again']} of them the same once more), "
        f"by {told['mail']}; webhooks spoiled: {told['webhooks_spoiled']}; disk full by {told['disk_full_by']}",
        f"settled {told['settled_after_seconds']:.0f} s after the last fault; {told['seconds']:.0f} s in all",
    ]


def _verdict(told: dict[str, Any]) -> list[str]:
    lines = []
    for question, wrong in told["verdict"].items():
        lines.append(f"{'WRONG' if wrong else 'ok':<6}{question}")
        lines += [f"      {each}" for each in wrong[:SHOWN]]
        if len(wrong) > SHOWN:
            lines.append(f"      and {len(wrong) - SHOWN} more, in the summary")
    lines.append(f"seed {told['seed']}: {'nothing was lost or doubled' if told['good'] else 'something is WRONG'}")
    return lines
