"""Refuses what no answer can meet, where one question is enough to see it.

That costs next to nothing, so it is done whenever an application is built. What takes
several questions to see is for ``onboarding profile check``.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any as Anything

from onboarding.errors import ConfigError
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import Plan, Question
from onboarding.profiling.needs import Alternative
from onboarding.profiling.partition import Parts, parts_of
from onboarding.segments.model import Age, Answered, Mark
from onboarding.segments.rules import TRUE, Compiled, atoms

ANY_DAY = date(2000, 6, 15)
"""Ages contradict each other on every day or on none."""


def check_possible(
    drafts: Drafts[Anything], questions: Mapping[str, Question], plans: Iterable[Plan]
) -> None:
    """Refuse limits, guards and needs that nothing can meet.

    Args:
        drafts: Of the host's profile.
        questions: By name.
        plans: The features.

    Raises:
        ConfigError: Naming the culprits.
    """
    for question in questions.values():
        _check_limits(drafts, question)
        if question.guard and len(question.guard.names) == 1:
            _check_guard(drafts, questions, question, question.guard)
    reader = Reader(drafts, questions)
    seen: set[str] = set()
    for plan in plans:
        for name, members in _tested(plan).items():
            told = " and ".join(repr(member.declared) for member in members)
            if told not in seen:
                seen.add(told)
                _check_needs(drafts, reader, plan, questions[name], members)


def _check_limits(drafts: Drafts[Anything], question: Question) -> None:
    if len(question.constraints) == 0:
        return
    pairs = (("ge", "le"), ("gt", "le"), ("ge", "lt"), ("gt", "lt"))
    for low, high in (*pairs, ("min_length", "max_length")):
        least: Anything = question.limit(low)
        most: Anything = question.limit(high)
        if least is None or most is None:
            continue
        if least > most or (least == most and {low, high} & {"gt", "lt"}):
            raise ConfigError(
                f"{drafts.model.__name__}.{question.name}: no answer is within "
                f"{low}={least!r} and {high}={most!r}; change one of them"
            )


def _check_guard(
    drafts: Drafts[Anything],
    questions: Mapping[str, Question],
    question: Question,
    guard: Compiled,
) -> None:
    looked_at = questions[guard.names[0]]
    looks = list(atoms(guard.condition))
    if _mixes(looked_at, looks):
        return
    parts = parts_of(drafts, looked_at, looks, ANY_DAY)
    values = [*parts.values, *([Mark.DECLINED] if parts.may_decline else [])]
    # A guard that is true where something does not apply is true then.
    values += [Mark.ABSENT] if looked_at.guard else []
    if parts.is_exact and not any(
        guard.test({looked_at.name: value}, ANY_DAY) is TRUE for value in values
    ):
        raise ConfigError(
            f"{drafts.model.__name__}.{question.name}: no answer to "
            f"{looked_at.name!r} makes its guard true, so nobody is ever asked; mend "
            f"or drop when={question.ask.when!r}"
        )


def _tested(plan: Plan) -> dict[str, list[Alternative]]:
    """Return the tests that all have to hold, by the question that they look at."""
    found: dict[str, list[Alternative]] = {}
    for group in plan.groups:
        [member, *others] = group.ways
        if not others and member.test is not None and not member.is_spared:
            found.setdefault(member.name, []).append(member)
    return found


def _check_needs(
    drafts: Drafts[Anything],
    reader: Reader,
    plan: Plan,
    question: Question,
    members: list[Alternative],
) -> None:
    looks: list[Answered | Age] = [
        reader.compiled("", m.declared).condition  # type: ignore[misc, arg-type]  # an atom
        for m in members
    ]
    if _mixes(question, looks):
        return
    parts = parts_of(drafts, question, looks, ANY_DAY)
    if parts.is_exact and not _is_met(question, members, parts):
        told = " and ".join(repr(member.declared) for member in members)
        raise ConfigError(
            f"Feature {plan.feature.name!r} never opens: no answer to "
            f"{question.name!r} meets {told}; change or drop one"
        )


def _is_met(question: Question, members: list[Alternative], parts: Parts) -> bool:
    return any(
        all(m.test and m.test({question.name: v}, ANY_DAY) is TRUE for m in members)
        for v in parts.values
    )


def _mixes(question: Question, looks: Iterable[object]) -> bool:
    """Tell whether ages stand beside days, so that it hangs on what day it is."""
    found = list(looks)
    is_aged = any(isinstance(atom, Age) for atom in found)
    has_days = any(isinstance(atom, Answered) for atom in found) or any(
        question.limit(name) is not None for name in ("ge", "gt", "le", "lt")
    )
    return is_aged and has_days
