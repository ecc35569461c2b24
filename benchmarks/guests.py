"""G5 and G6: a guest made and stored, beside django-guest-user."""

import os
import sqlite3
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.asgi import call, headers, scope
from benchmarks.measure import Goal, measure
from benchmarks.requests import KEY, LIMITS, URL, ours
from onboarding import Onboarding

BETTER_AUTH_BYTES = 620
"""Bytes that better-auth 1.7.25 stores per anonymous user, sessions and indexes
included, measured once; a number of bytes does not depend on the machine."""


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


async def compare(folder: Path) -> list[Goal]:
    """Measure the request that makes a guest, and what it leaves on disk."""
    theirs, mine = folder / "django.db", folder / "guests.db"
    app = django_app(theirs)
    onboarding = Onboarding(
        url=URL, secret_key=KEY, database=f"sqlite:///{mine}", limits=LIMITS
    )
    async with onboarding:
        served = ours(onboarding)

        async def make_theirs() -> None:
            enter(app)

        async def make_ours() -> None:
            answer = await call(served, scope("/enter"))
            assert headers(answer, "set-cookie")

        rounds = await measure(
            {"theirs": make_theirs, "ours": make_ours}, rounds=15, runs=60
        )
        before = stored(mine)
        for _ in range(5000):
            await onboarding.guests.start()
        per_guest = (stored(mine) - before) / 5000
    for name in ("ours", "theirs"):
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
            "G6",
            "bytes stored for a guest: ours / better-auth's",
            per_guest / BETTER_AUTH_BYTES,
            0.6,
        ),
    ]
