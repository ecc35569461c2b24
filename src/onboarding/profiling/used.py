"""Refuses questions that nobody can say what they are for.

A question is used where a feature needs or wants it, or where a guard looks at it that
decides about one that is used. Any other is asked under "My data" alone. There may be a
reason for that, and whoever writes the question knows it.
"""

from collections.abc import Iterable, Mapping

from onboarding.errors import ConfigError
from onboarding.profiling.model import Plan, Question
from onboarding.profiling.plans import path
from onboarding.visible import is_blank


def check_used(
    model: str, questions: Mapping[str, Question], plans: Iterable[Plan]
) -> None:
    """Refuse a question that no feature uses, unless it says why it is there.

    Args:
        model: What the host's profile is called, for the errors.
        questions: By name, each after all that its guard looks at.
        plans: The features.

    Raises:
        ConfigError: Naming the question and both ways out; also where ``unused=`` says
            nothing, or stands at a question that a feature uses.
    """
    used = {name: plan.feature.name for plan in plans for name in plan.path}
    excused = [name for name, one in questions.items() if one.ask.unused is not None]
    for name in excused:
        where = f"{model}.{name}"
        if is_blank(questions[name].ask.unused or ""):
            raise ConfigError(
                f'{where}: unused= says nothing; write unused="Asked by the newsletter '
                'form."'
            )
        if name in used:
            raise ConfigError(
                f"{where} says that no feature uses it (unused=), and feature "
                f"{used[name]!r} does; drop unused="
            )
    order = {name: place for place, name in enumerate(questions)}
    kept = path(questions, order, excused)
    for name in questions:
        if name not in used and name not in kept:
            raise ConfigError(
                f"{model}.{name} is a question that no feature uses: name it in needs= "
                "or wants= of the feature that it is for, or say why it is asked all "
                'the same: Ask(…, unused="Asked by the newsletter form.")'
            )
