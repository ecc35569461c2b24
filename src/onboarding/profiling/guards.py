"""Checks and compiles guards: which question applies only after which answer."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from onboarding.errors import ConfigError, InvalidAnswer
from onboarding.names import unknown
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.model import Answered, Guard, Question
from onboarding.profiling.rules import canonical
from onboarding.profiling.validation import check, stored


def guarded(
    drafts: Drafts[Any], questions: Mapping[str, Question]
) -> dict[str, Question]:
    """Return the questions with their guards, each after the one its guard looks at.

    Raises:
        ConfigError: When a guard looks at no question, at itself, round in a circle,
            or for something that is never an answer.
    """
    order: dict[str, None] = {}
    for name in questions:
        order.update(dict.fromkeys(reversed(_chain(drafts.model, questions, name))))
    return {name: _compiled(drafts, questions[name]) for name in order}


def _chain(
    model: type[BaseModel], questions: Mapping[str, Question], name: str
) -> list[str]:
    """Return a question, the one that its guard looks at, and so on."""
    chain = [name]
    while when := questions[chain[-1]].ask.when:
        where = f"{model.__name__}.{chain[-1]}"
        if when.question not in questions:
            raise ConfigError(
                f"{where}: its guard looks at "
                f"{unknown('question', when.question, questions)}"
            )
        if when.question in chain:
            circle = " → ".join([*chain, when.question])
            raise ConfigError(
                f"{where}: guards go round in a circle ({circle}), so these are never "
                "asked; drop one when="
            )
        chain.append(when.question)
    return chain


def _compiled(drafts: Drafts[Any], question: Question) -> Question:
    when = question.ask.when
    if when is None:
        return question
    where = f"{drafts.model.__name__}.{question.name}"
    listed: object = when.is_in
    if isinstance(listed, str) or not isinstance(listed, Collection) or not listed:
        raise ConfigError(
            f"{where}: list the answers that make it apply, as in "
            f'Answered(question="{when.question}", is_in=["…"])'
        )
    is_in = frozenset(_kept(drafts, where, when, value) for value in when.is_in)
    return replace(question, guard=Guard(question=when.question, is_in=is_in))


def _kept(drafts: Drafts[Any], where: str, when: Answered, value: object) -> str:
    try:
        typed = check(drafts, {}, when.question, value)
        return canonical(stored(drafts, when.question, typed))
    except InvalidAnswer:
        raise ConfigError(
            f"{where}: {value!r} is never an answer to {when.question!r}, so this "
            "would not be asked; write a value that the model accepts"
        ) from None
