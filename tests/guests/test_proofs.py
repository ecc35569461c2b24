"""Proof by mail: asked for, opened anywhere, finished once, where it was asked for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from onboarding.accounts.model import (
    Contact,
    ContactLevel,
    CurrentSession,
    Intent,
    ProvenAddress,
    Purpose,
)
from onboarding.accounts.outcome import How
from onboarding.changes import Replace
from onboarding.errors import (
    Conflict,
    IdentityTaken,
    InvalidAnswer,
    SignInExpired,
    WrongCode,
)
from onboarding.guests.letters import digits_of
from onboarding.guests.model import ProofResult
from onboarding.guests.proofs import PROOF_COOKIE
from onboarding.mail.model import Letter
from onboarding.stores import store_from, upgrade
from onboarding.tokens import Token
from tests.world import World, identity

pytestmark = pytest.mark.anyio

KIM = "kim@example.org"
MINUTE = timedelta(minutes=1)


@dataclass
class Browser:
    """A browser that asks for letters and brings back what they say."""

    world: World
    current: CurrentSession | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, address: str = KIM, purpose: Purpose = Purpose.MAIL_SIGN_IN
    ) -> None:
        """Ask for a letter, and keep the cookie."""
        cookie = await self.world.proofs.ask(
            purpose, address, current=self.current, locale="en", next="/checkout"
        )
        self.cookies[cookie.name] = cookie.value

    async def finish(
        self, *, code: str | None = None, link: str | None = None
    ) -> ProofResult:
        """Bring back a code or a link, and be who it opens."""
        result = await self.world.proofs.finish(
            code=code, link=link, current=self.current, cookies=self.cookies
        )
        new = result.signed_in.new_session
        self.current = await self.world.who(new.token.reveal())
        return result

    @property
    def asked(self) -> str:
        """The id of what this browser asked for."""
        return self.cookies[PROOF_COOKIE].partition(".")[0]

    @property
    def code(self) -> str:
        """The code of the letter."""
        return self.world.proofs.secrets(self.asked).code

    @property
    def link(self) -> str:
        """What the link of the letter ends in."""
        return f"{self.asked}.{self.world.proofs.secrets(self.asked).link}"


@pytest.fixture(params=["memory:", "postgres_dsn"], ids=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Yield the services over an empty, opened store of each kind."""
    database = request.param
    if database == "postgres_dsn":
        database = request.getfixturevalue(database)
        await upgrade(database)
    store = store_from(database)
    await store.open()
    yield World(store)
    await store.close()


@pytest.fixture
def browser(world: World) -> Browser:
    """A visitor's browser."""
    return Browser(world)


async def letters(world: World) -> list[Letter]:
    """Return every letter that waits."""
    due = world.now + timedelta(days=1)
    return list(await world.store.list_letters(due_before=due, limit=999))


def wrong(code: str) -> str:
    """Return another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


# ── asking ───────────────────────────────────────────────────────────────────


async def test_a_letter_is_written_in_the_language_of_who_asks(
    world: World, browser: Browser
) -> None:
    """It goes where it was typed, and is worthless when its code is."""
    await browser.ask(" Kim@Example.org ")
    [letter] = await letters(world)
    assert (KIM, "Kim@Example.org", "en") == (
        letter.address,
        letter.typed,
        letter.locale,
    )
    assert world.now + 10 * MINUTE == letter.until


async def test_nothing_stored_tells_code_or_link(
    world: World, browser: Browser
) -> None:
    """Whoever reads the database can finish nothing."""
    await browser.ask()
    stored = repr([await world.store.find(Intent, browser.asked)])
    [letter] = await letters(world)
    told = stored + repr(dict(letter.data)) + repr(letter)
    assert browser.code not in told
    assert browser.link not in told


async def test_what_is_no_address_is_refused(browser: Browser) -> None:
    """Before anything is written."""
    with pytest.raises(InvalidAnswer):
        await browser.ask("kim")


async def test_an_address_gets_a_few_letters_and_everybody_the_same_answer(
    world: World,
) -> None:
    """A hundred requests are three letters; when those are over, it may ask again."""
    for _ in range(20):
        await Browser(world).ask()
    assert 3 == len(await letters(world))
    await Browser(world).ask("sam@example.org")
    assert 4 == len(await letters(world))
    world.clock.advance(10 * MINUTE)
    await Browser(world).ask()
    assert 5 == len(await letters(world))


async def test_asking_is_the_same_work_whether_or_not_somebody_has_the_address(
    world: World,
) -> None:
    """Nothing is read of accounts, so nothing can be seen in how long it takes."""
    await world.person("kim", KIM)
    known, unknown = Browser(world), Browser(world)
    await known.ask(KIM)
    await unknown.ask("nobody@example.org")
    first, second = await letters(world)
    assert (first.kind, set(first.data)) == (second.kind, set(second.data))


# ── who it is ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["code", "link"])
async def test_a_stranger_registers(world: World, browser: Browser, by: str) -> None:
    """Without a password, and with a proven address."""
    await browser.ask()
    result = await browser.finish(**{by: getattr(browser, by)})
    account = result.signed_in.account
    assert (How.REGISTERED, "/checkout") == (result.signed_in.how, result.next)
    contact = await world.store.find(Contact, account.id, KIM)
    assert contact
    assert (ContactLevel.PROVEN, "email") == (contact.level, contact.proven_by)
    assert ["account_registered", "contact_proven"] == await world.names(account.id)


async def test_a_guest_is_upgraded_on_the_same_id(
    world: World, browser: Browser
) -> None:
    """With what they typed before; every older session is dead."""
    browser.current = before = await world.guest()
    await world.guests.give_contact(before.account, "Kim@example.org")
    await browser.ask()
    result = await browser.finish(code=browser.code)
    account = result.signed_in.account
    assert (before.account.id, How.UPGRADED) == (account.id, result.signed_in.how)
    assert await world.sessions.refresh(before) is None
    contact = await world.store.find(Contact, account.id, KIM)
    assert contact
    assert "Kim@example.org" == contact.typed


async def test_who_has_proven_it_before_comes_back(
    world: World, browser: Browser
) -> None:
    """Whoever proved it: a provider, or an earlier letter."""
    owner = (await world.person("kim", KIM)).account
    await browser.ask()
    result = await browser.finish(code=browser.code)
    assert (owner.id, How.SIGNED_IN) == (
        result.signed_in.account.id,
        result.signed_in.how,
    )
    again = Browser(world)
    await again.ask()
    assert owner.id == (await again.finish(link=again.link)).signed_in.account.id


async def test_a_guest_comes_to_who_has_proven_it(
    world: World, browser: Browser
) -> None:
    """One merge, with its receipt."""
    owner = (await world.person("kim", KIM)).account
    browser.current = guest = await world.guest()
    await browser.ask()
    result = await browser.finish(code=browser.code)
    assert (owner.id, How.MERGED) == (
        result.signed_in.account.id,
        result.signed_in.how,
    )
    assert result.signed_in.receipt
    assert guest.account.id == result.signed_in.receipt.source


async def test_a_registered_person_proves_one_more_address(
    world: World, browser: Browser
) -> None:
    """It is theirs, and a way back in, from then on."""
    browser.current = await world.who(
        (await world.person("kim")).new_session.token.reveal()
    )
    await browser.ask(purpose=Purpose.PROVE)
    result = await browser.finish(code=browser.code)
    assert How.LINKED is result.signed_in.how
    finder = await world.store.find(ProvenAddress, KIM)
    assert finder
    assert browser.current.account.id == finder.account_id


async def test_a_registered_person_gets_nobody_elses_address(
    world: World, browser: Browser
) -> None:
    """Two registered accounts are not merged without a word."""
    await world.person("kim", KIM)
    browser.current = await world.who(
        (await world.person("sam")).new_session.token.reveal()
    )
    await browser.ask(purpose=Purpose.PROVE)
    with pytest.raises(IdentityTaken):
        await browser.finish(code=browser.code)


# ── where, how often, how long ───────────────────────────────────────────────


async def test_looking_uses_nothing_up(world: World, browser: Browser) -> None:
    """A scanner may follow the link as often as it likes."""
    await browser.ask()
    for _ in range(5):
        await world.proofs.look(browser.link, {})
    assert await browser.finish(link=browser.link)


async def test_a_link_opened_elsewhere_shows_the_code_and_raises_nobody(
    world: World, browser: Browser
) -> None:
    """Whoever typed somebody's address gains nothing when that person clicks."""
    await browser.ask()
    seen = await world.proofs.look(browser.link, {})
    assert browser.code == seen.code
    elsewhere = Browser(world)
    with pytest.raises(SignInExpired):
        await elsewhere.finish(link=browser.link)
    assert await browser.finish(code=seen.code)


async def test_where_it_was_asked_for_a_link_shows_no_code(
    world: World, browser: Browser
) -> None:
    """One click is enough there."""
    await browser.ask()
    seen = await world.proofs.look(browser.link, browser.cookies)
    assert ("", KIM) == (seen.code, seen.shown)


async def test_a_link_of_one_letter_finishes_no_other(world: World) -> None:
    """Two browsers ask, and each has its own."""
    one, other = Browser(world), Browser(world)
    await one.ask()
    await other.ask()
    with pytest.raises(SignInExpired):
        await one.finish(link=other.link)
    with pytest.raises(WrongCode):
        await one.finish(code=other.code)


async def test_a_code_may_be_tried_a_few_times(browser: Browser) -> None:
    """Five wrong ones end it for the right one too."""
    await browser.ask()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as error:
            await browser.finish(code=wrong(browser.code))
        assert left == error.value.left
    with pytest.raises(SignInExpired):
        await browser.finish(code=browser.code)


async def test_many_guesses_at_once_are_no_more_than_a_few(
    world: World, browser: Browser
) -> None:
    """Each is counted before it is looked at."""
    await browser.ask()
    right = int(browser.code)
    guesses = [f"{(right + n) % 1_000_000:06d}" for n in range(1, 60)]
    told = await asyncio.gather(
        *(browser.finish(code=guess) for guess in guesses), return_exceptions=True
    )
    assert 5 == len([one for one in told if isinstance(one, WrongCode)])
    assert {WrongCode, SignInExpired} == {type(one) for one in told}
    intent = await world.store.find(Intent, browser.asked)
    assert intent
    assert 5 == intent.tries


@pytest.mark.parametrize("by", ["code", "link"])
async def test_fifty_at_once_come_in_once(
    world: World, browser: Browser, by: str
) -> None:
    """The others are told that it was used."""
    browser.current = guest = await world.guest()
    await browser.ask()
    said = {by: getattr(browser, by)}
    told = await asyncio.gather(
        *(browser.finish(**said) for _ in range(50)), return_exceptions=True
    )
    came = [one for one in told if isinstance(one, ProofResult)]
    assert 1 == len(came)
    assert {ProofResult, SignInExpired} == {type(one) for one in told}
    names = await world.names(guest.account.id)
    assert 1 == names.count("guest_upgraded")


async def test_it_works_once(browser: Browser) -> None:
    """What was used is gone."""
    await browser.ask()
    code, link = browser.code, browser.link
    await browser.finish(code=code)
    for again in ({"code": code}, {"link": link}):
        with pytest.raises(SignInExpired):
            await browser.finish(**again)


async def test_it_works_for_ten_minutes(world: World, browser: Browser) -> None:
    """Code, link and the page where it was asked for."""
    await browser.ask()
    code, link = browser.code, browser.link
    world.clock.advance(10 * MINUTE)
    for late in ({"code": code}, {"link": link}):
        with pytest.raises(SignInExpired):
            await browser.finish(**late)
    with pytest.raises(SignInExpired):
        await world.proofs.look(link, browser.cookies)
    assert await world.proofs.find(browser.cookies) is None


@pytest.mark.parametrize(
    "typed", ["418 072", "418-072", "\u06f4\u06f1\u06f8072", " 4 1 8 0 7 2 "]
)
async def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    """With spaces, with a dash, with the digits of their keyboard."""
    assert "418072" == digits_of(typed)


@pytest.mark.parametrize(
    "said", ["", " ", "x" * 5000, "\ud800", "None", "000000000000", "²³"]
)
async def test_what_is_no_code_is_wrong(browser: Browser, said: str) -> None:
    """And costs a try, like any other."""
    await browser.ask()
    with pytest.raises(WrongCode):
        await browser.finish(code=said)


@pytest.mark.parametrize(
    "link", ["", ".", "a" * 20, "a" * 20 + ".", "\ud800", "x" * 9999, "a.b.c"]
)
async def test_what_is_no_link_leads_nowhere(
    world: World, browser: Browser, link: str
) -> None:
    """For anybody, wherever they open it."""
    await browser.ask()
    with pytest.raises(SignInExpired):
        await world.proofs.look(link, browser.cookies)
    with pytest.raises(SignInExpired):
        await browser.finish(link=link)


# ── bound to who asked ───────────────────────────────────────────────────────


async def test_what_a_visitor_asked_a_guest_may_finish(
    world: World, browser: Browser
) -> None:
    """Something went into the cart in another tab."""
    await browser.ask()
    browser.current = await world.guest()
    assert How.UPGRADED is (await browser.finish(code=browser.code)).signed_in.how


async def test_what_somebody_else_here_asked_is_over(
    world: World, browser: Browser
) -> None:
    """Whoever signs in meanwhile is not the one who asked."""
    browser.current = await world.guest()
    await browser.ask()
    browser.current = await world.who(
        (await world.person("sam")).new_session.token.reveal()
    )
    with pytest.raises(SignInExpired):
        await browser.finish(code=browser.code)


async def test_what_was_asked_before_a_change_of_power_is_over(
    world: World, browser: Browser
) -> None:
    """An unfinished change of address does not outlive a recovery."""
    browser.current = await world.guest()
    await browser.ask()
    await world.accounts.sign_in(identity("kim"), browser.current)
    here = await world.account(browser.current.account.id)
    browser.current = replace(browser.current, account=here)
    with pytest.raises(SignInExpired):
        await browser.finish(code=browser.code)


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.CONFIRM])
async def test_the_secret_of_another_purpose_is_worth_nothing(
    world: World, browser: Browser, purpose: Purpose
) -> None:
    """An attempt at a provider is no proof by mail."""
    token = await world.intents.open(purpose, life=10 * MINUTE, address=KIM)
    browser.cookies[PROOF_COOKIE] = token.reveal()
    assert await world.proofs.find(browser.cookies) is None
    with pytest.raises(SignInExpired):
        await browser.finish(link=browser.link)
    with pytest.raises(SignInExpired):
        await browser.finish(code=browser.code)


async def test_a_forged_cookie_is_nobodys(world: World, browser: Browser) -> None:
    """An id is no secret."""
    await browser.ask()
    forged = Browser(world)
    forged.cookies[PROOF_COOKIE] = Token.new(browser.asked).reveal()
    with pytest.raises(SignInExpired):
        await forged.finish(code=browser.code)
    with pytest.raises(SignInExpired):
        await forged.finish(link=browser.link)


async def test_a_proof_used_elsewhere_meanwhile_opens_nothing(
    world: World, browser: Browser
) -> None:
    """The intent is used up in the very commit of what it opens."""
    await browser.ask()
    intent = await world.store.find(Intent, browser.asked)
    assert intent
    await world.store.commit(Replace(intent, replace(intent, tries=1)))
    with pytest.raises(Conflict):
        await world.accounts.sign_in_by_mail(intent, KIM, None)
    assert await world.store.find(ProvenAddress, KIM) is None


async def test_erasure_takes_along_what_a_visitor_asked_for(
    world: World, browser: Browser
) -> None:
    """The letter and the intent hold an address, and belong to no account."""
    owner = (await world.person("kim", KIM)).account
    await browser.ask()
    await world.data.erase(owner.id)
    assert [] == await letters(world)
    assert await world.proofs.find(browser.cookies) is None
