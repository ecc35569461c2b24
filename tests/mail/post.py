"""What a shop's post is asked to do, and what of it waits."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from typing_extensions import override

from onboarding.accounts.model import Contact, ContactLevel, ProvenAddress
from onboarding.changes import Add, Change, Put, Touch
from onboarding.events import Entry
from onboarding.mail.model import Letter
from onboarding.mailers.base import Message
from onboarding.stores.sql.store import SqlStore
from onboarding.stores.sql.temporary import TemporarySqlite
from tests.web.site import SAM, Browser, Inbox, Site, open_site

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


@asynccontextmanager
async def opened(inbox: Inbox, **settings: Any) -> AsyncIterator[Site]:
    """Open a shop whose letters wait until ``take`` sends them."""
    async with open_site(mailer=inbox, **settings) as site:
        assert site.onboarding.post is not None
        await site.onboarding.post.close()
        yield site


async def send(site: Site) -> None:
    """Send what waits."""
    assert site.onboarding.post is not None
    await site.onboarding.post.run_once()


async def link(browser: Browser, name: str = "other") -> None:
    """Add another provider, whose person has no verified address."""
    there = await browser.post(f"/welcome/sign-in/{name}", {"next": "/"})
    location = browser.site.other.approve(there.headers["location"], SAM)
    await browser.get(location)


async def prove(browser: Browser, inbox: Inbox, address: str) -> None:
    """Prove an address under My data."""
    sent = {"email": address, "sure": "1"}
    await browser.post("/welcome/account/prove", sent)
    await send(browser.site)
    code, _ = await inbox.read()
    await browser.post("/welcome/prove", {"code": code})


async def act(browser: Browser, address: str, do: str, email: str = "") -> None:
    """Take an address away under My data, or put another in its place."""
    told = (await browser.get_json("/welcome/account")).json()
    key = {one["address"]: one["key"] for one in told["contacts"]}[address]
    await browser.post(f"/welcome/account/address/{key}", {"do": do, "email": email})


async def prove_by_hand(site: Site, account_id: str, address: str) -> None:
    """Let an account have proven an address, however it came to that."""
    now = site.clock()
    contact = Contact(
        account_id=account_id,
        address=address,
        typed=address,
        level=ContactLevel.PROVEN,
        given_at=now,
        proven_at=now,
    )
    finder = ProvenAddress(address=address, account_id=account_id)
    await site.onboarding.store.commit(Touch(account_id), Put(contact), Add(finder))


async def take(site: Site, inbox: Inbox, count: int) -> list[Message]:
    """Send what waits, and return so many mails."""
    await send(site)
    return [await inbox.next() for _ in range(count)]


async def waiting(site: Site) -> list[str]:
    """Return the kinds of letters that are not sent yet."""
    found = await site.onboarding.store.list_letters(
        due_before=site.clock() + FAR, limit=99
    )
    return [one.kind for one in found]
