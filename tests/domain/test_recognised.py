"""Sentences that are kept in English are known again: as they were in English, without English in Chinese."""

from __future__ import annotations

import pytest

from domain.recognised import HELD, effect_said, held_said
from starter.languages import translator

chinese = translator("zh-CN").gettext
FIGURES = {
    "told": "17850, 13047", "count": "2", "line": "7", "sku": "POST", "code": "17850",
    "orders": "SO-000040 (1 of 2 rows of goods), SO-000041 (1 of 2 rows of goods)",
}  # fmt: skip
REASONS = [form.format(**FIGURES) for form in HELD]


@pytest.mark.parametrize("reason", [*REASONS, "; ".join(REASONS[5:10])])
@pytest.mark.parametrize("file", ["订单.csv", "订单 (1).csv", "a, line 3) (b.csv"])
def test_why_rows_are_held_is_known_wherever_the_file_is_from(reason, file):
    kept = f"{reason} ({file}, line 6)"
    assert held_said(kept, str) == kept
    said = held_said(kept, chinese)
    assert said.endswith(f"（{file}，第 6 行）")
    words = said.removesuffix(f"（{file}，第 6 行）").replace("SO-", "").replace("POST", "")
    assert [letter for letter in words if letter.isascii() and letter.isalpha()] == []


@pytest.mark.parametrize("kept", ["A credit note", "sent by mail (a.csv, line 6)", "credit note for you (a, line 1)"])
def test_what_is_not_known_stays_as_it_is(kept):
    assert held_said(kept, chinese) == kept


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("hold CREDIT", "冻结：信用"),
        ("credit of 190.26 reserved", "已占用信用额度 190.26"),
        ("shipment SH-000006 created", "发货单 SH-000006（待拣货）"),
        ("supply order MO-1 partially_received", "供应单 MO-1（部分收货）"),
        ("something else", "something else"),
    ],
)
def test_an_effect_is_known_by_its_form(kept, said):
    assert effect_said(kept, chinese) == said
