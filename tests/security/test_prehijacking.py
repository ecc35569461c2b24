"""An account waits under the victim's address before the victim comes.

The five classes of Sudhodanan and Paverd (USENIX Security 2022) as far as this
release has the features, and the variants that guests add to them.
"""

from datetime import timedelta

import pytest

from onboarding.accounts.model import ProvenAddress
from onboarding.testing import Person
from tests.security.town import VERA, bearing, come_back, sign_in, way_back, ways, who
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio

UNTRUE: list[object] = [False, None, "false", "no", 0, 1, "1", [True], {"is": True}]
"""What a provider may say instead of true."""


def claiming(verified: object) -> Person:
    """Return an attacker at a provider who states the victim's address."""
    extra = {} if verified is None else {"email_verified": verified}
    return Person(subject="mallory", name="M", email="vera@example.org", extra=extra)


async def test_a_guest_who_typed_the_address_is_not_joined(site: Site) -> None:
    """Class 1: the victim's sign-in makes the victim's own account."""
    attacker, victim = site.browser(), site.browser()
    await attacker.post("/welcome/guest", {"email": "vera@example.org"})

    await sign_in(victim, VERA)

    assert await who(attacker) != await who(victim)
    told = (await attacker.get_json("/welcome/account")).json()
    assert [("vera@example.org", "asserted")] == [
        (contact["address"], contact["level"]) for contact in told["contacts"]
    ]


async def test_every_session_of_before_is_dead_after_signing_in(
    site: Site, browser: Browser
) -> None:
    """Class 2: sessions of a guest that an attacker kept end when it is upgraded."""
    nonce = (await browser.get_json("/welcome/me")).json()["nonce"]
    kept = []
    for _ in range(3):
        another = site.browser()
        await another.post("/cart", {"onboarding-nonce": nonce})
        kept.append(another)
    await browser.post("/cart", {"onboarding-nonce": nonce})
    assert 1 == len({await who(one) for one in (*kept, browser)})

    await sign_in(browser, VERA)

    assert ["nobody"] * 3 == [await who(one) for one in kept]
    assert "nobody" != await who(browser)


@pytest.mark.parametrize("verified", UNTRUE, ids=repr)
async def test_an_identity_that_waits_under_the_address_gets_nothing(
    site: Site, verified: object
) -> None:
    """Classes 3 and 5: what is not verified neither joins nor hinders the owner."""
    attacker, victim = site.browser(), site.browser()
    await sign_in(attacker, claiming(verified), "other")

    answer = await sign_in(victim, VERA)

    assert "/" == answer.headers["location"]
    assert {("lamp", "Vera")} == await ways(victim)
    assert await who(attacker) != await who(victim)
    again = site.browser()
    await sign_in(again, claiming(verified), "other")
    assert await who(attacker) == await who(again)


@pytest.mark.parametrize("verified", UNTRUE, ids=repr)
async def test_an_unverified_address_does_not_reach_its_owner(
    site: Site, verified: object
) -> None:
    """Class 5: stating an address at a lax provider neither signs in nor is told of."""
    victim, attacker, stranger = site.browser(), site.browser(), site.browser()
    await sign_in(victim, VERA)

    known = await sign_in(attacker, claiming(verified), "other")
    nobody = Person(subject="n", name="N", email="nobody@example.org")
    unknown = await sign_in(stranger, nobody, "other")

    assert known.headers["location"] == unknown.headers["location"]
    assert await who(victim) != await who(attacker)
    assert {("lamp", "Vera")} == await ways(victim)


async def test_an_attempt_of_the_guest_of_before_links_nothing(site: Site) -> None:
    """Class 4: what an attacker began as a guest is worth nothing once it is Vera's."""
    victim = site.browser()
    await victim.post("/cart")
    token = victim.session
    assert token is not None
    attacker = bearing(victim, token)
    mallory = Person(subject="mallory", name="M")
    back = await way_back(attacker, mallory, "other")

    await sign_in(victim, VERA)
    await come_back(attacker, back)

    assert {("lamp", "Vera")} == await ways(victim)
    assert await who(attacker) != await who(victim)


async def test_two_guests_with_one_address_stay_two(site: Site) -> None:
    """A stranger who types somebody's address changes nothing of theirs."""
    one, two = site.browser(), site.browser()
    await one.post("/welcome/guest", {"email": "vera@example.org"})
    before = (await one.get_json("/welcome/account")).json()

    await two.post("/welcome/guest", {"email": "Vera@Example.ORG"})

    assert before == (await one.get_json("/welcome/account")).json()
    assert await who(one) != await who(two)
    told = (await two.get_json("/welcome/account")).json()
    assert ["Vera@Example.ORG"] == [c["typed"] for c in told["contacts"]]


async def test_a_typed_address_never_proves_anything(site: Site) -> None:
    """An address that a guest typed, and that nobody verified, stays unproven."""
    attacker = site.browser()
    await attacker.post("/welcome/guest", {"email": "vera@example.org"})
    await sign_in(attacker, Person(subject="mallory", name="M"), "other")

    told = (await attacker.get_json("/welcome/account")).json()
    assert ["asserted"] == [contact["level"] for contact in told["contacts"]]
    assert await site.onboarding.store.find(ProvenAddress, "vera@example.org") is None


# ── ways that are added and taken away ───────────────────────────────────────

LATER = timedelta(days=1)
MALLORY = Person(subject="mallory", name="M")


async def take_away(browser: Browser, provider: str) -> None:
    """Take a way to sign in away, under My data."""
    told = (await browser.get_json("/welcome/account")).json()
    key = next(i["key"] for i in told["identities"] if i["provider"] == provider)
    answer = await browser.post(f"/welcome/account/way/{key}", {"do": "unlink"})
    assert "/welcome/account" == answer.headers["location"]


async def test_trojan_identifier_added_with_a_copied_session(site: Site) -> None:
    """Class 3: a session that was copied, or left open, adds no way and no address."""
    victim = site.browser()
    await sign_in(victim, VERA)
    attacker = bearing(victim, victim.session or "")
    site.clock.advance(LATER)

    await sign_in(attacker, MALLORY, "other")
    await take_back_fresh(attacker)

    assert {("lamp", "Vera")} == await ways(victim)
    again = site.browser()
    await sign_in(again, MALLORY, "other")
    assert await who(again) not in {await who(victim), "nobody"}


async def take_back_fresh(attacker: Browser) -> None:
    """Try to make the session fresh by whatever it has: itself, and one's own ways."""
    for path in ("sign-in", "sign-in?fresh=1&next=/look", "account", "me"):
        await attacker.get(f"/welcome/{path}")
    told = (await attacker.get_json("/welcome/sign-in")).json()
    assert told["fresh"] is False


async def test_trojan_identifier_taken_away_reaches_nothing(site: Site) -> None:
    """Class 3: what had come in unseen goes with its sessions and its attempts."""
    victim, attacker = site.browser(), site.browser()
    await sign_in(victim, VERA)
    await sign_in(victim, MALLORY, "other")  # an unlocked screen, for a minute
    await sign_in(attacker, MALLORY, "other")
    assert await who(attacker) == await who(victim)
    third = Person(subject="third", name="T")
    back = await way_back(attacker, third, "other")

    await take_away(victim, "other")
    assert "nobody" == await who(attacker)
    await come_back(attacker, back)

    assert {("lamp", "Vera")} == await ways(victim)
    assert await who(attacker) != await who(victim)
    await sign_in(attacker, MALLORY, "other")
    assert await who(attacker) != await who(victim)


async def test_unlink_and_relink_moves_nobody(site: Site) -> None:
    """What was Vera's way is a stranger's once it is unlinked, and brings nothing.

    Whoever has the provider's account by then has an account of their own here, and
    linking it anew takes nothing from the one of before.
    """
    victim, attacker = site.browser(), site.browser()
    await sign_in(victim, VERA)
    await sign_in(victim, MALLORY, "other")
    await victim.post("/order")
    old = await who(victim)
    await take_away(victim, "other")

    await attacker.post("/cart")
    await sign_in(attacker, MALLORY, "other")

    assert await who(attacker) not in {old, "nobody"}
    assert {("other", "M")} == await ways(attacker)
    assert 409 == (await sign_in(victim, MALLORY, "other")).status_code
    assert ({("lamp", "Vera")}, old) == (await ways(victim), await who(victim))


async def test_a_way_of_the_owner_is_not_taken_away_with_a_copied_session(
    site: Site,
) -> None:
    """A thief who takes the owner's ways away would be the only one left in."""
    victim = site.browser()
    await sign_in(victim, VERA)
    await sign_in(victim, MALLORY, "other")
    attacker = bearing(victim, victim.session or "")
    site.clock.advance(LATER)
    told = (await attacker.get_json("/welcome/account")).json()
    for one in told["identities"]:
        await attacker.post(f"/welcome/account/way/{one['key']}", {"do": "unlink"})
    assert 2 == len(await ways(victim))
    assert "nobody" != await who(victim)
