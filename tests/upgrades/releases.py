"""The release after this one, made of today's code: a stage behind a patch, a table, a column with a better name.

It exists for the test alone, and stays in step with the code: files of `next_release/` are laid over a copy of the
tree, and a handful of places are edited, each of which must be found exactly as often as it is expected.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from db.schema import newest

ROOT = Path(__file__).parents[2]
OVERLAY = Path(__file__).parent / "next_release"
PROGRAM = ("domain", "db", "gateways", "intake", "activities", "workflows", "starter")
PATCH = "screening"
OLD_NAME, NEW_NAME = "followed_up_at", "follow_up_sent_at"

_STAGE = '''    async def _screened(self) -> None:
        """Export control: an order that had passed this place before the release goes on as it began."""
        if workflow.patched("screening"):
            outcome = await step(screen_order, self._step(), self.number)
            while not outcome.cleared:
                await self._sleep_until(outcome.ask_again_at, "answer of the authority")
                outcome = await step(screen_order, self._step(), self.number)

    async def _fulfilled(self) -> str:
'''
_REVIEWED = """        if review.state not in IN_FULFILMENT:
            return review.state
"""
_BOTH_NAMES = f"""

_ON_THE_OLD_SCHEMA = {{
    _CLOSING: text(_CLOSING.text.replace("o.{NEW_NAME}", "o.{OLD_NAME} AS {NEW_NAME}")),
    _FOLLOW_UP: text(_FOLLOW_UP.text.replace("{NEW_NAME}", "{OLD_NAME}")),
}}


async def _named(tx: AsyncConnection, statement: TextClause) -> TextClause:
    return statement if await reached(tx, "THIS_REVISION") else _ON_THE_OLD_SCHEMA[statement]
"""
_LETTER = """LETTERS["screening_asked"] = Letter(
    "customer",
    "About your order {order}",
    ("We ask the authority whether order {order} may be exported.",),
    ("customer_po",),
)
"""


def next_release(folder: Path) -> Path:
    """The tree of the next release: expand."""
    _copied(ROOT, folder)
    _laid_over(folder, "domain", "activities", "db/queries")
    _migration(folder, "screening", newest())
    edit(folder / "starter/plugin.py", "replenishment, review, shipping", "replenishment, review, screening, shipping")
    edit(folder / "starter/plugin.py", "_STAGES = (review, ", "_STAGES = (review, screening, ")
    story = folder / "workflows/order.py"
    edit(
        story,
        "    from activities.shipping",
        "    from activities.screening import screen_order\n    from activities.shipping",
    )
    edit(story, _REVIEWED, f"{_REVIEWED}        await self._screened()\n")
    edit(story, "    async def _fulfilled(self) -> str:\n", _STAGE)
    with (folder / "workflows/patches.py").open("a", encoding="utf-8") as file:
        file.write(f'\nPATCHES["{PATCH}"] = "99.0.0"\n')
    edit(folder / "gateways/notices/letters.py", "Mapping[str, Letter] =", "dict[str, Letter] =")
    with (folder / "gateways/notices/letters.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{_LETTER}")
    edit(
        folder / "domain/wording.py",
        "EVENTS: Mapping[str, str] = {",
        'EVENTS: Mapping[str, str] = {\n    "order_screened": "Export control has cleared the order.",',
    )
    rename(folder)
    _works_on_the_old_schema(folder / "db/queries/after_sales.py")
    return folder


def _works_on_the_old_schema(queries: Path) -> None:
    """What reads and writes the column uses the old name until the new one is there."""
    edit(queries, "from sqlalchemy import text\n", "from sqlalchemy import TextClause, text\n")
    locks = "from db.locks import lock_orders\n"
    edit(queries, locks, f"{locks}from db.schema import reached\n")
    for statement in ("_CLOSING", "_FOLLOW_UP"):
        edit(queries, f"tx.execute({statement},", f"tx.execute(await _named(tx, {statement}),")
    with queries.open("a", encoding="utf-8") as file:
        file.write(_BOTH_NAMES.replace("THIS_REVISION", revision_after(newest())))


def contracted_release(after: Path, folder: Path) -> Path:
    """The tree of the release after the next: contract."""
    _copied(after, folder)
    _migration(folder, "contraction", revision_after(newest()))
    return folder


def revision_after(revision: str) -> str:
    """The number of the migration that follows."""
    return f"{int(revision) + 1:0{len(revision)}d}"


def edit(file: Path, place: str, text: str) -> None:
    """Put `text` in the place of `place`, which must stand there exactly once: else this release is not that one."""
    content = file.read_text("utf-8")
    found = content.count(place)
    assert found == 1, f"{file.name} has {found} times, not once: {place!r}; bring tests/upgrades/releases.py in step"
    file.write_text(content.replace(place, text), "utf-8")


def rename(folder: Path) -> None:
    """The column has its new name in all the code; migrations stay as they were run."""
    renamed = 0
    for file in (file for part in PROGRAM for file in (folder / part).rglob("*.py")):
        if "migrations" not in file.parts:
            content, count = re.subn(rf"\b{OLD_NAME}\b", NEW_NAME, file.read_text("utf-8"))
            renamed += count
            if count:
                file.write_text(content, "utf-8")
    assert renamed > 3, f"the code knows {OLD_NAME} no more; bring tests/upgrades/releases.py in step"


def _copied(tree: Path, folder: Path) -> None:
    for part in PROGRAM:
        shutil.copytree(tree / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(tree / "worker.py", folder / "worker.py")


def _laid_over(folder: Path, *parts: str) -> None:
    for part in parts:
        for file in sorted((OVERLAY / part).glob("*.py")):
            assert not (folder / part / file.name).exists(), f"{part}/{file.name} is there already"
            text = file.read_text("utf-8").replace("THIS_REVISION", revision_after(newest()))
            (folder / part / file.name).write_text(text, "utf-8")


def _migration(folder: Path, name: str, before: str) -> None:
    text = (OVERLAY / "db/migrations/versions" / f"{name}.py").read_text("utf-8")
    revision = revision_after(before)
    text = text.replace("THIS_REVISION", revision).replace("REVISION_BEFORE", before)
    (folder / "db/migrations/versions" / f"{revision}_{name}.py").write_text(text, "utf-8")
