"""What a guest's token is worth, and what it is not."""

from datetime import timedelta

import pytest

from onboarding.tokens import Token
from tests.security.town import VERA, bearing, sign_in, who
from tests.web.site import ORIGIN, SESSION, Browser, Site

pytestmark = pytest.mark.anyio

ELSEWHERE = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}

EMPTY = ["", " ", "null", "None", "undefined", "0", ".", "0" * 20 + ".", '""', "\x7f"]
"""What an empty column, or somebody's missing variable, looks like in a cookie."""


async def test_naming_another_guest_does_nothing(site: Site) -> None:
    """An id in the body, the query, a header or a cookie acts for nobody."""
    victim, attacker = site.browser(), site.browser()
    named = (await victim.post("/order")).text
    before = (await victim.get_json("/welcome/account")).json()
    attacker.client.cookies.set("account", named, domain="shop.example", path="/")
    names = ("account", "account_id", "guest", "id", "source", "ref", "onboarding")
    fields = dict.fromkeys(names, named) | {"email": "eve@evil.example"}
    headers = {"x-account-id": named, "authorization": f"Bearer {named}"}
    query = "&".join(f"{name}={named}" for name in names)

    await attacker.post(f"/welcome/guest?{query}", fields, **headers)
    await attacker.post_json("/welcome/answers", {"answers": {"mood": 3}, **fields})
    await attacker.post_json(f"/welcome/prompt/first-order?{query}", fields)
    callback = await sign_in(attacker, VERA)

    assert callback.status_code == 303
    assert named not in {await who(attacker), (await attacker.get("/look")).text}
    assert before == (await victim.get_json("/welcome/account")).json()


@pytest.mark.parametrize("value", EMPTY, ids=repr)
async def test_an_empty_token_is_nobodys(site: Site, value: str) -> None:
    """A token without content finds no row, whatever rows have no value either."""
    await site.browser().post("/order")
    answer = await site.browser().get("/look", cookie=f"{SESSION}={value}")
    assert "nobody" == answer.text


@pytest.mark.parametrize("value", ["a" * 10_000, "a.b.c", "%s%s", "';--", "\xff\xfe"])
async def test_a_token_of_another_shape_is_nobodys(site: Site, value: str) -> None:
    """A token that is no token costs no error, and is cleared."""
    cookie = f"{SESSION}={value}".encode("latin-1")
    answer = await site.browser().client.get("/look", headers={b"cookie": cookie})
    assert ("nobody", 200) == (answer.text, answer.status_code)
    assert f"{SESSION}=; Path=/; Max-Age=0" in answer.headers["set-cookie"]


async def test_an_id_with_another_secret_is_nobodys(site: Site) -> None:
    """The id of a session finds it; only its own secret opens it."""
    victim = site.browser()
    await victim.post("/order")
    token = Token.parse(victim.session or "")
    assert token is not None
    forged = Token.new(token.id).reveal()
    assert "nobody" == await who(bearing(site.browser(), forged))


async def test_the_token_of_a_merged_guest_is_dead(site: Site) -> None:
    """After a merge the guest's token opens neither the guest nor the survivor."""
    await sign_in(site.browser(), VERA)
    guest = site.browser()
    await guest.post("/order")
    kept = guest.session
    assert kept is not None
    await sign_in(guest, VERA)

    thief = bearing(site.browser(), kept)

    answer = await thief.get("/look")
    assert "nobody" == answer.text
    assert f"{SESSION}=; Path=/; Max-Age=0" in answer.headers["set-cookie"]
    assert (await thief.post("/welcome/account/export")).status_code == 401


async def test_the_token_of_an_erased_account_is_dead(site: Site) -> None:
    """After an erasure every copy of every token of the account opens nothing."""
    victim = site.browser()
    await sign_in(victim, VERA)
    kept = victim.session
    assert kept is not None
    await victim.post("/welcome/account/erase")
    assert "nobody" == await who(bearing(site.browser(), kept))


async def test_a_write_from_elsewhere_joins_nobody(site: Site) -> None:
    """A planted nonce makes nobody the guest of whoever fetched it."""
    attacker, victim = site.browser(), site.browser()
    nonce = (await attacker.get_json("/welcome/me")).json()["nonce"]
    await attacker.post("/cart", {"onboarding-nonce": nonce})

    await victim.client.post(
        "/cart", data={"onboarding-nonce": nonce}, headers=ELSEWHERE
    )

    assert await who(attacker) != await who(victim)


async def test_a_nonce_lasts_an_hour(site: Site) -> None:
    """A page that lay open for longer makes a guest of its own."""
    browser, late = site.browser(), site.browser()
    nonce = (await browser.get_json("/welcome/me")).json()["nonce"]
    await browser.post("/cart", {"onboarding-nonce": nonce})
    site.clock.advance(timedelta(hours=1))
    await late.post("/cart", {"onboarding-nonce": nonce})
    assert await who(browser) != await who(late)


async def test_a_nonce_joins_no_account_that_somebody_signed_in_to(site: Site) -> None:
    """Once the guest of a nonce is somebody, the nonce makes another guest."""
    browser, late = site.browser(), site.browser()
    nonce = (await browser.get_json("/welcome/me")).json()["nonce"]
    await browser.post("/cart", {"onboarding-nonce": nonce})
    await sign_in(browser, VERA)
    await late.post("/cart", {"onboarding-nonce": nonce})
    assert await who(browser) != await who(late)


@pytest.mark.parametrize("bad", ["", "made up", "W10.c2ln", "null", "a" * 5000])
async def test_a_made_up_nonce_is_no_nonce(site: Site, bad: str) -> None:
    """A nonce that we did not sign makes a guest as none does."""
    one, two = site.browser(), site.browser()
    await one.post("/cart", {"onboarding-nonce": bad})
    await two.post("/cart", {"onboarding-nonce": bad})
    assert await who(one) != await who(two)


async def test_whatever_sets_or_reads_a_guests_cookie_is_private(
    browser: Browser,
) -> None:
    """No shared cache keeps an answer that sets a cookie, or that depends on one."""
    answers = [
        await browser.post("/cart"),
        await browser.get("/look"),
        await browser.get("/welcome/me"),
        await browser.get("/parts?names=keep_it"),
        await browser.post("/welcome/sign-in/lamp"),
        await browser.get("/look?lang=nl", cookie="__Host-onboarding=dead"),
        await browser.post("/welcome/sign-out"),
    ]
    for answer in answers:
        assert "private, no-store" in answer.headers["cache-control"]
        assert "cookie" in answer.headers["vary"].lower()


async def test_a_page_that_asks_nothing_may_be_cached(browser: Browser) -> None:
    """A public page stays public, and gives nobody a cookie, whoever asks."""
    await browser.post("/cart")
    answer = await browser.get("/", origin=ORIGIN)
    assert "public" == answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
