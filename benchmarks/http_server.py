"""One of the apps behind uvicorn: ``python -m benchmarks.http_server PORT APP FOLDER``.

One worker, on a core of its own, with the loop and the parser that
``pip install uvicorn[standard]`` brings.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import requests
from benchmarks.processes import pin, serve
from onboarding import Onboarding


def ours(folder: Path) -> Any:
    """Return an app behind our layer."""
    database = f"sqlite:///{folder / 'ours.db'}"
    return requests.ours(
        Onboarding(url=requests.URL, secret_key=requests.KEY, database=database)
    )


def fastapi_users(folder: Path) -> Any:
    """Return fastapi-users with sessions in its database."""
    from benchmarks import fastapi_users_app

    return fastapi_users_app.build(folder / "fastapi_users.db", stored=True)


def django(folder: Path) -> Any:
    """Return Django's WSGI app in one thread: more of them only wait for each other."""
    from a2wsgi import WSGIMiddleware

    from benchmarks.guests import django_app

    return WSGIMiddleware(django_app(folder / "django.db"), workers=1)


APPS: Mapping[str, Callable[[Path], Any]] = {
    "bare": lambda _: requests.bare(),
    "session": lambda _: requests.peer(),
    "ours": ours,
    "fastapi-users": fastapi_users,
    "django": django,
}


def main() -> None:
    """Serve until killed."""
    port, name, folder = sys.argv[1:]
    pin(0)
    serve(APPS[name](Path(folder)), int(port))


if __name__ == "__main__":
    main()
