"""A cookie that somebody else chose: fixation, and tossing from a sibling host."""

import httpx2
import pytest

from onboarding.tokens import Token
from tests.security.town import VERA, bearing, sign_in, way_back, who
from tests.web.site import SESSION, Browser, Site

pytestmark = pytest.mark.anyio


def set_cookies(answer: httpx2.Response) -> dict[str, str]:
    """Return every cookie that an answer sets, with its whole line."""
    lines = answer.headers.get_list("set-cookie")
    return {line.partition("=")[0]: line for line in lines}


async def test_a_token_that_we_never_made_is_not_adopted(site: Site) -> None:
    """A well-formed token of an attacker's own making becomes nobody's session."""
    planted = Token.new(site.onboarding.ids.new()).reveal()
    victim = bearing(site.browser(), planted)

    await sign_in(victim, VERA)

    assert planted != victim.session
    assert "nobody" == await who(bearing(site.browser(), planted))
    assert "nobody" != await who(victim)


@pytest.mark.parametrize("is_known", [True, False], ids=["merge", "upgrade"])
async def test_a_planted_guest_is_left_behind_by_signing_in(
    site: Site, is_known: bool
) -> None:
    """An attacker who plants a living guest session is out once the victim is in."""
    if is_known:
        await sign_in(site.browser(), VERA)
    attacker = site.browser()
    await attacker.post("/order")
    planted = attacker.session
    assert planted is not None
    victim = bearing(site.browser(), planted)

    await sign_in(victim, VERA)

    assert "nobody" == await who(bearing(site.browser(), planted))
    told = (await victim.get_json("/welcome/account")).json()
    assert ["Vera"] == [one["name"] for one in told["identities"]]


async def test_every_change_of_power_makes_a_new_token(site: Site) -> None:
    """Becoming a guest, signing in, and coming back each end the token of before."""
    browser = site.browser()
    tokens = []
    await browser.post("/order")
    tokens.append(browser.session)
    await sign_in(browser, VERA)
    tokens.append(browser.session)
    await sign_in(browser, VERA)
    tokens.append(browser.session)

    assert 3 == len(set(tokens))
    for old in tokens[:-1]:
        assert old is not None
        assert "nobody" == await who(bearing(site.browser(), old))


async def test_signing_out_ends_the_token_and_not_only_the_cookie(site: Site) -> None:
    """A copy of the token of before opens nothing after signing out."""
    browser = site.browser()
    await sign_in(browser, VERA)
    kept = browser.session
    assert kept is not None

    answer = await browser.post("/welcome/sign-out")

    assert "Max-Age=0" in set_cookies(answer)[SESSION]
    assert "nobody" == await who(bearing(site.browser(), kept))


@pytest.mark.parametrize("order", ["planted first", "planted last", "two lines"])
async def test_of_two_cookies_of_one_name_neither_counts(
    site: Site, order: str
) -> None:
    """Whoever tosses a second cookie gains nothing but a visitor."""
    victim, attacker = site.browser(), site.browser()
    await victim.post("/order")
    await attacker.post("/order")
    own, planted = f"{SESSION}={victim.session}", f"{SESSION}={attacker.session}"
    pairs = [planted, own] if order == "planted first" else [own, planted]
    lines = pairs if order == "two lines" else ["; ".join(pairs)]

    answer = await site.browser().client.get(
        "/look", headers=[("cookie", line) for line in lines]
    )

    assert "nobody" == answer.text
    assert "Max-Age=0" in set_cookies(answer)[SESSION]


@pytest.mark.parametrize(
    "name",
    [
        "onboarding",
        "__Secure-onboarding",
        "__host-onboarding",
        "__HOST-onboarding",
        "__Host-onboarding-",
        "__Host-onboarding ",
        "x__Host-onboarding",
    ],
)
async def test_a_name_that_a_sibling_host_may_set_is_another_cookie(
    site: Site, name: str
) -> None:
    """Only the exact name counts, whose prefix browsers guard."""
    attacker = site.browser()
    await attacker.post("/order")
    answer = await site.browser().client.get(
        "/look", headers={"cookie": f"{name}={attacker.session}"}
    )
    assert "nobody" == answer.text


@pytest.mark.parametrize("order", ["planted first", "planted last"])
async def test_tossed_attempts_and_waiting_identities_do_not_count(
    browser: Browser, order: str
) -> None:
    """Of two different ones of an attempt neither counts: the sign-in begins again."""
    back = await way_back(browser, VERA)
    (attempt,) = [
        cookie
        for cookie in browser.client.cookies.jar
        if cookie.name.startswith("__Host-onboarding-attempt-")
    ]
    own, planted = (
        f"{attempt.name}={value}"
        for value in (attempt.value, f"{(attempt.value or '')[:-1]}_")
    )
    pairs = [planted, own] if order == "planted first" else [own, planted]
    browser.client.cookies.clear()

    answer = await browser.client.get(back, headers={"cookie": "; ".join(pairs)})

    assert answer.headers["location"].startswith("https://id.example/")
    assert SESSION not in set_cookies(answer)


async def test_an_attempt_that_is_sent_twice_alike_comes_to_its_end(
    browser: Browser,
) -> None:
    """Behind a proxy that doubles every cookie, people sign in nevertheless."""
    back = await way_back(browser, VERA)
    pairs = [f"{cookie.name}={cookie.value}" for cookie in browser.client.cookies.jar]
    browser.client.cookies.clear()

    answer = await browser.client.get(back, headers={"cookie": "; ".join(pairs * 2)})

    assert SESSION in set_cookies(answer)


async def test_every_cookie_is_for_this_host_alone(browser: Browser) -> None:
    """Each is HttpOnly, Secure, Lax, without Domain, and lives at most 400 days."""
    answers = [
        await browser.post("/order"),
        await browser.get("/welcome/account?lang=nl"),
        await browser.post("/welcome/sign-in/lamp"),
        await sign_in(browser, VERA),
        await browser.post("/welcome/sign-out"),
    ]
    lines = [line for answer in answers for line in set_cookies(answer).values()]
    assert 5 <= len(lines)
    for line in lines:
        name, *flags = line.split("; ")
        assert name.startswith("__Host-onboarding")
        assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(flags)
        assert not any(flag.lower().startswith("domain") for flag in flags)
        (age,) = [int(flag[8:]) for flag in flags if flag.startswith("Max-Age=")]
        assert age <= 400 * 24 * 60 * 60
