"""What the people who run the system ask: is it alive, is it consistent, what does it count; and keys."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.checks import RULES, run_check
from db.queries.keys import all_keys
from domain.actor import Actor, Role
from domain.errors import Malformed
from domain.facts import Fact
from domain.shapes import Name
from intake import keys
from starter import schema
from starter.api.answers import in_database, json_response
from starter.api.contract import Number, answers, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.schemas import operations as shapes
from starter.api.temporal_probe import temporal_answers

CHECK_SECONDS = 900.0
"""For one invariant, which reads every row that it speaks of: some seconds per million orders."""

probes = APIRouter(tags=["operation"])
router = stage_router("operation")
_READY = {
    **answers(shapes.Ready, ok="Requests can be served"),
    503: {"description": "The database does not answer", "model": shapes.Ready},
}


class KeyRequest(Fact):
    """Whose key, and what it may do."""

    name: Annotated[Name, StringConstraints(min_length=1, max_length=100)]
    role: Role


@probes.get("/healthz", responses=answers(shapes.Alive, ok="The process is alive"), response_class=Response)
async def healthz() -> Response:
    """Whether the process is alive; asks nothing else."""
    return json_response({"status": "ok"})


@probes.get("/readyz", responses=_READY, response_class=Response)
async def readyz() -> Response:
    """Whether requests can be served: the database answers. Orders are taken while Temporal is down, too.

    `warnings` names a schema that is older or newer than this release, as it is for the length of a deployment.
    """
    database, warnings = await schema.seen()
    temporal = await temporal_answers()
    status = "ready" if database else "not ready"
    document = {"status": status, "database": database, "temporal": temporal, "warnings": warnings}
    return json_response(document, 200 if database else 503, None if database else {"Retry-After": "2"})


@probes.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Prometheus metrics of this process and of the business."""
    counted = await request.app.state.business.figures()
    return Response(request.app.state.metrics.text(counted), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/checks", responses=answers(shapes.Verdict, ok="Every invariant, and the breaches if there are any"))
async def read_checks(
    limit: Annotated[int, Query(ge=1, description="how many invariants to verify; all when absent")] = len(RULES),
    after: Annotated[str | None, Query(max_length=100, description="the `next` of the answer before")] = None,
) -> Response:
    """The reconciler's verdict: each invariant by name, in parts when `limit` says so.

    Each is one statement in a transaction of its own, which sees one state of the database while orders go on moving.
    """
    names = [rule.name for rule in RULES]
    if after is not None and after not in names:
        raise Malformed("The cursor in 'after' is not one of ours: pass the 'next' of the answer before, unchanged.")
    start = 0 if after is None else names.index(after) + 1
    asked = RULES[start : start + limit]
    checks = [await in_database(partial(run_check, rule=rule), CHECK_SECONDS) for rule in asked]
    following = names[start + limit - 1] if start + limit < len(RULES) else None
    clean = not any(check.breaches for check in checks)
    return json_response({"clean": clean, "checks": checks, "next": following, "total": len(RULES)})


@router.post("/keys", status_code=201, responses=answers(shapes.CreatedKey, created="The key, shown this once"))
async def create_key(request: Request, body: KeyRequest) -> Response:
    """Make an API key with a role, under a name that no other good key has. It is shown once; only its hash is kept,
    in a repeated answer it is null.
    """

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        key = await keys.issue_key(tx, actor, body.name, body.role, now)
        document = {"name": body.name, "role": body.role, "key": key}
        return Answer(201, document, stored={**document, "key": None})

    return await perform(request, work)


@router.get("/keys", responses=page_of(shapes.KeyRow, "keys, the oldest first"))
async def list_keys() -> Response:
    """List the keys: names, prefixes and roles, never the keys themselves."""

    async def look(tx: AsyncConnection) -> Response:
        return json_response({"items": await all_keys(tx), "next": None})

    return await in_database(look)


@router.post("/keys/{key}/revoke", responses=answers(shapes.KeyRow, ok="The key, which is good no longer"))
async def revoke_key(request: Request, key: Number) -> Response:
    """Revoke a key by its prefix, or by its name when only one good key has it. It takes half a minute at most."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        return Answer(200, await keys.revoke_key(tx, actor, key, now))

    answer = await perform(request, work)
    request.app.state.known_keys.forget()
    return answer
