"""Letters that this release cannot write: during a deploy, the one beside it can."""

from __future__ import annotations

from pathlib import Path

from gateways.notices import registry
from starter.relay.bell import Doorbell
from starter.relay.letters import LetterRelay
from tests import builders
from tests.builders import SELLER

_NOTICE = """
INSERT INTO notice (key, event, recipient, language, figures, created_at, next_attempt_at)
VALUES (:event, :event, 'buyer@acme.example', 'en', '{}', now(), now())"""


async def test_a_letter_of_the_next_release_waits_for_a_worker_that_can_write_it(database: str, tmp_path: Path):
    registry.configure(tmp_path, "orders@example.com", None)
    for event in ("order_confirmed", "something_new", "invoice_posted"):
        await builders.run(_NOTICE, event=event)
    assert await LetterRelay(Doorbell(database, "notice"), SELLER)._round() == 3
    left = await builders.rows(
        "SELECT key, next_attempt_at < now() + interval '1 minute' AS soon, error FROM notice WHERE sent_at IS NULL"
    )
    assert [(row.key, row.soon) for row in left] == [("something_new", True)]
    assert left[0].error.startswith("no letter is written for 'something_new'")
    invoice, confirmation = sorted(each.read_text() for each in tmp_path.glob("*.eml"))
    assert all(letter.endswith("Yours sincerely,\nQuay Ltd\n") for letter in (invoice, confirmation))
    assert "Please pay to: IBAN IE29\n" in invoice
    assert "IBAN" not in confirmation
