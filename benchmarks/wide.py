"""Wide catalogues: up to ten thousand questions and a thousand features, made by dice.

Three of ten questions have a guard, which looks at one of the forty before it; a
feature needs three to twelve questions of forty that stand together. What it hangs on
is eleven questions in the middle, and thirty at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Literal

from pydantic import BaseModel, create_model

from onboarding import Answered, Ask, Feature

FEATURES = 1000
NEAR = 40
OPTIONS = ("a", "b", "c")
NUMBERS = (3, 20)
OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Guard:
    """What an answer must be: one of these texts, or a number of at least eighteen."""

    question: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wide:
    """Questions by name, each with its guard, after what that looks at; and features.

    Attributes:
        guards: The guard of each question, or None.
        numbers: The questions whose answers are numbers.
        features: What each needs, by name.
    """

    guards: Mapping[str, Guard | None]
    numbers: frozenset[str]
    features: Mapping[str, tuple[str, ...]]


def wide(count: int, dice: Random) -> Wide:
    """Return so many questions and a thousand features."""
    names = [f"q{n}" for n in range(count)]
    numbers = frozenset(name for name in names if dice.random() < 1 / 4)
    guards: dict[str, Guard | None] = {}
    for place, name in enumerate(names):
        guards[name] = None
        if place and dice.random() < 3 / 10:
            looked_at = names[dice.randrange(max(0, place - NEAR), place)]
            texts = () if looked_at in numbers else tuple(dice.sample(OPTIONS, 2))
            guards[name] = Guard(looked_at, texts)
    features = {}
    for n in range(FEATURES):
        first = n * max(count - NEAR, 0) // FEATURES
        near = names[first : first + NEAR]
        features[f"feature-{n}"] = tuple(
            dice.sample(near, min(dice.randint(3, 12), len(near)))
        )
    return Wide(guards, numbers, features)


def on_the_way(case: Wide, needs: Iterable[str]) -> dict[str, None]:
    """Return some questions and all that their guards look at, each once."""
    names: dict[str, None] = {}
    waiting = list(needs)
    for name in waiting:
        names[name] = None
        guard = case.guards[name]
        waiting += [guard.question] if guard and guard.question not in names else []
    return names


def said(case: Wide, feature: str, dice: Random) -> dict[str, str | int]:
    """Return what somebody said, to seven of ten questions that a feature hangs on."""
    names = on_the_way(case, case.features[feature])
    values: dict[bool, Sequence[str | int]] = {True: NUMBERS, False: OPTIONS}
    return {
        name: dice.choice(values[name in case.numbers])
        for name in names
        if dice.random() < 7 / 10
    }


def profile(case: Wide) -> type[BaseModel]:
    """Return the profile model with these questions."""
    fields: dict[str, Any] = {}
    used = on_the_way(case, (n for names in case.features.values() for n in names))
    for name, guard in case.guards.items():
        when = None
        if guard is not None:
            when = (
                Answered(guard.question, is_in=guard.texts)
                if guard.texts
                else Answered(guard.question, at_least=OF_AGE)
            )
        ask = Ask(
            "What is it?",
            why="A benchmark asks.",
            when=when,
            unused=None if name in used else "It makes the catalogue wider.",
        )
        kind = int if name in case.numbers else Literal[OPTIONS]
        fields[name] = (Annotated[kind | None, ask], None)
    return create_model("Profile", **fields)


def features(case: Wide) -> Sequence[Feature]:
    """Return the features with their needs."""
    return [Feature(name, needs=names) for name, names in case.features.items()]
