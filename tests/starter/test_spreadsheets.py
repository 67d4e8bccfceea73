"""Files for spreadsheets: what comes from outside calculates nothing there."""

from __future__ import annotations

import pytest

from starter.spreadsheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "--1"])
def test_a_text_that_is_a_formula_is_quoted(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "ACME", "-5", "+1,234.50", "1=1", "云杉", "2026-11-26"])
def test_every_other_text_and_a_number_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
