"""The changes of the story that a running order may meet in its middle: one entry per `workflow.patched("name")`.

A release knows the marks that it or an earlier one leaves in histories. When a company goes back to a release, the
workflows with marks that it does not know are started again from the database: `orderkeep deploy back`.
"""

from __future__ import annotations

PATCHES: dict[str, str] = {"stopped-for-good": "0.2.0", "heard-before-the-time": "0.2.0"}
"""The name of each patch, and the release that brought it. An entry stays for as long as the code has the name."""


def unknown_to(release: str, marks: list[str]) -> bool:
    """Whether a history with these marks holds one that the release cannot replay."""
    known = {name for name, since in PATCHES.items() if _number(since) <= _number(release)}
    return not known.issuperset(marks)


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".")[:3])
