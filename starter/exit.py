"""The last step of every process: say everything that was said, then leave at once.

The engine's client runs threads of its own, and an interpreter that tears itself down around them can abort with a
wrong exit code. So a process flushes what it has written and leaves through the operating system.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import NoReturn


def finish(code: int) -> NoReturn:
    """Flush the output and the logs, then end this process with `code`; a reader that went away is no error."""
    with contextlib.suppress(Exception):
        logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)
