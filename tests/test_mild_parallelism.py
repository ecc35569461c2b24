"""Mild parallelism on one account is no conflict, whatever process it comes from."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from onboarding.accounts.model import Account, IdentityLink
from onboarding.profiling.model import Answer
from onboarding.stores import upgrade
from tests.postgres import Fresh
from tests.several import QUESTIONS, Act, Several, core_on, several

pytestmark = pytest.mark.anyio

ROUNDS = 4


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return a database that has our tables."""
    with ExitStack() as stack:
        found = f"sqlite:///{tmp_path_factory.mktemp('several')}/shop.db"
        if request.param == "postgresql":
            fresh: Fresh = request.getfixturevalue("_fresh_database")
            found = stack.enter_context(fresh())
        asyncio.run(upgrade(found))
        yield found


@pytest.fixture(scope="module")
def processes(database: str) -> Iterator[Several]:
    """Give three processes on it."""
    with several(database) as found:
        yield found


async def test_a_form_that_saves_as_it_goes_keeps_every_answer(
    database: str, processes: Several
) -> None:
    """Answers to several questions that come at once all stand, and none is refused."""
    for _ in range(ROUNDS):
        async with core_on(database) as core:
            account = (await core.guests.start()).account
        acts = [("answer", account.id, question) for question in QUESTIONS]
        assert [] == await asyncio.to_thread(processes.do, *acts)
        async with core_on(database) as core:
            kept = await core.store.list_of(Answer, account.id)
        assert set(QUESTIONS) == {answer.question for answer in kept}


async def test_guests_who_sign_in_to_one_account_all_get_in(
    database: str, processes: Several
) -> None:
    """Of several browsers that sign in as one person at once, none uses its try up."""
    for number in range(ROUNDS):
        who = f"vera-{number}"
        async with core_on(database) as core:
            guests = [await core.guests.start() for _ in range(6)]
        acts: list[Act] = [("sign in", one.token.reveal(), who) for one in guests]
        assert [] == await asyncio.to_thread(processes.do, *acts)
        async with core_on(database) as core:
            link = await core.store.find(IdentityLink, "https://id.example", who)
            ends = {await core.accounts.find(one.account.id) for one in guests}
        assert link is not None
        assert {link.account_id} == {end.id for end in ends if end}


async def test_an_erasure_gets_through_beside_answers(
    database: str, processes: Several
) -> None:
    """It is done, and what comes later is told that nobody is there any more."""
    for _ in range(ROUNDS):
        async with core_on(database) as core:
            account = (await core.guests.start()).account
        answers = [("answer", account.id, question) for question in QUESTIONS]
        acts = [*answers[:4], ("erase", account.id, ""), *answers[4:]]
        refused = await asyncio.to_thread(processes.do, *acts)
        assert set(refused) <= {"AccountEnded"}
        async with core_on(database) as core:
            erased = await core.store.find(Account, account.id)
            assert [] == await core.store.list_of(Answer, account.id)
        assert erased is not None
        assert not erased.is_live
