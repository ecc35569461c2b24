"""What becomes of answers when accounts come together or end."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from onboarding.accounts.model import Account, AccountKind
from onboarding.accounts.planned import Outcome
from onboarding.attention.service import AttentionService
from onboarding.changes import Add, Put
from onboarding.errors import AccountEnded
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.merge_law import better
from onboarding.profiling.model import Answer, AnswerKind, Ask, Source
from onboarding.profiling.resource import AnswersResource
from onboarding.profiling.service import ProfilingService
from onboarding.stores import store_from
from onboarding.stores.base import Store
from onboarding.tokens import Ids
from tests.world import World

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def answer(account_id: str, question: str, value: str, **changes: object) -> Answer:
    """Return an answer that a guest gave."""
    base: dict[str, object] = {"source": Source.GUEST, "answered_at": NOW}
    return Answer(
        account_id=account_id,
        question=question,
        **{**base, "value": value, **changes},  # type: ignore[arg-type]  # made of data
    )


@pytest.fixture
async def two(store: Store) -> Store:
    """Return a store with a guest and a person, and what each of them said."""
    await store.commit(
        Add(Account(id="guest", created_at=NOW)),
        Add(Account(id="person", kind=AccountKind.REGISTERED, created_at=NOW)),
        Put(answer("guest", "genre", "ghost")),
        Put(answer("guest", "town", "Delft", answered_at=NOW + timedelta(days=1))),
        Put(answer("person", "genre", "novel", source=Source.PERSON)),
        Put(answer("person", "town", "Leiden")),
        Put(answer("person", "lamp", "oil")),
    )
    return store


async def values(store: Store, account_id: str) -> dict[str, object]:
    """Return what an account said, by question."""
    return {a.question: a.value for a in await store.list_of(Answer, account_id)}


async def test_a_merge_keeps_the_better_answers(two: Store) -> None:
    """A person's word beats a guest's; between guests the later one counts."""
    planned = await AnswersResource(two).merge(two.query, "guest", "person")
    await two.commit(*planned.changes)
    assert await values(two, "person") == {
        "genre": "novel",
        "town": "Delft",
        "lamp": "oil",
    }
    assert await values(two, "guest") == {}
    assert (planned.outcome, planned.count) == (Outcome.COMBINED, 2)


async def suggestions(store: Store, account_id: str) -> dict[str, object]:
    """Return what an account said otherwise, by question."""
    answers = await store.list_of(Answer, account_id)
    return {a.question: a.suggested for a in answers if a.suggested}


async def test_what_lost_at_a_merge_is_kept_as_a_suggestion(two: Store) -> None:
    """Whichever of the two lost; it counts for nothing, and is told."""
    resource = AnswersResource(two)
    planned = await resource.merge(two.query, "guest", "person")
    await two.commit(*planned.changes)
    assert await suggestions(two, "person") == {
        "genre": ("ghost",),
        "town": ("Leiden",),
    }
    told = await resource.export(two.query, "person")
    assert isinstance(told, list)
    assert {one["question"]: one.get("suggested") for one in told} == {
        "genre": ["ghost"],
        "lamp": None,
        "town": ["Leiden"],
    }


@pytest.mark.parametrize(
    ("theirs", "suggested"),
    [
        pytest.param(answer("guest", "lamp", "oil"), (), id="the same"),
        pytest.param(answer("guest", "lamp", "gas"), ("gas",), id="another"),
        pytest.param(
            answer("guest", "lamp", "", reply=AnswerKind.DECLINED),
            (),
            id="declined",
        ),
        pytest.param(
            answer("guest", "lamp", "oil", suggested=("gas", "oil", "wax")),
            ("gas", "wax"),
            id="with suggestions of its own",
        ),
    ],
)
async def test_only_another_value_is_a_suggestion(
    two: Store, theirs: Answer, suggested: tuple[str, ...]
) -> None:
    """Once, however often it was said; that somebody declined is no value."""
    word = answer("person", "lamp", "oil", source=Source.PERSON)
    await two.commit(Put(theirs), Put(word))
    planned = await AnswersResource(two).merge(two.query, "guest", "person")
    await two.commit(*planned.changes)
    assert (await suggestions(two, "person")).get("lamp", ()) == suggested


async def test_a_merge_into_a_blank_account_adds(two: Store) -> None:
    """Where nothing meets, everything arrives as it was."""
    await two.commit(Add(Account(id="blank", created_at=NOW)))
    planned = await AnswersResource(two).merge(two.query, "guest", "blank")
    await two.commit(*planned.changes)
    assert await values(two, "blank") == {"genre": "ghost", "town": "Delft"}
    assert planned.outcome is Outcome.ADDED


async def test_nothing_to_merge_is_nothing_to_tell(two: Store) -> None:
    """An account that said nothing does not appear on the receipt."""
    planned = await AnswersResource(two).merge(two.query, "nobody", "person")
    assert (planned.outcome, planned.count) == (Outcome.NOTHING, 0)


@pytest.mark.parametrize(
    ("verb", "told"), [("purge", Outcome.NOTHING), ("erase", Outcome.ERASED)]
)
async def test_an_end_takes_the_answers_along(
    two: Store, verb: str, told: Outcome
) -> None:
    """Nothing of it stays (invariant 18), and nobody else loses an answer."""
    planned = await getattr(AnswersResource(two), verb)(two.query, "guest")
    await two.commit(*planned.changes)
    assert await values(two, "guest") == {}
    assert len(await values(two, "person")) == 3
    assert planned.outcome is told  # a purge tells nobody
    assert await AnswersResource(two).export(two.query, "guest") == []


async def test_a_merge_brings_what_an_answer_was_given_for(two: Store) -> None:
    """Purpose, version, and that the purpose was taken back, go with the winner."""
    told = {"purpose": "shelf", "version": 2, "withdrawn": True}
    declined = answer("guest", "hero", "", reply=AnswerKind.DECLINED, **told)
    await two.commit(Put(declined), Put(answer("guest", "mood", "fine", version=3)))
    planned = await AnswersResource(two).merge(two.query, "guest", "person")
    await two.commit(*planned.changes)
    found = {a.question: a for a in await two.list_of(Answer, "person")}
    hero, mood = found["hero"], found["mood"]
    assert (hero.purpose, hero.version, hero.withdrawn) == ("shelf", 2, True)
    assert (mood.purpose, mood.version, mood.withdrawn) == (None, 3, False)
    told_of = await AnswersResource(two).export(two.query, "person")
    assert isinstance(told_of, list)
    assert [one["withdrawn"] for one in told_of if "withdrawn" in one] == [True]


async def test_the_export_says_what_and_where_from(two: Store) -> None:
    """Declined answers are in it, too."""
    declined = answer("guest", "lamp", "", reply=AnswerKind.DECLINED)
    await two.commit(Put(declined))
    exported = await AnswersResource(two).export(two.query, "guest")
    assert isinstance(exported, list)
    assert exported[0] == {
        "question": "genre",
        "reply": "value",
        "value": "ghost",
        "source": "guest",
        "via": None,
        "feature": None,
        "answered_at": "2026-03-01T00:00:00+00:00",
        "purpose": None,
        "version": 1,
    }
    assert exported[1]["reply"] == "declined"


class Profile(BaseModel):
    """One question."""

    town: Annotated[str | None, Ask("Where?", "For the test.")] = None


async def test_an_answer_given_during_a_merge_is_not_lost(store: Store) -> None:
    """It is merged along, or its sender learns that the account has ended."""
    world = World(store, resources=[AnswersResource(store)])
    guest = (await world.guest()).account
    person = (await world.person("kim")).account
    profiling = ProfilingService(
        store,
        world.clock,
        Ids(world.clock),
        build_catalogue(Profile),
        AttentionService(store, world.clock),
        keys=world.keys,
    )
    came_too_late = []

    async def say() -> None:
        try:
            await profiling.submit(guest, {"town": "Delft"})
        except AccountEnded:
            came_too_late.append(True)

    async def merge() -> None:
        await world.merging.merge(guest.id, person.id)

    async with anyio.create_task_group() as both:
        both.start_soon(say)
        both.start_soon(merge)
    assert await values(store, guest.id) == {}
    expected = {} if came_too_late else {"town": "Delft"}
    assert await values(store, person.id) == expected


ANSWERS = st.lists(
    st.builds(
        answer,
        st.sampled_from(["g1", "g2", "x"]),
        st.sampled_from(["genre", "town"]),
        st.sampled_from(["a", "b"]),
        source=st.sampled_from(Source),
        answered_at=st.sampled_from([NOW, NOW + timedelta(days=1)]),
    ),
    max_size=6,
    unique_by=lambda a: (a.account_id, a.question),
)


@given(answers=ANSWERS)
def test_the_order_of_merges_does_not_matter(answers: list[Answer]) -> None:
    """Two guests that become one person, in either order: the same answers (11)."""

    async def merged(order: list[str]) -> dict[str, Answer]:
        store = store_from("memory:")
        await store.open()
        accounts = [Account(id=id, created_at=NOW) for id in ("g1", "g2", "x")]
        await store.commit(*map(Add, accounts), *map(Put, answers))
        for source in order:
            planned = await AnswersResource(store).merge(store.query, source, "x")
            await store.commit(*planned.changes)
        found = {a.question: a for a in await store.list_of(Answer, "x")}
        await store.close()
        return found

    one = anyio.run(merged, ["g1", "g2"])
    other = anyio.run(merged, ["g2", "g1"])
    assert one == other
    for question, kept in one.items():
        best = [a for a in answers if a.question == question]
        winner = best[0]
        for rival in best[1:]:
            winner = better(winner, rival)
        assert kept.value == winner.value
        assert {kept.value, *kept.suggested} == {a.value for a in best}
