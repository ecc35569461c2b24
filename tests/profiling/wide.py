"""Wide catalogues for properties: drawn, compiled, and what somebody said to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from typing import Any as Anything

from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from onboarding.attention.model import Allowance
from onboarding.profiling.ageing import is_over
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.deciding import decide
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.guards import Reader, guarded
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Decision,
    Feature,
    Plan,
    Question,
    Source,
)
from onboarding.profiling.needs import Linked, Proven
from onboarding.profiling.plans import Planner
from onboarding.segments.model import Age, All, Answered, Any, Declined, Not
from tests.profiling.naive import DECLINED, Asked, Known, Wide, members, name_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FREE = Allowance(left=99)

TYPES: dict[str, object] = {
    "choice": Literal["a", "b"],
    "other": Literal["a", "b"],
    "number": int,
    "born": date,
    "several": list[Literal["x", "y"]],
}
VALUES: dict[str, list[Anything]] = {
    "choice": ["a", "b"],
    "other": ["a", "b"],
    "number": [1, 2, 3],
    # Eighteen yesterday, today and tomorrow; on a leap day; not born yet.
    "born": ["2008-02-28", "2008-02-29", "2008-03-01", "2008-03-02", "2026-03-03"],
    "several": [["x"], ["y"], ["x", "y"]],
}
FACTS = (Proven(), Linked(), Linked("google"))
Profile = create_model("Profile", **{n: (t | None, None) for n, t in TYPES.items()})  # type: ignore[call-overload,operator]  # made of data
DRAFTS: Drafts[BaseModel] = Drafts(Profile)


# ── drawing ──────────────────────────────────────────────────────────────────


def tests_of(name: str) -> st.SearchStrategy[Anything]:
    """Draw an atom over the answer to a question."""
    bare = st.just(Answered(name))
    if name == "born":
        days = st.sampled_from([date(2008, 2, 29), date(2008, 3, 1)])
        return st.one_of(
            bare,
            bounds_of(name, days),
            st.builds(lambda n: Age(name, at_least=n), st.sampled_from([17, 18])),
            st.builds(lambda n: Age(name, below=n), st.sampled_from([17, 18])),
            st.just(Age(name, at_least=17, below=18)),
        )
    if name == "number":
        return st.one_of(
            bare, bounds_of(name, st.sampled_from([1, 2, 3])), is_in_of(name)
        )
    if name == "several":
        parts = st.lists(st.sampled_from(["x", "y"]), min_size=1, unique=True)
        return st.one_of(
            bare, st.builds(lambda has: Answered(name, has=tuple(has)), parts)
        )
    return st.one_of(bare, is_in_of(name), is_in_of(name))


def is_in_of(name: str) -> st.SearchStrategy[Answered]:
    """Draw an atom that lists answers."""
    listed = st.lists(st.sampled_from(VALUES[name]), min_size=1, unique=True)
    return st.builds(lambda is_in: Answered(name, is_in=tuple(is_in)), listed)


def bounds_of(
    name: str, bounds: st.SearchStrategy[Anything]
) -> st.SearchStrategy[Anything]:
    """Draw an atom that compares an answer."""
    kinds = st.sampled_from(["at_least", "at_most", "above", "below"])
    drawn = st.dictionaries(kinds, bounds, min_size=1, max_size=2)
    return drawn.map(lambda found: Answered(name, **found))


@st.composite
def conditions(draw: st.DrawFn, names: Sequence[str], depth: int = 2) -> Anything:
    """Draw a condition over a few questions."""
    kind = draw(
        st.sampled_from(["test", "declined", Not, Any, All][: 5 if depth else 2])
    )
    if kind is Not:
        return Not(draw(conditions(names, depth - 1)))
    if kind is Any or kind is All:
        size = draw(st.sampled_from([2, 3]))
        return kind(*[draw(conditions(names, depth - 1)) for _ in range(size)])
    name = draw(st.sampled_from(names))
    return draw(tests_of(name)) if kind == "test" else Declined(name)


@st.composite
def needs(draw: st.DrawFn, names: Sequence[str]) -> tuple[Anything, ...]:
    """Draw the needs of a feature: plain, tested, proven elsewhere, any of several."""
    size = draw(st.sampled_from([3, 2, 4, 3, 1, 0]))
    mixed = draw(st.permutations([*names, *names]))[:size]
    return tuple(dict.fromkeys([draw(needs_of(name, names)) for name in mixed]))


@st.composite
def needs_of(draw: st.DrawFn, name: str, names: Sequence[str]) -> Anything:
    """Draw a need of a question, or of one of several ways."""
    kind = draw(
        st.sampled_from(["several", "plain", "plain", "test", "several", "fact"])
    )
    if kind == "several":
        first = draw(st.one_of(st.just(name), st.just(name).flatmap(tests_of)))
        others = draw(st.permutations([*names, *FACTS]))[: draw(st.integers(1, 2))]
        parts = dict.fromkeys((first, *others))
        return Any(*parts) if len(parts) > 1 else first
    if kind == "fact":
        return draw(st.sampled_from(FACTS))
    return draw(tests_of(name)) if kind == "test" else name


@st.composite
def features(
    draw: st.DrawFn, name: str, names: Sequence[str], **more: Anything
) -> Feature:
    """Draw a feature."""
    drawn = draw(needs(names))
    needed = {name_of(m) for need in drawn for m in members(need)} & set(names)
    spared = [n for n in sorted(needed) if draw(st.integers(0, 3)) == 0]
    free = [n for n in names if n not in drawn]
    size = draw(st.sampled_from([len(free), 0, 1]))
    wants = draw(st.permutations(free))[:size]
    return Feature(
        name,
        needs=drawn,
        wants=wants,
        without=dict.fromkeys(spared, "We do it otherwise."),
        per_page=draw(st.integers(1, 3)),
        **more,
    )


EDGES = st.sampled_from(
    [(None, None)] * 3
    + [
        (timedelta(days=10), None),
        (None, timedelta(days=40)),
        (timedelta(days=10), timedelta(days=40)),
    ]
)


@st.composite
def wides(draw: st.DrawFn) -> Wide:
    """Draw up to four questions and two features, maybe one after the other."""
    mixed = draw(st.permutations(list(TYPES)))
    names = mixed[: draw(st.sampled_from([3, 4, 2, 4, 1]))]
    questions = {}
    for place, name in enumerate(names):
        is_guarded = place and draw(st.sampled_from([True, False, True]))
        guard = draw(conditions(names[:place])) if is_guarded else None
        questions[name] = Asked(guard, *draw(EDGES))
    after = draw(st.sampled_from([(), ("p",)]))
    return Wide(
        questions,
        (draw(features("p", names)), draw(features("f", names, after=after))),
    )


@st.composite
def knowns(draw: st.DrawFn, wide: Wide) -> Known:
    """Draw what somebody said to a few of the questions, when, and what is proven."""
    told = draw(st.sampled_from([1, 0, 2, 1, 3]))  # of three questions, about
    said = {
        name: draw(st.sampled_from([*VALUES[name], DECLINED]))
        for name in wide.questions
        if draw(st.integers(1, 3)) <= told
    }
    ages = st.integers(0, 45).map(lambda days: NOW - timedelta(days=days))
    return Known(
        said,
        {name: draw(ages) for name in said},
        draw(st.frozensets(st.sampled_from([fact.fact for fact in FACTS]))),
        NOW,
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Wide, Known]:
    """Draw a catalogue, and what is known."""
    wide = draw(wides())
    return wide, draw(knowns(wide))


def also(
    known: Known, more: Mapping[str, Anything], facts: Sequence[str] = ()
) -> Known:
    """Return what is known after more was said now; what was said stays."""
    new = {name: value for name, value in more.items() if name not in known.said}
    return replace(
        known,
        said={**known.said, **new},
        since={**known.since, **dict.fromkeys(new, known.now)},
        facts=frozenset((*known.facts, *facts)),
    )


# ── compiling ────────────────────────────────────────────────────────────────


def ask_of(name: str, one: Asked) -> Ask:
    """Return a question as a host asks it."""
    return Ask(
        f"{name}?",
        "For the test.",
        when=one.when,
        fresh_for=one.fresh_for,
        valid_for=one.valid_for,
    )


def plans(wide: Wide) -> dict[str, Plan]:
    """Return the features, compiled over questions of one model."""
    questions = guarded(
        DRAFTS,
        {
            name: Question(name=name, ask=ask_of(name, one), type=TYPES[name])
            for name, one in wide.questions.items()
        },
    )
    return Planner(questions, Reader(DRAFTS, questions), wide.features).plans()


def model_of(wide: Wide) -> type[BaseModel]:
    """Return the model as a host writes it."""
    fields = {
        name: (Annotated[TYPES[name] | None, ask_of(name, one)], None)  # type: ignore[operator]  # made of data
        for name, one in wide.questions.items()
    }
    return create_model("Profile", **fields)  # type: ignore[call-overload,no-any-return]  # made of data


def built(wide: Wide) -> Catalogue[BaseModel]:
    """Return it as the library compiles it, pydantic model and all."""
    rest = Feature("rest", wants=sorted(wide.questions))  # so that each is used
    return build_catalogue(model_of(wide), (*wide.features, rest))


def answers_of(plan: Plan, known: Known) -> dict[str, Answer]:
    """Return what was said as answers, without those that count no more."""
    answers = {
        name: Answer(
            account_id="a",
            question=name,
            reply=AnswerKind.DECLINED if value is DECLINED else AnswerKind.VALUE,
            value=None if value is DECLINED else value,
            source=Source.PERSON,
            answered_at=known.since[name],
        )
        for name, value in known.said.items()
    }
    return {
        name: answer
        for name, answer in answers.items()
        if name not in plan.path or not is_over(plan.path[name], answer, known.now)
    }


def decided(
    wide: Wide, known: Known, allowed: Allowance = FREE, feature: str = "f"
) -> Decision:
    """Return what the library decides."""
    plan = plans(wide)[feature]
    return decide(plan, answers_of(plan, known), allowed, known.now, known.facts)
