"""Proposals beside purposes, versions and answers taken back: none outlives a no."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from onboarding.accounts.model import Account
from onboarding.attention.service import AttentionService
from onboarding.changes import Add
from onboarding.errors import NotFound
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Answer, Ask, Feature
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.service import ProfilingService
from onboarding.segments.model import Answered
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys
from tests.world import KEY

pytestmark = pytest.mark.anyio

WHY = "For the test."
BECAUSE = "your last orders"
IS_NOVEL = Answered("genre", is_in=["novel"])


class Reader(BaseModel):
    """What is asked."""

    genre: Annotated[str | None, Ask("Genre?", WHY, purpose="shelf")] = None
    lamp: Annotated[str | None, Ask("Lamp?", WHY, when=IS_NOVEL)] = None


class LaterReader(Reader):
    """A release later: a new version of one question, and one more."""

    genre: Annotated[
        str | None,
        Ask("Genre?", WHY, purpose="shelf", version=2, convert={1: lambda old: old}),
    ] = None
    hero: Annotated[
        str | None, Ask("Hero?", WHY, purpose="shelf", unused="For the test.")
    ] = None


FEATURES = [
    Feature("novels", needs=[IS_NOVEL]),
    Feature("shelf", needs=["genre"], wants=["lamp"]),
]


def service(store: Store, model: type[BaseModel] = Reader) -> ProfilingService[Any]:
    """Return the service of one release."""
    clock = FrozenClock()
    catalogue = build_catalogue(model, FEATURES)
    attention = AttentionService(store, clock)
    return ProfilingService(
        store, clock, Ids(clock), catalogue, attention, keys=Keys(KEY)
    )


async def someone(store: Store) -> Account:
    """Return an account that is kept."""
    account = Account(id="kim", created_at=FrozenClock()())
    await store.commit(Add(account))
    return account


async def proposed(
    profiling: ProfilingService[Any],
    account: Account,
    value: JsonValue,
    question: str = "genre",
) -> str:
    """Propose something that can be taken, and return by what it is known."""
    await profiling.propose(account, question, value, because=BECAUSE)
    return (await profiling.proposals(account))[question].digest


async def test_what_is_taken_is_for_the_purpose_and_version_of_today(
    store: Store,
) -> None:
    """As every other answer; and it tells by what it was known."""
    profiling, kim = service(store, LaterReader), await someone(store)
    digest = await proposed(profiling, kim, "novel")
    submitted = await profiling.accept(kim, "genre", digest)
    assert submitted.opened == ("novels", "shelf")
    found = await store.list_of(Answer, "kim")
    told = [(a.value, a.purpose, a.version, a.because) for a in found]
    assert told == [("novel", "shelf", 2, BECAUSE)]


async def test_what_is_taken_may_close_something(store: Store) -> None:
    """It says so, as another answer does."""
    profiling, kim = service(store), await someone(store)
    await profiling.submit(kim, {"genre": "novel"})
    digest = await proposed(profiling, kim, "horror")
    submitted = await profiling.accept(kim, "genre", digest)
    assert submitted.closed == ("novels",)


async def test_a_purpose_goes_with_what_is_proposed_for_it(store: Store) -> None:
    """The value is erased, and nothing is proposed from then on, also later on."""
    profiling, kim = service(store), await someone(store)
    digest = await proposed(profiling, kim, "novel")
    await profiling.withdraw_purpose(kim, "shelf")
    kept = await store.list_of(Proposal, "kim")
    assert [(p.is_open, p.value, p.because) for p in kept] == [(False, None, None)]
    with pytest.raises(NotFound):
        await profiling.accept(kim, "genre", digest)
    later = service(store, LaterReader)
    for question in ("genre", "hero"):
        await later.propose(kim, question, "horror", because=BECAUSE)
    assert await later.proposals(kim) == {}
    assert not any(p.is_open for p in await store.list_of(Proposal, "kim"))


async def test_a_purpose_that_is_given_again_is_proposed_to_again(
    store: Store,
) -> None:
    """Whoever answers one question hears of another value for that one."""
    profiling, kim = service(store), await someone(store)
    await profiling.withdraw_purpose(kim, "shelf")
    await profiling.submit(kim, {"genre": "novel"})
    assert await proposed(profiling, kim, "horror")


async def test_an_answer_taken_back_is_not_proposed_again(store: Store) -> None:
    """Neither what they had taken of a proposal, nor by a second press on it."""
    profiling, kim = service(store), await someone(store)
    digest = await proposed(profiling, kim, "novel")
    await profiling.accept(kim, "genre", digest)
    await profiling.take_back(kim, ["genre"])
    await profiling.propose(kim, "genre", "novel", because=BECAUSE)
    assert await profiling.proposals(kim) == {}
    with pytest.raises(NotFound):
        await profiling.accept(kim, "genre", digest)
    assert await store.list_of(Answer, "kim") == []


async def test_what_an_older_version_was_proposed_is_not_shown(store: Store) -> None:
    """There the same value may mean something else; it is said again, or never."""
    profiling, kim = service(store), await someone(store)
    old = await proposed(profiling, kim, "novel")
    later = service(store, LaterReader)
    assert await later.proposals(kim) == {}
    new = await proposed(later, kim, "novel")
    assert new != old
    assert [p.digest for p in await store.list_of(Proposal, "kim")] == [new]


async def test_who_presses_twice_says_it_twice(store: Store) -> None:
    """The second press finds their answer, and writes nothing."""
    profiling, kim = service(store), await someone(store)
    digest = await proposed(profiling, kim, "novel")
    await profiling.accept(kim, "genre", digest)
    again = await profiling.accept(kim, "genre", digest)
    assert (again.saved, again.changed) == (("genre",), ())


async def test_nothing_is_proposed_to_a_question_that_does_not_apply(
    store: Store,
) -> None:
    """It waits, as the question does, and goes when its guard turns false."""
    profiling, kim = service(store), await someone(store)
    await profiling.propose(kim, "lamp", "oil", because=BECAUSE)
    assert await profiling.proposals(kim) == {}
    await profiling.submit(kim, {"genre": "novel"})
    assert list(await profiling.proposals(kim)) == ["lamp"]
    await profiling.submit(kim, {"genre": "horror"})
    assert await profiling.proposals(kim) == {}
