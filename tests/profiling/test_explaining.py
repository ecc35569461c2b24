"""Why a feature is as it is: the need, its guard, who said what, and what opens it."""

from datetime import date, timedelta
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel

from onboarding.accounts.model import Account
from onboarding.attention.service import AttentionService
from onboarding.changes import Add
from onboarding.errors import NotFound
from onboarding.locales import LOCALES
from onboarding.locales.texts import Texts
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    AnswerState,
    Ask,
    Feature,
    Source,
    Status,
)
from onboarding.profiling.needs import Linked
from onboarding.profiling.service import ProfilingService
from onboarding.segments.model import Age, Answered, Any
from onboarding.stores.base import Store
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids, Keys
from tests.world import KEY

pytestmark = pytest.mark.anyio

COMPANY = Answered("kind", is_in=["company"])


class Profile(BaseModel):
    """What the shop would like to know."""

    kind: Annotated[
        Literal["person", "company"] | None,
        Ask("For whom?", why="w", labels={"company": "A company"}),
    ] = None
    company: Annotated[str | None, Ask("Which one?", why="w", when=COMPANY)] = None
    born: Annotated[date | None, Ask("When were you born?", why="w")] = None


CATALOGUE = build_catalogue(
    Profile,
    [
        Feature("invoice", needs=["company"]),
        Feature("adult", needs=[Age("born", at_least=18)]),
        Feature("member", needs=[Linked("google")]),
        Feature("ways", needs=[Any("company", Age("born", at_least=18))]),
        Feature("either", after=["ways"]),
    ],
)
Profiling = ProfilingService[Profile]


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture
def profiling(store: Store, clock: FrozenClock) -> Profiling:
    """Return the service over an empty store."""
    attention = AttentionService(store, clock)
    return ProfilingService(
        store, clock, Ids(clock), CATALOGUE, attention, keys=Keys(KEY)
    )


@pytest.fixture
async def guest(store: Store, clock: FrozenClock) -> Account:
    """Return a guest whom the store knows."""
    account = Account(id="g1", created_at=clock())
    await store.commit(Add(account))
    return account


async def test_what_is_asked_names_the_guard_and_what_moves_it_on(
    profiling: Profiling,
) -> None:
    """A question that may apply hangs on another, which is the one to answer."""
    explanation = await profiling.explain(None, "invoice")
    [unmet] = explanation.unmet
    assert (Status.ASK, "company", AnswerState.UNKNOWN, "kind", ()) == (
        explanation.status,
        unmet.need,
        unmet.state,
        unmet.ask,
        unmet.known,
    )
    assert explanation.sentences(Texts("en"), CATALOGUE) == (
        "It needs this: “Which one?” is answered.",
        "Nobody has said so yet.",
        "Whether it applies hangs on this: the answer to “For whom?” is A company.",
        "It goes on once “For whom?” is answered.",
    )


async def test_what_made_it_apply_has_a_source_and_a_day(
    profiling: Profiling, guest: Account, clock: FrozenClock
) -> None:
    """Once the guard is true, it is told who said so."""
    await profiling.submit(guest, {"kind": "company"})
    explanation = await profiling.explain(guest, "invoice")
    [known] = explanation.unmet[0].known
    assert ("kind", AnswerKind.VALUE, Source.GUEST, clock()) == (
        known.question,
        known.reply,
        known.source,
        known.at,
    )
    day = Texts("en").long_date(clock())
    assert explanation.sentences(Texts("en"), CATALOGUE)[2:] == (
        "It applies because of this: the answer to “For whom?” is A company.",
        f"“For whom?” was answered by the person as a guest on {day}.",
        "It goes on once “Which one?” is answered.",
    )


@pytest.mark.parametrize("locale", LOCALES)
async def test_no_sentence_tells_what_was_answered(
    profiling: Profiling, guest: Account, clock: FrozenClock, locale: str
) -> None:
    """What closes it is told by what is wanted: it may stand in a log."""
    born = (clock() - timedelta(days=4000)).date()
    await profiling.submit(guest, {"born": born.isoformat()})
    explanation = await profiling.explain(guest, "adult")
    assert (Status.DENIED, AnswerState.VALUE, None) == (
        explanation.status,
        explanation.unmet[0].state,
        explanation.unmet[0].ask,
    )
    said = explanation.sentences(Texts(locale), CATALOGUE)
    told = repr(explanation) + " ".join(said)
    assert born.isoformat() not in told
    assert Texts(locale).long_date(born) not in told
    assert "18" in said[0]
    assert "18" in said[-1]


async def test_what_was_declined_is_to_be_told_after_all(
    profiling: Profiling, guest: Account, clock: FrozenClock
) -> None:
    """The way back is named."""
    await profiling.decline(guest, ["born"])
    explanation = await profiling.explain(guest, "adult")
    said = explanation.sentences(Texts("en"), CATALOGUE)
    day = Texts("en").long_date(clock())
    assert said == (
        "It needs this: you are at least 18.",
        "“I’d rather not say” closes it.",
        f"To “When were you born?” they said “I’d rather not say” on {day}.",
        "It opens once “When were you born?” is answered after all.",
    )


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ((Source.PERSON, None), "“For whom?” was answered by the person on {day}."),
        (
            (Source.GUEST, None),
            "“For whom?” was answered by the person as a guest on {day}.",
        ),
        ((Source.PROVIDER, "google"), "“For whom?” came from google on {day}."),
    ],
)
async def test_who_said_what_it_hangs_on_is_told(
    store: Store,
    profiling: Profiling,
    guest: Account,
    origin: tuple[Source, str | None],
    told: str,
) -> None:
    """Each kind of source, in its words."""
    (source, via), now = origin, FrozenClock()()
    answer = Answer(
        account_id=guest.id,
        question="kind",
        value="company",
        source=source,
        via=via,
        answered_at=now,
    )
    await store.commit(Add(answer))
    explanation = await profiling.explain(guest, "invoice")
    said = explanation.sentences(Texts("en"), CATALOGUE)
    assert said[-2] == told.format(day=Texts("en").long_date(now))


async def test_what_closes_it_is_to_be_answered_otherwise(
    profiling: Profiling, guest: Account, clock: FrozenClock
) -> None:
    """An answer is neither a no nor silence."""
    await profiling.submit(guest, {"born": "2024-01-01"})
    explanation = await profiling.explain(guest, "adult")
    day = Texts("en").long_date(clock())
    assert explanation.sentences(Texts("en"), CATALOGUE) == (
        "It needs this: you are at least 18.",
        "What was answered closes it.",
        f"“When were you born?” was answered by the person as a guest on {day}.",
        (
            "It opens once “When were you born?” is answered otherwise: "
            "you are at least 18."
        ),
    )


async def test_of_several_ways_each_is_told(
    profiling: Profiling, guest: Account
) -> None:
    """With all that they hang on, in one need; and which feature declares it."""
    await profiling.submit(guest, {"kind": "company", "born": "2024-01-01"})
    explanation = await profiling.explain(guest, "either")
    [unmet] = explanation.unmet
    assert unmet.need == Any("company", Age("born", at_least=18))
    assert (unmet.of, unmet.question, unmet.ask) == ("ways", "company", "company")
    assert [known.question for known in unmet.known] == ["born", "kind"]


async def test_what_is_to_be_proven_is_said(profiling: Profiling) -> None:
    """A fact is no question."""
    explanation = await profiling.explain(None, "member")
    said = explanation.sentences(Texts("en"), CATALOGUE)
    assert said[-1] == "It goes on once this is so: you are signed in with google."


async def test_what_is_open_needs_no_more_words(
    profiling: Profiling, guest: Account
) -> None:
    """Nothing is in the way; and of what is not there nothing is said."""
    await profiling.submit(guest, {"kind": "person"})
    explanation = await profiling.explain(guest, "invoice")
    assert () == explanation.unmet
    assert explanation.sentences(Texts("en"), CATALOGUE) == ("It is open.",)
    with pytest.raises(NotFound):
        await profiling.explain(guest, "nothing")
