"""Letters that this release cannot write: during a deploy, the one beside it can."""

from __future__ import annotations

from pathlib import Path

from gateways.notices import registry
from starter.relay.bell import Doorbell
from starter.relay.letters import LetterRelay
from tests import builders

_NOTICE = """
INSERT INTO notice (key, event, recipient, language, figures, created_at, next_attempt_at)
VALUES (:event, :event, 'buyer@acme.example', 'en', '{}', now(), now())"""


async def test_a_letter_of_the_next_release_waits_for_a_worker_that_can_write_it(database: str, tmp_path: Path):
    registry.configure(tmp_path, "orders@example.com", None)
    for event in ("order_confirmed", "something_new"):
        await builders.run(_NOTICE, event=event)
    assert await LetterRelay(Doorbell(database, "notice"), "Example Wholesale Ltd")._round() == 2
    left = await builders.rows(
        "SELECT key, next_attempt_at < now() + interval '1 minute' AS soon, error FROM notice WHERE sent_at IS NULL"
    )
    assert [(row.key, row.soon) for row in left] == [("something_new", True)]
    assert left[0].error.startswith("no letter is written for 'something_new'")
    [letter] = tmp_path.glob("*.eml")
    assert letter.read_text().endswith("Yours sincerely,\nExample Wholesale Ltd\n")
