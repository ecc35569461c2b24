"""What goes when answers go: in which order it is told, and who is meant."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from onboarding.accounts.model import Account, AccountKind
from onboarding.attention.service import AttentionService
from onboarding.changes import Add, Put
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import Answer, Ask, Feature, Source
from onboarding.profiling.needs import Linked
from onboarding.profiling.service import ProfilingService
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys
from tests.profiling.used import the_rest
from tests.world import KEY

pytestmark = pytest.mark.anyio

Profiling = ProfilingService[Any]
NAMES = ["town", "mood", "genre", "hero", "lamp"]


def _asked(purpose: str) -> Any:
    return Annotated[str | None, Ask("What?", "For the test.", purpose=purpose)]


class Profile(BaseModel):
    """What the shop would like to know, in an order that no sorting gives."""

    town: _asked("shelf") = None
    mood: _asked("shelf") = None
    genre: _asked("shelf") = None
    hero: _asked("shelf") = None
    lamp: _asked("post") = None


FEATURES = [
    Feature("shelf", needs=["genre"]),
    Feature("club", needs=["genre", Linked()]),
    Feature("post", needs=["lamp"]),
]


@pytest.fixture
def profiling(store: Store) -> Profiling:
    """Return the service over an empty store."""
    clock = FrozenClock()
    catalogue = build_catalogue(Profile, [*FEATURES, the_rest(Profile)])
    attention = AttentionService(store, clock)
    return ProfilingService(
        store, clock, Ids(clock), catalogue, attention, keys=Keys(KEY)
    )


async def someone(store: Store, kind: AccountKind = AccountKind.GUEST) -> Account:
    """Return an account that is kept."""
    account = Account(id="kim", kind=kind, created_at=FrozenClock()())
    await store.commit(Add(account))
    return account


async def test_what_goes_is_told_in_the_order_of_the_profile(
    store: Store, profiling: Profiling
) -> None:
    """What is asked no more comes last, by its name; what was not said is left out."""
    kim = await someone(store)
    for name in ("b_gone", "a_gone"):
        old = Answer(
            account_id="kim",
            question=name,
            value="x",
            source=Source.GUEST,
            answered_at=FrozenClock()(),
        )
        await store.commit(Put(old))
    await profiling.submit(kim, {name: "x" for name in NAMES if name != "hero"})
    back = await profiling.take_back(kim, {*NAMES, "a_gone", "b_gone"})
    expected = ("town", "mood", "genre", "lamp", "a_gone", "b_gone")
    assert back.questions == expected
    assert back.empties == expected[:4]


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (AccountKind.GUEST, Source.GUEST),
        (AccountKind.REGISTERED, Source.PERSON),
    ],
)
async def test_a_purpose_goes_with_what_was_said_for_it(
    store: Store, profiling: Profiling, kind: AccountKind, source: Source
) -> None:
    """Told are the values that go; a no goes unseen. All of it is declined now."""
    kim = await someone(store, kind)
    await profiling.submit(kim, {"mood": "x", "genre": "x", "lamp": "x"})
    await profiling.decline(kim, ["town"])
    back = await profiling.withdraw_purpose(kim, "shelf")
    assert back.questions == ("mood", "genre")
    assert [a.question for a in back.declined] == NAMES[:4]
    assert {a.source for a in back.declined} == {source}
    assert (await profiling.preview_withdraw_purpose(kim, "shelf")).is_nothing


async def test_what_closes_is_what_was_open(store: Store, profiling: Profiling) -> None:
    """A feature that hangs on a fact too closes where the fact is proven."""
    kim = await someone(store, AccountKind.REGISTERED)
    await profiling.submit(kim, {"genre": "x"})
    assert (await profiling.take_back(kim, ["genre"])).closes == ("club", "shelf")


async def test_of_a_guest_nothing_closes_that_waits_for_signing_in(
    store: Store, profiling: Profiling
) -> None:
    """It never was open."""
    kim = await someone(store)
    await profiling.submit(kim, {"genre": "x"})
    assert (await profiling.take_back(kim, ["genre"])).closes == ("shelf",)


async def test_whatever_is_kept_raises_the_version_of_the_account(
    store: Store, profiling: Profiling
) -> None:
    """By it, whoever decided on what was before decides again."""
    kim = await someone(store)
    versions = []

    async def look() -> None:
        found = await store.find(Account, "kim")
        assert found is not None
        versions.append(found.version)

    await look()
    await profiling.submit(kim, {"genre": "x"})
    await look()
    await profiling.decline(kim, ["town"])
    await look()
    await profiling.take_back(kim, ["genre"])
    await look()
    await profiling.withdraw_purpose(kim, "post")
    await look()
    assert versions == [0, 1, 2, 3, 4]
    assert (await profiling.take_back(kim, ["genre"])).is_nothing
    await look()
    assert versions[-1] == 4
