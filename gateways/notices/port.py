"""The port to the post: a letter that is ready to go, and how the post may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A PDF that goes with a letter."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """One letter. `key` names it for ever (event and recipient), so that a repeat is recognised as one."""

    key: str
    recipient: str
    subject: str
    body_text: str
    language: str = "en"
    enclosure: Enclosure | None = None


class NoticeUnavailable(Exception):
    """The post cannot take it now: try again later."""


class NoticeRefused(Exception):
    """The post will never take it, for instance because the address does not exist: a person must look."""


class Post(Protocol):
    """A way for letters to leave the house.

    Delivering the same key again replaces the letter, or, where `repeats_show`, adds one with the same Message-ID.
    Documents are enclosed where letters reach their readers (`encloses`).
    """

    repeats_show: bool
    encloses: bool

    async def deliver(self, notice: Notice) -> None:
        """Hand the letter over; raises NoticeUnavailable or NoticeRefused."""
        ...
