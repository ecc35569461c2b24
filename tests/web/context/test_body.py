"""Bodies: what is read, and what is refused before it does harm."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from onboarding import Deadlines
from tests.web.site import Browser, open_site

pytestmark = pytest.mark.anyio

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ANSWERS = "/welcome/answers"


async def send(browser: Browser, data: bytes, kind: str, path: str = ANSWERS) -> int:
    """Post some bytes as a kind of content, and return the status."""
    headers = {"sec-fetch-site": "same-origin"}
    if kind:
        headers["content-type"] = kind
    answer = await browser.client.post(path, content=data, headers=headers)
    assert "set-cookie" not in answer.headers
    assert "Traceback" not in answer.text
    return answer.status_code


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        pytest.param(b"x" * 70_000, FORM, 413, id="a large form"),
        pytest.param(b"[" * 70_000, JSON, 413, id="large JSON"),
        pytest.param(b"a=1", "text/plain", 415, id="plain text"),
        pytest.param(b"a=1", "multipart/form-data; boundary=x", 415, id="multipart"),
        pytest.param(b"a=1", "", 415, id="no kind"),
        pytest.param(b"<a/>", "application/xml", 415, id="xml"),
        pytest.param(b"", "", 400, id="nothing"),
        pytest.param(b"question=%ff", FORM, 400, id="no UTF-8"),
        pytest.param("question=é".encode(), FORM, 400, id="not encoded"),
        pytest.param(b"question=%00", FORM, 400, id="a NUL"),
        pytest.param(b"&".join([b"question=a"] * 300), FORM, 400, id="many fields"),
        pytest.param(b"do=answer&do=snooze&question=genre", FORM, 400, id="twice"),
        pytest.param(b"do=everything&question=genre", FORM, 400, id="an unknown act"),
        pytest.param(b"question=genre&feature=nope", FORM, 404, id="unknown feature"),
        pytest.param(b"question=shoe_size", FORM, 422, id="unknown question"),
        pytest.param(b"{", JSON, 400, id="broken JSON"),
        pytest.param(b"[]", JSON, 400, id="a JSON list"),
        pytest.param(b"null", JSON, 400, id="null"),
        pytest.param(b"\xff\xfe", JSON, 400, id="no text"),
        pytest.param(b'{"answers": {"pages": NaN}}', JSON, 400, id="NaN"),
        pytest.param(b'{"answers": {"pages": 1e999}}', JSON, 400, id="infinity"),
        pytest.param(b'{"answers": {"genre": "\\u0000"}}', JSON, 400, id="JSON NUL"),
        pytest.param(b'{"answers": {"genre": "\\ud800"}}', JSON, 400, id="surrogate"),
        pytest.param(b'{"a":' * 20_000, JSON, 413, id="deep and large"),
        pytest.param(b"[" * 60_000, JSON, 400, id="deep"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", JSON, 400, id="a huge number"),
        pytest.param(b'{"feature": 1, "answers": {"genre": 1}}', JSON, 400, id="type"),
        pytest.param(b'{"answers": []}', JSON, 400, id="answers as a list"),
        pytest.param(b'{"questions": {}}', JSON, 400, id="questions as an object"),
        pytest.param(b'{"answers": {"shoe_size": 1}}', JSON, 422, id="not asked"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(
    browser: Browser, data: bytes, kind: str, status: int
) -> None:
    """Each has its status; nobody becomes a guest, and nothing breaks."""
    assert await send(browser, data, kind) == status


@pytest.mark.parametrize("length", ["-1", "1e3", "many", "9" * 40])
async def test_a_length_that_makes_no_sense_is_refused(
    browser: Browser, length: str
) -> None:
    """Before a byte is read."""
    headers = {"sec-fetch-site": "same-origin", "content-length": length}
    headers["content-type"] = FORM
    answer = await browser.client.post(ANSWERS, content=b"a=1", headers=headers)
    assert answer.status_code == 413


async def test_a_body_without_a_length_is_bounded_too(browser: Browser) -> None:
    """A stream is cut off at the limit."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"a" * 10_000

    headers = {"sec-fetch-site": "same-origin", "content-type": FORM}
    answer = await browser.client.post(ANSWERS, content=endless(), headers=headers)
    assert answer.status_code == 413


async def stalls() -> AsyncIterator[bytes]:
    """Begin, and never go on."""
    yield b"question="
    await asyncio.Event().wait()


async def trickles() -> AsyncIterator[bytes]:
    """Go on for ever, a byte at a time: none of them is late."""
    while True:
        yield b"a"
        await asyncio.sleep(0)


async def is_silent() -> AsyncIterator[bytes]:
    """Promise a body, and send none of it."""
    await asyncio.Event().wait()
    yield b""


Slow = Callable[[], AsyncIterator[bytes]]


@pytest.mark.parametrize("path", [ANSWERS, "/welcome/guest", "/cart"])
@pytest.mark.parametrize("kind", [FORM, JSON])
@pytest.mark.parametrize("slow", [stalls, trickles, is_silent])
async def test_a_body_that_never_comes_ends_by_the_deadline(
    slow: Slow, kind: str, path: str
) -> None:
    """A 408, and the connection ends with it (RFC 9110 §15.5.9); nothing is kept."""
    deadlines = Deadlines(request=timedelta(milliseconds=30))
    async with open_site(deadlines=deadlines) as site:
        answer = await give(site.browser(), slow(), kind, path)
    assert answer.status_code == 408
    assert answer.headers["connection"] == "close"
    assert "set-cookie" not in answer.headers
    assert "too long" in answer.text


@pytest.mark.parametrize(("version", "field"), [("1.1", "close"), ("2", None)])
async def test_where_streams_end_by_themselves_no_connection_is_closed(
    version: str, field: str | None, browser: Browser
) -> None:
    """RFC 9113 §8.2.2 forbids the field; the other requests of a connection go on."""
    inner = browser.site.app

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "http_version": version}, receive, send)

    browser.client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=browser.client.base_url
    )
    answer = await give(browser, trickles(), FORM, ANSWERS)
    assert (answer.status_code, answer.headers.get("connection")) == (413, field)


async def give(
    browser: Browser, data: AsyncIterator[bytes], kind: str, path: str
) -> httpx2.Response:
    """Post a stream from a page of ours."""
    headers = {"sec-fetch-site": "same-origin", "content-type": kind}
    return await browser.client.post(path, content=data, headers=headers)


async def test_json_must_say_so(browser: Browser) -> None:
    """A form of another site cannot pass for JSON."""
    data = b'{"feature": "recommendations", "answers": {"genre": "novel"}}'
    assert await send(browser, data, "text/plain") == 415
    headers = {"sec-fetch-site": "same-origin", "accept": "*/*"}
    headers["content-type"] = f"{JSON}; charset=utf-8"
    answer = await browser.client.post(ANSWERS, content=data, headers=headers)
    assert answer.status_code == 200
