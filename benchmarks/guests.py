"""G5 and G6: a guest made and stored, beside django-guest-user and better-auth."""

import os
import sqlite3
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.asgi import call, headers, scope
from benchmarks.measure import Case, Goal, measure
from benchmarks.requests import KEY, LIMITS, URL, ours
from onboarding import Onboarding

BETTER_AUTH_BYTES = 620
"""Bytes that better-auth 1.7.25 stores per anonymous user, sessions and indexes
included, measured once; a number of bytes does not depend on the machine."""

BETTER_AUTH_CPU = 2221 / 4665
"""CPU of better-auth 1.7.25's anonymous sign-in through its handler, on Node, as a
share of django-guest-user's in the same run, measured once; both in WAL without waiting
for the disk. So it is compared with ours without that wait."""


def django_app(database: Path) -> Any:
    """Return a Django app whose one view makes a guest, and its tables."""
    # Called straight from the loop, like ours: no hop to a thread is counted.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY=KEY,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="benchmarks.django_urls",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "guest_user",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        AUTHENTICATION_BACKENDS=["guest_user.backends.GuestBackend"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(database),
                "CONN_MAX_AGE": None,  # its default connects for every request
                "OPTIONS": {
                    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL"
                },
            }
        },
    )
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return WSGIHandler()


def enter(app: Any) -> None:
    """Make one guest in the Django app."""
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/enter",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    for chunk in app(environ, lambda line, headers: status.append(line)):
        assert chunk is not None
    assert status[0].startswith("200"), status


def stored(database: Path) -> int:
    """Return the size of a database file once its log is written back."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    connection.close()
    return database.stat().st_size


def opened(database: str) -> Onboarding:
    """Return our layer over a database."""
    return Onboarding(url=URL, secret_key=KEY, database=database, limits=LIMITS)


def making(onboarding: Onboarding) -> Case:
    """Return the request that makes a guest of ours."""
    served = ours(onboarding)

    async def make() -> None:
        answer = await call(served, scope("/enter"))
        assert headers(answer, "set-cookie")

    return make


async def compare(folder: Path) -> list[Goal]:
    """Measure the request that makes a guest, and what it leaves on disk."""
    theirs, mine = folder / "django.db", folder / "guests.db"
    app = django_app(theirs)
    onboarding = opened(f"sqlite:///{mine}")
    hasty = opened(f"sqlite:///{folder / 'hasty.db'}?synchronous=normal")
    async with onboarding, hasty:

        async def make_theirs() -> None:
            enter(app)

        cases = {
            "theirs": make_theirs,
            "ours": making(onboarding),
            "ours, without waiting for the disk": making(hasty),
        }
        rounds = await measure(cases, rounds=15, runs=60)
        before = stored(mine)
        for _ in range(5000):
            await onboarding.guests.start()
        per_guest = (stored(mine) - before) / 5000
    for name in cases:
        print(f"     {name}: {rounds.typical(name):.0f} µs")
    print(f"     ours {per_guest:.0f} bytes a guest")
    return [
        Goal(
            "G5",
            "a guest made and stored: our CPU / django-guest-user's",
            rounds.share("ours", "theirs"),
            1 / 6,
        ),
        Goal(
            "G5",
            "the same, not waiting for the disk: ours / better-auth's",
            rounds.share("ours, without waiting for the disk", "theirs")
            / BETTER_AUTH_CPU,
            1 / 10,
        ),
        Goal(
            "G6",
            "bytes stored for a guest: ours / better-auth's",
            per_guest / BETTER_AUTH_BYTES,
            0.45,
        ),
    ]
