"""Every example of the published contract, sent to the running application: answered as documented, by all checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.starter.api import fuzz


async def test_every_example_is_answered_as_documented(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUZZ_PHASES", "examples")
    monkeypatch.setenv("FUZZ_REPORT", str(tmp_path / "examples.txt"))
    await fuzz.test_no_generated_request_finds_a_fault_or_an_answer_that_is_not_documented(
        database, tmp_path, monkeypatch
    )
    said = (tmp_path / "examples.txt").read_text()
    assert " passed" in said
