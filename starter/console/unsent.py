"""What was typed into a queue and ticked there, and was refused or was for another button: it stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from starter.console.acting import texts
from starter.console.deciding import ACTIONS

WAREHOUSE = "MAIN"
"""Where goods come to unless somebody says another."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """The fields that were filled in, by name, and the rows that were ticked."""

    typed: dict[str, str]
    ticked: frozenset[str]


NOTHING = Unsent({}, frozenset())


def unsent_of(form: FormData, chosen: Collection[str], done: Collection[str]) -> Unsent:
    """What stays of a form: the fields of rows that are not done, and those below the rows unless all is done that they
    were typed for. A row's own button leaves the ticks of the others alone.
    """
    of_rows = tuple(f"{field}-" for action in ACTIONS.values() for field in action.each)
    one = "one" in form
    typed = {}
    for name, value in texts(form).items():
        start = next((each for each in of_rows if name.startswith(each)), None)
        if name.removeprefix(start) not in done if start else one or len(done) < len(chosen):
            typed[name] = value
    ticked = {str(each) for each in form.getlist("document")} if one else set()
    return Unsent(typed, frozenset(ticked.difference(done)))


def still_there(unsent: Unsent, rows: Sequence[dict[str, Any]]) -> tuple[dict[str, str], frozenset[str]]:
    """What differs from the fields of the page with these rows as they are before anybody types, and who is ticked."""
    offered = _offered(rows)
    typed = {name: value for name, value in unsent.typed.items() if offered.get(name, value) != value}
    return typed, unsent.ticked.intersection(row["document"] for row in rows)


def _offered(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    offered = dict.fromkeys((field for action in ACTIONS.values() for field in action.fields), "")
    offered["warehouse"] = WAREHOUSE
    for row in rows:
        document, figures = row["document"], row["figures"]
        suggested = figures.get("suggestions") or [{"invoice": ""}]
        offered[f"quantity-{document}"] = str(figures.get("quantity", ""))
        offered[f"packages-{document}"] = "1"
        offered[f"invoice-{document}"] = suggested[0]["invoice"]
    return offered
