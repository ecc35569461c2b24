"""A way to sign in that comes or goes, told to whoever had another one before."""

from datetime import timedelta

import pytest

from onboarding import Letters
from onboarding.changes import Add
from onboarding.mail.model import Letter
from onboarding.testing import Person
from tests.mail.post import (
    Watched,
    act,
    link,
    opened,
    prove,
    prove_by_hand,
    send,
    take,
    waiting,
)
from tests.web.site import KIM, SAM, Browser, Inbox, Site

pytestmark = pytest.mark.anyio


# ── a way that comes ─────────────────────────────────────────────────────────


async def test_a_linked_provider_is_told_to_every_proven_address(
    browser: Browser, inbox: Inbox
) -> None:
    """By its title; what to do if it was somebody else; nothing unsubscribes."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "second@example.org")
    await take(browser.site, inbox, 1)
    await browser.post("/welcome/guest", {"email": "typed@example.org"})
    await link(browser)
    letters = await take(browser.site, inbox, 2)
    assert 3 + 1 == len(inbox.messages)
    assert {"kim@example.org", "second@example.org"} == {one.to for one in letters}
    for one in letters:
        assert "A new way to sign in to Lamplight" == one.subject
        assert "- Other\n" in one.text
        assert "https://shop.example/welcome/account" in one.text
        assert "https://shop.example/help" in one.text
        assert "<bdi>Other</bdi>" in (one.html or "")
        assert one.unsubscribe is None


async def test_a_proven_address_is_told_to_those_of_before(
    browser: Browser, inbox: Inbox
) -> None:
    """Masked: not everybody who reads one address of a person need know another."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "second@example.org")
    (told,) = await take(browser.site, inbox, 1)
    assert "kim@example.org" == told.to
    assert "s***@example.org" in told.text
    assert "second@example.org" not in f"{told.text} {told.html}"
    assert [] == await waiting(browser.site)


async def test_an_address_that_a_known_provider_now_vouches_for_is_told(
    browser: Browser, inbox: Inbox
) -> None:
    """It lets its owner in by mail from then on, so it is a way like any other."""
    await browser.sign_in(SAM)
    await prove(browser, inbox, "second@example.org")
    again = browser.site.browser()
    told = Person(
        subject="sam", name="Sam", email="sam@example.org", email_verified=True
    )
    there = await again.post("/welcome/sign-in/lamp", {"next": "/"})
    await again.get(browser.site.lamp.approve(there.headers["location"], told))
    (letter,) = await take(browser.site, inbox, 1)
    assert "second@example.org" == letter.to
    assert "s***@example.org" in letter.text


async def test_a_way_that_was_confirmed_by_mail_is_told(
    browser: Browser, inbox: Inbox
) -> None:
    """To the owner, who may not be who confirmed."""
    await browser.sign_in(KIM)
    stranger = browser.site.browser()
    await stranger.sign_in(KIM, "other")
    await stranger.post("/welcome/confirm/mail")
    await send(browser.site)
    code, _ = await inbox.read()
    await stranger.post("/welcome/prove", {"code": code})
    (told,) = await take(browser.site, inbox, 1)
    assert ("kim@example.org", True) == (told.to, "- Other\n" in told.text)


async def test_the_first_way_and_coming_back_are_no_news(
    browser: Browser, inbox: Inbox
) -> None:
    """Registering, upgrading a guest, and signing in again."""
    await browser.sign_in(KIM)
    await browser.post("/welcome/sign-out")
    await browser.sign_in(KIM)
    guest = browser.site.browser()
    await guest.post("/order")
    await guest.sign_in(SAM)
    back = browser.site.browser()
    await back.post("/welcome/sign-in/email", {"email": "kim@example.org"})
    await send(browser.site)
    code, _ = await inbox.read()
    await back.post("/welcome/prove", {"code": code})
    assert ([], 1) == (await waiting(browser.site), len(inbox.messages))


async def test_a_guest_s_first_way_is_no_news_though_an_address_be_proven(
    site: Site, browser: Browser
) -> None:
    """Nor is it, when a guest takes that address away: nobody signs in to a guest."""
    await browser.post("/order")
    me = await site.onboarding.sessions.find(browser.session or "")
    assert me is not None
    await prove_by_hand(site, me.account.id, "guest@example.org")
    await prove_by_hand(site, me.account.id, "other@example.org")
    await act(browser, "other@example.org", "remove")
    assert [] == await waiting(site)
    await browser.sign_in(SAM)
    assert [] == await waiting(site)


# ── two accounts that come together ──────────────────────────────────────────


async def two(site: Site, inbox: Inbox) -> tuple[str, str]:
    """Return two registered accounts, of different ways in."""
    kim, sam = site.browser(), site.browser("nl")
    await kim.sign_in(KIM)
    await sam.sign_in(SAM, "other")
    await prove(sam, inbox, "sam@example.net")
    site.clock.advance(timedelta(seconds=1))
    await sam.get("/look")
    ids = []
    for browser in (kim, sam):
        me = await site.onboarding.sessions.find(browser.session or "")
        assert me is not None
        ids.append(me.account.id)
    return ids[0], ids[1]


async def test_a_merge_is_told_to_both_with_what_the_other_brings(
    site: Site, inbox: Inbox
) -> None:
    """Each in their language: whoever has the other's ways sees what was theirs."""
    kim, sam = await two(site, inbox)
    await site.onboarding.merging.merge(sam, kim)
    await site.onboarding.merging.merge(sam, kim)
    letters = await take(site, inbox, 2)
    told = {one.to: one for one in letters}
    assert {"kim@example.org", "sam@example.net"} == set(told)
    to_kim, to_sam = told["kim@example.org"], told["sam@example.net"]
    assert "A new way to sign in to Lamplight" == to_kim.subject
    assert "- Other\n" in to_kim.text
    assert "s***@example.net" in to_kim.text
    assert "Een nieuwe manier om in te loggen bij Lamplight" == to_sam.subject
    assert "- Lamplight ID\n" in to_sam.text
    assert "k***@example.org" in to_sam.text
    assert [] == await waiting(site)


async def test_what_is_told_of_a_merge_is_the_survivor_s_mail(
    site: Site, inbox: Inbox
) -> None:
    """Written by the commit of the merge; it goes with the person's data."""
    kim, sam = await two(site, inbox)
    store = site.onboarding.store
    assert isinstance(store, Watched)
    store.commits.clear()
    await site.onboarding.merging.merge(sam, kim)
    beside = [one.noun for one in store.beside_letters() if isinstance(one, Add)]
    assert ["Letter", "Letter", "Receipt"] == [type(one).__name__ for one in beside]
    letters = await store.list_of(Letter, kim)
    assert ["way_added"] * 2 == [one.kind for one in letters]
    await site.onboarding.data.erase(kim)
    assert [] == await waiting(site)


async def test_several_ways_of_one_account_are_one_letter(
    site: Site, inbox: Inbox
) -> None:
    """Not a letter for each of them."""
    kim, sam = await two(site, inbox)
    await prove_by_hand(site, sam, "third@example.com")
    await site.onboarding.merging.merge(kim, sam)
    letters = await take(site, inbox, 3)
    (to_kim,) = [one for one in letters if one.to == "kim@example.org"]
    assert "s***@example.net, t***@example.com" in to_kim.text
    assert "- Other\n" in to_kim.text
    assert [] == await waiting(site)


async def test_a_guest_who_comes_along_is_no_news(site: Site, inbox: Inbox) -> None:
    """Nobody signs in to a guest, so nobody has a way more."""
    kim, _ = await two(site, inbox)
    guest = (await site.onboarding.guests.start()).account
    await site.onboarding.merging.merge(guest.id, kim)
    assert [] == await waiting(site)


async def test_a_merge_tells_nobody_where_that_is_switched_off(inbox: Inbox) -> None:
    """The setting is that of every way that is added."""
    async with opened(inbox, letters=Letters(way_added=False)) as site:
        kim, sam = await two(site, inbox)
        await site.onboarding.merging.merge(sam, kim)
        assert [] == await waiting(site)


# ── a way that goes ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("do", ["remove", "correct"])
async def test_an_address_that_goes_is_told_too(
    browser: Browser, inbox: Inbox, do: str
) -> None:
    """Whoever takes the owner's address away must not be the only one who is told."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "thief@example.net")
    await take(browser.site, inbox, 1)
    await act(browser, "kim@example.org", do, "new@example.net")
    letters = await take(browser.site, inbox, 2)
    assert {"kim@example.org", "thief@example.net"} == {one.to for one in letters}
    for one in letters:
        assert "A way to sign in to Lamplight was taken away" == one.subject
        assert "k***@example.org" in one.text
        assert one.unsubscribe is None


async def test_a_provider_that_goes_is_told(browser: Browser, inbox: Inbox) -> None:
    """To every proven address, in the commit in which it goes."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "second@example.org")
    await take(browser.site, inbox, 1)
    await link(browser)
    await take(browser.site, inbox, 2)
    told = (await browser.get_json("/welcome/account")).json()
    key = next(i["key"] for i in told["identities"] if i["provider"] == "other")
    await browser.post(f"/welcome/account/way/{key}", {"do": "unlink"})
    letters = await take(browser.site, inbox, 2)
    assert {"kim@example.org", "second@example.org"} == {one.to for one in letters}
    for one in letters:
        assert "A way to sign in to Lamplight was taken away" == one.subject
        assert "- Other\n" in one.text
        assert one.unsubscribe is None


async def test_an_address_that_nobody_proved_was_no_way(
    browser: Browser, inbox: Inbox
) -> None:
    """It opened nothing, so nothing is told."""
    await browser.sign_in(KIM)
    await browser.post("/welcome/guest", {"email": "typed@example.org"})
    await act(browser, "typed@example.org", "remove")
    assert [] == await waiting(browser.site)
