"""Whatever is sent, nobody gets a 500, and nobody gets somebody else's session."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.phone import APPS
from tests.web.site import ORIGIN, SESSION, Site, open_site

PATHS = [
    "/look",
    "/recommendations",
    "/welcome/sign-in",
    "/welcome/callback/lamp",
    "/welcome/confirm",
    "/welcome/account",
    "/welcome/account/erase",
    "/welcome/ask/recommendations",
    "/welcome/answers",
    "/welcome/prompt",
    "/welcome/prompt/first-order",
    "/welcome/prompt/first-order/thanks",
    "/welcome/guest",
    "/welcome/me",
    "/welcome/sign-in/lamp",
    "/welcome/sign-out",
    "/welcome/app/authorize",
    "/welcome/app/push",
    "/welcome/app/token",
    "/welcome/app/revoke",
    "/welcome/account/app",
]
NAMES = st.sampled_from(
    [
        b"cookie",
        b"authorization",
        b"accept",
        b"accept-language",
        b"origin",
        b"referer",
        b"sec-fetch-site",
        b"sec-purpose",
        b"content-type",
        b"content-length",
        b"if-none-match",
    ]
)
COOKIE = st.binary(max_size=80).map(lambda raw: f"{SESSION}=".encode() + raw)
BEARER = st.binary(max_size=80).map(lambda raw: b"Bearer " + raw)
VALUES = st.one_of(
    st.binary(max_size=120), COOKIE, BEARER, st.just(b"application/json")
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
FIELDS = st.sampled_from(
    [
        *("do", "feature", "question", "genre", "pages", "next", "email", "score"),
        *("text", "client_id", "grant_type", "code", "code_verifier", "token", "key"),
    ]
)
FORM = st.lists(st.tuples(FIELDS, st.text(max_size=20)), max_size=6).map(
    lambda pairs: urlencode(pairs).encode()
)
BODIES = st.one_of(st.binary(max_size=200), FORM, st.just(b'{"answers": {"genre": 1}}'))

OWN_FORM = [
    (b"sec-fetch-site", b"same-origin"),
    (b"origin", ORIGIN.encode()),
    (b"content-type", b"application/x-www-form-urlencoded"),
]

Message = dict[str, Any]
Headers = list[tuple[bytes, bytes]]


class Pier:
    """A shop on an event loop of its own, asked by raw ASGI messages."""

    def __init__(self) -> None:
        """Open the shop."""
        self.loop = asyncio.new_event_loop()
        self._context = open_site(apps=APPS)
        self.site: Site = self.loop.run_until_complete(self._context.__aenter__())

    def close(self) -> None:
        """Close it."""
        self.loop.run_until_complete(self._context.__aexit__(None, None, None))
        self.loop.close()

    def ask(self, method: str, path: str, **sent: Any) -> tuple[int, Headers]:
        """Send a request as a server would hand it on; return status and headers."""
        answered: list[Message] = []

        async def receive() -> Message:
            body = sent.get("body", b"")
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            answered.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": sent.get("query", b""),
            "headers": sent.get("headers", []),
            "scheme": "https",
            "server": ("shop.example", 443),
            "root_path": "",
        }
        self.loop.run_until_complete(self.site.app(scope, receive, send))
        return answered[0]["status"], answered[0]["headers"]

    def token(self) -> bytes:
        """Return the session cookie of somebody who has just placed an order."""
        _, headers = self.ask("POST", "/order")
        return dict(headers)[b"set-cookie"].partition(b";")[0]


@pytest.fixture(scope="module")
def pier() -> Iterator[Pier]:
    """Keep one shop open for all that is thrown at it."""
    pier = Pier()
    yield pier
    pier.close()


QUERY = st.binary(max_size=60) | FORM
REQUESTS = st.fixed_dictionaries({"query": QUERY, "headers": HEADERS, "body": BODIES})


def check(status: int, headers: Headers) -> None:
    """Check that an answer is no break-down and leads to no stranger."""
    assert status < 500
    if status == 303:
        location = dict(headers)[b"location"].decode()
        assert location.startswith(
            ("/", "https://id.example/", "https://other.example/")
        )
        assert not location.startswith(("//", "/\\"))


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS"]),
    path=st.sampled_from(PATHS),
    sent=REQUESTS,
)
def test_nothing_breaks_us(
    pier: Pier, method: str, path: str, sent: dict[str, Any]
) -> None:
    """Every request has an answer below 500, and every redirect stays on this site."""
    check(*pier.ask(method, path, **sent))


@given(
    path=st.sampled_from([path for path in PATHS if path.startswith("/welcome/")]),
    form=FORM,
    query=FORM,
)
def test_nothing_that_somebody_sends_breaks_us(
    pier: Pier, path: str, form: bytes, query: bytes
) -> None:
    """Also what passes the first checks: a live session, our own page, a good form."""
    headers = [*OWN_FORM, (b"cookie", pier.token())]
    check(*pier.ask("POST", path, headers=headers, body=form, query=query))
    check(*pier.ask("GET", path, headers=headers, query=query))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    told=st.fixed_dictionaries(
        {},
        optional={
            "do": st.sampled_from(["answer", "decline", "snooze"]) | JSON,
            "feature": st.sampled_from(["recommendations", "short-books"]) | JSON,
            "questions": st.lists(st.sampled_from(["genre", "pages"])) | JSON,
            "answers": st.dictionaries(
                st.sampled_from(["genre", "birthday", "pages", "mood"]), JSON
            )
            | JSON,
            "next": JSON,
        },
    )
)
def test_no_json_breaks_us(pier: Pier, told: dict[str, object]) -> None:
    """Types, sizes and shapes of JSON are refused with a problem."""
    headers = [
        (b"sec-fetch-site", b"same-origin"),
        (b"content-type", b"application/json"),
    ]
    data = json.dumps(told).encode()
    status, _ = pier.ask("POST", "/welcome/answers", headers=headers, body=data)
    assert status in {200, 400, 404, 422}
