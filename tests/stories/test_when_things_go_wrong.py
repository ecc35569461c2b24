"""Mishaps and mischief: each has a clear page, changes nothing, and loses nothing."""

from collections.abc import Iterator

import pytest

from tests.shop.running import RunningDemo, running_demo
from tests.stories.browser import Browser
from tests.stories.steps import ADDRESS, choose, count, orders, titles_in_cart


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """One demo for all that is refused: it changes nothing."""
    with running_demo(tmp_path_factory.mktemp("shop")) as demo:
        yield demo


@pytest.mark.parametrize("path", ["/cart", "/cart/remove", "/checkout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "https://sub.shop.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_another_site_cannot_act(
    demo: RunningDemo, browser: Browser, path: str, headers: dict[str, str]
) -> None:
    """A form on another site changes nothing, cookie or no cookie."""
    choose(browser, "Walden")
    sent = ADDRESS | {"book": "walden", "attempt": "x"}
    answer = browser.client.post(demo.url + path, data=sent, headers=headers)
    assert answer.status_code == 403
    assert titles_in_cart(browser) == ["Walden"]
    assert orders(browser) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"book=walden&book=dracula", "application/x-www-form-urlencoded", 400),
        (b"book=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"book=" + b"x" * 100_000, "application/x-www-form-urlencoded", 413),
        (
            b"&".join(b"a=1" for _ in range(5000)),
            "application/x-www-form-urlencoded",
            400,
        ),
        (b"<book>walden</book>", "application/xml", 415),
        (b'{"book": "walden"}', "application/json", 415),
        (b"", "application/x-www-form-urlencoded", 404),
    ],
    ids=["twice", "no text", "huge", "many", "xml", "json", "empty"],
)
def test_hostile_bodies(
    demo: RunningDemo, browser: Browser, body: bytes, kind: str, status: int
) -> None:
    """What no page of ours sends is refused, makes no guest, and has a way on."""
    before = count(demo, "onboarding_accounts")
    answer = browser.client.post(
        f"{demo.url}/cart",
        content=body,
        headers={"content-type": kind, "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == status
    assert count(demo, "onboarding_accounts") == before
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "cookie", ["", "x", "a.b", "é", "0" * 5000, "../../etc/passwd"]
)
def test_a_made_up_cookie_makes_a_visitor(browser: Browser, cookie: str) -> None:
    """It is cleared, opens nothing, and no guest is made for it."""
    value = cookie.encode().decode("latin-1")
    answer = browser.client.get(
        browser.home + "/orders",
        headers=[(b"cookie", f"onboarding={value}".encode("latin-1"))],
    )
    assert answer.status_code == 200
    assert "We know of no order from this browser." in answer.text
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"],
)
def test_nobody_is_led_away(browser: Browser, wanted: str) -> None:
    """Whatever `next` says, going on as a guest ends in this shop."""
    browser.open(f"/welcome/sign-in?next={wanted}")
    (onward,) = [form for form in browser.page.forms if "lamplight" in form.action]
    assert "evil" not in "".join(onward.fields.get("next", []))
    assert browser.follow("Go on as a guest").path == "/"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/cart/remove"), ("POST", "/"), ("DELETE", "/cart"), ("PUT", "/checkout")],
)
def test_the_wrong_method_has_a_page(browser: Browser, method: str, path: str) -> None:
    """An address that works another way says so."""
    answer = browser.client.request(method, browser.home + path)
    assert answer.status_code == 405
    assert "This address works another way" in answer.text


def test_every_page_of_the_shop_is_strict(browser: Browser) -> None:
    """Scripts and styles come from the shop only, and nobody frames it."""
    for path in ("/", "/books/walden", "/cart", "/help", "/shopkeeper/nps"):
        page = browser.open(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
