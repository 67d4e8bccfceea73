"""The sentences of the timeline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.wording import EVENTS, HOLD_MESSAGES, fill

ROOT = Path(__file__).parents[2]
_NOTE = re.compile(r"""\.note\(\s*[^,]+,\s*"(\w+)\"""")


def test_every_event_that_a_step_notes_has_a_sentence():
    sources = [
        path.read_text(encoding="utf-8") for layer in ("activities", "intake") for path in (ROOT / layer).glob("*.py")
    ]
    noted = {event for source in sources for event in _NOTE.findall(source)}
    assert len(noted) > 25
    assert noted <= EVENTS.keys()


@pytest.mark.parametrize("sentence", [*EVENTS.values(), *HOLD_MESSAGES.values()])
def test_a_sentence_ends_and_survives_missing_figures(sentence: str):
    assert re.sub(r"[{}]", "", re.sub(r"\{\w+\}", "", sentence)) == re.sub(r"\{\w+\}", "", sentence)
    assert "{" not in fill(sentence, {})


@pytest.mark.parametrize(
    ("sentence", "figures", "expected"),
    [
        ("Allocated {quantity} of {sku}.", {"quantity": 3, "sku": "BOLT"}, "Allocated 3 of BOLT."),
        ("Allocated {quantity} of {sku}.", {"quantity": 3}, "Allocated 3 of –."),
        ("{shipment}: {status} {location}", {"shipment": "SH-1", "status": "lost", "location": ""}, "SH-1: lost"),
        ("{shipment} in {location}", {"shipment": "SH-1", "location": None}, "SH-1 in –"),
        ("By {by}: {comment}", {"by": "a", "comment": "{by} {0} %s"}, "By a: {by} {0} %s"),
        ("Fixed.", {"more": 1}, "Fixed."),
    ],
)
def test_figures_fill_a_sentence_and_never_raise(sentence: str, figures: dict[str, object], expected: str):
    assert fill(sentence, figures) == expected
