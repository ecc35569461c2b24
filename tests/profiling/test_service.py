"""Asking and answering on real stores."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import anyio
import pytest
from pydantic import BaseModel

from onboarding.accounts.model import Account, AccountKind, Ending
from onboarding.attention.model import Act, Attention, Quiet
from onboarding.attention.service import AttentionService
from onboarding.changes import Add, Put
from onboarding.errors import (
    AccountEnded,
    ConfigError,
    FeatureDenied,
    NotFound,
    Unanswered,
)
from onboarding.events import Entry
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Feature,
    Source,
    Status,
)
from onboarding.profiling.service import ProfilingService
from onboarding.segments.model import Answered
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys
from tests.world import KEY

pytestmark = pytest.mark.anyio

WHY = "For the test."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


class Profile(BaseModel):
    """What the shop would like to know."""

    genre: Annotated[Genre | None, Ask("What do you read?", WHY)] = None
    lamp: Annotated[
        str | None,
        Ask("Which lamp?", WHY, when=Answered(question="genre", is_in=["ghost"])),
    ] = None
    birthday: Annotated[date | None, Ask("When?", WHY)] = None
    town: Annotated[str | None, Ask("Where?", WHY)] = None


FEATURES = [
    Feature("shelf", needs=["genre"], wants=["birthday", "town"]),
    Feature("club", needs=["genre", "town"]),
    Feature("lit", wants=["lamp"]),
]

Profiling = ProfilingService[Profile]


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture
def profiling(store: Store, clock: FrozenClock) -> Profiling:
    """Return the service over an empty store."""
    catalogue = build_catalogue(Profile, FEATURES)
    attention = AttentionService(store, clock)
    return ProfilingService(
        store, clock, Ids(clock), catalogue, attention, keys=Keys(KEY)
    )


@pytest.fixture
async def guest(store: Store, clock: FrozenClock) -> Account:
    """Return a guest whom the store knows."""
    account = Account(id="g1", created_at=clock())
    await store.commit(Add(account))
    return account


async def told(store: Store, account: Account) -> list[tuple[str, object]]:
    """Return the log of an account: names of events, and of what they are about."""
    return [
        (entry.name, entry.data.get("question", entry.data["feature"]))
        for entry in await store.list_of(Entry, account.id)
    ]


async def version(store: Store, account: Account) -> int:
    """Return the version of an account."""
    found = await store.find(Account, account.id)
    assert found is not None
    return found.version


# ── what to ask ──────────────────────────────────────────────────────────────


async def test_a_visitor_is_asked(profiling: Profiling) -> None:
    """Somebody without an account has said nothing, and may be asked a want."""
    decision = await profiling.decide(None, "shelf", visit="v1")
    assert decision.status is Status.ASK
    assert (decision.page, decision.wants) == (("genre",), ("birthday",))


async def test_without_a_visit_nothing_is_wanted(profiling: Profiling) -> None:
    """A gate that draws nothing offers no wants."""
    assert (await profiling.decide(None, "shelf")).wants == ()


async def test_a_feature_that_a_stranger_made_up(
    profiling: Profiling, guest: Account
) -> None:
    """A name from an address is not found; nothing happens."""
    with pytest.raises(NotFound):
        await profiling.decide(None, "no-such")
    with pytest.raises(NotFound):
        await profiling.submit(guest, {"genre": "novel"}, feature="no-such")
    with pytest.raises(NotFound):
        await profiling.snooze(guest, ["genre"], feature="no-such", visit="v1")


async def test_a_locked_feature_says_what_to_ask(
    profiling: Profiling, guest: Account
) -> None:
    """The error carries every question that can be asked now."""
    with pytest.raises(Unanswered) as locked:
        await profiling.require(guest, "club")
    assert (locked.value.feature, locked.value.questions) == ("club", ("genre", "town"))


async def test_an_open_feature_lets_pass(profiling: Profiling, guest: Account) -> None:
    """Answers open it, for good."""
    with pytest.raises(Unanswered):
        await profiling.require(guest, "shelf")
    await profiling.submit(guest, {"genre": "novel"}, feature="shelf")
    await profiling.require(guest, "shelf")
    decision = await profiling.decide(guest, "shelf")
    assert decision.status is Status.OPEN


async def test_a_closed_feature_says_what_was_declined(
    profiling: Profiling, guest: Account
) -> None:
    """The error names the needs that the person would rather not tell."""
    await profiling.decline(guest, ["town"], feature="club")
    with pytest.raises(FeatureDenied) as closed:
        await profiling.require(guest, "club")
    assert closed.value.reasons == ("town",)


async def test_a_feature_that_the_code_made_up(profiling: Profiling) -> None:
    """A wrong name in the host's code is a mistake of the developer."""
    with pytest.raises(ConfigError, match="did you mean 'shelf'"):
        await profiling.require(None, "shlf")


# ── what people say ──────────────────────────────────────────────────────────


async def test_an_answer_is_kept_and_told(
    store: Store, clock: FrozenClock, profiling: Profiling, guest: Account
) -> None:
    """It stands with its source and instant; the log holds no answer."""
    submitted = await profiling.submit(guest, {"genre": "ghost"}, feature="shelf")
    assert (submitted.saved, submitted.opened) == (("genre",), ("shelf",))
    assert await store.list_of(Answer, guest.id) == [
        Answer(
            account_id=guest.id,
            question="genre",
            value="ghost",
            source=Source.GUEST,
            feature="shelf",
            answered_at=clock(),
        )
    ]
    assert await told(store, guest) == [
        ("question_answered", "genre"),
        ("feature_unlocked", "shelf"),
    ]
    assert "ghost" not in str(await store.list_of(Entry, guest.id))


async def test_answers_are_saved_one_by_one(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """The good one stands, the bad one is returned, and what it was."""
    said = {"genre": "poem", "town": "Delft"}
    submitted = await profiling.submit(guest, said, feature="club")
    assert [answer.question for answer in await store.list_of(Answer, guest.id)] == [
        "town"
    ]
    assert [error.question for error in submitted.invalid] == ["genre"]
    assert submitted.typed == {"genre": "poem"}
    with pytest.raises(Unanswered) as locked:
        await profiling.require(guest, "club")
    assert locked.value.questions == ("genre",)


async def test_sending_twice_writes_once(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """A second press of the button changes no row and tells nothing."""
    await profiling.submit(guest, {"genre": "ghost"}, feature="shelf")
    before = (await version(store, guest), await told(store, guest))
    again = await profiling.submit(guest, {"genre": "ghost"}, feature="shelf")
    assert again.saved == ("genre",)
    assert (await version(store, guest), await told(store, guest)) == before


async def test_nothing_usable_writes_nothing(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """A batch of mistakes leaves no trace."""
    await profiling.submit(guest, {"genre": "poem", "is_admin": True}, feature="shelf")
    assert await store.list_of(Answer, guest.id) == []
    assert await version(store, guest) == 0


async def test_a_no_is_kept_and_told(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """It replaces the value; the value is gone from the store."""
    await profiling.submit(guest, {"town": "Delft"})
    await profiling.decline(guest, ["town"])
    (answer,) = await store.list_of(Answer, guest.id)
    assert (answer.reply, answer.value) == (AnswerKind.DECLINED, None)
    assert (await told(store, guest))[-1] == ("question_declined", "town")


async def test_telling_after_all_opens(profiling: Profiling, guest: Account) -> None:
    """A declined question may be answered later, by the person's own wish."""
    await profiling.decline(guest, ["genre"], feature="shelf")
    submitted = await profiling.submit(guest, {"genre": "novel"})
    assert submitted.opened == ("shelf",)


async def test_two_tabs_at_once_open_a_feature_once(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """Answers that race are all kept, and who brings the last one tells it."""
    async with anyio.create_task_group() as tabs:
        tabs.start_soon(_say, profiling, guest, "genre", "novel")
        tabs.start_soon(_say, profiling, guest, "town", "Delft")
    assert [a.question for a in await store.list_of(Answer, guest.id)] == [
        "genre",
        "town",
    ]
    log = await told(store, guest)
    assert log.count(("feature_unlocked", "club")) == 1
    assert log.count(("feature_unlocked", "shelf")) == 1
    await profiling.require(guest, "club")


async def _say(profiling: Profiling, account: Account, name: str, value: str) -> None:
    await profiling.submit(account, {name: value}, feature="club")


@pytest.mark.parametrize("ending", [*Ending, None], ids=str)
async def test_nobody_answers_for_an_ended_account(
    store: Store, clock: FrozenClock, profiling: Profiling, ending: Ending | None
) -> None:
    """A session that outlived its account changes nothing."""
    ended = Account(id="e", kind=AccountKind.GUEST, created_at=clock(), ending=ending)
    if ending:
        await store.commit(Add(ended))
    with pytest.raises(AccountEnded):
        await profiling.submit(ended, {"genre": "novel"})
    with pytest.raises(AccountEnded):
        await profiling.shown(ended, ["genre"], feature="shelf", visit="v1")
    assert await store.list_of(Answer, "e") == []


# ── attention ────────────────────────────────────────────────────────────────


async def test_a_page_counts_once_a_visit(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """Drawing it again writes nothing; a need counts as hard, a want as soft."""
    for _ in range(2):
        await profiling.shown(
            guest, ["genre", "birthday", "no_such"], feature="shelf", visit="v1"
        )
    ledger = await store.list_of(Attention, guest.id)
    assert {(line.item, line.hard) for line in ledger} == {
        ("question:genre", True),
        ("question:birthday", False),
    }
    assert await told(store, guest) == [
        ("question_shown", "genre"),
        ("question_shown", "birthday"),
    ]


async def test_what_was_shown_stays_for_the_visit_and_then_rests(
    clock: FrozenClock, profiling: Profiling, guest: Account
) -> None:
    """A want does not flicker on its page; the next visit gives others their turn."""
    await profiling.shown(guest, ["birthday"], feature="shelf", visit="v1")
    same = await profiling.decide(guest, "shelf", visit="v1")
    assert same.wants == ("birthday",)
    assert same.withheld["town"].because is Quiet.ANY_GAP
    clock.advance(timedelta(hours=1))
    next_visit = await profiling.decide(guest, "shelf", visit="v2")
    assert next_visit.wants == ("town",)
    assert next_visit.withheld["birthday"].because is Quiet.ITEM_GAP
    assert next_visit.next_change_at == clock() - timedelta(hours=1) + timedelta(days=7)


async def test_not_now_rests_a_want_and_locks_nothing(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """Whoever opens the feature again is asked for its needs again, at once."""
    for _ in range(2):
        await profiling.snooze(guest, ["genre", "town"], feature="shelf", visit="v1")
    decision = await profiling.decide(guest, "shelf", visit="v2")
    assert decision.page == ("genre",)
    assert decision.wants == ("birthday",)
    assert decision.withheld["town"].because is Quiet.SNOOZED
    acts = [(line.act, line.hard) for line in await store.list_of(Attention, guest.id)]
    assert acts == [(Act.SNOOZED, True), (Act.SNOOZED, False)]
    assert await told(store, guest) == [
        ("question_snoozed", "genre"),
        ("question_snoozed", "town"),
    ]


async def test_two_pages_drawn_at_once_count_once(
    store: Store, profiling: Profiling, guest: Account
) -> None:
    """A page that is loaded twice at the same time is one impression."""
    async with anyio.create_task_group() as tabs:
        for _ in range(2):
            tabs.start_soon(_draw, profiling, guest)
    assert await told(store, guest) == [("question_shown", "town")]


async def _draw(profiling: Profiling, account: Account) -> None:
    await profiling.shown(account, ["town"], feature="shelf", visit="v1")


# ── what is known ────────────────────────────────────────────────────────────


async def test_a_profile_is_the_hosts_model(
    profiling: Profiling, guest: Account
) -> None:
    """Answers come back as the model's own types; what is not known is None."""
    said = {"genre": "ghost", "lamp": "oil", "birthday": "1990-12-31"}
    await profiling.submit(guest, said)
    await profiling.decline(guest, ["town"])
    profile = await profiling.profile(guest)
    assert isinstance(profile, Profile)
    assert profile == Profile(
        genre=Genre.GHOST, lamp="oil", birthday=date(1990, 12, 31)
    )


async def test_a_hidden_answer_is_kept_and_not_read(
    profiling: Profiling, guest: Account
) -> None:
    """It returns with its guard, and is not asked again (invariant 12)."""
    await profiling.submit(guest, {"genre": "ghost", "lamp": "oil"})
    await profiling.submit(guest, {"genre": "novel"})
    assert (await profiling.profile(guest)).lamp is None
    await profiling.submit(guest, {"genre": "ghost"})
    assert (await profiling.profile(guest)).lamp == "oil"


async def test_a_visitors_profile_is_empty(profiling: Profiling) -> None:
    """Nobody is not an error."""
    assert await profiling.profile(None) == Profile()
    assert await profiling.answers(None) == []


async def test_everything_said_can_be_looked_at(
    store: Store, clock: FrozenClock, profiling: Profiling, guest: Account
) -> None:
    """In the order of the profile; what it no longer asks comes last."""
    gone = Answer(
        account_id=guest.id,
        question="a_gone_one",
        value=1,
        source=Source.PROVIDER,
        via="google",
        answered_at=clock(),
    )
    await store.commit(Put(gone))
    await profiling.submit(guest, {"town": "Delft", "genre": "novel"})
    found = [answer.question for answer in await profiling.answers(guest)]
    assert found == ["genre", "town", "a_gone_one"]
