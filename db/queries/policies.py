"""The policy's versions: each is immutable, so a process reads it once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import forget_with_pool
from domain.policy import Policy, Seller

SELLER = """(SELECT p.body -> 'seller' FROM policy_version p
    ORDER BY p.created_at <= {at} DESC, p.version DESC LIMIT 1) AS seller"""
"""Who sold at the moment `at`: a document that is printed again years later names the same seller and bank."""
_VERSIONS: dict[int, Policy] = forget_with_pool({})
_LATEST = text("SELECT version, body FROM policy_version ORDER BY version DESC LIMIT 1")
_NEWEST = text("SELECT max(version) FROM policy_version")
_ONE = text("SELECT body FROM policy_version WHERE version = :version")
_ADD = text("INSERT INTO policy_version (body, created_at) VALUES (CAST(:body AS jsonb), :now) RETURNING version")
_LOCK = text("SELECT pg_advisory_xact_lock(7210312)")


def seller(found: object) -> dict[str, Any]:
    """What SELLER found, as documents show it; a policy of before there were sellers has none."""
    return Seller.model_validate(found or {}).model_dump(mode="json")


async def policy(tx: AsyncConnection, version: int) -> Policy:
    """The policy of a version; KeyError when there is none."""
    found = _VERSIONS.get(version)
    if found is None:
        body = (await tx.execute(_ONE, {"version": version})).scalar_one_or_none()
        if body is None:
            raise KeyError(f"there is no policy version {version}")
        found = _VERSIONS[version] = Policy.model_validate(body)
    return found


async def current(tx: AsyncConnection) -> tuple[int, Policy]:
    """The version in force for new orders, cheap when it is known."""
    version = (await tx.execute(_NEWEST)).scalar_one()
    if version is None:
        raise KeyError("no policy is in force: start with `orderkeep up` or run the set-up once")
    return version, await policy(tx, version)


async def in_force(tx: AsyncConnection) -> Policy | None:
    """The policy of new orders; None where none was put in force yet."""
    version = (await tx.execute(_NEWEST)).scalar_one()
    return None if version is None else await policy(tx, version)


async def put_in_force(tx: AsyncConnection, wanted: Policy, now: datetime) -> int:
    """Make `wanted` the policy of new orders, as a new version unless it is in force already."""
    await tx.execute(_LOCK)
    latest = (await tx.execute(_LATEST)).one_or_none()
    if latest is not None and Policy.model_validate(latest.body) == wanted:
        return int(latest.version)
    body = json.dumps(wanted.model_dump(mode="json"))
    return int((await tx.execute(_ADD, {"body": body, "now": now})).scalar_one())
