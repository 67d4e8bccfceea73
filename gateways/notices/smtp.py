"""Letters by SMTP."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from gateways.notices.letter import message, recipient
from gateways.notices.port import Notice, NoticeRefused, NoticeUnavailable

PERMANENT = range(500, 600)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SmtpPost:
    """A mail server at `smtp://user:password@host:port` (STARTTLS when offered, demanded with a password) or `smtps://`.

    When the connection breaks after the letter was handed over, the repeat carries the same Message-ID.
    """

    repeats_show = True
    encloses = True

    def __init__(self, url: str, sender: str, timeout_seconds: float = 20.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail server is written smtp://user:password@host:port or smtps://...")
        self._sender = sender
        self._host = parts.hostname
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._timeout = timeout_seconds

    async def deliver(self, notice: Notice) -> None:
        """Hand the letter to the mail server."""
        mail = message(notice, self._sender, "quoted-printable")
        try:
            await aiosmtplib.send(
                mail,
                sender=parseaddr(self._sender)[1],
                recipients=[recipient(notice.recipient)],
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._implicit_tls,
                start_tls=self._start_tls(),
                timeout=self._timeout,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._sorted(error) from error

    def _start_tls(self) -> bool | None:
        if self._implicit_tls:
            return False
        return True if self._password and self._host not in LOOPBACK else None

    def _sorted(self, error: Exception) -> NoticeUnavailable | NoticeRefused:
        where = f"the mail server {self._host}:{self._port}"
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            return NoticeUnavailable(f"{where} does not accept our name and password: {error.message}")
        refusals = [error]
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            refusals = list(error.recipients)
        codes = [refusal.code for refusal in refusals if isinstance(refusal, aiosmtplib.SMTPResponseException)]
        words = "; ".join(str(getattr(refusal, "message", refusal)) for refusal in refusals) or type(error).__name__
        unsuited = isinstance(error, aiosmtplib.SMTPNotSupported)
        if unsuited or (codes and all(code in PERMANENT for code in codes)):
            return NoticeRefused(f"{where} refuses the letter: {words}")
        return NoticeUnavailable(f"{where} did not take the letter: {words}")
