"""Which requests may change something."""

import pytest

from onboarding.errors import CrossSiteRequest
from onboarding.web.context.protection import came_from, check_same_site
from tests.web.site import ORIGIN, Browser

pytestmark = pytest.mark.anyio

SITE, FROM, COOKIE = b"sec-fetch-site", b"origin", (b"cookie", b"theirs=1")
OWN = ORIGIN.encode()


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        pytest.param([(SITE, b"same-origin"), COOKIE], True, id="our page"),
        pytest.param([(SITE, b"none"), COOKIE], True, id="typed"),
        pytest.param([(SITE, b"same-site"), COOKIE], False, id="a sibling host"),
        pytest.param([(SITE, b"cross-site"), COOKIE], False, id="another site"),
        pytest.param([(SITE, b"cross-site")], False, id="another site, no cookie"),
        pytest.param(
            [(SITE, b"cross-site"), (FROM, OWN)], False, id="the site counts first"
        ),
        pytest.param([(SITE, b"")], False, id="an empty site"),
        pytest.param(
            [(SITE, b"same-origin"), (SITE, b"cross-site")], False, id="two sites"
        ),
        pytest.param(
            [(SITE, b"same-origin"), (FROM, b"null")], True, id="null, yet ours"
        ),
        pytest.param([(FROM, OWN), COOKIE], True, id="our origin"),
        pytest.param([(FROM, b"https://evil.example")], False, id="another origin"),
        pytest.param([(FROM, b"null")], False, id="null"),
        pytest.param([(FROM, OWN + b".evil.example")], False, id="a longer origin"),
        pytest.param([(FROM, b"http://shop.example")], False, id="without tls"),
        pytest.param([(FROM, OWN + b":8443")], False, id="another port"),
        pytest.param([(FROM, OWN), (FROM, b"null")], False, id="two origins"),
        pytest.param([], True, id="a program"),
        pytest.param([COOKIE], False, id="a program with a cookie"),
    ],
)
def test_only_our_own_pages_change_anything(
    headers: list[tuple[bytes, bytes]],
    allowed: bool,
) -> None:
    """Who may act, by what a browser says of where its request comes from."""
    try:
        check_same_site(headers, ORIGIN)
    except CrossSiteRequest:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    "path",
    [
        "/welcome/sign-out",
        "/welcome/guest",
        "/welcome/answers",
        "/welcome/confirm",
        "/welcome/prompt/first-order",
        "/welcome/sign-in/lamp",
        "/welcome/account/export",
        "/welcome/account/erase",
    ],
)
async def test_another_site_cannot_post(browser: Browser, path: str) -> None:
    """Each POST from elsewhere is refused before it is read, and changes nothing."""
    await browser.post("/order")
    before = await browser.get_json("/welcome/account")

    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = await browser.post(path, {"email": "eve@evil.example"}, **headers)

    assert answer.status_code == 403
    assert "That came from elsewhere" in answer.text
    assert "set-cookie" not in answer.headers
    assert (await browser.get_json("/welcome/account")).json() == before.json()


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        (b"https://shop.example/cart?x=1", "/cart?x=1"),
        (b"https://shop.example/", "/"),
        (b"https://evil.example/cart", None),
        (b"https://shop.example.evil.example/cart", None),
        (b"https://shop.example//evil.example", None),
        (b"https://shop.example", None),
        (b"about:blank", None),
    ],
)
def test_where_somebody_came_from_is_a_page_of_ours(
    referer: bytes, expected: str | None
) -> None:
    """A foreign referer leads nowhere."""
    assert came_from([(b"referer", referer)], ORIGIN) == expected


def test_two_referers_say_nothing() -> None:
    """Whoever sends two wants one to be believed."""
    line = (b"referer", b"https://shop.example/cart")
    assert came_from([line, line], ORIGIN) is None
