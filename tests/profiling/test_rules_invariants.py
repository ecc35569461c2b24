"""The invariants of profiling, over catalogues with all that may be written."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any as Anything

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onboarding.attention.model import (
    Act,
    Attention,
    AttentionPolicy,
    question_item,
)
from onboarding.attention.rules import allowance
from onboarding.errors import ConfigError
from onboarding.profiling.deciding import decide
from onboarding.profiling.model import Feature, Status
from onboarding.profiling.needs import Linked
from onboarding.profiling.rules import status
from onboarding.segments.model import Any
from tests.profiling import naive
from tests.profiling.naive import ABSENT, DECLINED, Known, Wide
from tests.profiling.wide import (
    FACTS,
    FREE,
    NOW,
    TYPES,
    VALUES,
    also,
    answers_of,
    built,
    decided,
    needs,
    plans,
    situations,
    wides,
)

Situation = tuple[Wide, Known]
EVERY_FACT = [fact.fact for fact in FACTS]


def with_target(wide: Wide, **changes: Anything) -> Wide:
    """Return a catalogue whose last feature is written otherwise."""
    one = wide.feature
    written = {
        "needs": one.needs,
        "wants": one.wants,
        "without": one.without,
        "after": one.after,
        "per_page": one.per_page,
        **changes,
    }
    return replace(wide, features=(*wide.features[:-1], Feature(one.name, **written)))


def replies(wide: Wide, data: st.DataObject) -> dict[str, Anything]:
    """Draw a reply to every question."""
    return {
        name: data.draw(st.sampled_from([*VALUES[name], DECLINED]))
        for name in wide.questions
    }


# ── the oracle ───────────────────────────────────────────────────────────────


@given(situation=situations())
def test_compiled_agrees_with_the_reference(situation: Situation) -> None:
    """Status, what is asked, what would do instead, and what is wanted: as defined."""
    wide, known = situation
    decision = decided(wide, known)
    found, instead = naive.asked(wide, known)
    assert decision.status.value == naive.status(wide, known)
    assert list(decision.must) == [name for name in found if name in wide.questions]
    assert [fact.fact for fact in decision.facts] == sorted(
        [name for name in found if name not in wide.questions],
        key=[fact.fact for fact in plans(wide)["f"].facts].index,
    )
    assert decision.instead == {n: o for n, o in instead.items() if n in wide.questions}
    assert decision.page == decision.must[: wide.feature.per_page]


@given(situation=situations())
def test_wants_are_unknown_or_stale(situation: Situation) -> None:
    """What is wanted moves a want on, or is answered, and old."""
    wide, known = situation
    decision = decided(wide, known)
    look = naive.look_at(wide, known)
    again = {
        name
        for name in plans(wide)["f"].path
        if look[name] not in naive.MARKS
        and naive.is_past(known, name, wide.questions[name].fresh_for)
    }
    unknown = [n for n in wide.feature.wants if look[n] is naive.UNKNOWN]
    moved = {naive.moves(wide, name, look, known.today) for name in unknown}
    if decision.status is Status.DENIED:
        assert decision.wants == ()
        assert not decision.again
    else:
        assert set(decision.wants) == (moved | again) - set(decision.must)
        assert set(decision.again) == again


# ── the laws ─────────────────────────────────────────────────────────────────


@given(situation=situations(), data=st.data())
def test_monotone(situation: Situation, data: st.DataObject) -> None:
    """OPEN stays OPEN and DENIED stays DENIED, whatever is said or proven besides.

    On a way from what is known to everything: whatever may be said next.
    """
    wide, known = situation
    known = replace(known, since=dict.fromkeys(known.since, NOW))  # nothing is over
    plan = plans(wide)["f"]

    def found(now: Known) -> Status:
        return status(plan, answers_of(plan, now), NOW, now.facts)

    way = data.draw(st.permutations([*replies(wide, data).items()]))
    for name, value in way:
        before = found(known)
        for other in wide.questions.keys() - known.said.keys():
            for reply in (*VALUES[other], DECLINED):
                assert before in (Status.ASK, found(also(known, {other: reply})))
        assert before in (Status.ASK, found(also(known, {}, EVERY_FACT)))
        known = also(known, {name: value})


def mixed_up(wide: Wide, data: st.DataObject) -> Wide:
    """Return the same questions and features in another order."""
    names = data.draw(st.permutations(list(wide.questions)))
    return replace(
        wide,
        questions={name: wide.questions[name] for name in names},
        features=tuple(reversed(wide.features)),
    )


@settings(max_examples=25)  # each example builds two pydantic models
@given(wide=wides(), data=st.data())
def test_a_catalogue_is_one_in_any_order_of_definition(
    wide: Wide, data: st.DataObject
) -> None:
    """By its version; and what no answer can meet is refused, wherever it stands."""
    mixed = mixed_up(wide, data)
    try:
        one = built(wide)
    except ConfigError:
        with pytest.raises(ConfigError):
            built(mixed)
        return
    assert one.version == built(mixed).version


@given(situation=situations(), data=st.data())
def test_deterministic_in_any_order_of_definition(
    situation: Situation, data: st.DataObject
) -> None:
    """The same questions and features in another order decide the same."""
    wide, known = situation
    one, other = plans(wide)["f"], plans(mixed_up(wide, data))["f"]
    for now in (known, Known({}, {}, frozenset(), NOW)):
        first, second = (
            decide(plan, answers_of(plan, now), FREE, NOW, now.facts)
            for plan in (one, other)
        )
        assert {*first.wants} == {*second.wants}
        assert {*first.again} == {*second.again}
        kept = replace(second, wants=first.wants, again=first.again)
        assert first == kept


PRINTS = """
import pytest
from hypothesis import given, seed, settings
from tests.profiling.wide import built, decided, situations

@seed(7)
@settings(max_examples=30, database=None, derandomize=False, deadline=None)
@given(situations())
def show(situation):
    wide, known = situation
    print(built(wide).version, decided(wide, known))

show()
"""


def test_deterministic_in_every_process() -> None:
    """Another seed of hashes changes neither a decision nor the catalogue's version."""
    shown = [
        subprocess.run(
            [sys.executable, "-c", PRINTS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert shown[0].count("Decision(") >= 30
    assert shown[0] == shown[1]


@given(situation=situations())
def test_progress_and_no_dead_page(situation: Situation) -> None:
    """ASK has a page, or a fact to prove; nothing else has either."""
    wide, known = situation
    decision = decided(wide, known)
    asks = decision.status is Status.ASK
    assert asks == bool(decision.page or decision.facts)
    assert bool(decision.page) == bool(decision.must)
    assert decision.is_open == (not decision.reasons)
    assert decision.is_open == (decision.known == decision.total)
    assert 0 <= decision.known <= decision.total


@given(wide=wides(), data=st.data())
def test_termination_and_confluence(wide: Wide, data: st.DataObject) -> None:
    """Answering what is asked ends, and in the status of everything answered."""
    final = replies(wide, data)
    known = Known({}, {}, frozenset(), NOW)
    whole = also(known, final, EVERY_FACT)
    for _ in range(len(wide.questions) + len(FACTS) + 1):
        decision = decided(wide, known)
        if decision.status is not Status.ASK:
            break
        others = [name for names in decision.instead.values() for name in names]
        asked = [*decision.must, *others, *(fact.fact for fact in decision.facts)]
        name = data.draw(st.sampled_from(asked))
        known = (
            also(known, {name: final[name]})
            if name in final
            else also(known, {}, [name])
        )
    assert decision.status is not Status.ASK
    assert decision.status is decided(wide, whole).status


@given(situation=situations())
def test_sound_and_no_waste(situation: Situation) -> None:
    """What is asked can be answered, was not, and moves on what is left to decide."""
    wide, known = situation
    decision = decided(wide, known)
    look = naive.look_at(wide, known)
    before = naive.residual(wide, known)
    others = {n for names in decision.instead.values() for n in names}
    for name in {*decision.must, *(others & wide.questions.keys())}:
        when = wide.questions[name].when
        assert look[name] is naive.UNKNOWN
        assert when is None or naive.truth_of(when, look, known.today) is True
        dropped = {n: v for n, v in known.said.items() if n != name}
        fresh = replace(known, said=dropped)
        after = [
            naive.residual(wide, also(fresh, {name: value}))
            for value in (*VALUES[name], DECLINED)
        ]
        assert all(one != before for one in after)


@given(situation=situations())
def test_what_must_be_said_is_said_on_every_way_that_opens(
    situation: Situation,
) -> None:
    """A need that stands alone and is asked for: without it nothing opens."""
    wide, known = situation
    look = naive.look_at(wide, known)
    alone = {n for _, n in naive.all_needs(wide, wide.feature) if isinstance(n, str)}
    for name in alone.intersection(decided(wide, known).must):
        said = {n: v for n, v in known.said.items() if look[n] != naive.UNKNOWN}
        others = [n for n in wide.questions if n not in said and n != name]
        now = replace(known, said=said)
        for values in product(*[(*VALUES[n], DECLINED) for n in others]):
            end = also(now, dict(zip(others, values, strict=True)), EVERY_FACT)
            assert naive.status(wide, end) != "open"


@given(situation=situations())
def test_idempotent(situation: Situation) -> None:
    """Deciding twice gives the same, and changes nothing; so says the short way."""
    wide, known = situation
    plan = plans(wide)["f"]
    answers = answers_of(plan, known)
    kept = dict(answers)
    one = decide(plan, answers, FREE, NOW, known.facts)
    assert decide(plan, answers, FREE, NOW, known.facts) == one
    assert answers == kept
    assert status(plan, answers, NOW, known.facts) is one.status


@given(situation=situations())
def test_soft_never_blocks(situation: Situation) -> None:
    """Without wants and first edges the door and its questions are as they were."""
    wide, known = situation
    plain = replace(
        with_target(wide, wants=()),
        questions={n: replace(q, fresh_for=None) for n, q in wide.questions.items()},
    )
    one, other = decided(wide, known), decided(plain, known)
    assert (one.status, one.must, one.facts) == (other.status, other.must, other.facts)
    assert (one.known, one.total, one.reasons) == (
        other.known,
        other.total,
        other.reasons,
    )


LINES = st.builds(
    lambda name, act, ago, visit: Attention(
        account_id="a", item=question_item(name), act=act, visit=visit, at=NOW - ago
    ),
    st.sampled_from(list(TYPES)),
    st.sampled_from([Act.SHOWN, Act.SNOOZED, Act.ANSWERED]),
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.sampled_from(["now", "earlier"]),
)
POLICIES = st.builds(
    AttentionPolicy,
    per_visit=st.integers(0, 3),
)


@given(situation=situations(), ledger=st.lists(LINES, max_size=6), policy=POLICIES)
def test_hard_ignores_caps_and_wants_keep_the_budget(
    situation: Situation, ledger: list[Attention], policy: AttentionPolicy
) -> None:
    """Attention holds wants back, as many as it says, and nothing that is needed."""
    wide, known = situation
    allowed = allowance(ledger, policy, NOW, "now")
    free, capped = decided(wide, known), decided(wide, known, allowed)
    assert (free.status, free.must, free.page) == (
        capped.status,
        capped.must,
        capped.page,
    )
    assert len(
        {*capped.wants} - {i.removeprefix("question:") for i in allowed.shown}
    ) <= (allowed.left)
    assert {*capped.again} <= {*capped.wants} <= {*free.wants}
    assert {*capped.wants} | {*capped.withheld} <= {*free.wants}
    for name in capped.wants:
        assert question_item(name) not in allowed.own


@given(situation=situations(), data=st.data())
def test_shadowing(situation: Situation, data: st.DataObject) -> None:
    """A hidden answer counts for nothing, and returns as it was."""
    wide, known = situation
    look = naive.look_at(wide, known)
    before = decided(wide, known)
    hidden = {name for name in known.said if look[name] is ABSENT}
    shown = {name: value for name, value in known.said.items() if name not in hidden}
    without = decided(wide, replace(known, said=shown))
    assert replace(without, next_change_at=None) == replace(before, next_change_at=None)
    assume(known.said)
    name = data.draw(st.sampled_from(sorted(known.said)))
    other = data.draw(st.sampled_from([*VALUES[name], DECLINED]))
    toggled = replace(known, said={**known.said, name: other})
    decided(wide, toggled)
    back = replace(toggled, said={**toggled.said, name: known.said[name]})
    assert decided(wide, back) == before


@given(situation=situations(), hours=st.integers(0, 24 * 50))
def test_expiry(situation: Situation, hours: int) -> None:
    """Nothing changes before ``next_change_at``; both edges and ages are among it."""
    wide, known = situation
    now = decided(wide, known)
    at = now.next_change_at
    assert at is None or at > NOW
    later = NOW + timedelta(hours=hours)
    if at is not None and later >= at:
        later = at - timedelta(microseconds=1)
    assert decided(wide, replace(known, now=later)) == now


@given(situation=situations())
def test_prerequisites_open_first(situation: Situation) -> None:
    """A feature that comes after another is open only where that one is."""
    wide, known = situation
    wide = with_target(wide, after=("p",))
    if decided(wide, known).is_open:
        assert decided(wide, known, feature="p").is_open


@given(situation=situations(), data=st.data())
def test_another_need_never_opens(situation: Situation, data: st.DataObject) -> None:
    """Adding needs leaves a feature as closed as it was."""
    wide, known = situation
    wide = with_target(wide, wants=())
    more = data.draw(needs(list(wide.questions)))
    wider = with_target(wide, needs=tuple(dict.fromkeys((*wide.feature.needs, *more))))
    order = [Status.DENIED, Status.ASK, Status.OPEN]
    assert order.index(decided(wider, known).status) <= order.index(
        decided(wide, known).status
    )


@given(situation=situations(), data=st.data())
def test_another_alternative_never_closes(
    situation: Situation, data: st.DataObject
) -> None:
    """One more way to meet a need closes none, but where nothing of it applied."""
    wide, known = situation
    wide = with_target(wide, wants=())
    one = wide.feature
    assume(one.needs)
    place = data.draw(st.integers(0, len(one.needs) - 1))
    need = one.needs[place]
    look = naive.look_at(wide, known)
    ways = [naive.way(one, m, look, known) for m in naive.members(need)]
    assume(any(found is not ABSENT for found in ways))
    new = data.draw(st.sampled_from([*wide.questions, Linked("other")]))
    parts = (*naive.members(need), new)
    wider = with_target(
        wide, needs=(*one.needs[:place], Any(*parts), *one.needs[place + 1 :])
    )
    order = [Status.DENIED, Status.ASK, Status.OPEN]
    assert order.index(decided(wider, known).status) >= order.index(
        decided(wide, known).status
    )


@given(situation=situations(), other=situations())
def test_isolation(situation: Situation, other: Situation) -> None:
    """Another catalogue and another person, in between, change nothing."""
    wide, known = situation
    plan = plans(wide)["f"]
    answers = answers_of(plan, known)
    before = decide(plan, answers, FREE, NOW, known.facts)
    decided(*other)
    assert decide(plan, answers, FREE, NOW, known.facts) == before
    strange = {f"x_{name}": answer for name, answer in answers.items()}
    assert decide(plan, {**answers, **strange}, FREE, NOW, known.facts) == before


# ── the generator ────────────────────────────────────────────────────────────


def test_the_generator_reaches_every_status_and_word() -> None:
    """What is drawn opens, asks and denies; asks for facts, instead, and again."""
    seen: set[str] = set()

    @settings(max_examples=150, database=None, derandomize=True)
    @given(situation=situations())
    def look(situation: Situation) -> None:
        wide, known = situation
        decision = decided(wide, known)
        seen.add(decision.status.value)
        told = ("instead", "facts", "again", "wants", "next_change_at")
        seen.update(name for name in told if getattr(decision, name))
        seen.update(
            value
            for value in naive.look_at(wide, known).values()
            if str(value) in naive.MARKS
        )

    look()
    assert {"open", "ask", "denied", *naive.MARKS} <= seen
    assert {"instead", "facts", "again", "wants", "next_change_at"} <= seen
