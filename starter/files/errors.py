"""Why nothing of a file can be taken."""

from __future__ import annotations

from domain.errors import Told


class UnusableFile(Exception):
    """Nothing of the file can be taken: one clear sentence that says why and what to do.

    A problem of a single row is a `Problem` in the report, not an error.
    """

    def __init__(self, pattern: str, /, **figures: object) -> None:
        self.sentence = Told(pattern, **figures)
        super().__init__(self.sentence)
