"""People whom the host has are brought in: many, once, and whatever they are."""

import weakref
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import Adopted
from onboarding.accounts.adopted import Adoption, NotAdopted, Obstacle
from onboarding.accounts.adopting import IN_ONE_COMMIT
from onboarding.accounts.model import (
    AccountKind,
    ContactLevel,
    IdentityLink,
    ProvenAddress,
)
from onboarding.accounts.outcome import MustConfirm, SignInResult
from onboarding.emails import normalise
from onboarding.errors import ConfigError, StoreUnavailable
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from tests.security.faulty import Answered, Faulty
from tests.world import World, identity

pytestmark = pytest.mark.anyio

KIM = "kim@example.org"
LONG_AGO = datetime(2019, 5, 4, tzinfo=UTC)


@asynccontextmanager
async def fresh(database: str = "memory:") -> AsyncIterator[World]:
    """Give the services over an empty store."""
    store = store_from(database)
    await store.open()
    try:
        yield World(store)
    finally:
        await store.close()


@pytest.fixture
async def world(any_database: str) -> AsyncIterator[World]:
    """Give them over a store of each kind."""
    await upgrade(any_database)
    async with fresh(any_database) as world:
        yield world


# ── one of them ──────────────────────────────────────────────────────────────


async def test_somebody_is_brought_in_as_the_host_knows_them(world: World) -> None:
    """Registered, since they are there, with what the host has proven."""
    google = identity("g-1", KIM, provider="google")
    person = Adopted(
        ref="7",
        email="Kim@Example.org",
        is_proven=True,
        identities=[google, google],
        created_at=LONG_AGO,
    )
    assert Adoption(added=1) == await world.accounts.adopt([person])

    kim = await world.accounts.find_by_ref("7")
    assert kim is not None
    assert (AccountKind.REGISTERED, LONG_AGO) == (kim.kind, kim.created_at)
    [contact] = await world.accounts.list_contacts(kim)
    assert (KIM, "Kim@Example.org") == (contact.address, contact.typed)
    assert (ContactLevel.PROVEN, world.now) == (contact.level, contact.proven_at)
    assert ProvenAddress(address=KIM, account_id=kim.id) == await world.store.find(
        ProvenAddress, KIM
    )
    [link] = await world.accounts.list_identities(kim)
    assert ("google", "g-1") == (link.provider, link.subject)
    assert ["account_adopted"] == await world.names(kim.id)

    outcome = await world.accounts.sign_in(google, None)
    assert isinstance(outcome, SignInResult)
    assert kim.id == outcome.account.id


async def test_an_address_that_is_not_proven_grants_nothing(world: World) -> None:
    """Whoever registered it with the host, and waits, has nothing of its owner's."""
    await world.accounts.adopt([Adopted(ref="7", email=KIM)])
    planted = await world.accounts.find_by_ref("7")
    assert planted is not None
    [contact] = await world.accounts.list_contacts(planted)
    assert ContactLevel.ASSERTED is contact.level
    assert None is await world.store.find(ProvenAddress, KIM)

    owner = await world.person("g-1", KIM)
    assert owner.account.id != planted.id
    assert None is owner.account.ref


async def test_a_provider_that_verified_the_address_must_be_confirmed(
    world: World,
) -> None:
    """An address alone signs nobody in: its owner is asked."""
    await world.accounts.adopt([Adopted(ref="7", email=KIM, is_proven=True)])
    outcome = await world.accounts.sign_in(identity("g-1", KIM), None)
    assert isinstance(outcome, MustConfirm)


# ── many of them ─────────────────────────────────────────────────────────────


async def test_the_same_again_changes_nothing(world: World) -> None:
    """Whoever is known is known, also once they were merged into somebody."""
    people = [Adopted(ref=str(n), email=f"{n}@example.org") for n in range(3)]
    assert Adoption(added=3) == await world.accounts.adopt(people)
    one = await world.accounts.find_by_ref("0")
    other = await world.accounts.find_by_ref("1")
    assert one is not None
    assert other is not None
    await world.merging.merge(one.id, other.id)

    again = [*people, Adopted(ref="0", email="new@example.org"), Adopted(ref="3")]
    assert Adoption(added=1, known=4) == await world.accounts.adopt(again)
    assert Adoption(known=5) == await world.accounts.adopt(again)


async def test_who_cannot_be_is_told_and_nobody_else_waits(world: World) -> None:
    """By a reason, with the account that is in the way; nothing of them is written."""
    taken = (await world.person("g-1", KIM)).account
    linked = identity("g-1")
    people = [
        Adopted(ref="1", email=KIM, is_proven=True),
        Adopted(ref="2", identities=[identity("new"), linked]),
        Adopted(ref="3", email="nobody", is_proven=True),
        Adopted(ref="4", email="sam@example.org", is_proven=True),
        Adopted(ref="5", email="SAM@example.org", is_proven=True),
        Adopted(ref="6", email=KIM),
        Adopted(ref="4"),
    ]
    told = await world.accounts.adopt(people)
    sam = await world.accounts.find_by_ref("4")
    assert sam is not None
    assert (2, 1) == (told.added, told.known)
    assert (
        NotAdopted(ref="1", why=Obstacle.ADDRESS_TAKEN, account_id=taken.id),
        NotAdopted(ref="2", why=Obstacle.IDENTITY_TAKEN, account_id=taken.id),
        NotAdopted(ref="3", why=Obstacle.INVALID_ADDRESS),
        NotAdopted(ref="5", why=Obstacle.ADDRESS_TAKEN, account_id=sam.id),
    ) == told.not_adopted
    for ref in ("1", "2", "3", "5"):
        assert None is await world.accounts.find_by_ref(ref)
    assert None is await world.store.find(IdentityLink, linked.issuer, "new")

    # Where it is the same person, the host says so.
    await world.accounts.set_ref(taken, "1")
    assert 4 == (await world.accounts.adopt(people)).known


async def test_somebody_who_comes_meanwhile_is_no_reason_to_stop(world: World) -> None:
    """The commit is decided again; whoever was first has the address."""
    people = [Adopted(ref=str(n), email=KIM, is_proven=n == 1) for n in range(3)]
    comers = []

    async def reading() -> AsyncIterator[Adopted]:
        for person in people:
            yield person
        comers.append(await world.person("g-1", KIM))

    told = await world.accounts.adopt(reading())
    assert (2, 1) == (told.added, len(told.not_adopted))
    assert comers[0].account.id == told.not_adopted[0].account_id


async def test_what_breaks_off_is_gone_on_with(world: World) -> None:
    """What was committed stays, and is known the next time."""

    def rows(*, is_broken: bool) -> Iterator[Adopted]:
        for n in range(2 * IN_ONE_COMMIT + 1):
            if is_broken and n == 2 * IN_ONE_COMMIT:
                raise ConnectionError
            yield Adopted(ref=str(n))

    with pytest.raises(ConnectionError):
        await world.accounts.adopt(rows(is_broken=True))
    told = await world.accounts.adopt(rows(is_broken=False))
    assert Adoption(added=1, known=2 * IN_ONE_COMMIT) == told


@pytest.mark.parametrize("when", ["before", "after", "conflict"])
@pytest.mark.parametrize("at", [1, 2])
async def test_whichever_commit_fails_the_same_again_ends_as_it_should(
    at: int, when: Answered
) -> None:
    """Refused, applied while its answer is lost, or beaten by somebody else's."""
    people = [
        Adopted(ref=str(n), email=f"{n}@example.org", is_proven=True)
        for n in range(IN_ONE_COMMIT + 1)
    ]
    async with fresh() as opened:
        store = Faulty(opened.store)
        world = World(cast("Store", store))
        store.fail(at, when)
        with suppress(StoreUnavailable):
            assert Adoption(added=IN_ONE_COMMIT + 1) == await world.accounts.adopt(
                people
            )
        assert store.has_failed
        store.fail(0, when)
        told = await world.accounts.adopt(people)
        assert (IN_ONE_COMMIT + 1, ()) == (told.added + told.known, told.not_adopted)
        for n in (0, IN_ONE_COMMIT):
            found = await world.accounts.find_by_ref(str(n))
            assert found is not None
            assert ["account_adopted"] == await world.names(found.id)


class Weighed(Adopted):
    """Somebody of whom it can be told whether they are still held."""

    __slots__ = ("__weakref__",)


async def test_ten_thousand_come_in_while_few_are_held() -> None:
    """Read one after the other, kept a hundred at a time, and let go."""
    held: weakref.WeakSet[Weighed] = weakref.WeakSet()
    heard: list[int] = []
    ahead: list[int] = []

    async def rows() -> AsyncIterator[Adopted]:
        for n in range(10_000):
            person = Weighed(ref=str(n), email=f"{n}@example.org", is_proven=True)
            held.add(person)
            ahead.append(n - (heard[-1] if heard else 0))
            yield person

    def progress(looked_at: int) -> None:
        assert looked_at % IN_ONE_COMMIT == 0
        assert len(held) <= 2 * IN_ONE_COMMIT
        heard.append(looked_at)

    async with fresh() as world:
        told = await world.accounts.adopt(rows(), progress=progress)
        assert Adoption(added=10_000) == told
        assert max(ahead) < IN_ONE_COMMIT
        assert 10_000 == heard[-1]
        assert None is not await world.accounts.find_by_ref("9999")


# ── any of them ──────────────────────────────────────────────────────────────

ADDRESSES = st.sampled_from(
    [None, KIM, "KIM@example.org", "sam@example.org", "nobody", "a@bücher.example"]
)


@dataclass(frozen=True)
class Host:
    """What somebody who brings people in would expect of it, said once more simply."""

    refs: set[str]
    proven: dict[str, str]
    linked: dict[str, str]

    def bring(self, person: Adopted) -> str:
        """Return what becomes of somebody."""
        if person.ref in self.refs:
            return "known"
        address = normalise(person.email) if person.email is not None else None
        if person.email is not None and address is None:
            return Obstacle.INVALID_ADDRESS
        if person.is_proven and address in self.proven:
            return Obstacle.ADDRESS_TAKEN
        if any(one.subject in self.linked for one in person.identities):
            return Obstacle.IDENTITY_TAKEN
        self.refs.add(person.ref)
        if address is not None and person.is_proven:
            self.proven[address] = person.ref
        self.linked.update((one.subject, person.ref) for one in person.identities)
        return "added"


@given(
    st.lists(
        st.builds(
            Adopted,
            ref=st.sampled_from("12345"),
            email=ADDRESSES,
            is_proven=st.booleans(),
            identities=st.lists(st.sampled_from("ab").map(identity), max_size=2),
        ),
        max_size=12,
    )
)
async def test_any_people_come_in_as_one_after_the_other(people: list[Adopted]) -> None:
    """One commit for all of them is as good as one for each, and once as twice."""
    host = Host(set(), {}, {})
    wanted = [host.bring(person) for person in people]
    async with fresh() as world:
        told = await world.accounts.adopt(people)
        counts = Counter(wanted)
        assert (counts["added"], counts["known"]) == (told.added, told.known)
        refused = [(p.ref, w) for p, w in zip(people, wanted, strict=True)]
        assert [one for one in refused if isinstance(one[1], Obstacle)] == [
            (one.ref, one.why) for one in told.not_adopted
        ]
        for address, ref in host.proven.items():
            finder = await world.store.find(ProvenAddress, address)
            found = await world.accounts.find_by_ref(ref)
            assert finder is not None
            assert found is not None
            assert finder.account_id == found.id
        assert 0 == (await world.accounts.adopt(people)).added


# ── nobody ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"ref": 7}, r"ref=str\(user.id\)"),
        ({"ref": "7", "email": 7}, "email must be a text"),
        ({"ref": "7", "is_proven": None}, "is_proven must be True or False"),
        ({"ref": "7", "identities": ["google"]}, "identities must be a list"),
        ({"ref": "7", "created_at": "2019"}, "created_at must be"),
        ({"ref": "7", "created_at": datetime(2019, 5, 4)}, "naive"),  # noqa: DTZ001
        ({"ref": "7", "identities": [identity("a\0b")]}, "no database keeps"),
    ],
)
def test_what_is_nobody_is_refused_at_once(said: dict[str, object], match: str) -> None:
    """Where the row is read, and with the line to write."""
    with pytest.raises(ConfigError, match=match):
        Adopted(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize("people", [[{"ref": "7"}], 7, [Adopted]])
async def test_what_are_no_people_is_refused(people: object) -> None:
    """It says what to write."""
    async with fresh() as world:
        with pytest.raises(ConfigError, match=r"Adopted\("):
            await world.accounts.adopt(people)
