"""People at their desks: each role with a browser that is signed in, and what they can click on a page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import httpx2

from db.engine import settled
from domain.actor import SYSTEM, Role
from intake import users
from starter.console.door import COOKIE
from tests.starter.api.live import Live

PASSWORD = "correct horse battery"
PEOPLE = tuple(role for role in Role if role is not Role.INTEGRATION)
Fields = Mapping[str, str | Sequence[str]]
OURS = {"sec-fetch-site": "same-origin"}


class Desk:
    """A person's browser: it sends what a browser sends, and follows no redirect by itself."""

    def __init__(self, client: httpx2.AsyncClient, role: Role) -> None:
        self.client = client
        self.role = role

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open a page."""
        return await self.client.get(path, headers=headers)

    async def post(self, path: str, fields: Fields | None = None, **headers: str) -> httpx2.Response:
        """Press a button of one of our pages."""
        return await self.client.post(path, data=dict(fields or {}), headers={**OURS, **headers})

    async def click(self, path: str, fields: Fields | None = None) -> httpx2.Response:
        """Press a button that asks through a script."""
        return await self.post(path, fields, **{"hx-request": "true"})


class Office:
    """One desk per role."""

    def __init__(self, live: Live, desks: dict[Role, Desk]) -> None:
        self.live = live
        self.desks = desks

    def __getitem__(self, role: Role) -> Desk:
        return self.desks[role]


async def hire(role: Role, username: str | None = None) -> str:
    """An account; the username is the role's name when none is given."""
    now = datetime.now(UTC)
    name = username or role.value
    create = partial(
        users.create_user, actor=SYSTEM, username=name, name=name.title(), role=role, password=PASSWORD, now=now
    )
    await settled(create)
    return name


async def token_of(username: str) -> str:
    """A session of the person, without the time that the password takes."""
    return await settled(lambda tx: users.open_session(tx, username, datetime.now(UTC)))


@asynccontextmanager
async def office_of(live: Live, roles: Sequence[Role] = PEOPLE) -> AsyncIterator[Office]:
    """Everybody at their desks."""
    desks: dict[Role, Desk] = {}
    assert live.app is not None
    for role in roles:
        token = await token_of(await hire(role))
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=live.app), base_url="http://console", cookies={COOKIE: token}
        )
        desks[role] = Desk(client, role)
    yield Office(live, desks)
    for desk in desks.values():
        await desk.client.aclose()


def buttons(html: str) -> set[str]:
    """The addresses that a page offers to post to, by form or script."""
    return set(re.findall(r'(?:hx-post|formaction|action)="([^"]+)"', html))


def links(html: str) -> set[str]:
    """The addresses that a page leads to."""
    return set(re.findall(r'href="(/[^"]*)"', html))
