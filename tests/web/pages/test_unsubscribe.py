"""That there is a reply, by mail, until whoever gets it wants no more of them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from onboarding.accounts.model import Account
from onboarding.accounts.outcome import SignInResult
from onboarding.mail.model import MailStop
from onboarding.mailers.base import Mailbox, Message
from onboarding.mailers.mime import email_message
from tests.web.site import KIM, ORIGIN, Browser, Inbox, Site, open_site, words
from tests.world import identity

pytestmark = pytest.mark.anyio

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
OTHERS = {
    "none of its own": {},
    "another site's": {
        "origin": "https://mail.example",
        "sec-fetch-site": "cross-site",
    },
    "a sandbox's": {"origin": "null"},
}


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=inbox) as site:
        yield site


async def say(browser: Browser) -> None:
    """Buy, and say what one thinks of it."""
    await browser.post("/order")
    await browser.get("/welcome/prompt")
    answer = await browser.post(
        "/welcome/prompt/first-order", {"do": "respond", "score": "9", "text": "Fine."}
    )
    assert answer.status_code in (200, 303), answer.text


async def reply(site: Site, text: str = "Thank you, Kim.") -> None:
    """Reply to whatever waits for one."""
    feedback = site.onboarding.feedback
    for one in await feedback.open_responses():
        await feedback.reply(one.account_id, one.id, text=text, by="Noor")


async def told(site: Site, inbox: Inbox, browser: Browser) -> Message:
    """Come to the mail about a reply to somebody with a proven address."""
    await browser.sign_in(KIM)
    await say(browser)
    await reply(site)
    return await inbox.next()


def path_of(message: Message) -> str:
    """Return the path of the link that unsubscribes."""
    assert message.unsubscribe is not None
    assert message.unsubscribe.startswith(f"{ORIGIN}/welcome/unsubscribe/")
    return message.unsubscribe.removeprefix(ORIGIN)


async def press(site: Site, path: str, **headers: str) -> httpx2.Response:
    """Unsubscribe as a mail provider does: without a cookie, from nowhere."""
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=site.app), base_url=ORIGIN
    )
    return await client.post(path, data=ONE_CLICK, headers=headers)


async def is_stopped(site: Site, address: str = "kim@example.org") -> bool:
    """Tell whether an address gets no more of them."""
    return await site.onboarding.mail_stops.is_stopped(address, "reply")


# ── the letter ───────────────────────────────────────────────────────────────


async def test_a_reply_is_told_and_not_quoted(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """What it says is read under My data: a typed address may be a stranger's."""
    message = await told(site, inbox, browser)
    assert ("kim@example.org", "Lamplight replied to you") == (
        message.to,
        message.subject,
    )
    assert f"{ORIGIN}/welcome/account" in message.text
    for part in (message.text, message.html or ""):
        assert "Kim" not in part
        assert "Fine." not in part
        assert path_of(message) in part


async def test_its_headers_let_a_mail_reader_unsubscribe(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """RFC 2369 and RFC 8058; the address stands in no log of ours."""
    message = await told(site, inbox, browser)
    mail = email_message(
        message, sender=Mailbox.parse("post@shop.example"), at=site.clock()
    )
    assert f"<{message.unsubscribe}>" == mail["List-Unsubscribe"]
    assert "List-Unsubscribe=One-Click" == mail["List-Unsubscribe-Post"]
    assert "kim" not in path_of(message).lower()


async def test_a_reply_put_better_is_no_second_letter(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """Nor is one to whoever left no address."""
    await told(site, inbox, browser)
    account = await account_of(browser)
    (one,) = await site.onboarding.feedback.responses(account)
    await site.onboarding.feedback.reply(account.id, one.id, text="Better.", by="Noor")
    stranger = site.browser()
    await say(stranger)
    await reply(site)
    await site.onboarding.post.run_once()  # type: ignore[union-attr]  # it mails
    assert 1 == len(inbox.messages)


async def test_it_goes_to_one_address_the_surest(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """To what was proven last; to what was typed where nothing is proven."""
    await browser.post("/order")
    await browser.post("/welcome/guest", {"email": "first@example.org"})
    site.clock.advance(timedelta(minutes=1))
    await browser.post("/welcome/guest", {"email": "typed@example.org"})
    await say(browser)
    await reply(site)
    assert "typed@example.org" == (await inbox.next()).to
    other = site.browser()
    await other.sign_in(KIM)
    await other.post("/welcome/guest", {"email": "later@example.org"})
    await say(other)
    await reply(site)
    assert "kim@example.org" == (await inbox.next()).to
    assert 2 == len(inbox.messages)


async def test_it_follows_a_merge(site: Site, browser: Browser, inbox: Inbox) -> None:
    """Who said it as a guest, and signed in since, is told as who they are."""
    await site.browser().sign_in(KIM)
    await say(browser)
    guest = await account_of(browser)
    (one,) = await site.onboarding.feedback.responses(guest)
    await browser.sign_in(KIM)
    await site.onboarding.feedback.reply(guest.id, one.id, text="Hello", by="Noor")
    assert "kim@example.org" == (await inbox.next()).to


async def account_of(browser: Browser) -> Account:
    """Return who a browser is, who must be somebody."""
    found = await browser.site.onboarding.sessions.find(browser.session or "")
    assert found is not None
    return found.account


# ── no more of them ──────────────────────────────────────────────────────────


async def test_looking_changes_nothing(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """Mail scanners follow links; the address is masked, and told to no other site."""
    path = path_of(await told(site, inbox, browser))
    anybody = site.browser()
    for method in ("GET", "HEAD", "GET"):
        page = await anybody.client.request(method, path)
    assert 200 == page.status_code
    assert "No more mails about replies?" in words(page.text)
    assert "k***@example.org" in words(page.text)
    assert "kim@example.org" not in page.text
    assert "strict-origin" == page.headers["referrer-policy"]
    assert not await is_stopped(site)


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS)
async def test_one_click_of_a_mail_provider_stops_them(
    site: Site, browser: Browser, inbox: Inbox, headers: dict[str, str]
) -> None:
    """Without a cookie, from wherever it comes, and without a redirect."""
    path = path_of(await told(site, inbox, browser))
    for _ in range(2):
        answer = await press(site, path, **headers)
        assert 200 == answer.status_code
        assert "set-cookie" not in answer.headers
    assert await is_stopped(site)


async def test_a_body_of_parts_is_no_hindrance(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """RFC 8058 §3.2 allows either kind of form."""
    path = path_of(await told(site, inbox, browser))
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=site.app), base_url=ORIGIN
    )
    answer = await client.post(path, files={"List-Unsubscribe": (None, "One-Click")})
    assert 200 == answer.status_code
    assert await is_stopped(site)


async def test_it_holds_for_the_address_whoever_it_is_about(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """Also where somebody else typed it; other kinds of letters go on."""
    path = path_of(await told(site, inbox, browser))
    await press(site, path)
    guest = site.browser()
    await guest.post("/order")
    await guest.post("/welcome/guest", {"email": "Kim@Example.org"})
    await say(guest)
    await reply(site)
    await browser.post("/welcome/sign-in/email", {"email": "second@example.org"})
    assert "Your link and code" in (await inbox.next()).subject
    assert 2 == len(inbox.messages)


async def test_a_button_stops_them_and_another_undoes_it(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """Whoever pressed by mistake is written to again."""
    path = path_of(await told(site, inbox, browser))
    anybody = site.browser("nl")
    page = await anybody.post(path)
    assert "k***@example.org krijgt er geen meer" in words(page.text)
    assert f'action="{path}?again=1"' in page.text
    assert await is_stopped(site)
    page = await anybody.post(f"{path}?again=1")
    assert "Geen mail meer over antwoorden?" in words(page.text)
    assert not await is_stopped(site)
    assert {"stopped": False} == (await anybody.get_json(path)).json()


@pytest.mark.parametrize("link", ["x", "A" * 80, "é", "a.b", "%00"])
async def test_what_we_did_not_seal_opens_nothing(
    site: Site, browser: Browser, inbox: Inbox, link: str
) -> None:
    """Nor does a link with a letter changed, or of another application."""
    path = path_of(await told(site, inbox, browser))
    head, _, sealed = path.rpartition("/")
    changed = sealed[:-3] + ("AAA" if sealed[-3:] != "AAA" else "BBB")
    for bad in (link, changed, sealed[:-1]):
        assert 404 == (await press(site, f"{head}/{bad}")).status_code
        page = await browser.get(f"{head}/{bad}")
        assert (404, "strict-origin") == (
            page.status_code,
            page.headers["referrer-policy"],
        )
    assert not await is_stopped(site)


async def test_letters_about_an_account_s_safety_cannot_be_stopped(
    site: Site, browser: Browser
) -> None:
    """Not even by a link that we have sealed."""
    link = site.onboarding.mail_stops.link("kim@example.org", "way_added")
    assert 404 == (await press(site, f"/welcome/unsubscribe/{link}")).status_code


async def test_an_old_key_still_opens_what_it_sealed(inbox: Inbox) -> None:
    """While a key is being replaced, and no longer."""
    old, new = "an old key of more than thirty-two bytes", "a new key, as long as that"
    new += " old one of before"
    async with open_site(mailer=inbox, secret_key=old) as site:
        link = site.onboarding.mail_stops.link("kim@example.org", "reply")
    async with open_site(mailer=inbox, secret_key=[new, old]) as site:
        assert ("kim@example.org", "reply") == site.onboarding.mail_stops.read(link)
    async with open_site(mailer=inbox, secret_key=new) as site:
        assert site.onboarding.mail_stops.read(link) is None


# ── as something that is somebody's ──────────────────────────────────────────


async def test_it_is_told_to_who_proved_the_address_and_to_nobody_else(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """A guest who types an address must not learn what its owner wanted."""
    await press(site, path_of(await told(site, inbox, browser)))
    stops = (await browser.get_json("/welcome/account")).json()["mail_stops"]
    assert [("kim@example.org", "reply")] == [(s["address"], s["kind"]) for s in stops]
    assert "Mails you want no more" in words(
        (await browser.get("/welcome/account")).text
    )
    guest = site.browser()
    await guest.post("/order")
    await guest.post("/welcome/guest", {"email": "kim@example.org"})
    assert [] == (await guest.get_json("/welcome/account")).json()["mail_stops"]


async def test_it_outlives_a_guest_and_a_merge_and_goes_with_an_erasure(
    site: Site, browser: Browser, inbox: Inbox
) -> None:
    """It follows the address to whoever has proven it."""
    await press(site, path_of(await told(site, inbox, browser)))
    guest = site.browser()
    await guest.post("/order")
    await guest.post("/welcome/guest", {"email": "kim@example.org"})
    await guest.post("/welcome/account/erase")
    assert await is_stopped(site)
    onboarding = site.onboarding
    other = await onboarding.accounts.sign_in(identity("zoe"), None)
    assert isinstance(other, SignInResult)
    await onboarding.merging.merge((await account_of(browser)).id, other.account.id)
    found = (await onboarding.data.read(other.account))["mail_stops"]
    assert [{"address", "kind", "since"}] == [set(one) for one in found]  # type: ignore[attr-defined]  # a list
    await onboarding.data.erase(other.account.id)
    assert not await is_stopped(site)
    assert await onboarding.store.find(MailStop, "kim@example.org", "reply") is None
