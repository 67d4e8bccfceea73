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
    assert not re.search(r"[{}]", re.sub(r"\{\w+(:[a-z]+\|[a-z]+)?\}", "", sentence))
    assert "{" not in fill(sentence, {})


@pytest.mark.parametrize(
    ("sentence", "figures", "expected"),
    [
        ("Allocated {quantity} of {sku}.", {"quantity": 3, "sku": "BOLT"}, "Allocated 3 of BOLT."),
        ("Allocated {quantity} of {sku}.", {"quantity": 3}, "Allocated 3 of –."),
        ("{shipment}: {status} {location}", {"shipment": "SH-1", "status": "lost", "location": ""}, "SH-1: lost"),
        ("{shipment} in {location}", {"shipment": "SH-1", "location": None}, "SH-1 in –"),
        ("By {by}: {comment}", {"by": "a", "comment": "{by} {0} %s"}, "By a: {by} {0} %s"),
        ("By {by}: {comment}", {"by": "a", "comment": None}, "By a."),
        ("By {by}: {comment}", {"by": "a", "comment": ""}, "By a."),
        ("由 {by} 恢复：{comment}", {"by": "a"}, "由 a 恢复。"),
        ("{score} of 5. {comment}", {"score": 4}, "4 of 5."),
        ("{shipment}: {status} {location}", {"shipment": "SH-1", "status": "lost"}, "SH-1: lost"),
        ("{n} {n:line|lines}", {"n": 1}, "1 line"),
        ("{n} {n:line|lines}", {"n": "1"}, "1 line"),
        ("{n} {n:line|lines}", {"n": 0}, "0 lines"),
        ("{n} {n:line|lines}", {"n": "21"}, "21 lines"),
        ("{n} {n:line|lines}", {}, "– lines"),
        ("Fixed.", {"more": 1}, "Fixed."),
    ],
)
def test_figures_fill_a_sentence_and_never_raise(sentence: str, figures: dict[str, object], expected: str):
    assert fill(sentence, figures) == expected


COUNTED = re.compile(r"\{(\w+)\} (?!is\b)[a-z]+s\b")


def test_no_counted_word_stands_in_the_plural_alone():
    alone = {sentence: COUNTED.findall(sentence) for sentence in [*EVENTS.values(), *HOLD_MESSAGES.values()]}
    counting = {"lines", "pieces", "packages", "quantity", "oldest_days"}
    assert [sentence for sentence, figures in alone.items() if counting & set(figures)] == []
    assert fill(EVENTS["order_submitted"], {"channel": "API", "lines": 1, "total": "1.00", "currency": "EUR"}) == (
        "Order received by API: 1 line, 1.00 EUR."
    )
    assert fill(EVENTS["pick_confirmed"], {"shipment": "SH-1", "pieces": "1", "packages": 2}) == (
        "Pick of SH-1 confirmed: 1 piece in 2 packages."
    )
