"""The last step of every process: say everything that was said, then leave at once.

The engine's client runs threads of its own, and an interpreter that tears itself down around them can abort with a
wrong exit code. So a process flushes what it has written and leaves through the operating system.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

_last: list[Callable[[], object]] = []


def before_leaving(work: Callable[[], object]) -> None:
    """Do this, too, before the process ends in good order."""
    _last.append(work)


def finish(code: int) -> NoReturn:
    """Flush the output and the logs, then end this process with `code`; a reader that went away is no error."""
    for work in (*_last, logging.shutdown):
        with contextlib.suppress(Exception):
            work()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)
