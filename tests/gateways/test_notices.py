"""Letters leave by SMTP or into the mailbox folder; a repeat has the effect of one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from gateways.notices import registry
from gateways.notices.port import Enclosure, Notice, NoticeRefused, NoticeUnavailable

SENDER = "Example Wholesale <orders@example.com>"
NOTICE = Notice(
    key="order_confirmed/SO-000001/buyer@example.org",
    recipient="buyer@example.org",
    subject="您的订单 SO-000001 已确认",
    body_text="尊敬的客户：\n\n.\n感谢您的订购。\n",
    language="zh-CN",
)


class Postmaster:
    """Keeps what it is given; `refusals` are answers to the next recipients."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refusals: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def postmaster(tmp_path) -> Iterator[Postmaster]:
    master = Postmaster()
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    controller = Controller(master, hostname="127.0.0.1", port=port)
    controller.start()
    registry.configure(tmp_path, SENDER, f"smtp://127.0.0.1:{port}")
    yield master
    controller.stop()


async def test_a_letter_by_smtp_arrives_as_it_was_written(postmaster):
    await registry.deliver(NOTICE)
    (letter,) = postmaster.letters
    assert letter["To"] == "buyer@example.org"
    assert letter["From"] == SENDER
    assert letter["Subject"] == "您的订单 SO-000001 已确认"
    assert letter["Content-Language"] == "zh-CN"
    assert letter.get_content().replace("\r\n", "\n") == NOTICE.body_text


async def test_a_document_goes_with_a_letter_byte_by_byte(postmaster):
    pdf = bytes(range(256)) * 40
    await registry.deliver(replace(NOTICE, enclosure=Enclosure("INV-000001.pdf", pdf)))
    (letter,) = postmaster.letters
    text, document = letter.iter_parts()
    assert (letter["Subject"], letter.defects) == ("您的订单 SO-000001 已确认", [])
    assert text.get_content().replace("\r\n", "\n") == NOTICE.body_text
    assert (document.get_content_type(), document.get_filename()) == ("application/pdf", "INV-000001.pdf")
    assert (document.is_attachment(), document.get_content()) == (True, pdf)


async def test_a_repeat_by_smtp_carries_the_same_message_id(postmaster):
    await registry.deliver(NOTICE)
    await registry.deliver(NOTICE)
    await registry.deliver(replace(NOTICE, key="another"))
    first, second, third = (letter["Message-ID"] for letter in postmaster.letters)
    assert first == second != third
    assert first.endswith("@example.com>")


async def test_an_address_that_does_not_exist_is_refused(postmaster):
    postmaster.refusals = ["550 5.1.1 no such mailbox"]
    with pytest.raises(NoticeRefused, match="no such mailbox"):
        await registry.deliver(NOTICE)
    assert postmaster.letters == []


async def test_a_busy_mail_server_is_tried_later(postmaster):
    postmaster.refusals = ["451 4.7.1 greylisted, try again"]
    with pytest.raises(NoticeUnavailable, match="greylisted"):
        await registry.deliver(NOTICE)
    await registry.deliver(NOTICE)
    assert len(postmaster.letters) == 1


async def test_a_mail_server_that_is_not_there_is_unavailable(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    registry.configure(tmp_path, SENDER, f"smtp://user:top%20secret@127.0.0.1:{port}")
    with pytest.raises(NoticeUnavailable) as unavailable:
        await registry.deliver(NOTICE)
    assert "secret" not in str(unavailable.value)


async def test_a_mail_server_that_says_nothing_times_out(tmp_path):
    from gateways.notices.smtp import SmtpPost

    with socket.create_server(("127.0.0.1", 0)) as silent:
        post = SmtpPost(f"smtp://127.0.0.1:{silent.getsockname()[1]}", SENDER, timeout_seconds=0.2)
        with pytest.raises(NoticeUnavailable):
            await post.deliver(NOTICE)


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail.example.com", "smtp://"])
def test_a_mail_server_that_cannot_be_read_is_a_wrong_setting(url, tmp_path):
    with pytest.raises(ValueError, match="smtp://user"):
        registry.configure(tmp_path, SENDER, url)


async def test_a_letter_in_the_mailbox_can_be_read_by_anybody(tmp_path):
    registry.configure(tmp_path / "mailbox", SENDER)
    await registry.deliver(NOTICE)
    (file,) = (tmp_path / "mailbox").iterdir()
    assert file.name.startswith("order_confirmed-SO-000001-buyer-example.org-")
    assert file.suffix == ".eml"
    letter = message_from_bytes(file.read_bytes(), policy=default)
    assert letter["Subject"] == NOTICE.subject
    assert letter.get_content().replace("\r\n", "\n") == NOTICE.body_text
    assert "感谢您的订购" in file.read_text("utf-8")


async def test_the_same_key_is_one_letter_and_another_key_another(tmp_path):
    registry.configure(tmp_path, SENDER)
    await registry.deliver(NOTICE)
    await registry.deliver(NOTICE)
    assert len(list(tmp_path.iterdir())) == 1
    await registry.deliver(replace(NOTICE, key=NOTICE.key.replace("/", "-")))
    assert len(list(tmp_path.iterdir())) == 2


async def test_no_key_leads_out_of_the_mailbox(tmp_path):
    registry.configure(tmp_path / "mailbox", SENDER)
    await registry.deliver(replace(NOTICE, key="../../etc/passwd\x00"))
    await registry.deliver(replace(NOTICE, key="x" * 5000))
    assert [path.name for path in tmp_path.iterdir()] == ["mailbox"]
    assert len(list((tmp_path / "mailbox").iterdir())) == 2


async def test_a_mailbox_that_cannot_be_written_is_unavailable(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    registry.configure(tmp_path / "taken", SENDER)
    with pytest.raises(NoticeUnavailable, match="cannot be written"):
        await registry.deliver(NOTICE)


async def test_no_value_can_add_a_header(tmp_path):
    registry.configure(tmp_path, SENDER)
    await registry.deliver(replace(NOTICE, key="k\r\nBcc: evil@example.net", subject="Hello\r\nBcc: evil@example.net"))
    (file,) = tmp_path.iterdir()
    letter = message_from_bytes(file.read_bytes(), policy=default)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hello Bcc: evil@example.net"


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", "@b", "a b@c", "a@", "a@b@c"]
)
async def test_what_is_no_address_is_refused(address, tmp_path):
    registry.configure(tmp_path, SENDER)
    with pytest.raises(NoticeRefused, match="is not an e-mail address"):
        await registry.deliver(replace(NOTICE, recipient=address))
    assert list(tmp_path.iterdir()) == []
