"""Letters that nobody asked for: when they are written, in which language, how long."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding import ConfigError, Letters, Onboarding
from onboarding.accounts.model import Contact, ContactLevel
from onboarding.changes import Add, Replace, Touch
from onboarding.errors import MailUnavailable
from onboarding.mail.model import Letter
from onboarding.mailers.base import Message
from onboarding.testing import RecordingSink
from tests.mail.post import (
    Watched,
    act,
    link,
    opened,
    prove,
    prove_by_hand,
    take,
    waiting,
)
from tests.web.site import KEY, KIM, URL, Browser, Inbox, Site, open_site

pytestmark = pytest.mark.anyio


async def test_events_tell_a_sink_what_letters_tell(inbox: Inbox) -> None:
    """For a host that switches ours off, and writes its own."""
    sink = RecordingSink()
    off = Letters(reply=False, way_added=False, way_removed=False)
    async with opened(inbox, letters=off, sinks=[sink]) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await prove(browser, inbox, "second@example.org")
        await link(browser)
        await browser.post("/welcome/guest", {"email": "typed@example.org"})
        await act(browser, "typed@example.org", "remove")
        await act(browser, "second@example.org", "remove")
        assert [] == await waiting(site)
    told = [(one.name, one.data) for one in sink.events]  # all, once it is closed
    assert ("identity_linked", {"provider": "other"}) in told
    assert ("contact_proven", {"by": "email"}) in told
    assert ("contact_removed", {"was_proven": False}) in told
    assert ("contact_removed", {"was_proven": True}) in told


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
    async with opened(inbox, letters=Letters(**{kind: False})) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await link(browser)
        await act(browser, "kim@example.org", "remove")
        (told,) = await take(browser.site, inbox, 1)
        assert ("taken away" in told.subject) == (kind == "way_added")
        assert [] == await waiting(site)


@pytest.mark.parametrize("is_on", [True, False])
async def test_replies_can_be_switched_off(inbox: Inbox, is_on: bool) -> None:
    """Whoever said something finds the reply under My data all the same."""
    async with opened(inbox, letters=Letters(reply=is_on)) as site:
        account = (await site.onboarding.guests.start()).account
        await site.onboarding.guests.give_contact(account, "kim@example.org")
        assert is_on is bool(await site.onboarding.letters.reply(account.id))


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
    (told,) = await take(browser.site, inbox, 1)
    assert "Een nieuwe manier om in te loggen bij Lamplight" == told.subject
    assert "nl" == told.locale
    assert '<html lang="nl"' in (told.html or "")

    site.clock.advance(timedelta(days=2))
    browser.client.headers["accept-language"] = "en"
    await browser.get("/look")
    await browser.sign_in(KIM)
    await prove(browser, inbox, "second@example.org")
    (told,) = await take(browser.site, inbox, 1)
    assert "A new way to sign in to Lamplight" == told.subject


async def test_a_reply_goes_to_the_address_that_was_proven_last(site: Site) -> None:
    """However long ago it was given: somebody surely read its mail of late."""
    account = (await site.onboarding.guests.start()).account
    await site.onboarding.guests.give_contact(account, "old@example.org")
    site.clock.advance(timedelta(minutes=1))
    await prove_by_hand(site, account.id, "new@example.org")
    site.clock.advance(timedelta(minutes=1))
    old = await site.onboarding.store.find(Contact, account.id, "old@example.org")
    assert old is not None
    proven = replace(old, level=ContactLevel.PROVEN, proven_at=site.clock())
    await site.onboarding.store.commit(Touch(account.id), Replace(old, proven))
    (letter,) = await site.onboarding.letters.reply(account.id)
    assert isinstance(letter, Add)
    assert isinstance(letter.noun, Letter)
    assert "old@example.org" == letter.noun.address


async def test_who_never_came_back_is_written_to_in_english(
    site: Site, inbox: Inbox
) -> None:
    """As a page would be that knows no language."""
    account = (await site.onboarding.guests.start()).account
    await prove_by_hand(site, account.id, "k@example.org")
    (letter,) = await site.onboarding.letters.reply(account.id)
    assert isinstance(letter, Add)
    assert isinstance(letter.noun, Letter)
    assert "en" == letter.noun.locale


# ── how it looks, and how long it waits ──────────────────────────────────────


async def test_a_host_s_template_replaces_ours(tmp_path: Path, inbox: Inbox) -> None:
    """As a page's does; what it is given is the same."""
    (tmp_path / "onboarding").mkdir()
    ours = tmp_path / "onboarding" / "letter-way-added.txt"
    ours.write_text("Ahoy: {{ provider }}", "utf-8")
    async with opened(inbox, templates=tmp_path) as site:
        browser = site.browser()
        await browser.sign_in(KIM)
        await link(browser)
        (told,) = await take(browser.site, inbox, 1)
        assert "Ahoy: Other\n" == told.text
        assert "My data" in (told.html or "")


async def test_a_name_from_outside_is_a_text_in_html(
    browser: Browser, inbox: Inbox
) -> None:
    """Whatever an address holds, its letter has no markup of somebody else's making."""
    await browser.sign_in(KIM)
    await prove(browser, inbox, "'&b@example.org")
    (told,) = await take(browser.site, inbox, 1)
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
    await take(browser.site, inbox, 5)
    subjects = " ".join(one.subject for one in inbox.messages)
    assert not re.search(r"Kim|kim|second|@|\d|Other", subjects)
