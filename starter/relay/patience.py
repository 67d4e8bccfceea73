"""How long the relays wait for the database, and how they say what it did instead of answering."""

from __future__ import annotations

DATABASE_SECONDS = 15.0
"""A connection that was lost without a word would otherwise be waited for until the process ends."""


def first_line(error: BaseException) -> str:
    """What an error says in its first line; its kind when it says nothing, as a timeout does."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
