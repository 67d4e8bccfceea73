"""Where processes that are to be killed come from: one process that has everything imported, and forks.

Its standard input takes an act per line; for each it forks a process that performs it, and writes one line about what
became of it. It ends with its input, and so with the test process that opened it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

from pydantic_core import to_jsonable_python

from starter.exit import finish
from tests.faults.crash import acts

PATIENCE_SECONDS = 90


def _perform(line: str, told: int) -> NoReturn:
    signal.alarm(PATIENCE_SECONDS)
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)

    def tell(**said: Any) -> None:
        os.write(told, json.dumps(said).encode() + b"\n")

    try:
        answer = asyncio.run(acts.perform(acts.Act.model_validate_json(line), lambda name: tell(point=name)))
        tell(answer=to_jsonable_python(answer))
        finish(0)
    except BaseException:
        tell(error=traceback.format_exc())
        finish(1)


def serve() -> None:
    """Fork until nobody asks any more."""
    acts.api()
    gc.collect()
    gc.freeze()  # a forked process that collected garbage would copy all memory
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            _perform(line, write)
        os.close(write)
        with os.fdopen(read) as told:
            said = [json.loads(each) for each in told]
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"status": os.waitstatus_to_exitcode(status), "said": said}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
    finish(0)
