"""Answers to older versions of a question, as its version of today takes them."""

import logging
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from onboarding.errors import ConfigError
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue, build_catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Ask,
    Feature,
    Source,
    Status,
)
from onboarding.profiling.rules import status
from onboarding.profiling.validation import usable
from onboarding.segments.model import Answered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def catalogue(
    kind: Any,  # any type of a field
    ask: Ask,
    **others: Any,  # further fields
) -> Catalogue[BaseModel]:
    """Return a catalogue of one question, ``q``, and what else is given."""
    fields = {"q": (Annotated[kind | None, ask], None), **others}
    return build_catalogue(
        create_model("Profile", **fields), [Feature("f", needs=["q"])]
    )


def answer(value: JsonValue, version: int, **changes: Any) -> Answer:
    """Return an answer to one version of the question."""
    return Answer(
        account_id="a",
        question="q",
        value=value,
        source=Source.PERSON,
        answered_at=NOW,
        version=version,
        **changes,
    )


def read(of: Catalogue[Any], *answers: Answer) -> dict[str, JsonValue]:
    """Return the values that count, by question."""
    found, _ = usable(of.drafts, of.questions, answers, NOW)
    return {name: one.value for name, one in found.items()}


def _step(number: int) -> Any:  # a converter
    return lambda value: f"{value}{number}"


@given(version=st.integers(1, 6), given_to=st.integers(1, 6))
def test_converters_compose(version: int, given_to: int) -> None:
    """Each step from its own version to today's, once and in order; none backwards."""
    steps = {step: _step(step) for step in range(1, version)}
    of = catalogue(str, Ask("Q?", "W.", version=version, convert=steps))
    told = read(of, answer("0", given_to))
    if given_to > version:  # an older release is back, and knows nothing of it
        assert told == {}
    else:
        assert told == {"q": "".join(map(str, [0, *range(given_to, version)]))}


def _raises(_: JsonValue) -> JsonValue:
    raise RuntimeError("a mistake in a converter")


@given(
    steps=st.lists(st.sampled_from(["raises", "same", "any"]), max_size=4),
    made=st.lists(JSON, min_size=4, max_size=4),
    given_to=st.integers(1, 6),
    value=JSON,
)
def test_converting_never_raises(
    steps: list[str], made: list[JsonValue], given_to: int, value: JsonValue
) -> None:
    """Whatever converters do, an answer is one that the field takes, or is none."""
    functions: dict[str, Any] = {"raises": _raises, "same": lambda old: old}
    convert = {
        number: functions.get(step, lambda _, made=made[number - 1]: made)
        for number, step in enumerate(steps, 1)
    }
    ask = Ask("Q?", "W.", version=len(steps) + 1, convert=convert)
    of = catalogue(Literal["a", "b"], ask)
    found, typed = usable(of.drafts, of.questions, [answer(value, given_to)], NOW)
    assert {one.value for one in found.values()} <= {"a", "b"}
    assert set(typed.values()) <= {"a", "b"}
    assert status(of.plans["f"], found, NOW) is (Status.OPEN if found else Status.ASK)


def test_guards_look_at_the_converted_answer() -> None:
    """And not at what was once stored."""
    genre = Ask("Q?", "W.", version=2, convert={1: {"ghosts": "ghost"}.get})
    guard = Answered(question="q", is_in=["ghost"])
    lamp = Annotated[str | None, Ask("Lamp?", "W.", when=guard)]
    model = create_model(
        "Profile",
        q=(Annotated[Literal["ghost", "novel"] | None, genre], None),
        lamp=(lamp, None),
    )
    of = build_catalogue(model, [Feature("f", needs=["lamp"])])
    old = answer("ghosts", 1)
    lit = Answer(
        account_id="a",
        question="lamp",
        value="oil",
        source=Source.PERSON,
        answered_at=NOW,
    )
    found, _ = usable(of.drafts, of.questions, [old, lit], NOW)
    assert found["q"].value == "ghost"
    assert status(of.plans["f"], found, NOW) is Status.OPEN


def test_what_was_declined_stays_so_through_versions() -> None:
    """There is nothing to convert in it."""
    ask = Ask("Q?", "W.", version=2, convert={1: _raises})
    declined = answer(None, 1, reply=AnswerKind.DECLINED)
    of = catalogue(Literal["a"], ask)
    found, _ = usable(of.drafts, of.questions, [declined], NOW)
    assert found == {"q": declined}


def test_a_converter_that_fails_is_heard_of(caplog: pytest.LogCaptureFixture) -> None:
    """By its developer, in the log: which step, what was raised; never the answer."""

    def quotes(value: JsonValue) -> JsonValue:
        raise LookupError(f"no such thing: {value}")

    of = catalogue(Literal["a"], Ask("Q?", "W.", version=2, convert={1: quotes}))
    with caplog.at_level(logging.WARNING, logger="onboarding"):
        assert read(of, answer("a secret", 1)) == {}
    assert caplog.messages == ["q: convert[1] raised LookupError"]


def test_after_a_step_that_fails_no_other_is_made() -> None:
    """What it left is no answer to anything."""
    steps = {1: _raises, 2: lambda _: "a"}
    of = catalogue(Literal["a"], Ask("Q?", "W.", version=3, convert=steps))
    assert read(of, answer("a", 1)) == {}
    assert read(of, answer("b", 2)) == {"q": "a"}


@pytest.mark.parametrize(
    ("given_for", "asked_for", "counts"),
    [
        (None, None, True),
        ("shelf", "shelf", True),
        ("post", "shelf", False),
        ("shelf", None, False),
        pytest.param(None, "shelf", True, id="before purposes were declared"),
    ],
)
def test_an_answer_counts_for_what_it_was_given_for(
    given_for: str | None, asked_for: str | None, *, counts: bool
) -> None:
    """And for nothing that the question is asked for since."""
    of = catalogue(str, Ask("Q?", "W.", purpose=asked_for))
    assert bool(read(of, answer("a", 1, purpose=given_for))) is counts


async def _waits(value: JsonValue) -> JsonValue:
    return value


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        pytest.param(Ask("Q?", "W.", version=0), "the first version is 1", id="zero"),
        pytest.param(
            Ask("Q?", "W.", version=2, convert={0: _raises, 1: _raises}),
            "converts answers to version 0",
            id="from zero",
        ),
        pytest.param(
            Ask("Q?", "W.", version=3, convert={2: str}),
            "nothing converts answers to version 1; write Ask(…, convert={1: …})",
            id="a step is missing",
        ),
        pytest.param(
            Ask("Q?", "W.", convert={1: str}),
            "write version=2, or take this away",
            id="a step too much",
        ),
        pytest.param(
            Ask("Q?", "W.", version=2, convert={1: _waits}),  # type: ignore[dict-item]
            "is async",
            id="async",
        ),
        pytest.param(
            Ask("Q?", "W.", version=True),
            "version",
            id="no number",
        ),
        pytest.param(
            Ask("Q?", "W.", version=2, convert={1: "str"}),  # type: ignore[dict-item]
            "convert",
            id="no function",
        ),
    ],
)
def test_a_version_that_answers_could_not_reach(ask: Ask, said: str) -> None:
    """It fails when the application is built, with what to write."""
    with pytest.raises(ConfigError) as refused:
        catalogue(str, ask)
    assert "Profile.q" in str(refused.value)
    assert said in str(refused.value)


def test_the_version_is_part_of_the_catalogues() -> None:
    """So that whoever remembers a decision by it decides again."""
    one = catalogue(str, Ask("Q?", "W."))
    two = catalogue(str, Ask("Q?", "W.", version=2, convert={1: str}))
    assert one.version != two.version
