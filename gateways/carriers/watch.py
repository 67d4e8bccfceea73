"""Who wants to know of calls to a carrier: whoever records traces or counts puts a block around each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

Block = Callable[[str, str], AbstractContextManager[dict[str, str]]]
"""(carrier, operation) to a block; what it yields are headers to send along, what it sees raised is the failure."""

_blocks: list[Block] = []


def calls(block: Block) -> None:
    """From here on `block` stands around each call."""
    _blocks.append(block)


@contextmanager
def called(carrier: str, operation: str) -> Iterator[dict[str, str]]:
    """Around one call; the headers of all who watch."""
    with ExitStack() as stack:
        headers: dict[str, str] = {}
        for block in _blocks:
            headers |= stack.enter_context(block(carrier, operation))
        yield headers
