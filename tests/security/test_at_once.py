"""Fifty at once, from two processes: one of them does it, and nobody gets an error.

Two stores on one database stand for the processes: each with its own connections.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from onboarding.accounts.model import CurrentSession, Ending, Purpose
from onboarding.accounts.outcome import How, SignInResult
from onboarding.core import Core
from onboarding.errors import LastWayIn, OrderLinkOver, Refused, SignInExpired
from onboarding.guests.model import ProofResult
from onboarding.guests.proofs import PROOF_COOKIE
from onboarding.stores import store_from
from tests.security.lives.look import Look
from tests.security.lives.market import Market, core_on, make_tables
from tests.world import identity

pytestmark = pytest.mark.anyio

MANY = 50
KIM = "kim@example.org"


class Town:
    """One shop in two processes."""

    def __init__(self, market: Market, cores: list[Core[Any]]):
        self.market = market
        self.cores = cores

    @property
    def core(self) -> Core[Any]:
        """Either process."""
        return self.cores[0]

    async def at_once(
        self, act: Callable[[Core[Any], int], Awaitable[Any]], many: int = MANY
    ) -> list[Any]:
        """Do something often, half of it in each process; return what each came to."""
        acts = [act(self.cores[n % 2], n) for n in range(many)]
        return await asyncio.gather(*acts, return_exceptions=True)

    async def guest(self) -> CurrentSession:
        """Make a guest."""
        return (await self.core.guests.start()).current

    async def person(self, name: str) -> SignInResult:
        """Sign somebody in, in a fresh browser."""
        who = identity(name, f"{name}@example.org")
        outcome = await self.core.accounts.sign_in(who, None)
        assert isinstance(outcome, SignInResult)
        return outcome

    async def letter(self, guest: CurrentSession) -> tuple[dict[str, str], str, str]:
        """Ask for a letter; return the cookies, and the code and link that it says."""
        cookie = await self.core.proofs.ask(
            Purpose.MAIL_SIGN_IN, KIM, current=guest, locale="en"
        )
        asked = cookie.value.partition(".")[0]
        said = self.core.proofs.secrets(asked)
        return {PROOF_COOKIE: cookie.value}, said.code, f"{asked}.{said.link}"

    async def look(self) -> Look:
        """Return everything that is kept."""
        return await self.market.look([], [])

    async def told(self, name: str) -> int:
        """Return how often the log tells of something."""
        events = (await self.look())["events"]
        return sum(row["name"] == name for row in events)


@pytest.fixture(params=["sqlite", "postgresql"])
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """Open a shop in two processes, on either database."""
    database = f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_dsn")
    await make_tables(database)
    market = Market(database)
    async with AsyncExitStack() as stack:
        await market.open()
        stack.push_async_callback(market.close)
        await market.begin()
        other = store_from(database)
        await other.open()
        stack.push_async_callback(other.close)
        second = core_on(other, market.clock)
        await second.belongings.check(other)
        yield Town(market, [market.core, second])


# ── letters ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [["code"], ["link"], ["code", "link"]], ids="-".join)
async def test_a_letter_comes_in_once(town: Town, by: list[str]) -> None:
    """Its code, its link, or both: the others read that it is over."""
    guest = await town.guest()
    await town.market.place(1, guest.account.id, KIM)
    cookies, code, link = await town.letter(guest)
    ways = {"code": code, "link": link}

    async def bring(core: Core[Any], n: int) -> ProofResult:
        way = by[n // 2 % len(by)]
        result: ProofResult = await core.proofs.finish(
            **{way: ways[way]}, current=guest, cookies=cookies
        )
        return result

    done = await town.at_once(bring)

    counted = Counter(type(one) for one in done)
    assert {ProofResult: 1, SignInExpired: MANY - 1} == counted
    (came,) = [one for one in done if isinstance(one, ProofResult)]
    assert How.UPGRADED is came.signed_in.how
    look = await town.look()
    assert 1 == len(look["sessions"])
    assert {guest.account.id} == {row["account_id"] for row in look["orders"]}
    assert 1 == await town.told("guest_upgraded")
    assert 1 == await town.told("contact_proven")


async def test_an_intent_is_taken_once(town: Town) -> None:
    """Of fifty callbacks of one attempt, one goes on, and the others find nothing."""
    life = town.core.proofs.policy.life
    token = await town.core.intents.open(Purpose.SIGN_IN, life=life)

    done = await town.at_once(lambda core, _: core.intents.take(token, Purpose.SIGN_IN))

    assert MANY - 1 == done.count(None)


# ── orders ───────────────────────────────────────────────────────────────────


async def test_of_fifty_who_open_one_order_link_one_gets_the_order(town: Town) -> None:
    """With all its lines; the others read that the link is over."""
    guest = (await town.guest()).account
    await town.market.place(1, guest.id, KIM)
    people = [(await town.person(f"p{n}")).account for n in range(MANY)]
    link = town.core.orders.links.make(1, guest.id).rpartition("/")[2]

    async def claim(core: Core[Any], n: int) -> str:
        grant = await core.orders.open(link)
        await core.orders.claim("1", people[n], [grant])
        return people[n].id

    done = await town.at_once(claim)

    (winner,) = [one for one in done if isinstance(one, str)]
    refused = [one for one in done if isinstance(one, OrderLinkOver)]
    assert MANY - 1 == len(refused)
    look = await town.look()
    owners = [row["account_id"] for t in ("orders", "order_lines") for row in look[t]]
    assert [winner] * 3 == owners
    assert 1 == await town.told("order_claimed")


async def test_one_person_who_claims_in_fifty_tabs_claims_once(town: Town) -> None:
    """By link and by address: each tab shows the order, and one event tells of it."""
    kim = (await town.person("kim")).account
    guest = (await town.guest()).account
    await town.market.place(1, guest.id, KIM)
    link = town.core.orders.links.make(1, guest.id).rpartition("/")[2]
    grant = await town.core.orders.open(link)

    async def claim(core: Core[Any], n: int) -> object:
        if n % 4 < 2:
            return await core.orders.claim("1", kim, [grant])
        return await core.orders.claim_by_address(kim)

    done = await town.at_once(claim)

    assert not [one for one in done if isinstance(one, BaseException)]
    look = await town.look()
    assert {kim.id} == {row["account_id"] for row in look["order_lines"]}
    assert 1 == await town.told("order_claimed")


async def test_an_order_that_is_registered_fifty_times_is_one_guests(
    town: Town,
) -> None:
    """A marketplace repeats what it is not sure of, to whichever process."""

    async def register(core: Core[Any], _: int) -> str:
        return (await core.orders.register(7, email=KIM)).account.id

    done = await town.at_once(register)

    assert 1 == len(set(done)), done
    assert 1 == len((await town.look()).accounts)
    assert 1 == await town.told("guest_started")


# ── two tabs, and two ways ───────────────────────────────────────────────────


async def test_two_tabs_of_a_guest_come_to_one_account(town: Town) -> None:
    """Each tab comes in as the same person, and the guest came along once."""
    await town.person("kim")
    guest = await town.guest()
    await town.market.place(1, guest.account.id, KIM)
    await town.market.fill(guest.account.id, "x", 2)

    async def sign_in(core: Core[Any], _: int) -> How:
        outcome = await core.accounts.sign_in(identity("kim", KIM), guest)
        assert isinstance(outcome, SignInResult)
        return outcome.how

    done = await town.at_once(sign_in, 2)

    assert {How.MERGED: 1, How.SIGNED_IN: 1} == Counter(done)
    look = await town.look()
    assert 1 == len(look["receipts"])
    (line,) = look["carts"]
    assert (2, look.end_of(guest.account.id)) == (line["quantity"], line["account_id"])


async def test_two_tabs_that_come_in_as_two_people_give_the_guest_to_one(
    town: Town,
) -> None:
    """Nobody has half of it: the order and the cart go the same way."""
    people = [(await town.person(name)).account.id for name in ("kim", "lou")]
    guest = await town.guest()
    await town.market.place(1, guest.account.id, "x@example.org")
    await town.market.fill(guest.account.id, "x", 2)

    async def sign_in(core: Core[Any], n: int) -> object:
        name = ("kim", "lou")[n]
        return await core.accounts.sign_in(identity(name, f"{name}@example.org"), guest)

    done = await town.at_once(sign_in, 2)

    assert {How.MERGED: 1, How.SIGNED_IN: 1} == Counter(one.how for one in done)
    look = await town.look()
    (receipt,) = look["receipts"]
    assert receipt["target"] in people
    for table in ("orders", "order_lines", "carts"):
        assert {receipt["target"]} == {row["account_id"] for row in look[table]}


async def test_of_four_ways_that_go_in_fifty_tabs_one_stays(town: Town) -> None:
    """Identities and addresses, whichever is faster: nobody is left without a way.

    This shop mails nothing, so what stays is an identity: no address lets anybody in.
    """
    kim = await town.person("kim")
    here, issuer = kim.new_session.current, "https://id.example"
    linked = await town.core.accounts.sign_in(identity("lou"), here)
    assert isinstance(linked, SignInResult)
    here = linked.new_session.current
    cookie = await town.core.proofs.ask(
        Purpose.PROVE, "two@example.org", current=here, locale="en"
    )
    code = town.core.proofs.secrets(cookie.value.partition(".")[0]).code
    await town.core.proofs.finish(
        code=code, current=here, cookies={PROOF_COOKIE: cookie.value}
    )
    account = kim.account

    async def take_away(core: Core[Any], n: int) -> object:
        match n // 2 % 4:
            case 0:
                return await core.accounts.unlink(account, issuer, "kim")
            case 1:
                return await core.contacts.remove(account, KIM)
            case 2:
                return await core.accounts.unlink(account, issuer, "lou")
        return await core.contacts.remove(account, "two@example.org")

    done = await town.at_once(take_away)

    refused = [one for one in done if isinstance(one, BaseException)]
    assert refused
    assert all(isinstance(one, LastWayIn) for one in refused), refused
    look = await town.look()
    assert (1, 0) == (len(look["identities"]), len(look["proven_addresses"]))
    gone = await town.told("identity_unlinked") + await town.told("contact_removed")
    assert 3 == gone


async def test_a_letter_and_a_provider_in_two_tabs_upgrade_once(town: Town) -> None:
    """Whichever is slower reads that it is over, or came to the same account."""
    guest = await town.guest()
    await town.market.place(1, guest.account.id, KIM)
    cookies, code, _ = await town.letter(guest)

    async def come(core: Core[Any], n: int) -> object:
        if n:
            return await core.accounts.sign_in(identity("kim", KIM), guest)
        return await core.proofs.finish(code=code, current=guest, cookies=cookies)

    done = await town.at_once(come, 2)

    refused = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, Refused) for one in refused), refused
    look = await town.look()
    assert {guest.account.id} == {row["account_id"] for row in look["orders"]}
    assert 1 == await town.told("guest_upgraded")
    assert 1 == len(look["proven_addresses"])


@pytest.mark.parametrize("kind", ["guests", "people"])
async def test_two_accounts_that_come_to_each_other_are_one(
    town: Town, kind: str
) -> None:
    """Fifty times in both directions: one account is left, and has everything."""
    if kind == "guests":
        ids = [(await town.guest()).account.id for _ in range(2)]
    else:
        ids = [(await town.person(name)).account.id for name in ("kim", "lou")]
    for number, id in enumerate(ids):
        await town.market.place(number, id, KIM)
        await town.market.fill(id, "x", number + 1)

    async def merge(core: Core[Any], n: int) -> object:
        source, target = ids if n // 2 % 2 else ids[::-1]
        return await core.merging.merge(source, target)

    done = await town.at_once(merge)

    refused = [one for one in done if isinstance(one, BaseException)]
    assert all(isinstance(one, Refused) for one in refused), refused
    assert 1 == len({one.source for one in done if one not in refused})
    look = await town.look()
    (left,) = look.live
    assert set(ids) - {left} == look.ended(Ending.MERGED.value)
    assert {left} == {row["account_id"] for row in look["orders"]}
    (line,) = look["carts"]
    assert (left, 2) == (line["account_id"], line["quantity"])
    assert 1 == await town.told("account_merged")
