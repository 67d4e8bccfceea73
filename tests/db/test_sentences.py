"""Every sentence of the timeline and the holds is said in both languages, with the same figures."""

from __future__ import annotations

import re

import pytest

from domain.waiting import SENTENCES as WAITS
from domain.wording import EVENTS, HOLD_MESSAGES, WORDS
from starter.languages import translator

SENTENCES = [*EVENTS.values(), *HOLD_MESSAGES.values(), *WORDS.values(), *WAITS.values()]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_has_a_chinese_one_with_the_same_figures(sentence):
    said = translator("zh-CN").gettext(sentence)
    assert said != sentence
    assert sorted(re.findall(r"{(\w+)}", said)) == sorted(re.findall(r"{(\w+)}", sentence))
