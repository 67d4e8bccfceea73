"""Which way letters leave the house: by a mail server when one is configured, else into the mailbox folder."""

from __future__ import annotations

from pathlib import Path

from gateways.notices.mailbox import MailboxPost
from gateways.notices.port import Notice, Post
from gateways.notices.smtp import SmtpPost

_posts: list[Post] = []


def configure(mailbox_dir: Path, mail_from: str, smtp_url: str | None = None) -> None:
    """Called once by each process that sends letters; ValueError when the server's address cannot be read."""
    _posts[:] = [SmtpPost(smtp_url, mail_from) if smtp_url else MailboxPost(mailbox_dir, mail_from)]


def repeats_show() -> bool:
    """Whether a letter that is handed over again reaches its reader twice."""
    return bool(_posts) and _posts[0].repeats_show


def encloses() -> bool:
    """Whether letters reach readers who cannot print the documents themselves."""
    return bool(_posts) and _posts[0].encloses


async def deliver(notice: Notice) -> None:
    """Hand over one letter; raises NoticeUnavailable (later) or NoticeRefused (never). Safe to repeat."""
    if not _posts:
        raise LookupError("no way for letters is configured: call gateways.notices.registry.configure first")
    await _posts[0].deliver(notice)
