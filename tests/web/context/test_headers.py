"""Raw headers: what keeps a response out of shared caches, and what is a prefetch."""

import pytest

from onboarding.web.context.headers import is_prefetch, make_private

CACHE = b"cache-control"
PRIVATE = (b"cache-control", b"private, no-store")
VARY = (b"vary", b"Cookie")
TYPE = (b"content-type", b"text/plain")


@pytest.mark.parametrize(
    ("given", "sets_cookie", "kept"),
    [
        pytest.param([TYPE], False, [TYPE, PRIVATE, VARY], id="silent"),
        pytest.param(
            [(b"Cache-Control", b"public")], False, [PRIVATE, VARY], id="public"
        ),
        pytest.param(
            [(b"cache-control", b"private, max-age=60")],
            False,
            [(b"cache-control", b"private, max-age=60"), VARY],
            id="private already",
        ),
        pytest.param(
            [(b"cache-control", b"No-Store")],
            False,
            [(b"cache-control", b"No-Store"), VARY],
            id="never stored",
        ),
        *(
            pytest.param(
                [(b"cache-control", said)], False, [PRIVATE, VARY], id=str(said)
            )
            for said in (
                b'private="set-cookie"',
                b"private=x, max-age=60",
                b'public, ext="a, private, b"',
                b"max-age=60, x-no-store",
            )
        ),
        pytest.param(
            [(b"cache-control", b"private, max-age=60")],
            True,
            [PRIVATE, VARY],
            id="private, with a cookie",
        ),
    ],
)
def test_a_personal_response_is_in_no_shared_cache(
    given: list[tuple[bytes, bytes]],
    sets_cookie: bool,
    kept: list[tuple[bytes, bytes]],
) -> None:
    """It is private and varies by cookie; a host's own words stay if as strict."""
    assert kept == make_private(given, sets_cookie=sets_cookie)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param((b"sec-purpose", b"prefetch;prerender"), True, id="standard"),
        pytest.param((b"purpose", b"prefetch"), True, id="older Chromium"),
        pytest.param((b"x-moz", b"prefetch"), True, id="older Firefox"),
        pytest.param((b"accept", b"prefetch"), False, id="another header"),
        pytest.param((b"sec-purpose", b"prerender"), True, id="drawn ahead"),
        pytest.param((b"sec-purpose", b"Prefetch"), True, id="another case"),
        pytest.param((b"purpose", b"preview"), True, id="older Safari"),
        pytest.param((b"x-purpose", b"preview"), True, id="Safari's top sites"),
        pytest.param((b"x-purpose", b"instant"), True, id="older Instant"),
        pytest.param((b"x-sec-purpose", b"prefetch"), True, id="Turbo"),
        pytest.param((b"next-router-prefetch", b"1"), True, id="Next.js"),
        pytest.param((b"next-router-prefetch", b"2"), True, id="Next.js, later"),
        pytest.param((b"next-router-segment-prefetch", b"/_tree"), True, id="segment"),
        pytest.param((b"x-middleware-prefetch", b"1"), True, id="Next.js pages"),
        pytest.param((b"hx-preloaded", b"true"), True, id="htmx"),
        pytest.param((b"purpose", b"checkout"), False, id="another purpose"),
        pytest.param((b"sec-purpose", b""), False, id="no purpose"),
        pytest.param((b"next-router-state-tree", b"1"), False, id="no prefetch"),
    ],
)
def test_a_prefetch_is_known_by_its_header(
    header: tuple[bytes, bytes], expected: bool
) -> None:
    """No person sees what a browser fetches ahead of time."""
    assert expected is is_prefetch([header])
