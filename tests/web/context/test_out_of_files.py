"""A process that can open no more files still says what happened."""

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="limits of open files are a thing of Unix")

SHOP = """
import asyncio, os, resource
from onboarding import Onboarding
from onboarding.errors import StoreUnavailable
from starlette.applications import Starlette
from starlette.routing import Route

async def broken(request):
    raise StoreUnavailable("down")

onboarding = Onboarding(
    url="http://localhost/welcome",
    secret_key="a key for tests, of more than thirty-two bytes",
    database="memory:",
)
app = Starlette(
    routes=[onboarding.mount, Route("/broken", broken)],
    middleware=[onboarding.middleware],
)

async def ask(path, language):
    sent = []
    headers = [(b"accept", b"text/html"), (b"accept-language", language)]
    scope = {
        "type": "http", "method": "GET", "path": path, "root_path": "",
        "query_string": b"", "headers": headers, "scheme": "http",
        "server": ("localhost", 80),
    }
    async def receive():
        return {"type": "http.request", "body": b""}
    async def send(message):
        sent.append(message)
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"].decode()

async def main():
    async with onboarding:
        app.middleware_stack = app.build_middleware_stack()  # as at the start
        none = os.dup(0)
        resource.setrlimit(resource.RLIMIT_NOFILE, (none, none))
        os.close(none)
        for fill in range(9999):
            try:
                os.dup(0)
            except OSError:
                break
        pages = ("/broken", "/welcome/nope")
        found = [await ask(page, lang) for page in pages for lang in (b"nl", b"en")]
    for status, body in found:
        print(status, "<h1>" in body, "onboarding.css?v=" in body)

asyncio.run(main())
"""


def test_the_page_of_an_error_needs_no_file() -> None:
    """Texts, templates, style sheet and code were read when the application began."""
    command = [sys.executable, "-c", SHOP]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines() == [
        *["503 True True"] * 2,
        *["404 True True"] * 2,
    ], run.stderr
