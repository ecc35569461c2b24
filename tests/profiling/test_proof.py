"""What a feature costs: held against every way that anybody may take."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Literal

from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, create_model

from onboarding.attention.model import Allowance
from onboarding.errors import ConfigError
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.costs import cost_of
from onboarding.profiling.deciding import decide
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Feature,
    Plan,
    Source,
    Status,
)
from onboarding.profiling.needs import Linked, Proven
from onboarding.segments.model import Age, All, Answered, Any, Condition, Declined, Not

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = ("letters", "number", "born")
VALUES: Mapping[str, list[object]] = {
    "letters": ["a", "b", "c"],
    "number": [1, 2, 3, 4],
    "born": ["2026-03-02", "2020-01-01", "2008-03-02", "2008-03-01", "1920-01-01"],
}
TYPES: Mapping[str, object] = {
    "letters": Literal["a", "b", "c"],
    "number": Annotated[int, Field(ge=1, le=4)],
    "born": date,
}


@st.composite
def atoms(draw: st.DrawFn, name: str, kind: str, *, declines: bool) -> Condition:
    """Draw what looks at one question."""
    if declines and draw(st.integers(0, 5)) == 0:
        return Declined(name)
    if kind == "letters":
        some = draw(st.sets(st.sampled_from("abc"), min_size=1, max_size=2))
        return Answered(name, is_in=sorted(some))
    if kind == "number":
        bound = draw(st.integers(0, 5))
        how = draw(st.sampled_from(["at_least", "at_most", "above", "below"]))
        return Answered(name, **{how: bound})
    how = draw(st.sampled_from(["at_least", "below"]))
    return Age(name, **{how: draw(st.sampled_from([18, 65]))})


@st.composite
def guards(draw: st.DrawFn, before: list[tuple[str, str]]) -> Condition | None:
    """Draw a guard over questions that come before it."""
    if not before or draw(st.booleans()):
        return None
    parts = [
        draw(atoms(name, kind, declines=True))
        for name, kind in draw(
            st.lists(st.sampled_from(before), min_size=1, max_size=2)
        )
    ]
    parts = [Not(one) if draw(st.integers(0, 3)) == 0 else one for one in parts]
    if len(parts) == 1:
        return parts[0]
    return draw(st.sampled_from([All, Any]))(*parts)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue[BaseModel]:
    """Draw up to four questions, and two features of which one may come first."""
    kinds: list[tuple[str, str]] = []
    fields: dict[str, object] = {}
    for place in range(draw(st.integers(1, 4))):
        name, kind = f"q{place}", draw(st.sampled_from(KINDS))
        ask = Ask(
            f"{name}?",
            "For the test.",
            when=draw(guards(kinds)),
            declinable=draw(st.booleans()),
        )
        fields[name] = (Annotated[TYPES[kind] | None, ask], None)  # type: ignore[operator]
        kinds.append((name, kind))
    model = create_model("Profile", **fields)  # type: ignore[call-overload]
    may_be_spared = {
        n
        for n, (annotated, _) in fields.items()  # type: ignore[misc]
        if annotated.__metadata__[0].declinable
    }

    def need(name: str, kind: str) -> object:
        if draw(st.booleans()):
            return name
        return draw(atoms(name, kind, declines=False))

    def feature(name: str, after: tuple[str, ...] = ()) -> Feature:
        needs: list[object] = []
        unused = draw(st.permutations(kinds))
        while unused:
            size = draw(st.integers(1, 3))
            some, unused = unused[:size], unused[size:]
            group = [need(*one) for one in some]
            if draw(st.integers(0, 7)) == 0:
                group.append(draw(st.sampled_from([Proven(), Linked()])))
            needs.append(Any(*group) if len(group) > 1 else group[0])  # type: ignore[arg-type]
            if draw(st.booleans()):
                break
        named = {getattr(n, "question", n) for n in _flat(needs)} & may_be_spared
        spared = draw(st.sets(st.sampled_from(sorted(named)))) if named else set()
        return Feature(
            name,
            needs=needs,  # type: ignore[arg-type]
            without=dict.fromkeys(spared, "It does."),
            after=after,
        )

    features = [
        feature("one"),
        feature("two", draw(st.sampled_from([(), ("one",)]))),
        Feature("rest", wants=[name for name, _ in kinds]),  # so that each is used
    ]
    try:
        return build_catalogue(model, features)
    except ConfigError:  # what nothing could meet is refused, and costs nothing
        reject()


def _flat(needs: list[object]) -> list[object]:
    return [p for n in needs for p in (n.parts if isinstance(n, Any) else [n])]


def every_way(catalogue: Catalogue[BaseModel], plan: Plan) -> tuple[int | None, int]:
    """Return the fewest and the most answers over every way, each one taken."""
    values = {
        name: next(
            VALUES[kind]
            for kind in KINDS
            if (q.type, *q.constraints) == _type_of(kind) or q.type == TYPES[kind]
        )
        for name, q in plan.path.items()
    }

    def replies(name: str) -> list[object]:
        declines = [None] if plan.path[name].ask.declinable else []
        return [*values[name], *declines]

    @cache
    def walk(
        said: frozenset[tuple[str, object]], facts: frozenset[str]
    ) -> tuple[float, int]:
        answers = {
            n: Answer(
                account_id="a",
                question=n,
                reply=AnswerKind.DECLINED if v is None else AnswerKind.VALUE,
                value=v,  # type: ignore[arg-type]
                source=Source.PERSON,
                answered_at=NOW,
            )
            for n, v in said
        }
        decision = decide(plan, answers, Allowance(left=0), NOW, facts)
        if decision.status is not Status.ASK:
            is_open = decision.status is Status.OPEN
            return (len(said) if is_open else float("inf")), len(said)
        others = {name for names in decision.instead.values() for name in names}
        asked = {*decision.must, *others, *(fact.fact for fact in decision.facts)}
        proofs = asked - plan.path.keys()
        after = [walk(said, facts | {name}) for name in proofs]
        after += [
            walk(said | {(name, value)}, facts)
            for name in asked
            if name in plan.path
            for value in replies(name)
        ]
        return (
            min((few for few, _ in after), default=float("inf")),
            max((many for _, many in after), default=len(said)),
        )

    few, many = walk(frozenset(), frozenset())
    return (None if few == float("inf") else int(few)), many


def _type_of(kind: str) -> tuple[object, ...]:
    annotated = TYPES[kind]
    inner = getattr(annotated, "__metadata__", ())
    flat = [m for f in inner for m in getattr(f, "metadata", [f])]
    return (getattr(annotated, "__origin__", annotated), *flat)


@settings(deadline=None, max_examples=300)
@given(catalogue=catalogues())
def test_what_is_stated_is_what_every_way_costs(
    catalogue: Catalogue[BaseModel],
) -> None:
    """The fewest is reached, the most is never exceeded, and both are met."""
    for plan in catalogue.plans.values():
        cost = cost_of(catalogue, plan, NOW)
        assert cost.is_proven
        assert every_way(catalogue, plan) == (cost.fewest, cost.most)
