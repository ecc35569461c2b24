"""Calling an ASGI app directly: no sockets, no client, only the app."""

from typing import Any

from starlette.types import ASGIApp, Message, Scope


def scope(path: str, cookie: str = "", method: str = "GET", query: str = "") -> Scope:
    """Return the scope of a browser's request to our own site."""
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
        (b"accept", b"text/html,application/xhtml+xml"),
        (b"accept-language", b"en-GB,en;q=0.5"),
        (b"sec-fetch-site", b"same-origin"),
    ]
    if cookie:
        headers.append((b"cookie", cookie.encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


Answer = dict[str, Any]
"""The first message of an answer, as the app sent it."""


async def call(app: ASGIApp, request: Scope) -> Answer:
    """Send one request; return how the answer begins.

    Untouched: taking it apart would be counted as the app's.
    """
    answer: Answer = {}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.update(message)

    await app({**request}, receive, send)
    return answer


def headers(answer: Answer, name: str) -> list[str]:
    """Return every value of a header."""
    return [v.decode() for n, v in answer["headers"] if n == name.encode()]


def cookies(answer: Answer) -> str:
    """Return the cookies an answer sets, as the next request sends them."""
    pairs = [line.split(";")[0] for line in headers(answer, "set-cookie")]
    return "; ".join(pair for pair in pairs if not pair.endswith("="))
