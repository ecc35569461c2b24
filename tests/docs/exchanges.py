"""Plays the HTTP exchanges of a page, and compares what comes back."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from tests.docs.pages import Page

ANYTHING = "…"


class Exchange(NamedTuple):
    """A request as it is written, and the answer that is promised to it."""

    line: int
    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    media_type: str
    told: Any


def exchanges(page: Page) -> Iterator[Exchange]:
    """Yield the exchanges of a page, first to last."""
    for block in page.blocks:
        if block.language != "http":
            continue
        request, _, answer = block.text.partition("\nHTTP/1.1 ")
        head, _, body = request.strip().partition("\n\n")
        first, *headers = head.splitlines()
        answer_head, _, told = answer.partition("\n\n")
        status, *answer_headers = answer_head.splitlines()
        yield Exchange(
            block.line,
            *first.split(" "),
            dict(header.split(": ") for header in headers),
            body,
            int(status[:3]),
            _fields(answer_headers).get("Content-Type", "application/json"),
            json.loads(told),
        )


def _fields(lines: list[str]) -> dict[str, str]:
    return dict(line.split(": ") for line in lines)


def play(client: TestClient, exchange: Exchange, known: dict[str, str]) -> None:
    """Send the request and compare the answer; texts in it may be used later on."""
    answer = client.request(
        exchange.method,
        exchange.path,
        headers={
            name: re.sub(r"\{(\w+)\}", lambda slot: known[slot[1]], value)
            for name, value in exchange.headers.items()
        },
        content=exchange.body or None,
    )
    assert exchange.status == answer.status_code, answer.text
    assert exchange.media_type == answer.headers["content-type"]
    told = answer.json()
    assert exchange.told == _shaped(told, exchange.told)
    known.update((k, v) for k, v in told.items() if isinstance(v, str))


def _shaped(told: Any, promised: Any) -> Any:
    """Return what was told, with the sign for anything where the page has it."""
    match promised:
        case str() if promised == ANYTHING and isinstance(told, str) and told:
            return ANYTHING
        case dict() if isinstance(told, dict):
            return {name: _shaped(v, promised.get(name)) for name, v in told.items()}
        case list() if isinstance(told, list) and len(told) == len(promised):
            return [_shaped(t, p) for t, p in zip(told, promised, strict=True)]
    return told
