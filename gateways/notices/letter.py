"""A notice as an RFC 5322 message: the same headers whichever way it goes.

Written out by hand: an order sends half a dozen letters, and the standard library takes longer to parse and fold the
headers of one than the database takes to record what it is about.
"""

from __future__ import annotations

import hashlib
from base64 import encodebytes
from collections.abc import Mapping
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from quopri import encodestring

from gateways.language import plain
from gateways.notices.port import Notice, NoticeRefused

LONGEST_SUBJECT = 200
LONGEST_LINE = 76
_TEXT = 'text/plain; charset="utf-8"'
_PDF = "application/pdf"


def message(notice: Notice, sender: str, encoding: str) -> bytes:
    """The message, its body `8bit` or `quoted-printable`.

    Its Message-ID follows from the key, so that a repeat is recognisable on its way and on arrival. No value can add a
    header: control characters are gone from all of them before they get here.
    """
    name, address = parseaddr(sender)
    headers = {
        "From": formataddr((plain(name), address)),
        "To": recipient(notice.recipient),
        "Subject": _header("Subject", plain(notice.subject)[:LONGEST_SUBJECT]),
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": f"<{digest(notice.key)}@{address.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
        "X-Orderkeep-Key": _header("X-Orderkeep-Key", plain(notice.key)),
        "MIME-Version": "1.0",
        "Content-Language": _header("Content-Language", plain(notice.language)),
    }
    body = notice.body_text.encode()
    written = _part(_TEXT, encoding, encodestring(body) if encoding == "quoted-printable" else body)
    if notice.enclosure is None:
        return _head(headers) + written
    boundary = f"=_{digest(notice.key)}"
    headers["Content-Type"] = f'multipart/mixed; boundary="{boundary}"'
    border = f"\r\n--{boundary}\r\n".encode()  # the line break before it is its own, not the part's
    enclosed = _part(_PDF, "base64", encodebytes(notice.enclosure.content), plain(notice.enclosure.file_name))
    return b"".join((_head(headers), border, written, border, enclosed, f"--{boundary}--\r\n".encode()))


def _head(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")


def _part(kind: str, encoding: str, body: bytes, file_name: str | None = None) -> bytes:
    headers = {"Content-Type": kind, "Content-Transfer-Encoding": encoding}
    if file_name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return _head(headers) + b"\r\n" + b"\r\n".join(body.splitlines()) + b"\r\n"


def digest(key: str) -> str:
    """Thirty-two characters that stand for the key where not every character may."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


@lru_cache(maxsize=4096)
def recipient(address: str) -> str:
    """The address as it stands in a header; NoticeRefused when it is none."""
    try:
        return Address(addr_spec=address).addr_spec
    except (ValueError, IndexError, MessageError) as error:
        raise NoticeRefused(f"{plain(address)[:100]!r} is not an e-mail address: {error}") from error


def _header(name: str, value: str) -> str:
    if value.isascii() and "=?" not in value and len(name) + len(value) <= LONGEST_LINE:
        return value
    charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
    return Header(value, charset, LONGEST_LINE, name).encode(linesep="\r\n")
