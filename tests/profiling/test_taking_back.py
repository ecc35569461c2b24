"""Answers taken back: as if never given; purposes: nothing of them is left."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from onboarding.accounts.model import Account, AccountKind
from onboarding.attention.service import AttentionService
from onboarding.changes import Add
from onboarding.errors import ConfigError, NotFound
from onboarding.events import Entry
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Feature,
    Status,
)
from onboarding.profiling.service import ProfilingService
from onboarding.segments.model import Answered
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys
from tests.world import KEY

pytestmark = pytest.mark.anyio

WHY = "For the test."
GHOST = Answered(question="genre", is_in=["ghost"])


class Profile(BaseModel):
    """What the shop would like to know."""

    genre: Annotated[
        Literal["novel", "ghost"] | None, Ask("Genre?", WHY, purpose="shelf")
    ] = None
    lamp: Annotated[str | None, Ask("Lamp?", WHY, when=GHOST, purpose="shelf")] = None
    town: Annotated[str | None, Ask("Where?", WHY, purpose="post")] = None
    mood: Annotated[str | None, Ask("Mood?", WHY)] = None


class Later(Profile):
    """A release later: one more question, and one that is asked for something else."""

    hero: Annotated[
        str | None, Ask("Hero?", WHY, purpose="shelf", unused="For the test.")
    ] = None
    town: Annotated[str | None, Ask("Where?", WHY, purpose="shelf")] = None


FEATURES = [
    Feature("shelf", needs=["genre"], wants=["mood"]),
    Feature("lit", needs=["lamp"]),
    Feature("post", needs=["town"]),
]
VALUES = {"genre": "ghost", "lamp": "oil", "town": "Delft", "mood": "fine"}
NAMES = tuple(VALUES)


def service(store: Store, model: type[BaseModel] = Profile) -> ProfilingService[Any]:
    """Return the service of one release."""
    clock = FrozenClock()
    catalogue = build_catalogue(model, FEATURES)
    attention = AttentionService(store, clock)
    return ProfilingService(
        store, clock, Ids(clock), catalogue, attention, keys=Keys(KEY)
    )


async def someone(
    store: Store, id: str = "kim", kind: AccountKind = AccountKind.GUEST
) -> Account:
    """Return an account that is kept."""
    account = Account(id=id, kind=kind, created_at=FrozenClock()())
    await store.commit(Add(account))
    return account


@asynccontextmanager
async def opened() -> AsyncIterator[Store]:
    """Open an empty store."""
    store = store_from("memory:")
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def events(store: Store) -> list[str]:
    """Return the names of what happened."""
    return [entry.name for entry in await store.list_of(Entry, "kim")]


async def seen(profiling: ProfilingService[Any], account: Account) -> dict[str, Any]:
    """Return all that may be read of somebody."""
    decisions = {f.name: await profiling.decide(account, f.name) for f in FEATURES}
    return {"profile": await profiling.profile(account), "decisions": decisions}


SAID = st.dictionaries(st.sampled_from(NAMES), st.booleans())
"""What somebody told, and what they would rather not say."""


async def say(
    profiling: ProfilingService[Any], account: Account, said: dict[str, bool]
) -> None:
    """Answer, in the order of the questions."""
    told = [name for name in NAMES if said.get(name)]
    await profiling.submit(account, {name: VALUES[name] for name in told})
    await profiling.decline(account, [n for n in said if not said[n]])


@settings(deadline=None, max_examples=40)
@given(said=SAID, back=st.sets(st.sampled_from(NAMES)))
def test_taken_back_is_never_answered(said: dict[str, bool], back: set[str]) -> None:
    """Nobody can tell one from the other; and the preview says what becomes of it."""

    async def play() -> None:
        async with opened() as store:
            profiling = service(store)
            kim, other = await someone(store), await someone(store, "other")
            await say(profiling, kim, said)
            before = await seen(profiling, kim)
            preview = await profiling.preview_take_back(kim, back)
            assert await seen(profiling, kim) == before
            assert await profiling.take_back(kim, back) == preview

            kept = {a.question: a for a in await profiling.answers(kim)}
            assert not back & set(kept)
            for name in NAMES:  # the other one says only what was not taken back
                if name in kept and kept[name].reply is AnswerKind.VALUE:
                    await store.commit(Add(_of(kept[name], "other")))
                elif name in kept:
                    await profiling.decline(other, [name])
            after = await seen(profiling, kim)
            assert after == await seen(profiling, other)
            _holds(preview, before, after)

    anyio.run(play)


def _of(answer: Answer, account_id: str) -> Answer:
    from dataclasses import replace

    return replace(answer, account_id=account_id)


def _holds(preview: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Hold a preview against what could be read before and afterwards."""

    def is_open(at: dict[str, Any], name: str) -> bool:
        return bool(at["decisions"][name].status is Status.OPEN)

    closed = [f.name for f in FEATURES if is_open(before, f.name)]
    closed = sorted(name for name in closed if not is_open(after, name))
    assert list(preview.closes) == closed
    had, has = before["profile"].model_dump(), after["profile"].model_dump()
    gone = {n for n, v in had.items() if v is not None and has[n] is None}
    assert set(preview.empties) == gone


@settings(deadline=None, max_examples=40)
@given(said=SAID, purpose=st.sampled_from(["shelf", "post"]))
def test_a_withdrawn_purpose_is_read_no_more(
    said: dict[str, bool], purpose: str
) -> None:
    """Nothing for it has a value or is asked; what is for another stays as it was."""

    async def play() -> None:
        async with opened() as store:
            profiling = service(store)
            kim = await someone(store)
            await say(profiling, kim, said)
            before = await seen(profiling, kim)
            kept = {a.question: a for a in await profiling.answers(kim)}
            preview = await profiling.preview_withdraw_purpose(kim, purpose)
            back = await profiling.withdraw_purpose(kim, purpose)
            assert (back.closes, back.empties) == (preview.closes, preview.empties)

            after = await seen(profiling, kim)
            _holds(preview, before, after)
            questions = profiling.catalogue.questions.items()
            of_it = {n for n, q in questions if q.ask.purpose == purpose}
            for answer in await profiling.answers(kim):
                if answer.question in of_it:
                    told = (answer.reply, answer.value, answer.suggested)
                    assert told == (AnswerKind.DECLINED, None, ())
                else:
                    assert answer == kept[answer.question]
            for name in of_it:
                assert getattr(after["profile"], name) is None
            for decision in after["decisions"].values():
                assert not of_it & {*decision.must, *decision.wants}
            assert await profiling.withdraw_purpose(kim, purpose) == (
                await profiling.preview_withdraw_purpose(kim, purpose)
            )
            assert (await events(store)).count("purpose_withdrawn") == 1

    anyio.run(play)


async def test_what_is_taken_back_is_told_once(store: Store) -> None:
    """An event for each answer; where nothing is left to take back, none."""
    profiling, kim = service(store), await someone(store)
    await profiling.submit(kim, {"genre": "novel"})
    back = await profiling.take_back(kim, ["genre", "town", "never asked"])
    again = await profiling.take_back(kim, ["genre"])
    assert (back.questions, back.closes) == (("genre",), ("lit", "shelf"))
    assert again.is_nothing
    assert await events(store) == [
        "question_answered",
        "feature_unlocked",
        "feature_unlocked",
        "answer_taken_back",
    ]


async def test_what_hangs_on_it_counts_no_more(store: Store) -> None:
    """A hidden answer is kept, and its field is among those that become None."""
    profiling, kim = service(store), await someone(store)
    await profiling.submit(kim, {"genre": "ghost", "lamp": "oil"})
    back = await profiling.take_back(kim, ["genre"])
    assert back.questions == ("genre",)
    assert back.empties == ("genre", "lamp")
    assert back.closes == ("lit", "shelf")
    assert [a.question for a in await profiling.answers(kim)] == ["lamp"]


async def test_a_purpose_is_given_again_by_answering(store: Store) -> None:
    """The one that is answered counts; its neighbours stay as they were."""
    profiling, kim = service(store), await someone(store)
    await profiling.withdraw_purpose(kim, "shelf")
    # Nor does it come back by taking one of its questions back.
    assert (await profiling.take_back(kim, ["genre"])).is_nothing
    decision = await profiling.decide(kim, "shelf")
    assert decision.status is Status.DENIED
    submitted = await profiling.submit(kim, {"genre": "ghost"})
    assert submitted.opened == ("shelf",)
    assert (await profiling.profile(kim)).genre == "ghost"
    assert (await profiling.decide(kim, "lit")).status is Status.DENIED


async def test_what_is_asked_later_for_a_withdrawn_purpose(store: Store) -> None:
    """It is not asked; and what was said for another purpose is none for this one."""
    profiling, kim = service(store), await someone(store)
    await profiling.submit(kim, {"town": "Delft"})
    await profiling.withdraw_purpose(kim, "shelf")
    later = service(store, Later)
    today = await later.of_today(kim)
    assert {n: a.reply for n, a in today.items()} == dict.fromkeys(
        ["genre", "lamp", "hero", "town"], AnswerKind.DECLINED
    )
    await later.submit(kim, {"hero": "Ahab"})
    assert (await later.profile(kim)).hero == "Ahab"


async def test_an_answer_is_for_the_purpose_that_it_was_given_for(
    store: Store,
) -> None:
    """Asked for another one, it is asked again; what is asked is never both."""
    profiling, kim = service(store), await someone(store)
    await profiling.submit(kim, {"town": "Delft"})
    later = service(store, Later)
    assert (await later.profile(kim)).town is None
    assert (await later.decide(kim, "post")).must == ("town",)
    back = await later.withdraw_purpose(kim, "post")
    assert [a.question for a in back.removed] == ["town"]
    assert await later.answers(kim) == []


async def test_nobody_takes_back_what_nothing_is_for(store: Store) -> None:
    """A purpose that is a slip of the pen is told; a visitor has nothing."""
    profiling, kim = service(store), await someone(store)
    with pytest.raises(NotFound, match="did you mean 'shelf'"):
        await profiling.withdraw_purpose(kim, "shelv")
    assert (await profiling.preview_take_back(None, ["genre"])).is_nothing


async def test_saying_it_again_to_a_new_version_writes_it_anew(store: Store) -> None:
    """The stored row stays as it was until then; afterwards it is today's."""

    class Second(BaseModel):
        """The same question, asked anew."""

        genre: Annotated[
            Literal["novels", "ghosts"] | None,
            Ask("Genre?", WHY, purpose="shelf", version=2, convert={1: _plural}),
        ] = None

    profiling, kim = service(store), await someone(store)
    await profiling.submit(kim, {"genre": "ghost"})
    clock = FrozenClock()
    second = ProfilingService(
        store,
        clock,
        Ids(clock),
        build_catalogue(Second),
        AttentionService(store, clock),
        keys=Keys(KEY),
    )
    assert (await second.profile(kim)).genre == "ghosts"
    assert [(a.value, a.version) for a in await second.answers(kim)] == [("ghost", 1)]
    await second.submit(kim, {"genre": "ghosts"})
    await second.submit(kim, {"genre": "ghosts"})
    assert [(a.value, a.version) for a in await second.answers(kim)] == [("ghosts", 2)]
    assert (await events(store)).count("question_answered") == 2
    assert (await service(store).profile(kim)).genre is None  # the first one is back


def _plural(value: Any) -> str:  # whatever was stored
    return f"{value}s"


# ── at once ──────────────────────────────────────────────────────────────────


async def test_many_answer_and_take_back_at_once(any_database: str) -> None:
    """Each finds its turn, and what is left is what the last of them did."""
    await upgrade(any_database)
    store = store_from(any_database)
    await store.open()
    try:
        profiling, kim = service(store), await someone(store)
        acts: Sequence[Callable[[], Any]] = [
            lambda: profiling.submit(kim, {"genre": "ghost", "lamp": "oil"}),
            lambda: profiling.take_back(kim, ["genre"]),
            lambda: profiling.withdraw_purpose(kim, "shelf"),
        ]
        async with anyio.create_task_group() as group:
            for act in acts * 3:
                group.start_soon(act)
        names = await events(store)
        found = {a.question: a for a in await profiling.answers(kim)}
        opened = names.count("feature_unlocked")
        closed = names.count("answer_taken_back") + names.count("purpose_withdrawn")
        assert opened <= 2 * (closed + 1)
        profile = await profiling.profile(kim)
        if found.get("genre") is None or found["genre"].withdrawn:
            assert profile.genre is None
        else:
            assert profile.genre == "ghost"
        await profiling.withdraw_purpose(kim, "shelf")
        assert (await profiling.profile(kim)).genre is None
    finally:
        await store.close()


# ── what a host declares ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"shelf": "Sorting your shelf"}, '"post": "Recommending books to you"'),
        ({"shelf": "Sorting", "post": " "}, '"post": "Recommending books to you"'),
        (
            {"shelf": "Sorting", "post": "Sending", "shelv": "?"},
            "'shelv', but there is no such purpose; did you mean 'shelf'",
        ),
    ],
)
def test_a_purpose_without_words(words: dict[str, str], said: str) -> None:
    """It fails when the application is built, with what to write."""
    with pytest.raises(ConfigError) as refused:
        build_catalogue(Profile, purposes=words)
    assert said in str(refused.value)


def test_a_purpose_stands_in_addresses() -> None:
    """So it is spelled like a feature."""

    class Loud(BaseModel):
        """A purpose that is a sentence."""

        genre: Annotated[str | None, Ask("Genre?", WHY, purpose="Your shelf")] = None

    with pytest.raises(ConfigError, match="lower case"):
        build_catalogue(Loud)
