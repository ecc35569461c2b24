"""An address that is in use, confirmed by a letter to it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from onboarding.accounts.model import Account, CurrentSession, IdentityLink
from onboarding.accounts.outcome import How
from onboarding.errors import OnboardingError, SignInExpired
from onboarding.events import Entry
from onboarding.guests.model import ProofResult
from onboarding.stores import upgrade
from onboarding.testing import Person
from tests.web.site import KIM, SAM, Browser, Inbox, Site, open_site, words

pytestmark = pytest.mark.anyio

CONFIRM, MAIL, PROVE = "/welcome/confirm", "/welcome/confirm/mail", "/welcome/prove"
OTHER_KIM = Person(
    subject="kim-2", name="Kim Two", email="kim@example.org", email_verified=True
)
CARD = "Mail a code to k***@example.org"


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=inbox) as site:
        yield site


@pytest.fixture
async def owner(site: Site) -> Browser:
    """Return the browser of who has proven the address."""
    browser = site.browser()
    await browser.sign_in(KIM)
    return browser


async def arrive(browser: Browser, person: Person = OTHER_KIM) -> httpx2.Response:
    """Come with the other provider, which names the address; see who must confirm."""
    there = await browser.post("/welcome/sign-in/other", {"next": "/look"})
    location = browser.site.other.approve(there.headers["location"], person)
    return await browser.follow(await browser.get(location))


async def ask(browser: Browser) -> httpx2.Response:
    """Press the button, and see where the code is to be typed."""
    return await browser.follow(await browser.post(MAIL))


async def account_of(browser: Browser) -> Account:
    """Return who a browser is, who must be somebody."""
    found = await browser.site.onboarding.sessions.find(browser.session or "")
    assert found is not None
    return found.account


async def ways(browser: Browser) -> list[str]:
    """Return the providers of who a browser is."""
    told = (await browser.get_json("/welcome/account")).json()
    return [one["provider"] for one in told.get("identities", ())]


async def names(site: Site, account: Account) -> list[str]:
    """Return what was recorded of an account."""
    return [one.name for one in await site.onboarding.store.list_of(Entry, account.id)]


# ── asking ───────────────────────────────────────────────────────────────────


async def test_the_address_is_shown_masked_to_who_may_not_own_it(
    browser: Browser, owner: Browser
) -> None:
    """On the page that asks, and on the one that waits for the code."""
    page = await arrive(browser)
    assert CARD in words(page.text)
    page = await ask(browser)
    assert "If k***@example.org can receive mail" in words(page.text)
    assert "kim@example.org" not in page.text
    assert "It is me: add Other" in words(page.text)


async def test_its_owner_sees_all_of_it(browser: Browser, owner: Browser) -> None:
    """Who has signed in as they did before confirms by one click, and needs no mail."""
    await arrive(browser)
    await browser.sign_in(KIM, next=CONFIRM)
    page = await browser.get(CONFIRM)
    assert "kim@example.org" in words(page.text)
    assert CARD not in words(page.text)
    again = await browser.post(MAIL)
    assert CONFIRM == again.headers["location"].partition("?")[0]


async def test_a_shop_that_mails_nothing_offers_no_letter() -> None:
    """And has no such address."""
    async with open_site() as site:
        await site.browser().sign_in(KIM)
        browser = site.browser()
        page = await arrive(browser)
        assert CARD not in words(page.text)
        assert "mail_at" not in (await browser.get_json(CONFIRM)).json()
        assert 404 == (await browser.post(MAIL)).status_code


async def test_where_it_goes_is_nobody_else_s_word(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """An address that is sent along is not read."""
    await arrive(browser)
    await browser.post(MAIL, {"email": "thief@example.net"})
    assert "kim@example.org" == (await inbox.next()).to


async def test_nothing_waits_nothing_is_mailed(browser: Browser, inbox: Inbox) -> None:
    """Nor where another identity waits by now than the page has shown."""
    answer = await browser.post(MAIL)
    assert CONFIRM == answer.headers["location"]
    assert "/welcome/sign-in" == (await browser.follow(answer)).headers["location"]
    await browser.site.browser().sign_in(KIM)
    await arrive(browser)
    answer = await browser.post(MAIL, {"id": "0123456789abcdefghjk"})
    assert CONFIRM == answer.headers["location"]
    assert [] == inbox.messages


async def test_it_is_asked_in_json(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """For a front end of one's own."""
    await arrive(browser)
    told = (await browser.get_json(CONFIRM)).json()
    assert MAIL == told["mail_at"]
    answer = await browser.post_json(told["mail_at"], {"id": told["id"]})
    assert {"location": PROVE} == answer.json()
    waits = (await browser.get_json(PROVE)).json()
    assert ("mail_confirm", "/look") == (waits["purpose"], waits["next"])
    code, _ = await inbox.read()
    assert {"location": "/look"} == (
        await browser.post_json(PROVE, {"code": code})
    ).json()


# ── finishing ────────────────────────────────────────────────────────────────


async def test_a_code_signs_the_owner_in_and_links_what_waited(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """In one act; every session of before ends, as at any new way."""
    kim = await account_of(owner)
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    answer = await browser.post(PROVE, {"code": code})
    assert "/look" == answer.headers["location"]
    assert kim.id == (await account_of(browser)).id
    assert ["lamp", "other"] == await ways(browser)
    assert "nobody" == (await owner.get("/look")).text
    told = await names(browser.site, kim)
    assert ["signed_in", "identity_linked"] == told[-2:]
    page = await browser.get("/welcome/account")
    assert "You can sign in that way from now on, too" in words(page.text)


async def test_a_link_needs_one_click_and_no_look_redeems_it(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """The page says what the click does."""
    await arrive(browser)
    await ask(browser)
    _, link = await inbox.read()
    for _ in range(3):
        page = await browser.get(link)
    assert "Yes, it is me: add Other" in words(page.text)
    assert "kim@example.org" not in page.text
    assert browser.session is None
    await browser.post(PROVE, {"link": link.rpartition("/")[2]})
    assert ["lamp", "other"] == await ways(browser)


async def test_a_link_opened_elsewhere_shows_the_code_and_raises_nobody(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """Whoever stands at another browser types it where it was asked for."""
    await arrive(browser)
    await ask(browser)
    code, link = await inbox.read()
    elsewhere = browser.site.browser()
    page = await elsewhere.get(link)
    assert f"{code[:3]} {code[3:]}" in words(page.text)
    answer = await elsewhere.post(PROVE, {"link": link.rpartition("/")[2]})
    assert 410 == answer.status_code
    assert elsewhere.session is None
    assert ["lamp"] == await ways(owner)


async def test_a_guest_s_things_come_along(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """As at any sign-in, with the notice that says so."""
    kim = await account_of(owner)
    guest = (await browser.post("/order")).text
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    await browser.post(PROVE, {"code": code})
    assert kim.id == (await account_of(browser)).id
    came = await browser.site.onboarding.accounts.find(guest)
    assert came is not None
    assert kim.id == came.id
    assert ["lamp", "other"] == await ways(browser)


async def test_the_new_way_works_from_then_on(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """And nobody is asked again."""
    kim = await account_of(owner)
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    await browser.post(PROVE, {"code": code})
    fresh = browser.site.browser()
    there = await fresh.post("/welcome/sign-in/other", {"next": "/look"})
    location = browser.site.other.approve(there.headers["location"], OTHER_KIM)
    assert "/look" == (await fresh.get(location)).headers["location"]
    assert kim.id == (await account_of(fresh)).id


async def test_another_letter_is_for_the_same_identity(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """And works though what waited is over by then: the letter has its own time."""
    await arrive(browser)
    await ask(browser)
    await inbox.read()
    browser.site.clock.advance(timedelta(minutes=8))
    await browser.post("/welcome/prove/again")
    code, _ = await inbox.read()
    browser.site.clock.advance(timedelta(minutes=8))
    await browser.post(PROVE, {"code": code})
    assert ["lamp", "other"] == await ways(browser)


# ── refused, expired, used ───────────────────────────────────────────────────


async def test_a_wrong_code_counts_and_five_are_the_end(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """As at any letter."""
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2):
        page = await browser.post(PROVE, {"code": wrong})
        assert f"{left} tries left" in words(page.text)
    for _ in range(2):
        await browser.post(PROVE, {"code": wrong})
    assert 410 == (await browser.post(PROVE, {"code": code})).status_code
    assert ["lamp"] == await ways(owner)


async def test_a_letter_has_its_time(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """Ten minutes; then a page says so, and how to go on."""
    await arrive(browser)
    await ask(browser)
    code, link = await inbox.read()
    browser.site.clock.advance(timedelta(minutes=11))
    for answer in (
        await browser.post(PROVE, {"code": code}),
        await browser.get(link),
    ):
        assert 410 == answer.status_code
        assert "This letter has had its time" in words(answer.text)
    assert ["lamp"] == await ways(owner)


async def test_it_is_void_once_the_owner_s_power_has_changed(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """Whoever asked before has no word in what came after."""
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    there = await owner.post("/welcome/sign-in/other", {"next": "/look"})
    location = browser.site.other.approve(there.headers["location"], SAM)
    await owner.get(location)
    answer = await browser.post(PROVE, {"code": code})
    assert 410 == answer.status_code
    assert "Sign in with Other again" in words(answer.text)
    assert browser.session is None


async def test_it_is_void_once_the_owner_is_gone(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """Erasing takes along whatever waits for the address."""
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    await owner.post("/welcome/account/erase")
    assert 410 == (await browser.post(PROVE, {"code": code})).status_code


async def test_what_somebody_else_linked_meanwhile_stays_theirs(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """A page says whose it is, and both accounts are as they were."""
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    other = browser.site.browser()
    await other.sign_in(SAM)
    there = await other.post("/welcome/sign-in/other", {"next": "/look"})
    await other.get(browser.site.other.approve(there.headers["location"], OTHER_KIM))
    assert ["lamp", "other"] == await ways(other)
    answer = await browser.post(PROVE, {"code": code})
    assert 409 == answer.status_code
    assert "This Other account is already in use here" in words(answer.text)
    assert ["lamp"] == await ways(owner)


async def test_who_signed_in_meanwhile_is_led_to_the_page_that_asks(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """The owner needs one click there by now; anybody else signs out first."""
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    await browser.sign_in(KIM, next=CONFIRM)
    answer = await browser.post(PROVE, {"code": code})
    assert 409 == answer.status_code
    assert f'href="{CONFIRM}?next=%2Flook"' in answer.text
    await browser.post(CONFIRM)
    assert ["lamp", "other"] == await ways(browser)


async def test_once_confirmed_by_a_click_no_letter_confirms_again(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """The same identity is not let in twice, by whatever way it was confirmed."""
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    asked = browser.client.cookies.get("__Host-onboarding-proof") or ""
    await browser.sign_in(KIM, next=CONFIRM)
    await browser.post(CONFIRM)
    await browser.post("/welcome/sign-out")
    browser.client.cookies.set("__Host-onboarding-proof", asked, domain="shop.example")
    assert 410 == (await browser.post(PROVE, {"code": code})).status_code


async def test_a_letter_of_another_purpose_confirms_nothing(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """A code that signs in signs in, and links nothing that waits."""
    await arrive(browser)
    await browser.post("/welcome/sign-in/email", {"email": "kim@example.org"})
    code, _ = await inbox.read()
    await browser.post(PROVE, {"code": code})
    assert ["lamp"] == await ways(browser)


async def test_who_signs_in_by_mail_another_way_is_asked_to_add_what_waits(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """By one click, on the page that says what it is; then on to where they wanted."""
    await arrive(browser)
    await browser.post(
        "/welcome/sign-in/email", {"email": "kim@example.org", "next": "/kept"}
    )
    code, _ = await inbox.read()
    answer = await browser.post(PROVE, {"code": code})
    assert CONFIRM == answer.headers["location"]
    assert ["lamp"] == await ways(browser)
    page = await browser.follow(answer)
    assert "Yes, add Other" in words(page.text)
    await browser.post(CONFIRM)
    assert ["lamp", "other"] == await ways(browser)


async def test_who_signs_in_as_somebody_else_goes_on(
    browser: Browser, owner: Browser, inbox: Inbox
) -> None:
    """What waits for another owner is no matter of theirs."""
    await arrive(browser)
    await browser.post(
        "/welcome/sign-in/email", {"email": "sam@example.org", "next": "/kept"}
    )
    code, _ = await inbox.read()
    answer = await browser.post(PROVE, {"code": code})
    assert "/kept" == answer.headers["location"]


async def test_letters_are_limited_and_the_answer_stays_the_same(
    browser: Browser, owner: Browser
) -> None:
    """Three to one address within their time, whatever they are for."""
    await arrive(browser)
    onboarding = browser.site.onboarding
    assert onboarding.post is not None
    await onboarding.post.close()
    answers = [(await browser.post(MAIL)).headers["location"] for _ in range(6)]
    assert {PROVE} == set(answers)
    due = browser.site.clock() + timedelta(days=1)
    assert 3 == len(await onboarding.store.list_letters(due_before=due, limit=9))


@pytest.fixture(params=["sqlite", "postgresql"])
async def crowded(request: pytest.FixtureRequest, inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop on either database."""
    database = "memory:"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_dsn")
        await upgrade(database)
    async with open_site(mailer=inbox, database=database) as site:
        yield site


@pytest.mark.parametrize("is_guest", [False, True], ids=["a visitor", "a guest"])
async def test_of_many_who_finish_at_once_one_does(
    crowded: Site, inbox: Inbox, is_guest: bool
) -> None:
    """Fifty times the same code: one session, one link, one event."""
    owner, browser = crowded.browser(), crowded.browser()
    await owner.sign_in(KIM)
    kim = await account_of(owner)
    if is_guest:
        await browser.post("/order")
    await arrive(browser)
    await ask(browser)
    _, link = await inbox.read()
    onboarding = browser.site.onboarding
    current: CurrentSession | None = None
    if browser.session:
        current = await onboarding.sessions.find(browser.session)
    jar = {
        name.removeprefix("__Host-"): value
        for name, value in browser.client.cookies.items()
    }

    async def finish() -> ProofResult | OnboardingError:
        try:
            return await onboarding.proofs.finish(
                link=link.rpartition("/")[2], current=current, cookies=jar
            )
        except OnboardingError as error:
            return error

    ended: list[Any] = await asyncio.gather(*(finish() for _ in range(50)))
    done = [one for one in ended if isinstance(one, ProofResult)]
    assert 1 == len(done)
    how = How.MERGED if is_guest else How.LINKED
    assert how is done[0].signed_in.how
    assert {SignInExpired} == {type(one) for one in ended if one is not done[0]}
    links = await onboarding.store.list_of(IdentityLink, kim.id)
    assert ["lamp", "other"] == [one.provider for one in links]
    assert 1 == (await names(browser.site, kim)).count("identity_linked")


# ── where the host asks before a merge ───────────────────────────────────────


MERGE = "/welcome/merge"


async def asked(site: Site, inbox: Inbox) -> tuple[Browser, Account]:
    """Come as a guest with an address, give the code, and return who is asked."""
    browser = site.browser()
    await browser.post("/welcome/guest", {"email": "sam@example.org"})
    guest = await account_of(browser)
    await arrive(browser)
    await ask(browser)
    code, _ = await inbox.read()
    answer = await browser.post(PROVE, {"code": code})
    assert MERGE == answer.headers["location"]
    return browser, guest


async def say(browser: Browser, do: str) -> httpx2.Response:
    """Say what becomes of what the guest did, as the page shows it now."""
    plan = (await browser.get_json(MERGE)).json().get("plan")
    return await browser.post(MERGE, {"do": do, "plan": plan or ""})


@pytest.fixture
async def asking(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that asks before a merge."""
    async with open_site(mailer=inbox, merge="ask") as site:
        yield site


async def test_until_a_guest_has_answered_nothing_is_linked(
    asking: Site, inbox: Inbox
) -> None:
    """The guest is here as before, and the owner's sessions live."""
    owner = asking.browser()
    await owner.sign_in(KIM)
    browser, guest = await asked(asking, inbox)
    assert guest.id == (await account_of(browser)).id
    assert ["lamp"] == await ways(owner)


@pytest.mark.parametrize(
    ("do", "addresses", "told"),
    [
        ("along", {"kim@example.org", "sam@example.org"}, "this came along: Addresses"),
        ("apart", {"kim@example.org"}, "stays apart"),
    ],
)
async def test_a_guest_who_answers_is_in_and_what_waited_is_linked(
    asking: Site, inbox: Inbox, do: str, addresses: set[str], told: str
) -> None:
    """Either way, in one act: every session of before ends, and the letters tell."""
    owner = asking.browser()
    await owner.sign_in(KIM)
    kim = await account_of(owner)
    browser, guest = await asked(asking, inbox)
    await say(browser, do)
    assert kim.id == (await account_of(browser)).id
    assert ["lamp", "other"] == await ways(browser)
    assert "nobody" == (await owner.get("/look")).text
    found = await asking.onboarding.accounts.list_contacts(kim)
    assert addresses == {one.address for one in found}
    left = await asking.onboarding.store.find(Account, guest.id)
    assert left is not None
    assert left.is_live is (do == "apart")
    assert told in words((await browser.get("/welcome/account")).text)
    log = await names(asking, kim)
    assert ("identity_linked" in log, do == "apart") == (True, "merge_declined" in log)
    assert "new" in (await inbox.next()).subject


async def test_an_owner_who_gained_a_way_meanwhile_is_asked_anew(
    asking: Site, inbox: Inbox
) -> None:
    """What waits was shown before that: it opens nothing any more."""
    await asking.browser().sign_in(KIM)
    browser, guest = await asked(asking, inbox)
    other = asking.browser()
    await arrive(other)
    await ask(other)
    code, _ = await inbox.read()
    await other.post(PROVE, {"code": code})
    assert 410 == (await say(browser, "along")).status_code
    assert guest.id == (await account_of(browser)).id
