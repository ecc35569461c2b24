"""Whether a feature is open: its tables, its laws, and an independent oracle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.attention.model import (
    Act,
    Allowance,
    Attention,
    AttentionPolicy,
    Quiet,
    Verdict,
    question_item,
)
from onboarding.attention.rules import allowance
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.profiling.deciding import decide
from onboarding.profiling.merge_law import better, together
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    AnswerState,
    Decision,
    Reason,
    Source,
    Status,
)
from onboarding.profiling.rules import seen, state, status, told
from onboarding.segments.model import Answered, Truth
from onboarding.segments.rules import compiled as ready
from tests.profiling import reference
from tests.profiling.reference import DECLINED, VALUES, Asked, Said, Small
from tests.profiling.small import (
    FEATURE,
    NAMES,
    NOW,
    answered,
    compiled,
    planned,
    saids,
    situations,
    smalls,
)

FREE = Allowance(left=9)
NOTHING = Allowance(left=0)


def decided(small: Small, said: Said, allowed: Allowance = FREE) -> Decision:
    """Return what the library decides."""
    return decide(planned(small), answered(said), allowed, NOW)


def states(small: Small, said: Said) -> dict[str, AnswerState]:
    """Return what is known of each question."""
    found = seen(planned(small).steps, answered(said), NOW.date())
    return {name: state(value) for name, value in found.items()}


# ── the tables ───────────────────────────────────────────────────────────────

# Is it a company? Only then its VAT number; only with one, since when.
COMPANY = Small(
    questions={
        "q1": Asked(),
        "q2": Asked("q1", frozenset({"a"})),
        "q3": Asked("q2", frozenset({"b"})),
        "q4": Asked(),
    },
    needs=("q3", "q4"),
)


@pytest.mark.parametrize(
    ("said", "status", "must", "known", "total"),
    [
        pytest.param({}, "ask", ("q1", "q4"), 0, 4, id="the deepest guard first"),
        pytest.param({"q1": "a"}, "ask", ("q2", "q4"), 1, 4, id="then the next"),
        pytest.param(
            {"q1": "a", "q2": "b"}, "ask", ("q3", "q4"), 2, 4, id="then the need"
        ),
        pytest.param({"q1": "b"}, "ask", ("q4",), 1, 2, id="it does not apply"),
        pytest.param(
            {"q1": DECLINED}, "ask", ("q4",), 0, 1, id="nor after a declined guard"
        ),
        pytest.param({"q1": "b", "q4": "a"}, "open", (), 2, 2, id="open without it"),
        pytest.param(
            {"q1": "a", "q2": "b", "q3": "a", "q4": "a"}, "open", (), 4, 4, id="open"
        ),
        pytest.param({"q4": DECLINED}, "denied", (), 0, 4, id="a need is declined"),
        pytest.param(
            {"q1": "a", "q2": "b", "q3": DECLINED, "q4": "a"},
            "denied",
            (),
            3,
            4,
            id="a guarded need is declined",
        ),
        pytest.param(
            {"q3": DECLINED, "q1": "b", "q4": "a"},
            "open",
            (),
            2,
            2,
            id="a hidden no does not count",
        ),
        pytest.param(
            {"q3": "a", "q2": "b"},
            "ask",
            ("q1", "q4"),
            0,
            4,
            id="an answer behind an open guard is not known yet",
        ),
    ],
)
def test_a_guarded_need(
    said: Said, status: str, must: tuple[str, ...], known: int, total: int
) -> None:
    """A need behind guards is asked for step by step, and counted as it is known."""
    decision = decided(COMPANY, said)
    assert (decision.status, decision.must) == (Status(status), must)
    assert (decision.known, decision.total) == (known, total)


@pytest.mark.parametrize(
    ("truth", "reply", "known"),
    [
        (Truth.TRUE, None, AnswerState.UNKNOWN),
        (Truth.TRUE, AnswerKind.VALUE, AnswerState.VALUE),
        (Truth.TRUE, AnswerKind.DECLINED, AnswerState.DECLINED),
        (Truth.UNKNOWN, None, AnswerState.UNKNOWN),
        (Truth.UNKNOWN, AnswerKind.VALUE, AnswerState.UNKNOWN),
        (Truth.UNKNOWN, AnswerKind.DECLINED, AnswerState.UNKNOWN),
        (Truth.FALSE, None, AnswerState.ABSENT),
        (Truth.FALSE, AnswerKind.VALUE, AnswerState.ABSENT),
        (Truth.FALSE, AnswerKind.DECLINED, AnswerState.ABSENT),
    ],
)
def test_what_is_known_of_a_question(
    truth: Truth, reply: AnswerKind | None, known: AnswerState
) -> None:
    """The table of guards and answers, each cell."""
    answer = None if reply is None else replace(_answer(value="a"), reply=reply)
    assert state(told(truth, answer)) is known


def test_a_feature_without_needs_is_open() -> None:
    """Nothing to ask is nothing to wait for."""
    small = Small(questions={"q1": Asked()}, needs=())
    decision = decided(small, {})
    assert decision.is_open
    assert (decision.known, decision.total) == (0, 0)


def test_a_page_is_the_first_of_what_must_be_asked() -> None:
    """A page takes as many needs as the feature allows, in the order of the needs."""
    small = Small(
        questions=dict.fromkeys(("q1", "q2", "q3"), Asked()), needs=("q3", "q1", "q2")
    )
    decision = decided(small, {})
    assert decision.must == ("q3", "q1", "q2")
    assert decision.page == ("q3", "q1")


def test_reasons_say_what_is_missing_and_what_moves_it() -> None:
    """Each unmet need is named with the question to answer, or with the no."""
    decision = decided(COMPANY, {"q1": "a"})
    assert decision.reasons == (
        Reason(need="q3", state=AnswerState.UNKNOWN, ask="q2", among=("q3",)),
        Reason(need="q4", state=AnswerState.UNKNOWN, ask="q4", among=("q4",)),
    )
    denied = decided(COMPANY, {"q1": "b", "q4": DECLINED})
    assert denied.reasons == (
        Reason(need="q4", state=AnswerState.DECLINED, ask=None, among=("q4",)),
    )


WANTING = Small(
    questions={"q1": Asked(), "q2": Asked(), "q3": Asked("q2", frozenset({"a"}))},
    needs=("q1",),
    wants=("q3", "q2"),
)


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        pytest.param({}, ("q2",), id="what decides about a want stands in its place"),
        pytest.param({"q1": "a"}, ("q2",), id="an open feature may still want"),
        pytest.param({"q1": "a", "q2": "a"}, ("q3",), id="then the want itself"),
        pytest.param({"q1": "a", "q2": "b"}, (), id="a want that does not apply"),
        pytest.param({"q2": DECLINED}, (), id="a declined want"),
        pytest.param({"q1": DECLINED}, (), id="a closed feature wants nothing"),
    ],
)
def test_wants(said: Said, wants: tuple[str, ...]) -> None:
    """Wants are asked where they apply and are not known, never where it is closed."""
    assert decided(WANTING, said).wants == wants


def test_a_want_that_is_a_need_is_asked_once() -> None:
    """The question that decides about a need and a want is asked as a need."""
    small = Small(
        questions={
            "q1": Asked(),
            "q2": Asked("q1", frozenset({"a"})),
            "q3": Asked("q1", frozenset({"b"})),
        },
        needs=("q2",),
        wants=("q3",),
    )
    decision = decided(small, {})
    assert (decision.must, decision.wants) == (("q1",), ())


def test_attention_keeps_wants_back_and_says_until_when() -> None:
    """A want that rests is named with its verdict, and the decision with its end."""
    until = NOW + timedelta(days=3)
    rests = Verdict(because=Quiet.SNOOZED, until=until)
    allowed = Allowance(left=1, own={question_item("q2"): rests})
    decision = decided(WANTING, {}, allowed)
    assert decision.wants == ()
    assert decision.withheld == {"q2": rests}
    assert decision.next_change_at == until
    assert decided(WANTING, {}, NOTHING).next_change_at is None


def test_the_truth_of_a_guard_is_told_apart_by_json() -> None:
    """True is not 1, and 1 is not "1": a guard compares what is stored."""
    guard = ready(Answered("q1", is_in=[1]))
    for value, expected in ((1, Truth.TRUE), (True, Truth.FALSE), ("1", Truth.FALSE)):
        assert guard.test({"q1": value}, NOW.date()) is expected


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**5000], ids=["nan", "inf", "huge"]
)
def test_what_json_cannot_say_is_refused(value: float) -> None:
    """A number that is not finite, or endless, has no text."""
    with pytest.raises(ValueError):  # noqa: PT011  # Python's own words
        canonical(value)


# ── the oracle ───────────────────────────────────────────────────────────────


@given(situation=situations())
def test_the_compiled_rules_agree_with_the_definitions(
    situation: tuple[Small, Said],
) -> None:
    """A naive interpreter of the definitions decides the same (invariant 19)."""
    small, said = situation
    decision = decided(small, said)
    assert decision.status.value == reference.status(small, said)
    assert list(decision.must) == reference.must(small, said)


@given(situation=situations())
def test_open_and_denied_are_what_every_future_says(
    situation: tuple[Small, Said],
) -> None:
    """OPEN and DENIED hold however the rest is answered; ASK can still go both ways.

    What stands behind an undecided guard counts as not said: the host cannot read it.
    """
    small, said = situation
    seen = {
        n: v for n, v in said.items() if reference.applies(small, said, n) is not None
    }
    futures = {
        reference.status(small, end) for end in reference.completions(small, seen)
    }
    decision = decided(small, said)
    expected = {Status.OPEN: {"open"}, Status.DENIED: {"denied"}}
    assert futures == expected.get(decision.status, {"open", "denied"})


# ── the laws ─────────────────────────────────────────────────────────────────


@given(situation=situations(), data=st.data())
def test_what_is_decided_stays_decided(
    situation: tuple[Small, Said], data: st.DataObject
) -> None:
    """More answers never lock an open feature or open a closed one (invariant 1)."""
    small, said = situation
    more = {**data.draw(saids(small)), **said}
    before, after = decided(small, said), decided(small, more)
    assert before.status in (Status.ASK, after.status)


@settings(max_examples=25)  # each example builds two pydantic models
@given(situation=situations(), data=st.data())
def test_the_order_of_definition_does_not_matter(
    situation: tuple[Small, Said], data: st.DataObject
) -> None:
    """The same questions in another order decide the same (invariant 2)."""
    small, said = situation
    names = data.draw(st.permutations(list(small.questions)))
    mixed = Small(
        questions={name: small.questions[name] for name in names},
        needs=small.needs,
        wants=small.wants,
    )
    one, other = compiled(small), compiled(mixed)
    assert one.version == other.version
    assert decide(one.plans[FEATURE], answered(said), FREE, NOW) == decided(small, said)
    assert decide(other.plans[FEATURE], answered(said), FREE, NOW) == decided(
        small, said
    )


@given(situation=situations())
def test_asking_always_has_something_to_ask(situation: tuple[Small, Said]) -> None:
    """ASK has a page of questions that can be answered now (invariants 3 and 6)."""
    small, said = situation
    decision = decided(small, said)
    assert (decision.status is Status.ASK) == bool(decision.page) == bool(decision.must)
    assert set(decision.page) <= set(decision.must)
    for name in (*decision.must, *decision.wants):
        assert name not in said
        assert reference.applies(small, said, name) is True


@given(small=smalls(), data=st.data())
def test_any_order_of_answering_ends(small: Small, data: st.DataObject) -> None:
    """Answering what is asked ends within the catalogue (invariant 4).

    Whichever way it goes, the same answers end in the same status.
    """
    final = {
        name: data.draw(st.sampled_from([*VALUES, DECLINED]))
        for name in small.questions
    }
    said: dict[str, object] = {}
    for _ in range(len(small.questions) + 1):
        decision = decided(small, said)
        if decision.status is not Status.ASK:
            break
        name = data.draw(st.sampled_from(decision.must))
        said[name] = final[name]
    assert decision.status is decided(small, final).status
    assert decision.status is not Status.ASK


@given(situation=situations())
def test_nothing_is_asked_in_vain(situation: tuple[Small, Said]) -> None:
    """Every must is answered on every way that opens the feature (invariant 5)."""
    small, said = situation
    for name in decided(small, said).must:
        others = [n for n in small.questions if n not in said and n != name]
        without = Small(small.questions, small.needs)
        for end in reference.completions(small, said):
            partial = {n: v for n, v in end.items() if n in said or n in others}
            assert reference.status(without, partial) != "open"


@given(situation=situations(), left=st.integers(0, 3))
def test_wants_never_stand_in_the_way(situation: tuple[Small, Said], left: int) -> None:
    """Neither wants nor caps change the status or a must (invariant 9)."""
    small, said = situation
    plain = decided(Small(small.questions, small.needs), said, NOTHING)
    full = decided(small, said, Allowance(left=left))
    assert (plain.status, plain.must) == (full.status, full.must)
    assert (plain.known, plain.total) == (full.known, full.total)
    assert len(full.wants) <= left


LINES = st.builds(
    lambda name, act, ago, visit: Attention(
        account_id="a",
        item=question_item(name),
        act=act,
        visit=visit,
        at=NOW - ago,
    ),
    st.sampled_from(NAMES),
    st.sampled_from([Act.SHOWN, Act.SNOOZED, Act.ANSWERED]),
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.sampled_from(["now", "earlier"]),
)


@given(
    situation=situations(),
    ledger=st.lists(LINES, max_size=6),
    later=st.timedeltas(timedelta(0), timedelta(days=20)),
)
def test_nothing_changes_before_the_decision_says(
    situation: tuple[Small, Said], ledger: list[Attention], later: timedelta
) -> None:
    """Within a visit, time alone changes only wants, at ``next_change_at`` (13)."""
    small, said = situation
    policy = AttentionPolicy(per_visit=2)
    now, then = (
        decided(small, said, allowance(ledger, policy, at, "now"))
        for at in (NOW, NOW + later)
    )
    assert (now.status, now.must) == (then.status, then.must)
    if now.next_change_at is None or NOW + later < now.next_change_at:
        assert now.wants == then.wants


@given(situation=situations(), data=st.data())
def test_hidden_answers_return(
    situation: tuple[Small, Said], data: st.DataObject
) -> None:
    """Turning a guard off and on again restores the decision (invariant 12)."""
    small, said = situation
    if not said:
        return
    name = data.draw(st.sampled_from(sorted(said)))
    toggled = {**said, name: data.draw(st.sampled_from([*VALUES, DECLINED]))}
    before = decided(small, said)
    decided(small, toggled)
    assert decided(small, {**toggled, name: said[name]}) == before


@given(situation=situations(), data=st.data())
def test_another_need_never_opens(
    situation: tuple[Small, Said], data: st.DataObject
) -> None:
    """Adding a need leaves a feature as closed as it was (invariant 15)."""
    small, said = situation
    need = data.draw(st.sampled_from(list(small.questions)))
    more = Small(small.questions, tuple(dict.fromkeys((*small.needs, need))))
    fewer = Small(small.questions, small.needs)
    if decided(more, said).is_open:
        assert decided(fewer, said).is_open


@given(situation=situations())
def test_progress_is_whole_when_the_door_opens(
    situation: tuple[Small, Said],
) -> None:
    """Known never exceeds total, and they meet exactly when a feature opens."""
    decision = decided(*situation)
    assert decision.known <= decision.total
    assert decision.is_open == (decision.known == decision.total)


@given(situation=situations())
def test_deciding_is_a_function(situation: tuple[Small, Said]) -> None:
    """Deciding twice gives the same, and changes nothing (invariants 2 and 7)."""
    small, said = situation
    plan, answers = planned(small), answered(said)
    kept = dict(answers)
    assert decide(plan, answers, FREE, NOW) == decide(plan, answers, FREE, NOW)
    assert answers == kept
    assert status(plan, answers, NOW) is decide(plan, answers, NOTHING, NOW).status


def test_every_state_is_reached() -> None:
    """The four states of a question, each by its shortest way."""
    found = states(COMPANY, {"q1": "b", "q4": DECLINED})
    assert found == {
        "q1": AnswerState.VALUE,
        "q2": AnswerState.ABSENT,
        "q3": AnswerState.ABSENT,
        "q4": AnswerState.DECLINED,
    }


def test_guards_that_are_alike_are_told_apart() -> None:
    """Two guards that look at one question, or for the same value, are not one."""
    small = Small(
        questions={
            "q1": Asked(),
            "q2": Asked(),
            "q3": Asked("q1", frozenset({"a"})),
            "q4": Asked("q1", frozenset({"b"})),
            "q5": Asked("q2", frozenset({"a"})),
            "q6": Asked("q1", frozenset({"a"})),
        },
        needs=("q3", "q4", "q5", "q6"),
    )
    found = states(small, {"q1": "a", "q2": "b"})
    assert {name: found[name] for name in small.needs} == {
        "q3": AnswerState.UNKNOWN,
        "q4": AnswerState.ABSENT,
        "q5": AnswerState.ABSENT,
        "q6": AnswerState.UNKNOWN,
    }


# ── two answers to one question ──────────────────────────────────────────────


def _answer(**changes: object) -> Answer:
    base: dict[str, object] = {
        "account_id": "a",
        "question": "q1",
        "source": Source.PERSON,
        "answered_at": NOW,
    }
    return Answer(**{**base, **changes})  # type: ignore[arg-type]  # made of data


EARLIER, LATER = NOW, NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        pytest.param(
            _answer(source=Source.PERSON, answered_at=EARLIER),
            _answer(source=Source.GUEST, answered_at=LATER),
            id="a person before a guest",
        ),
        pytest.param(
            _answer(source=Source.GUEST, answered_at=EARLIER),
            _answer(source=Source.PROVIDER, answered_at=LATER),
            id="a guest before a provider",
        ),
        pytest.param(
            _answer(answered_at=LATER, value="a"),
            _answer(answered_at=EARLIER, value="b"),
            id="the later one",
        ),
        pytest.param(
            _answer(answered_at=LATER, reply=AnswerKind.DECLINED),
            _answer(answered_at=EARLIER, value="b"),
            id="a later no",
        ),
        pytest.param(
            _answer(reply=AnswerKind.DECLINED),
            _answer(value="b"),
            id="a no, at the same instant",
        ),
        pytest.param(_answer(value="b"), _answer(value="a"), id="then by value"),
        pytest.param(_answer(via="x"), _answer(), id="then by provider"),
        pytest.param(_answer(because="x"), _answer(), id="then by how it is known"),
        pytest.param(
            _answer(because="x"), _answer(feature="f"), id="that before the feature"
        ),
        pytest.param(_answer(feature="f"), _answer(), id="then by feature"),
        pytest.param(_answer(account_id="b"), _answer(), id="then by account"),
    ],
)
def test_the_better_answer(winner: Answer, loser: Answer) -> None:
    """Source, then time, then a no; then whatever tells two answers apart."""
    assert better(winner, loser) is winner
    assert better(loser, winner) is winner


JSON: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from(["a", "b"]),
    st.lists(st.sampled_from(["a", "b"]), max_size=2),
)
ANSWERS = st.builds(
    Answer,
    account_id=st.just("a"),
    question=st.just("q1"),
    reply=st.sampled_from(AnswerKind),
    value=JSON,
    source=st.sampled_from(Source),
    via=st.sampled_from([None, "google"]),
    feature=st.sampled_from([None, "f"]),
    answered_at=st.sampled_from([EARLIER, LATER]),
)


@given(answers=st.lists(ANSWERS, min_size=3, max_size=3))
def test_the_law_of_merging(answers: list[Answer]) -> None:
    """Any order and grouping, and any repetition, leave the same (invariant 11)."""
    one, two, three = answers
    grouped = {
        _said(better(better(a, b), c)) for a, b, c in permutations((one, two, three))
    } | {_said(better(a, better(b, c))) for a, b, c in permutations((one, two, three))}
    assert len(grouped) == 1
    assert better(one, one) is one
    again = better(better(one, two), two)
    assert _said(again) == _said(better(one, two))


def _said(answer: Answer) -> str:
    return f"{answer} {canonical(answer.value)}"


def test_instants_are_compared_across_zones() -> None:
    """The later instant wins, whatever the zone it is written in."""
    one = _answer(answered_at=datetime(2026, 3, 1, 12, tzinfo=UTC), value="a")
    other = _answer(answered_at=datetime.fromisoformat("2026-03-01T13:30:00+02:00"))
    assert better(one, other) is one


@given(ANSWERS, ANSWERS, ANSWERS)
def test_what_lost_is_a_suggestion_in_whatever_order(
    one: Answer, two: Answer, three: Answer
) -> None:
    """The better one counts; each other value is kept once, and its own never."""
    ends = {
        repr(together(together(a, b), c)) for a, b, c in permutations((one, two, three))
    }
    assert len(ends) == 1
    left = together(together(one, two), three)
    assert _said(left) == _said(better(better(one, two), three))
    said = [a for a in (one, two, three) if a.reply is AnswerKind.VALUE]
    others = {canonical(answer.value) for answer in said}
    if left.reply is AnswerKind.VALUE:
        others.discard(canonical(left.value))
    assert sorted(others) == [canonical(value) for value in left.suggested]


def test_a_no_that_wins_keeps_what_was_said_before() -> None:
    """And a suggestion that is said after all is none any more."""
    told = Answer(
        account_id="a",
        question="q1",
        value="x",
        source=Source.GUEST,
        answered_at=EARLIER,
    )
    no = replace(
        told,
        reply=AnswerKind.DECLINED,
        value=None,
        source=Source.PERSON,
        suggested=("y",),
    )
    assert together(told, no).suggested == ("x", "y")
    assert together(replace(told, value="y"), replace(told, value="x")).suggested in {
        ("x",),
        ("y",),
    }
