"""Whether Temporal answers: told by `/readyz` for people, never a reason to refuse an order."""

from __future__ import annotations

import asyncio

from temporalio.envconfig import ClientConfig

_PATIENCE_SECONDS = 1.0
_DEFAULT = "localhost:7233"


async def temporal_answers() -> bool:
    """Whether something listens at Temporal's address; one second is enough."""
    try:
        address = ClientConfig.load_client_connect_config().get("target_host") or _DEFAULT
        host, _, port = address.rpartition(":")
        async with asyncio.timeout(_PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, ValueError, RuntimeError, TimeoutError):
        return False
    writer.close()
    return True
