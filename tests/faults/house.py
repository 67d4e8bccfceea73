"""The house under attack: real servers and processes with a proxy on every connection between them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from gateways.carriers import registry
from gateways.signatures import new_secret
from starter.embedded import children
from starter.embedded.ports import LOOPBACK
from starter.embedded.servers import Servers
from starter.embedded.stack import Stack
from starter.embedded.temporal import NAMESPACE
from tests.faults.disk import Disk, disk_for
from tests.faults.mail import MailServer
from tests.faults.postroom import Postroom
from tests.faults.proxy import Proxy
from tests.faults.schedule import Targets

OURS = ("ORDERKEEP_", "TEMPORAL_")
CARRIER_KEY = "carrier-key-of-a-fault-run"


@dataclass
class House:
    """What a run has to strike at and to look at. Addresses named `direct` lead past the proxies."""

    folder: Path
    servers: Servers
    stack: Stack
    proxies: dict[str, Proxy]
    postroom: Postroom
    disk: Disk
    mail: MailServer | None
    direct_carrier: str
    payments_secret: str

    @property
    def api(self) -> str:
        """The API as clients reach it."""
        return f"http://{LOOPBACK}:{self.proxies['api'].port}"

    @property
    def direct_api(self) -> str:
        """The API itself."""
        return self.stack.endpoints.api

    @property
    def direct_database(self) -> str:
        """PostgreSQL itself."""
        return self.servers.database

    @property
    def mailbox(self) -> Path:
        """Where letters go that no mail server takes."""
        return Path(self.stack.endpoints.mailbox)

    @property
    def targets(self) -> Targets:
        """Every process and every connection that there is."""
        supervisors = (self.servers.supervisor, self.stack.servers.supervisor)
        return Targets(tuple(name for each in supervisors for name in each.names), tuple(self.proxies))

    def pid(self, process: str) -> int:
        """The process of that name at this moment."""
        mine = process in self.servers.supervisor.names
        return (self.servers.supervisor if mine else self.stack.servers.supervisor).pid(process)


@asynccontextmanager
async def opened(
    folder: Path, seed: int, *, day_seconds: float, scan_seconds: float, smtp: bool
) -> AsyncIterator[House]:
    """The house from its disk to its worker; everything is ended afterwards, the folder stays."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]  # what the environment names is somebody's real server
    async with AsyncExitStack() as leaving:
        disk = leaving.enter_context(disk_for(folder / "servers" / "postgres"))
        servers = await leaving.enter_async_context(Servers(folder / "servers"))
        disk.server = lambda: servers.supervisor.pid("postgres")
        proxies: dict[str, Proxy] = {}

        async def through(name: str, port: int) -> str:
            proxies[name] = await leaving.enter_async_context(Proxy(name, LOOPBACK, port))
            return f"{LOOPBACK}:{proxies[name].port}"

        mail = await leaving.enter_async_context(MailServer()) if smtp else None
        database = urlsplit(servers.database)
        place = await through("database", database.port or 5432)
        secrets = {name: new_secret() for name in ("carriers", "payments")}
        carrier_port = servers.dir.port("simulator")
        env = {
            "ORDERKEEP_DATABASE_URL": urlunsplit(
                database._replace(netloc=f"{database.username}:{database.password}@{place}")
            ),
            "TEMPORAL_ADDRESS": await through("temporal", int(servers.temporal.rpartition(":")[2])),
            "TEMPORAL_NAMESPACE": NAMESPACE,
            "TEMPORAL_CONFIG_FILE": os.devnull,
            "ORDERKEEP_CARRIER_URL": f"http://{await through('carrier', carrier_port)}",
            "ORDERKEEP_CARRIER_KEY": CARRIER_KEY,
            **{f"ORDERKEEP_WEBHOOK_SECRET_{name.upper()}": secret for name, secret in secrets.items()},
            **({"ORDERKEEP_SMTP_URL": f"smtp://{await through('mail', mail.port)}"} if mail else {}),
        }
        api_port = servers.dir.port("api")
        await through("api", api_port)
        postroom = await leaving.enter_async_context(Postroom(f"http://{LOOPBACK}:{proxies['api'].port}", seed))
        await _start_carrier(servers, carrier_port, env, postroom, scan_seconds)
        stack = Stack(folder / "house", port=api_port, env=env, day_seconds=day_seconds)
        await leaving.enter_async_context(stack)
        yield House(
            folder=folder,
            servers=servers,
            stack=stack,
            proxies=proxies,
            postroom=postroom,
            disk=disk,
            mail=mail,
            direct_carrier=f"http://{LOOPBACK}:{carrier_port}",
            payments_secret=secrets["payments"],
        )


async def _start_carrier(
    servers: Servers, port: int, env: dict[str, str], postroom: Postroom, scan_seconds: float
) -> None:
    own: dict[str, str | None] = {
        **env,
        "ORDERKEEP_SIMULATOR_STEP_SECONDS": str(scan_seconds),
        "ORDERKEEP_CARRIER_WEBHOOK_URL": f"{postroom.url}/v1/webhooks/carriers/{registry.names()[0]}",
    }
    child = children.simulator(port, own, servers.dir.logs, servers.dir.path / "simulator.json")
    await servers.start_all([(child.program, child.answers)])
