"""A merge that is asked: shown first, answered once, and otherwise nothing happens."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import pytest

from onboarding import GuestWins, KeepLarger, Park, PerState, Resource
from onboarding.accounts.asking import LIFE, MERGE_COOKIE
from onboarding.accounts.model import Account, Ending
from onboarding.changes import Replace, Statement
from onboarding.events import AccountMerged
from tests.web.site import KIM, Browser, Inbox, Site, open_site, query, words

pytestmark = pytest.mark.anyio

MERGE = "/welcome/merge"
ACCOUNT = "/welcome/account"
COOKIE = f"__Host-{MERGE_COOKIE}"
LARGER = KeepLarger(key="book", quantity="quantity")
CART = Resource.table(
    "cart_lines",
    owner="account_id",
    merge=PerState(
        "state", {"checkout": GuestWins(losing=Park(take_back=LARGER)), "cart": LARGER}
    ),
)
TABLE = """
CREATE TABLE cart_lines (
  account_id TEXT, book TEXT, quantity INTEGER, state TEXT,
  PRIMARY KEY (account_id, book)
)
"""


@pytest.fixture
def inbox() -> Inbox:
    """Return where mail arrives."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that asks, with a cart of its own; Kim has an account there."""
    async with open_site(merge="ask", mailer=inbox, resources=[CART]) as site:
        await site.onboarding.store.commit(Statement(TABLE))
        await site.browser().sign_in(KIM)
        yield site


async def put(site: Site, account_id: str, *books: str, state: str = "cart") -> None:
    """Put books into a cart, as the host does."""
    sql = "INSERT INTO cart_lines VALUES ($1, $2, 1, $3)"
    for book in books:
        values = (account_id, book, state)
        await site.onboarding.store.commit(Statement(sql, values))


async def carts(site: Site) -> dict[str, list[str]]:
    """Return the books of each account."""
    found: dict[str, list[str]] = {}
    sql = "SELECT account_id, book FROM cart_lines ORDER BY book"
    for row in await site.onboarding.store.query(sql):
        found.setdefault(str(row["account_id"]), []).append(str(row["book"]))
    return found


async def kim(site: Site) -> Account:
    """Return Kim's account."""
    sql = "SELECT account_id FROM onboarding_identities"
    ((row),) = await site.onboarding.store.query(sql)
    account = await site.onboarding.accounts.find(str(row["account_id"]))
    assert account is not None
    return account


async def who(browser: Browser) -> str:
    """Return who the shop takes this browser for."""
    return (await browser.get("/look")).text


async def asked(site: Site, *books: str, state: str = "cart") -> tuple[Browser, str]:
    """Put books into a guest's cart, and sign in as Kim: who is asked now, as whom."""
    browser = site.browser()
    guest = (await browser.post("/cart")).text
    await put(site, guest, *(books or ("emma",)), state=state)
    answer = await browser.sign_in(KIM, next="/look")
    assert MERGE == answer.headers["location"]
    return browser, guest


async def shown(browser: Browser) -> str:
    """Open the page, and return what its form says that it showed."""
    page = await browser.get(MERGE)
    assert 200 == page.status_code
    found = re.search(r'name="plan" value="([0-9a-f]+)"', page.text)
    assert found
    return found[1]


async def say(browser: Browser, do: str, plan: str | None = None) -> Any:
    """Press one of the buttons of the page as it is now."""
    seen = await shown(browser) if plan is None else plan
    return await browser.post(MERGE, {"do": do, "plan": seen})


# ── the page ─────────────────────────────────────────────────────────────────


async def test_the_page_tells_what_would_come_along(site: Site) -> None:
    """In people's words, answers by their questions; no table, no rule, no id."""
    await put(site, (await kim(site)).id, "emma")
    browser = site.browser()
    guest = (await browser.post("/cart")).text
    await put(site, guest, "emma", "walden")
    account = await site.onboarding.accounts.find(guest)
    assert account is not None
    await site.onboarding.profiling.submit(account, {"genre": "adventure"})
    await browser.post("/welcome/guest", {"email": "sam@example.org"})
    await browser.sign_in(KIM, next="/look")

    page = await browser.get(MERGE)

    said = words(page.text)
    assert "Shall we put this together?" in said
    assert "Cart lines One is on both sides, and becomes one. One comes along." in said
    assert "What do you like to read? Adventure counts" in said
    assert "Addresses One comes along. added" in said
    for word in ("cart_lines", "KeepLarger", "account_id", guest, "Bringt"):
        assert word not in said
    assert ["along", "apart"] == re.findall(r'name="do" value="(\w+)"', page.text)
    assert '<a href="/look">' in page.text


async def test_the_page_speaks_dutch(site: Site) -> None:
    """Whole sentences, with their numbers."""
    browser, _ = await asked(site, "emma", "walden")
    said = words((await browser.get(f"{MERGE}?lang=nl")).text)
    assert "2 komen mee." in said
    assert "Houd het apart" in said


async def test_two_answers_say_which_counts(site: Site) -> None:
    """And that the other is kept beside it."""
    await site.onboarding.profiling.submit(await kim(site), {"genre": "novel"})
    browser = site.browser()
    account = await site.onboarding.accounts.find((await browser.post("/cart")).text)
    assert account is not None
    await site.onboarding.profiling.submit(account, {"genre": "adventure"})
    await browser.sign_in(KIM)
    said = words((await browser.get(MERGE)).text)
    assert "Novels counts" in said
    assert "Said otherwise: Adventure." in said


async def test_looking_changes_nothing(site: Site) -> None:
    """However often, by whatever reads a page: the guest is here with everything."""
    browser, guest = await asked(site)
    before = await site.onboarding.store.query("SELECT * FROM onboarding_accounts")
    for _ in range(3):
        await browser.get(MERGE)
        await browser.client.head(MERGE)
        await browser.get(MERGE, purpose="prefetch")
    assert before == await site.onboarding.store.query(
        "SELECT * FROM onboarding_accounts"
    )
    assert guest == await who(browser)
    assert {guest: ["emma"]} == await carts(site)


async def test_the_chooser_promises_no_more_than_a_question(site: Site) -> None:
    """What they did can come along, and does not by itself."""
    said = words((await site.browser().get("/welcome/sign-in")).text)
    assert "What you did here can come along." in said


async def test_an_empty_guest_is_not_asked(site: Site) -> None:
    """Nothing would come along: they are in at once."""
    browser = site.browser()
    await browser.post("/cart")
    answer = await browser.sign_in(KIM, next="/look")
    assert "/look" == answer.headers["location"]
    assert (await kim(site)).id == await who(browser)


async def test_nobody_is_asked_where_it_is_told() -> None:
    """Without the setting there is no such page."""
    async with open_site() as site:
        assert 404 == (await site.browser().get(MERGE)).status_code


# ── yes, and no ──────────────────────────────────────────────────────────────


async def test_what_is_brought_along_is_there(site: Site) -> None:
    """The person goes on where they wanted to, and reads once what came."""
    browser, guest = await asked(site, "emma", "walden")
    old = browser.session

    answer = await say(browser, "along")

    assert (303, "/look") == (answer.status_code, answer.headers["location"])
    mine = await kim(site)
    assert mine.id == await who(browser)
    assert old != browser.session
    assert COOKIE not in browser.client.cookies
    assert {mine.id: ["emma", "walden"]} == await carts(site)
    ended = await site.onboarding.store.find(Account, guest)
    assert ended is not None
    assert Ending.MERGED is ended.ending
    (receipt,) = await site.onboarding.accounts.list_receipts(mine)
    assert {"cart_lines": "added:2"} == receipt.moved
    notice = words((await browser.get(ACCOUNT)).text)
    assert "this came along: Cart lines." in notice


async def test_what_is_kept_apart_stays_where_it_is(site: Site) -> None:
    """They are in without it; the guest lives on, but not in this browser."""
    browser, guest = await asked(site)
    old = browser.session

    answer = await say(browser, "apart")

    assert (303, "/look") == (answer.status_code, answer.headers["location"])
    assert (await kim(site)).id == await who(browser)
    assert {guest: ["emma"]} == await carts(site)
    left = await site.onboarding.store.find(Account, guest)
    assert left is not None
    assert left.is_live
    assert [] == await site.onboarding.accounts.list_receipts(await kim(site))
    assert "stays apart" in words((await browser.get(ACCOUNT)).text)
    thief = site.browser()
    thief.client.cookies.set("__Host-onboarding", old or "", domain="shop.example")
    assert "nobody" == await who(thief)


@pytest.mark.parametrize(("do", "count"), [("along", 0), ("apart", 1)])
async def test_a_no_is_told_of_the_account_and_names_no_guest(
    site: Site, do: str, count: int
) -> None:
    """Once, however often it is pressed; a yes is no no."""
    browser, guest = await asked(site)
    seen = await shown(browser)
    for _ in range(2):
        await say(browser, do, seen)
    mine = await site.onboarding.journey.timeline((await kim(site)).id)
    told = [one for one in mine if one.name == "merge_declined"]
    assert count == len(told)
    assert [{}] * count == [one.data for one in told]
    theirs = await site.onboarding.journey.timeline(guest)
    assert "merge_declined" not in {one.name for one in theirs}


async def test_who_says_nothing_stays_a_guest(site: Site) -> None:
    """The link leads where they wanted to go, and ten minutes later it is over."""
    browser, guest = await asked(site)
    seen = await shown(browser)
    site.clock.advance(LIFE)
    late = await say(browser, "along", seen)
    assert 410 == late.status_code, late.status_code
    assert guest == await who(browser)
    assert {guest: ["emma"]} == await carts(site)
    there = await browser.get(MERGE)
    assert "/look" == query(there.headers["location"])["next"]


async def test_what_waits_is_taken_back_under_my_data(site: Site) -> None:
    """In checkout the guest's cart wins; the older one is a button away."""
    mine = await kim(site)
    await put(site, mine.id, "emma", "dracula")
    browser, _ = await asked(site, "walden", state="checkout")
    said = words((await browser.get(MERGE)).text)
    assert "One comes along. 2 that your account had are set aside" in said
    await say(browser, "along")
    assert ["walden"] == (await carts(site))[mine.id]

    page = await browser.get(ACCOUNT)
    assert "What was set aside is under My data." in words(page.text)
    assert "Set aside for you Cart lines 2 entries" in words(page.text)
    (key,) = re.findall(r'name="key" value="(\w+)"', page.text)
    assert 1 == len((await browser.get_json(ACCOUNT)).json()["cart_lines"])
    for _ in range(2):
        answer = await browser.post(f"{ACCOUNT}/take-back", {"key": key})
        assert ACCOUNT == answer.headers["location"]
    assert {mine.id: ["dracula", "emma", "walden"]} == await carts(site)
    page = await browser.get(ACCOUNT)
    assert "Back with you: Cart lines." in words(page.text)
    assert "Set aside for you" not in page.text
    names = [e.name for e in await site.onboarding.journey.timeline(mine.id)]
    assert 1 == names.count("taken_back")


async def test_nobody_takes_back_what_is_anothers(site: Site) -> None:
    """The key of a form is worth nothing in another account, or without one."""
    mine = await kim(site)
    await put(site, mine.id, "emma")
    browser, _ = await asked(site, "walden", state="checkout")
    await say(browser, "along")
    before = await carts(site)
    page = (await browser.get(ACCOUNT)).text
    (key,) = re.findall(r'name="key" value="(\w+)"', page)
    stranger = site.browser()
    assert (
        401 == (await stranger.post(f"{ACCOUNT}/take-back", {"key": key})).status_code
    )
    await stranger.post("/cart")
    await stranger.post(f"{ACCOUNT}/take-back", {"key": key})
    assert before == await carts(site)


# ── what is seen is what happens ─────────────────────────────────────────────


async def test_a_plan_that_has_changed_is_shown_again(site: Site) -> None:
    """Another tab was faster: nothing happens until the person has seen it."""
    browser, guest = await asked(site)
    seen = await shown(browser)
    await put(site, guest, "walden")

    answer = await say(browser, "along", seen)

    assert 409 == answer.status_code
    said = words(answer.text)
    assert "Something changed meanwhile; this is the plan now." in said
    assert "2 come along." in said
    assert guest == await who(browser)
    assert {guest: ["emma", "walden"]} == await carts(site)
    assert 303 == (await say(browser, "along")).status_code
    assert {(await kim(site)).id: ["emma", "walden"]} == await carts(site)


@pytest.mark.parametrize("plan", ["", "0" * 32, "x" * 500])
async def test_no_plan_is_agreed_to_unseen(site: Site, plan: str) -> None:
    """A form without one, or with a made-up one, merges nothing."""
    browser, guest = await asked(site)
    assert 409 == (await say(browser, "along", plan)).status_code
    assert guest == await who(browser)


@pytest.mark.parametrize("do", ["", "merge", "along "])
async def test_another_word_is_no_answer(site: Site, do: str) -> None:
    """And uses nothing up."""
    browser, guest = await asked(site)
    assert 400 == (await say(browser, do)).status_code
    assert guest == await who(browser)
    assert 303 == (await say(browser, "along")).status_code


# ── once, here, and by who has shown it ──────────────────────────────────────


async def test_an_answer_counts_once(site: Site) -> None:
    """Of many at once, yes and no, one is done; the others lead on, or it is over."""
    browser, guest = await asked(site)
    seen = await shown(browser)
    found = Counter[int]()

    async def press(do: str) -> None:
        found[(await say(browser, do, seen)).status_code] += 1

    async with anyio.create_task_group() as many:
        for number in range(16):
            many.start_soon(press, "along" if number % 2 else "apart")

    assert 1 <= found[303]
    assert 16 == found[303] + found[410]
    mine = await kim(site)
    (owner,) = await carts(site)
    assert owner in {guest, mine.id}
    told = await site.onboarding.journey.timeline(mine.id)
    assert 1 == [one.name for one in told].count("signed_in")
    merged = [one.name for one in told].count(AccountMerged.name)
    assert merged == (owner == mine.id)


async def test_a_second_press_leads_on(site: Site) -> None:
    """It was said already: no error, and nothing more."""
    browser, _ = await asked(site)
    seen, cookie = await shown(browser), browser.client.cookies[COOKIE]
    await say(browser, "along", seen)
    browser.client.cookies.set(COOKIE, cookie, domain="shop.example")
    answer = await say(browser, "along", seen)
    assert (303, "/look") == (answer.status_code, answer.headers["location"])
    assert (await kim(site)).id == await who(browser)


async def test_another_site_cannot_answer(site: Site) -> None:
    """Neither yes nor no."""
    browser, guest = await asked(site)
    for do in ("along", "apart"):
        answer = await browser.post(
            MERGE,
            {"do": do, "plan": await shown(browser)},
            **{"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        )
        assert 403 == answer.status_code
    assert guest == await who(browser)


async def test_the_cookie_alone_is_worth_nothing(site: Site) -> None:
    """Without the guest's session, or with another's, it shows and does nothing."""
    browser, guest = await asked(site)
    seen, cookie = await shown(browser), browser.client.cookies[COOKIE]
    for first in (None, "/cart"):
        thief = site.browser()
        if first:
            await thief.post(first)
        thief.client.cookies.set(COOKIE, cookie, domain="shop.example")
        assert 303 == (await thief.get(MERGE)).status_code
        assert 410 == (await say(thief, "apart", seen)).status_code
    assert {guest: ["emma"]} == await carts(site)
    assert guest == await who(browser)


async def test_the_guest_alone_sees_nothing_of_the_account(site: Site) -> None:
    """Without the proof that waits in this browser there is no plan to look at."""
    browser, _ = await asked(site)
    del browser.client.cookies[COOKIE]
    answer = await browser.get(MERGE)
    assert (303, True) == (
        answer.status_code,
        answer.headers["location"].startswith("/welcome/sign-in"),
    )


async def erase_owner(site: Site) -> None:
    """Have the account erased that is about to be joined."""
    await site.onboarding.data.erase((await kim(site)).id)


async def change_power(site: Site) -> None:
    """Let the account's power change, as a new way in does."""
    was = await kim(site)
    now = replace(was, epoch=was.epoch + 1, version=was.version + 1)
    await site.onboarding.store.commit(Replace(was, now))


async def unlink(site: Site) -> None:
    """Take the identity away that was shown."""
    await site.onboarding.store.commit(Statement("DELETE FROM onboarding_identities"))


@pytest.mark.parametrize("change", [erase_owner, change_power, unlink])
async def test_a_proof_that_holds_no_more_opens_nothing(
    site: Site, change: Callable[[Site], Awaitable[None]]
) -> None:
    """What was shown ten minutes ago must still be true; the guest keeps everything."""
    browser, guest = await asked(site)
    seen = await shown(browser)
    await change(site)
    for do in ("along", "apart"):
        assert 410 == (await say(browser, do, seen)).status_code
    assert guest == await who(browser)
    assert {guest: ["emma"]} == await carts(site)


# ── by mail, by JSON, and on side roads ──────────────────────────────────────


async def test_whoever_signs_in_by_mail_is_asked_too(site: Site, inbox: Inbox) -> None:
    """The code is used up by it: it opens no second question."""
    browser = site.browser()
    guest = (await browser.post("/cart")).text
    await put(site, guest, "emma")
    await browser.post("/welcome/sign-in/email", {"email": KIM.email, "next": "/look"})
    code, _ = await inbox.read()
    proof = browser.client.cookies["__Host-onboarding-proof"]

    answer = await browser.post("/welcome/prove", {"code": code})

    assert MERGE == answer.headers["location"]
    assert guest == await who(browser)
    browser.client.cookies.set("__Host-onboarding-proof", proof, domain="shop.example")
    again = await browser.post("/welcome/prove", {"code": code})
    assert 410 == again.status_code
    assert "/look" == (await say(browser, "along")).headers["location"]
    assert {(await kim(site)).id: ["emma"]} == await carts(site)
    contacts = await site.onboarding.accounts.list_contacts(await kim(site))
    assert ["email"] == [one.proven_by for one in contacts]


async def test_the_same_by_json(site: Site) -> None:
    """What is shown, its digest, and where to go on."""
    browser, guest = await asked(site)
    told = (await browser.get_json(MERGE)).json()
    part = {"outcome": "added", "count": 1, "rule": "KeepLarger", "state": "cart"}
    assert [{"name": "cart_lines", "parts": [part]}] == told["merge"]["resources"]
    assert "/look" == told["next"]
    await put(site, guest, "walden")
    sent = {"do": "along", "plan": told["plan"]}
    changed = await browser.post_json(MERGE, sent)
    assert 409 == changed.status_code
    sent["plan"] = changed.json()["plan"]
    assert {"location": "/look"} == (await browser.post_json(MERGE, sent)).json()


async def test_the_log_says_what_happened(site: Site) -> None:
    """Brought along: one merge, one sign-in, of the account that stays."""
    browser, _ = await asked(site)
    await say(browser, "along")
    told = await site.onboarding.journey.timeline((await kim(site)).id)
    names = [entry.name for entry in told]
    assert (1, 1) == (names.count("account_merged"), names.count("signed_in"))


async def test_a_guest_who_is_asked_is_not_purged(site: Site) -> None:
    """Whoever is at the question comes back to what they left here."""
    browser = site.browser()
    waiting = (await browser.post("/cart")).text
    site.clock.advance(timedelta(days=29))
    await put(site, waiting, "emma")
    await browser.sign_in(KIM)
    site.clock.advance(timedelta(minutes=9))
    await site.onboarding.guests.purge()
    left = await site.onboarding.store.find(Account, waiting)
    assert left is not None
    assert left.is_live
