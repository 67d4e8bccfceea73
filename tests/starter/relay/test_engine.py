"""Messages that this release cannot hand over: during a deploy, the relay of the next one can."""

from __future__ import annotations

from unittest.mock import Mock

from temporalio.client import Client

from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from tests import builders

_MESSAGE = """
INSERT INTO engine_outbox (kind, workflow_type, workflow_id, payload, created_at)
VALUES ('telegram', 'OrderWorkflow', 'order/SO-000001', '{}', now())"""


async def test_a_message_of_the_next_release_is_given_back_for_its_relay(database: str):
    await builders.run(_MESSAGE)
    engine = Mock(spec=Client)
    assert await EngineRelay(engine, "orderkeep", Doorbell(database, "engine_outbox"))._round() == (1, False)
    left = await builders.rows(
        "SELECT sent_at, outcome, claimed_until < now() + interval '5 seconds' AS soon FROM engine_outbox"
    )
    assert [tuple(row) for row in left] == [(None, "this release knows no message of the kind 'telegram'", True)]
