"""Small catalogues for properties: as the reference has them, and compiled."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Feature,
    Plan,
    Question,
    Source,
)
from onboarding.profiling.no_profile import NoProfile
from onboarding.profiling.plans import Planner
from onboarding.segments.model import Answered
from onboarding.segments.rules import compiled as ready
from tests.profiling.reference import DECLINED, VALUES, Asked, Said, Small

NAMES = ("q1", "q2", "q3", "q4", "q5")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEATURE = "f"


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    """Draw a catalogue of up to five questions, guarded by others at random."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    order = draw(st.permutations(names))
    questions = {}
    for place, name in enumerate(order):
        guard = draw(st.sampled_from([None, *order[:place]]))
        is_in = draw(st.sets(st.sampled_from(VALUES), min_size=1))
        questions[name] = Asked(guard, frozenset(is_in)) if guard else Asked()
    roles = {
        name: draw(st.sampled_from(["need", "need", "want", ""])) for name in names
    }
    return Small(
        questions={name: questions[name] for name in names},
        needs=tuple(n for n in draw(st.permutations(names)) if roles[n] == "need"),
        wants=tuple(n for n in draw(st.permutations(names)) if roles[n] == "want"),
    )


def saids(small: Small) -> st.SearchStrategy[Said]:
    """Draw what somebody said to a few of the questions."""
    values = st.sampled_from([None, *VALUES, DECLINED])
    drawn = st.fixed_dictionaries(dict.fromkeys(small.questions, values))
    return drawn.map(lambda found: {n: v for n, v in found.items() if v is not None})


@st.composite
def situations(draw: st.DrawFn) -> tuple[Small, Said]:
    """Draw a catalogue, and what somebody said."""
    small = draw(smalls())
    return small, draw(saids(small))


def model_of(small: Small) -> type[BaseModel]:
    """Return the pydantic model of a small catalogue."""
    fields = {
        name: (
            Annotated[
                Literal["a", "b"] | None,
                Ask(
                    f"{name}?",
                    "For the test.",
                    when=Answered(question=asked.guard, is_in=sorted(asked.is_in))
                    if asked.guard
                    else None,
                ),
            ],
            None,
        )
        for name, asked in small.questions.items()
    }
    return create_model("Profile", **fields)  # type: ignore[call-overload,no-any-return]  # made of data


def feature_of(small: Small) -> Feature:
    """Return the feature of a small catalogue, as a host declares it."""
    return Feature(FEATURE, needs=small.needs, wants=small.wants, per_page=2)


def compiled(small: Small) -> Catalogue[BaseModel]:
    """Return a small catalogue as the library compiles it, pydantic model and all."""
    rest = Feature("rest", wants=sorted(small.questions))  # so that each is used
    return build_catalogue(model_of(small), [feature_of(small), rest])


def planned(small: Small) -> Plan:
    """Return the feature alone, compiled over ready-made questions: much faster."""
    questions: dict[str, Question] = {}

    def add(name: str) -> None:
        asked = small.questions[name]
        guard = None
        if asked.guard:
            add(asked.guard)
            guard = ready(Answered(asked.guard, is_in=sorted(asked.is_in)))
        ask = Ask(f"{name}?", "For the test.")
        questions.setdefault(name, Question(name=name, ask=ask, type=str, guard=guard))

    for name in small.questions:
        add(name)
    reader = Reader(Drafts(NoProfile), questions)
    return Planner(questions, reader, [feature_of(small)]).plans()[FEATURE]


def answered(said: Said) -> dict[str, Answer]:
    """Return what somebody said as answers."""
    return {
        name: Answer(
            account_id="a",
            question=name,
            reply=AnswerKind.DECLINED if value is DECLINED else AnswerKind.VALUE,
            value=None if value is DECLINED else str(value),
            source=Source.PERSON,
            answered_at=NOW,
        )
        for name, value in said.items()
    }
