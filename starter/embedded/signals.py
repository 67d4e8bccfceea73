"""Ctrl-C, SIGTERM and a closed terminal as a request to one task: come to an end in good order."""

from __future__ import annotations

import asyncio
import contextlib
import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """The work was ended by a signal; everything that ran has been stopped. `code` is the usual exit code."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.code = 128 + number


class StopRequests:
    """The first signal ends `wait()`, or cancels the task when it is busy with something else; later ones are ignored.

    Cleaning up is short and bounded, and impatience would only leave processes behind.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._task: asyncio.Task[object] | None = None
        self._asked = asyncio.Event()
        self._waiting = False

    def listen(self) -> None:
        """Begin; only the main thread of a process receives signals, elsewhere there are none to take."""
        self._task = asyncio.current_task()
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            for number in SIGNALS:
                if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                    continue  # started with nohup: it is to outlive its terminal
                asyncio.get_running_loop().add_signal_handler(number, self._take, number)

    def close(self) -> None:
        """Take no more."""
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            for number in SIGNALS:
                asyncio.get_running_loop().remove_signal_handler(number)

    async def wait(self) -> int:
        """Until a signal comes; its number."""
        self._waiting = True
        try:
            await self._asked.wait()
        finally:
            self._waiting = False
        assert self.number is not None
        return self.number

    def absorb(self, error: BaseException | None) -> Interrupted | None:
        """When `error` is the cancellation that a signal brought about: what to raise instead of it."""
        if self.number is None or self._task is None or not isinstance(error, asyncio.CancelledError):
            return None
        self._task.uncancel()
        return Interrupted(self.number)

    def _take(self, number: int) -> None:
        if self.number is not None:
            return
        self.number = number
        self._asked.set()
        if not self._waiting and self._task is not None:
            self._task.cancel()
