"""What every `/v1` route does before its handler runs: key, role, known parameters, JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import Told, told
from starter.api.auth import require, signed_in
from starter.api.bodies import LARGE, StrictRequest, refuse_wrong_everywhere, require_json
from starter.api.roles import roles_that_may
from starter.languages import LANGUAGES, known_language

_MOST_NAMED = 20
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OpenRoute(APIRoute):
    """A route without a key: webhooks, which are signed, and probes."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        known = _known_parameters(self.dependant)

        async def checked(request: Request) -> Response:
            request = StrictRequest(request.scope, request.receive)
            _refuse_unknown_parameters(request, known)
            return await handle(request)

        return checked


class KeyedRoute(APIRoute):
    """A route that needs a key; who may is in `roles.py` under the handler's name."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        roles = roles_that_may(self.name, reads=self.methods == {"GET"})
        doing = told(self.name.replace("_", " "))
        known = _known_parameters(self.dependant)
        body = self.body_field.field_info.annotation if self.body_field else None
        bodies: TypeAdapter[Any] | None = TypeAdapter(body) if body else None

        async def checked(request: Request) -> Response:
            request = StrictRequest(request.scope, request.receive)
            actor = await signed_in(request)
            structlog.contextvars.bind_contextvars(actor=actor.name, role=actor.role.value)
            require(actor, roles, doing)
            request.state.actor = actor
            _refuse_unknown_parameters(request, known)
            if bodies is not None:
                await require_json(request)
                if len(await request.body()) > LARGE:
                    refuse_wrong_everywhere(bodies, await request.json())
            return await handle(request)

        return checked


def _known_parameters(dependant: Dependant) -> frozenset[str]:
    own = frozenset(parameter.alias for parameter in dependant.query_params)
    own |= {"lang"}  # on every path, for its refusals speak as well
    return own.union(*(_known_parameters(each) for each in dependant.dependencies))


def _refuse_unknown_parameters(request: Request, known: frozenset[str]) -> None:
    unknown = [name for name in request.query_params if name not in known][:_MOST_NAMED]
    if unknown:
        sentence = told("unknown query parameter; this path takes {names}", names=", ".join(sorted(known)))
        raise _wrong_parameters(sentence, *unknown)
    wish = request.query_params.get("lang")
    if wish is not None and known_language(wish) is None:
        raise _wrong_parameters(told("one of these is expected: {values}", values=", ".join(LANGUAGES)), "lang")


def _wrong_parameters(sentence: Told, *names: str) -> RequestValidationError:
    return RequestValidationError(
        [{"type": "wrong_parameter", "loc": ("query", name[:64]), "msg": sentence} for name in names]
    )
