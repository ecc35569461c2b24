"""Whether a caller wants JSON or a page, and what a method asks for."""

import pytest

from onboarding.web.context.negotiation import wants_json
from tests.web.site import Browser

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/problem+json", True),
        ("application/json, text/plain, */*", True),
        ("application/json;q=0.9, text/html;q=0.8", True),
        ("text/html;q=0, application/json;q=0.1", True),
        ("text/html;q=.2, application/json", True),
        ("application/*", True),
        (BROWSER, False),
        ("text/html, application/json", False),
        ("text/html, application/json;q=0", False),
        ("application/json;q=0", False),
        ("application/json;q=0, */*", False),
        ("application/json;q=0.1, */*", False),
        ("text/*", False),
        ("text/html, *; q=.2, */*; q=.2", False),
        ("application/json-patch+json", False),
        ("application/jsonp, application/json5", False),
        ('text/plain;x="application/json"', False),
    ],
)
def test_what_weighs_more_decides(accept: str, *, expected: bool) -> None:
    """As RFC 9110 §12.5.1 reads ``Accept``; a page where both weigh the same."""
    assert expected is wants_json({"headers": [(b"accept", accept.encode())]})
    parts = [(b"accept", part.encode()) for part in accept.split(", ")]
    assert expected is wants_json({"headers": parts})


@pytest.mark.parametrize("accept", [b"", b"*/*", b"image/png", b"*/*;q=0.5", b",,"])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("application/json", True),
        ("Application/JSON ; charset=utf-8", True),
        ("application/json-seq", False),
        ("application/x-www-form-urlencoded", False),
        ("", False),
    ],
)
def test_who_has_no_wish_gets_what_they_sent(
    accept: bytes, sent: str, *, expected: bool
) -> None:
    """``fetch`` says ``*/*`` of itself."""
    headers = [(b"accept", accept), (b"content-type", sent.encode())]
    assert expected is wants_json({"headers": headers})


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    ["/welcome/sign-in", "/welcome/nowhere", "/welcome/ask/short-books", "/look"],
)
async def test_head_is_answered_as_get(browser: Browser, path: str) -> None:
    """With the same status and headers, the length included (RFC 9110 §9.3.2)."""
    got, asked = await browser.get(path), await browser.client.head(path)
    assert got.status_code == asked.status_code
    same = {"content-length", "content-type", "location", "vary", "cache-control"}
    assert {n: got.headers.get(n) for n in same} == {
        n: asked.headers.get(n) for n in same
    }


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["get", "Post", "PUT", "OPTIONS", "BREW"])
async def test_a_method_is_known_by_its_case(browser: Browser, method: str) -> None:
    """What is no GET, HEAD or POST, letter by letter, does nothing (§9.1)."""
    request = browser.client.build_request("GET", "/welcome/answers")
    request.method = method
    answer = await browser.client.send(request)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
