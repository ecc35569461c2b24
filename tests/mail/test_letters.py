"""Letters that nobody asked for: what they tell, to whom, in which language."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from onboarding import ConfigError, Letters, Onboarding
from onboarding.accounts.model import Contact, ContactLevel
from onboarding.changes import Add, Change, Put, Touch
from onboarding.errors import MailUnavailable
from onboarding.events import Entry
from onboarding.mail.model import Letter
from onboarding.mailers.base import Message
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from onboarding.testing import RecordingSink
from tests.web.site import KEY, KIM, SAM, URL, Browser, Inbox, Site, open_site

pytestmark = pytest.mark.anyio

FAR = timedelta(days=365)


class Watched(SqlStore):
    """A store that remembers what stood together in one commit."""

    def __init__(self) -> None:
        super().__init__(TemporarySqlite())
        self.commits: list[Sequence[Change]] = []

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        self.commits.append(changes)
        await super().commit(*changes, events=events)

    def beside_letters(self) -> list[Change]:
        """Return what was committed together with letters nobody asked for."""
        return [
            change
            for changes in self.commits
            if any(
                isinstance(one, Add)
                and isinstance(one.noun, Letter)
                and one.noun.kind != "proof"
                for one in changes
            )
            for change in changes
        ]


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with open_site(mailer=inbox, database=Watched()) as site:
        yield site


@pytest.fixture
def browser(site: Site) -> Browser:
    """Return a browser of somebody who was never here."""
    return site.browser()


async def link(browser: Browser, name: str = "other") -> None:
    """Add another provider, whose person has no verified address."""
    there = await browser.post(f"/welcome/sign-in/{name}", {"next": "/"})
    location = browser.site.other.approve(there.headers["location"], SAM)
    await browser.get(location)


async def prove(browser: Browser, inbox: Inbox, address: str) -> None:
    """Prove an address under My data."""
    sent = {"email": address, "sure": "1"}
    await browser.post("/welcome/account/prove", sent)
    code, _ = await inbox.read()
    await browser.post("/welcome/prove", {"code": code})


async def act(browser: Browser, address: str, do: str, email: str = "") -> None:
    """Take an address away under My data, or put another in its place."""
    told = (await browser.get_json("/welcome/account")).json()
    key = {one["address"]: one["key"] for one in told["contacts"]}[address]
    await browser.post(f"/welcome/account/address/{key}", {"do": do, "email": email})


async def take(inbox: Inbox, count: int) -> list[Message]:
    """Wait for so many mails."""
    return [await inbox.next() for _ in range(count)]


async def waiting(site: Site) -> list[str]:
    """Return the kinds of letters that are not sent yet."""
    found = await site.onboarding.store.list_letters(
        due_before=site.clock() + FAR, limit=99
    )
    return [one.kind for one in found]


# ── a way that comes ─────────────────────────────────────────────────────────


async def test_a_linked_provider_is_told_to_every_proven_address(
    browser: Browser, inbox: Inbox
) -> None:
    """By its title; what to do if it was somebody else; nothing unsubscribes."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "second@example.org")
    await take(inbox, 1)
    await link(browser)
    letters = await take(inbox, 2)
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
    (told,) = await take(inbox, 1)
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
    told = SAM.__class__(
        subject="sam", name="Sam", email="sam@example.org", email_verified=True
    )
    there = await again.post("/welcome/sign-in/lamp", {"next": "/"})
    await again.get(browser.site.lamp.approve(there.headers["location"], told))
    (letter,) = await take(inbox, 1)
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
    code, _ = await inbox.read()
    await stranger.post("/welcome/prove", {"code": code})
    (told,) = await take(inbox, 1)
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
    code, _ = await inbox.read()
    await back.post("/welcome/prove", {"code": code})
    assert ([], 1) == (await waiting(browser.site), len(inbox.messages))


# ── a way that goes ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("do", ["remove", "correct"])
async def test_an_address_that_goes_is_told_too(
    browser: Browser, inbox: Inbox, do: str
) -> None:
    """Whoever takes the owner's address away must not be the only one who is told."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "thief@example.net")
    await take(inbox, 1)
    await act(browser, "kim@example.org", do, "new@example.net")
    letters = await take(inbox, 2)
    assert {"kim@example.org", "thief@example.net"} == {one.to for one in letters}
    for one in letters:
        assert "A way to sign in to Lamplight was taken away" == one.subject
        assert "k***@example.org" in one.text
        assert one.unsubscribe is None


async def test_an_address_that_nobody_proved_was_no_way(
    browser: Browser, inbox: Inbox
) -> None:
    """It opened nothing, so nothing is told."""
    await browser.sign_in(KIM)
    await browser.post("/welcome/guest", {"email": "typed@example.org"})
    await act(browser, "typed@example.org", "remove")
    assert [] == await waiting(browser.site)


async def test_events_tell_a_sink_what_letters_tell(inbox: Inbox) -> None:
    """For a host that switches ours off, and writes its own."""
    sink = RecordingSink()
    off = Letters(reply=False, way_added=False, way_removed=False)
    async with open_site(mailer=inbox, letters=off, sinks=[sink]) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await prove(browser, inbox, "second@example.org")
        await link(browser)
        await browser.post("/welcome/guest", {"email": "typed@example.org"})
        await act(browser, "typed@example.org", "remove")
        await act(browser, "second@example.org", "remove")
        await site.onboarding.relay.run_once()
        told = [(one.name, one.data) for one in sink.events]
        assert ("identity_linked", {"provider": "other"}) in told
        assert ("contact_proven", {"by": "email"}) in told
        assert ("contact_removed", {"was_proven": False}) in told
        assert ("contact_removed", {"was_proven": True}) in told
        assert [] == await waiting(site)


# ── in the commit of what they tell of ───────────────────────────────────────


async def test_a_letter_stands_in_the_commit_of_what_it_tells_of(
    browser: Browser, inbox: Inbox
) -> None:
    """There is no news of what did not happen, and nothing happens without its news."""
    store: Watched = browser.site.onboarding.store
    await browser.sign_in(KIM)
    await link(browser)
    nouns = [one.noun for one in store.beside_letters() if isinstance(one, Add)]
    assert {"Letter", "IdentityLink", "Session"} == {type(n).__name__ for n in nouns}
    store.commits.clear()
    await act(browser, "kim@example.org", "remove")
    assert "Remove" in {type(one).__name__ for one in store.beside_letters()}


async def test_without_a_mailer_nothing_is_written() -> None:
    """Nor kept for a mailer to come."""
    async with open_site(mailer=None) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await link(browser)
        await act(browser, "kim@example.org", "remove")
        assert [] == await waiting(site)


@pytest.mark.parametrize("kind", ["way_added", "way_removed"])
async def test_each_kind_can_be_switched_off(inbox: Inbox, kind: str) -> None:
    """And the others go on."""
    async with open_site(mailer=inbox, letters=Letters(**{kind: False})) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await link(browser)
        await act(browser, "kim@example.org", "remove")
        (told,) = await take(inbox, 1)
        assert ("taken away" in told.subject) == (kind == "way_added")
        assert [] == await waiting(site)


def test_a_switch_is_on_or_off() -> None:
    """Checked when it is built, as everything a host declares."""
    with pytest.raises(ConfigError, match="Letters: reply .*True or False"):
        Letters(reply="no")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"letters must be .*Letters\(…\)"):
        Onboarding(
            url=URL,
            secret_key=KEY,
            database="memory:",
            mailer=None,
            letters=False,  # type: ignore[arg-type]
        )


# ── in whose language ────────────────────────────────────────────────────────


async def test_it_is_in_the_language_of_their_last_visit(
    site: Site, inbox: Inbox
) -> None:
    """As it was written down, once a day, whoever does what is told."""
    browser = site.browser("nl")
    await browser.sign_in(KIM)
    site.clock.advance(timedelta(seconds=1))
    await browser.get("/look")
    await link(browser)
    (told,) = await take(inbox, 1)
    assert "Een nieuwe manier om in te loggen bij Lamplight" == told.subject
    assert "nl" == told.locale
    assert '<html lang="nl"' in (told.html or "")

    site.clock.advance(timedelta(days=2))
    browser.client.headers["accept-language"] = "en"
    await browser.get("/look")
    await prove(browser, inbox, "second@example.org")
    (told,) = await take(inbox, 1)
    assert "A new way to sign in to Lamplight" == told.subject


async def test_who_never_came_back_is_written_to_in_english(
    site: Site, inbox: Inbox
) -> None:
    """As a page would be that knows no language."""
    account = (await site.onboarding.guests.start()).account
    now = site.clock()
    typed = Contact(
        account_id=account.id,
        address="k@example.org",
        typed="k@example.org",
        level=ContactLevel.PROVEN,
        given_at=now,
        proven_at=now,
    )
    await site.onboarding.store.commit(Touch(account.id), Put(typed))
    (letter,) = await site.onboarding.letters.reply(account.id)
    assert isinstance(letter, Add)
    assert isinstance(letter.noun, Letter)
    assert "en" == letter.noun.locale


# ── how it looks, and how long it waits ──────────────────────────────────────


async def test_a_host_s_template_replaces_ours(tmp_path: Path, inbox: Inbox) -> None:
    """As a page's does; what it is given is the same."""
    (tmp_path / "letter-way-added.txt").write_text("Ahoy: {{ provider }}", "utf-8")
    async with open_site(mailer=inbox, templates=tmp_path) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await link(browser)
        (told,) = await take(inbox, 1)
        assert "Ahoy: Other\n" == told.text
        assert "My data" in (told.html or "")


async def test_a_name_from_outside_is_a_text_in_html(
    browser: Browser, inbox: Inbox
) -> None:
    """Whatever an address holds, its letter has no markup of somebody else's making."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "'&b@example.org")
    (told,) = await take(inbox, 1)
    assert "&#39;***@example.org" in (told.html or "")
    assert "'***@example.org" in told.text


async def test_it_waits_for_three_days_where_mail_is_down() -> None:
    """Then it is given up: news of last week would only frighten."""
    tries: list[Message] = []

    async def down(message: Message) -> None:
        tries.append(message)
        raise MailUnavailable("busy")

    async with open_site(mailer=down) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await link(browser)
        assert site.onboarding.post is not None
        await site.onboarding.post.run_once()
        site.clock.advance(timedelta(days=2, hours=23))
        await site.onboarding.post.run_once()
        assert ["way_added"] == await waiting(site)
        assert 1 == len({one.id for one in tries})
        site.clock.advance(timedelta(hours=8))
        await site.onboarding.post.run_once()
        assert [] == await waiting(site)


async def test_no_subject_tells_anything_of_the_person(
    browser: Browser, inbox: Inbox
) -> None:
    """Others see it, on a locked screen too."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "second@example.org")
    await link(browser)
    await act(browser, "kim@example.org", "remove")
    await take(inbox, 5)
    subjects = " ".join(one.subject for one in inbox.messages)
    assert not re.search(r"Kim|kim|second|@|\d|Other", subjects)
