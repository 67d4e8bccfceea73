"""What a process has loaded when it begins to work is no garbage: the collector need not look through it again."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 20
"""Most of what a request or a step leaves is freed by counting; the search for circles can wait for more of them."""


def settle() -> None:
    """Call once, when everything is imported and before the work begins."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
