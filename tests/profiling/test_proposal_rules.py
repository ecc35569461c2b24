"""What becomes of proposals: the table, and what holds in whatever order they come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.changes import Add, Change, Remove
from onboarding.changes import Replace as Exchange
from onboarding.profiling.model import Answer, AnswerKind, Source
from onboarding.profiling.proposal import Proposal
from onboarding.profiling.proposal_rules import (
    best,
    closed,
    closing,
    confirmed,
    is_news,
    met,
    taking,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VALUES = ("x", "y", "z")
ORIGINS = (None, "https://a.example", "https://b.example")


def proposal(
    value: str = "x",
    issuer: str | None = "https://a.example",
    *,
    at: int = 0,
    is_verified: bool = False,
    is_open: bool = True,
    question: str = "town",
) -> Proposal:
    """Return a proposal whose digest is that of its value."""
    made = Proposal(
        account_id="one",
        question=question,
        digest=f"digest of {value}",
        value=value,
        provider=issuer and issuer.removeprefix("https://")[0],
        issuer=issuer,
        because=None if issuer else "your last orders",
        is_verified=is_verified,
        proposed_at=NOW + timedelta(hours=at),
    )
    return made if is_open else closed(made)


OPEN = st.builds(
    proposal,
    st.sampled_from(VALUES),
    st.sampled_from(ORIGINS),
    at=st.integers(0, 3),
    is_verified=st.booleans(),
)
PROPOSALS = OPEN | OPEN.map(closed)


def answer(value: str | None) -> Answer:
    """Return what a person said; None is that they would rather not."""
    return Answer(
        account_id="one",
        question="town",
        reply=AnswerKind.DECLINED if value is None else AnswerKind.VALUE,
        value=value,
        source=Source.PERSON,
        answered_at=NOW,
    )


def done(rows: list[Proposal], changes: list[Change]) -> list[Proposal]:
    """Return the rows after changes, each of which must find what it is about."""
    left = list(rows)
    for change in changes:
        match change:
            case Add(noun=new) if isinstance(new, Proposal):
                assert new.digest not in {p.digest for p in left}
                left.append(new)
            case Remove(noun=was) if isinstance(was, Proposal):
                left.remove(was)
            case _:
                raise AssertionError(change)
    return left


def say(rows: list[Proposal], new: Proposal) -> list[Proposal]:
    """Return the rows once something is proposed."""
    return done(rows, taking(new, rows, [new.digest]))


# ── what is shown ────────────────────────────────────────────────────────────

CHECKED = proposal("x", at=0, is_verified=True)
OF_A_PROVIDER = proposal("y", "https://b.example", at=1)
OF_THE_SHOP = proposal("z", None, at=3)
NEWER = proposal("w", "https://c.example", at=2)
GREATER, LESSER = proposal("x"), proposal("a")


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([OF_THE_SHOP], OF_THE_SHOP, id="one"),
        pytest.param([OF_THE_SHOP, OF_A_PROVIDER], OF_A_PROVIDER, id="a provider"),
        pytest.param([OF_A_PROVIDER, NEWER], NEWER, id="the newest"),
        pytest.param([NEWER, CHECKED, OF_THE_SHOP], CHECKED, id="checked"),
        pytest.param([closed(CHECKED), OF_THE_SHOP], OF_THE_SHOP, id="closed"),
        pytest.param([GREATER, LESSER], GREATER, id="then by digest"),
        pytest.param([closed(OF_THE_SHOP)], None, id="all closed"),
    ],
)
def test_what_is_shown(there: list[Proposal], shown: Proposal | None) -> None:
    """One for each question: checked, then of a provider, then the newest."""
    for order in permutations(there):
        assert best(order).get("town") == shown


def test_each_question_has_its_own() -> None:
    """What is shown beside one hides nothing beside another."""
    other = proposal(question="mood")
    assert best([CHECKED, other]) == {"town": CHECKED, "mood": other}


@pytest.mark.parametrize(
    ("said", "news"),
    [(None, True), (answer("x"), False), (answer("y"), True), (answer(None), False)],
    ids=["nothing", "the same", "another value", "would rather not say"],
)
def test_what_may_be_proposed(said: Answer | None, news: bool) -> None:
    """Not what they say themselves, and nothing to who would rather not say."""
    assert is_news("x", said) is news


def test_an_answer_that_was_confirmed_tells_from_where() -> None:
    """The provider, or what the shop knew it by."""
    told = confirmed(answer("y"), OF_A_PROVIDER)
    assert (told.via, told.because, told.source) == ("b", None, Source.PERSON)
    told = confirmed(answer("z"), OF_THE_SHOP)
    assert (told.via, told.because) == (None, "your last orders")


# ── what is kept ─────────────────────────────────────────────────────────────


@given(st.lists(OPEN, max_size=8))
def test_each_origin_has_one_open_value(said: list[Proposal]) -> None:
    """However much it says: nobody fills a table by saying much."""
    rows: list[Proposal] = []
    for one in said:
        rows = say(rows, one)
        origins = [p.origin for p in rows if p.is_open]
        assert len(origins) == len(set(origins))
    assert len(rows) <= len(ORIGINS)


@given(st.lists(OPEN, max_size=8), st.sampled_from(VALUES))
def test_what_was_refused_is_not_proposed_again(
    said: list[Proposal], refused: str
) -> None:
    """By nobody, whatever comes before or in between."""
    rows = [proposal(refused, is_open=False)]
    for one in said:
        rows = say(rows, one)
        assert refused not in {p.value for p in rows if p.is_open}
        assert all(p.digest != f"digest of {refused}" for p in best(rows).values())


@given(st.lists(OPEN, max_size=6))
def test_saying_the_same_again_changes_nothing(said: list[Proposal]) -> None:
    """So a later sign-in writes nothing."""
    rows: list[Proposal] = []
    for one in said:
        rows = say(rows, one)
    if said and any(p.digest == said[-1].digest and p.is_open for p in rows):
        later = replace(said[-1], proposed_at=NOW + timedelta(days=9))
        assert taking(later, rows, [later.digest]) == []


def test_what_somebody_else_says_stays() -> None:
    """An origin gives way to itself alone."""
    rows = say(say([], OF_A_PROVIDER), OF_THE_SHOP)
    assert rows == [OF_A_PROVIDER, OF_THE_SHOP]
    assert say(rows, replace(OF_A_PROVIDER, value="w", digest="w")) == [
        OF_THE_SHOP,
        replace(OF_A_PROVIDER, value="w", digest="w"),
    ]


def test_a_value_is_known_by_a_key_of_before() -> None:
    """Once the application's key is replaced, what was refused stays so."""
    new = replace(proposal("x"), digest="by the new key")
    refused = proposal("x", is_open=False)
    assert taking(new, [refused], ["by the new key", refused.digest]) == []


def test_an_answer_closes_what_was_proposed_to_its_question() -> None:
    """Nothing is left of it but the digest, and of others everything."""
    other = proposal("y", question="mood")
    [change] = closing([CHECKED, other, proposal("z", is_open=False)], {"town"})
    assert isinstance(change, Exchange)
    assert isinstance(change.now, Proposal)
    assert change.was == CHECKED
    assert (change.now.value, change.now.is_open) == (None, False)
    assert change.now.digest == CHECKED.digest


# ── two accounts of one person ───────────────────────────────────────────────


@given(PROPOSALS, PROPOSALS, PROPOSALS)
def test_the_order_of_merges_does_not_matter(
    one: Proposal, two: Proposal, three: Proposal
) -> None:
    """Associative, commutative, idempotent."""
    assert met(one, two) == met(two, one)
    assert met(met(one, two), three) == met(one, met(two, three))
    assert met(one, one) == one


@pytest.mark.parametrize(
    "greater",
    [
        {"issuer": "https://b.example"},
        {"provider": "b"},
        {"because": "your last orders"},
        {"account_id": "two"},
    ],
)
def test_which_of_two_alike_is_left_hangs_on_no_order(greater: dict[str, str]) -> None:
    """Two rows of one value that differ in anything: the greater one."""
    one = replace(proposal("x"), provider="a", account_id="one")
    two = replace(one, **greater)  # type: ignore[arg-type]  # all are texts
    assert met(one, two) == met(two, one) == two
    assert best([one, two]) == best([two, one]) == {"town": two}


@given(PROPOSALS, PROPOSALS)
def test_a_refusal_wins_a_merge(one: Proposal, two: Proposal) -> None:
    """Whichever account it was said in."""
    assert met(one, two).is_open is (one.is_open and two.is_open)
