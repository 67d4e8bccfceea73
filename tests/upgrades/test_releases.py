"""The release that the upgrade goes over to can be made of today's code: a quick word before the long test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from db.schema import least, newest
from tests.upgrades.releases import NEW_NAME, OLD_NAME, contracted_release, edit, next_release, revision_after

_TOLD = """
from db import schema
from db.queries import after_sales
from gateways.notices.letters import LETTERS
from starter.plugin import ACTIVITIES
from workflows.patches import PATCHES
print(schema.newest(), schema.least(), *(step.__name__ for step in ACTIVITIES if "screen" in step.__name__),
      PATCHES["screening"], LETTERS["screening_asked"].audience, *after_sales.Closing.__dataclass_fields__)
"""


def told(tree: Path) -> list[str]:
    """What the program of a tree says about itself."""
    command = [sys.executable, "-P", "-c", _TOLD]
    ended = subprocess.run(command, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=True)
    return ended.stdout.split()


def test_the_next_release_and_the_one_after_it_are_made_of_this_one(tmp_path: Path):
    after = next_release(tmp_path / "next")
    later = contracted_release(after, tmp_path / "later")
    expanded = revision_after(newest())
    assert told(after)[:5] == [expanded, least(), "screen_order", "99.0.0", "customer"]
    assert told(later)[:2] == [revision_after(expanded), least()]
    assert NEW_NAME in told(after)
    assert OLD_NAME not in told(after)


def test_a_place_that_is_not_found_exactly_once_is_named(tmp_path: Path):
    (tmp_path / "story.py").write_text("twice twice once")
    edit(tmp_path / "story.py", "once", "more")
    for place in ("twice", "never"):
        with pytest.raises(AssertionError, match=place):
            edit(tmp_path / "story.py", place, "")
    assert (tmp_path / "story.py").read_text() == "twice twice more"
