"""Somebody else's half of a sign-in ends up in the victim's browser.

Over https a sibling host cannot plant a cookie of ours; a shared computer, or a bug of
the host, can. Even then nobody else's identity joins the victim's account.
"""

import re

import pytest

from onboarding.testing import Person
from tests.security.town import EVE, VERA, come_back, sign_in, way_back, ways, who
from tests.web.site import SESSION, Browser, Site, words

pytestmark = pytest.mark.anyio

EVE_AGAIN = Person(
    subject="eve-2", name="Eve again", email=EVE.email, email_verified=True
)


def plant(source: Browser, victim: Browser, beginning: str) -> None:
    """Copy cookies of ours from one browser into another."""
    copied = 0
    for cookie in source.client.cookies.jar:
        if cookie.name.startswith(beginning):
            assert cookie.value is not None
            victim.client.cookies.set(
                cookie.name, cookie.value, domain="shop.example", path="/"
            )
            copied += 1
    assert copied == 1


async def waiting(site: Site) -> Browser:
    """Return the attacker's browser, in which an identity of the attacker waits."""
    await sign_in(site.browser(), EVE)
    attacker = site.browser()
    answer = await sign_in(attacker, EVE_AGAIN, "other")
    assert answer.headers["location"] == "/welcome/confirm"
    return attacker


@pytest.mark.parametrize("victim_is", ["visitor", "guest", "registered"])
async def test_an_answer_for_another_browser_is_refused(
    site: Site, victim_is: str
) -> None:
    """Login CSRF: an attacker's callback in the victim's browser signs nobody in."""
    attacker, victim = site.browser(), site.browser()
    if victim_is == "guest":
        await victim.post("/order")
    if victim_is == "registered":
        await sign_in(victim, VERA)
    before = await who(victim), await ways(victim)
    back = await way_back(attacker, EVE)

    answer = await come_back(victim, back)

    assert before == (await who(victim), await ways(victim))
    assert f"{SESSION}=" not in answer.headers.get("set-cookie", "")
    if victim_is == "visitor":  # it begins again, for whoever this browser is
        assert answer.headers["location"].startswith("https://id.example/")
    elif victim_is == "registered":  # they need no sign-in: it leads on within here
        assert answer.headers["location"] == "/"
    else:
        assert answer.status_code == 400
        assert "was not begun in this browser" in words(answer.text)


async def test_a_visitor_who_is_led_through_again_comes_in_as_themselves(
    site: Site,
) -> None:
    """What an attacker's answer begins again ends with the victim's own identity."""
    attacker, victim = site.browser(), site.browser()
    again = await come_back(victim, await way_back(attacker, EVE))

    await come_back(victim, site.lamp.approve(again.headers["location"], VERA))

    assert {("lamp", "Vera")} == await ways(victim)


async def test_an_answer_is_begun_again_once(site: Site, browser: Browser) -> None:
    """A browser that loses every cookie gets a page, and no loop."""
    again = await come_back(site.browser(), await way_back(browser, VERA))
    lost = site.lamp.approve(again.headers["location"], VERA)

    answer = await come_back(site.browser(), lost)

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_a_planted_attempt_links_nothing_to_who_is_signed_in(site: Site) -> None:
    """Link CSRF: an attacker's whole attempt, cookie and all, adds no way in."""
    attacker, victim = site.browser(), site.browser()
    await sign_in(victim, VERA)
    back = await way_back(attacker, EVE)
    plant(attacker, victim, "__Host-onboarding-attempt-")

    answer = await come_back(victim, back)

    assert answer.status_code == 400
    assert {("lamp", "Vera")} == await ways(victim)


async def test_two_tabs_of_one_person_still_come_in(browser: Browser) -> None:
    """Tabs that began before the first one was in end signed in, all as one."""
    backs = [await way_back(browser, VERA, next=f"/{n}") for n in range(3)]

    answers = [await come_back(browser, back) for back in backs]

    assert ["/0", "/1", "/2"] == [answer.headers["location"] for answer in answers]
    assert {("lamp", "Vera")} == await ways(browser)


async def test_who_began_signed_in_gains_the_way(browser: Browser) -> None:
    """Asking for it while signed in links a second identity, as the table says."""
    await sign_in(browser, VERA)
    await sign_in(browser, Person(subject="v2", name="Vera too"), "other")
    assert {("lamp", "Vera"), ("other", "Vera too")} == await ways(browser)


async def test_a_guest_who_became_somebody_meanwhile_gains_the_way(
    browser: Browser,
) -> None:
    """An attempt begun as a guest counts for the account that this guest became."""
    await browser.post("/order")
    slow = await way_back(browser, Person(subject="v2", name="Vera too"), "other")
    await sign_in(browser, VERA)

    await come_back(browser, slow)

    assert {("lamp", "Vera"), ("other", "Vera too")} == await ways(browser)


async def test_a_planted_waiting_identity_links_nothing(site: Site) -> None:
    """Only who proved the address can say yes: the victim's click adds no way in."""
    attacker, victim = await waiting(site), site.browser()
    await sign_in(victim, VERA)
    plant(attacker, victim, "__Host-onboarding-confirm")

    answer = await victim.post("/welcome/confirm")

    assert answer.status_code == 409
    assert {("lamp", "Vera")} == await ways(victim)
    again = site.browser()
    answer = await sign_in(again, EVE_AGAIN, "other")
    assert answer.headers["location"] == "/welcome/confirm"


async def test_a_waiting_identity_outlives_its_owner_for_nobody(site: Site) -> None:
    """When the owner of the address is gone, what waited is a way in for nobody."""
    attacker, victim = await waiting(site), site.browser()
    owner = site.browser()
    await sign_in(owner, EVE)
    await owner.post("/welcome/account/erase")
    await sign_in(victim, VERA)
    plant(attacker, victim, "__Host-onboarding-confirm")

    answer = await victim.post("/welcome/confirm")

    assert answer.status_code == 410
    assert {("lamp", "Vera")} == await ways(victim)


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_the_confirm_page_says_who_would_be_linked(
    site: Site, language: str
) -> None:
    """Provider and name of what waits stand on the page, signed in or not."""
    attacker = await waiting(site)
    victim = site.browser(language)
    plant(attacker, victim, "__Host-onboarding-confirm")

    before = words((await victim.get("/welcome/confirm")).text)
    await sign_in(victim, VERA)
    after = words((await victim.get("/welcome/confirm")).text)

    for page in (before, after):
        assert "Other" in page
        assert "Eve again" in page
        assert "e***@evil.example" in page


async def test_a_waiting_identity_is_told_to_no_other_browser(site: Site) -> None:
    """What waits is shown to the browser that holds its secret alone."""
    await waiting(site)
    for browser in (site.browser(), site.browser("nl")):
        answer = await browser.get("/welcome/confirm")
        assert answer.headers["location"] == "/welcome/sign-in"


async def test_a_press_from_another_site_links_nothing(site: Site) -> None:
    """The yes is a POST of our own page; a link or a foreign form is none."""
    owner = site.browser()
    await sign_in(owner, EVE)
    plant(await waiting(site), owner, "__Host-onboarding-confirm")

    shown = await owner.get("/welcome/confirm")
    foreign = await owner.client.post(
        "/welcome/confirm",
        headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    )

    assert (200, 403) == (shown.status_code, foreign.status_code)
    assert re.search(r'<form[^>]+method="post"[^>]+/welcome/confirm"', shown.text)
    assert {("lamp", "Eve")} == await ways(owner)
    await owner.post("/welcome/confirm")
    assert {("lamp", "Eve"), ("other", "Eve again")} == await ways(owner)
