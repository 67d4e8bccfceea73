"""Logs: a fault is written with its place, and without the values of variables, among which are keys and passwords."""

from __future__ import annotations

import json
from pathlib import Path

from starter.logs import to_file


def test_a_fault_is_logged_without_the_values_of_variables(tmp_path: Path):
    authorization = "Bearer ok_secret"
    log = to_file(tmp_path / "log")
    try:
        raise ValueError(len(authorization))
    except ValueError:
        log.error("request_failed", exc_info=True)
    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert authorization not in written
    fault = json.loads(written)["exception"][0]
    assert (fault["exc_type"], fault["frames"][-1]["name"]) == (
        "ValueError",
        "test_a_fault_is_logged_without_the_values_of_variables",
    )
