"""Fault runs strike with what Linux has: on another system they are left out, and the report says so."""

from __future__ import annotations

import sys

import pytest

LINUX = sys.platform.startswith("linux")
collect_ignore = [] if LINUX else ["test_short_run.py", "test_strikes.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested."""
    if not LINUX:
        terminalreporter.write_line(f"Not tested here, because it needs Linux: {', '.join(collect_ignore)}")
