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


async def call(app: ASGIApp, request: Scope) -> dict[str, Any]:
    """Send one request; return its status, and its headers by name, each a list."""
    answer: dict[str, Any] = {"status": 0, "headers": {}}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
            for name, value in message["headers"]:
                answer["headers"].setdefault(name.decode(), []).append(value.decode())

    await app({**request, "headers": list(request["headers"])}, receive, send)
    return answer


def cookies(answer: dict[str, Any]) -> str:
    """Return the cookies an answer sets, as the next request sends them."""
    lines = answer["headers"].get("set-cookie", [])
    pairs = [line.split(";")[0] for line in lines]
    return "; ".join(pair for pair in pairs if not pair.endswith("="))
