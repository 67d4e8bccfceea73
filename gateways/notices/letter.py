"""A notice as an RFC 5322 message: the same headers whichever way it goes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from gateways.language import plain
from gateways.notices.port import Notice, NoticeRefused

LONGEST_SUBJECT = 200


def message(notice: Notice, sender: str, encoding: str) -> EmailMessage:
    """The message; its Message-ID follows from the key, so that a repeat is recognisable on its way and on arrival.

    No value can add a header: control characters are gone from all of them before they get here.
    """
    name, address = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(plain(name), addr_spec=address)
    mail["To"] = _recipient(notice.recipient)
    mail["Subject"] = plain(notice.subject)[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{digest(notice.key)}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Orderkeep-Key"] = plain(notice.key)
    mail.set_content(notice.body_text, cte=encoding)
    mail["Content-Language"] = plain(notice.language)  # after the content, which begins by clearing Content-*
    return mail


def digest(key: str) -> str:
    """Thirty-two characters that stand for the key where not every character may."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise NoticeRefused(f"{plain(address)[:100]!r} is not an e-mail address: {error}") from error
