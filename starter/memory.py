"""How a process looks for garbage: never among what it had loaded when it began to work, and for the rest in time."""

from __future__ import annotations

import gc

_SELDOM = (10_000, 20, 20)
"""Most of what a request leaves is freed by counting; the search for circles can wait for more of them."""
_SOON = (5_000, 1, 1)
"""A workflow that the worker keeps no longer is a circle of some 150 objects, and it lived long: only the search among
the old finds it. Seldom would be after 4 million objects, while 200 MB of such workflows wait for it. Soon is after
35,000, which are some 200 workflows; it takes less than a tenth of a second. See docs/performance.md.
"""


def settle(*, keeps_workflows: bool = False) -> None:
    """Call once, when everything is imported and before the work begins."""
    gc.collect()
    gc.freeze()
    gc.collect()  # nothing is old now; else what is frozen would count, and the old be looked through later
    gc.set_threshold(*(_SOON if keeps_workflows else _SELDOM))
