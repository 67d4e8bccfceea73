"""How much one caller may ask of one process: a bucket of tokens per key, and one per address for wrong keys.

The limit for keys is far above what a company's systems ask for; it stops a loop that has run wild. What is counted
lives in this process and is forgotten with it.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.exceptions import HTTPException

from domain.errors import told

WRONG_KEYS_PER_MINUTE = 300
BURST_SECONDS = 2.0
MOST_CALLERS = 10_000


class TooMany(HTTPException):
    """Asked too often; passes through the framework untouched and becomes a problem with Retry-After."""

    def __init__(self, pattern: str, wait: float, **figures: object) -> None:
        seconds = max(1, math.ceil(wait))
        super().__init__(429, told(pattern, seconds=seconds, **figures), {"Retry-After": str(seconds)})


class Buckets:
    """A bucket per caller, filled at `rate` tokens a second up to `size`; the callers not heard of longest are dropped.

    A caller that is dropped begins with a full bucket: so nobody is refused for what others do.
    """

    def __init__(self, rate: float, size: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._size, self._clock = rate, size, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> float:
        """Seconds until the caller has a token; 0 when there is one."""
        level = self._level(caller)
        return 0.0 if level >= 1 else (1 - level) / self._rate

    def take(self, caller: str) -> float:
        """Take a token: 0, or the seconds to wait for one, and then nothing is taken."""
        now, level = self._clock(), self._level(caller)
        if level < 1:
            return (1 - level) / self._rate
        self._levels[caller] = (level - 1, now)
        self._levels.move_to_end(caller)
        if len(self._levels) > MOST_CALLERS:
            self._levels.popitem(last=False)
        return 0.0

    def _level(self, caller: str) -> float:
        level, then = self._levels.get(caller, (self._size, 0.0))
        return min(self._size, level + (self._clock() - then) * self._rate)


class Limits:
    """The limits of one application."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = Buckets(per_second, per_second * BURST_SECONDS, clock) if per_second else None
        self._wrong = Buckets(WRONG_KEYS_PER_MINUTE / 60, WRONG_KEYS_PER_MINUTE, clock)
        self._per_second = per_second

    def count(self, key: str) -> None:
        """Count one request of a key; TooMany when it asks faster than it may."""
        if self._keys is not None and (wait := self._keys.take(key)):
            raise TooMany(
                "This key asks more than {most} times a second. Wait {seconds} s, then go on more slowly.",
                wait,
                most=f"{self._per_second:g}",
            )

    def may_guess(self, address: str) -> None:
        """Refuse an address that has shown too many wrong keys lately, before its next one is looked up."""
        if wait := self._wrong.wait(address):
            raise TooMany(
                "More than {most} wrong keys a minute come from this address. Correct the key; the next one is "
                "looked at in {seconds} s.",
                wait,
                most=WRONG_KEYS_PER_MINUTE,
            )

    def guessed_wrong(self, address: str) -> None:
        """Count a wrong key."""
        self._wrong.take(address)
