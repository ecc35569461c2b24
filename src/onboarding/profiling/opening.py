"""Which features a change of answers opens, and which it closes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import Status
from onboarding.profiling.rules import Answers, status


def open_among(
    answers: Answers,
    catalogue: Catalogue[Any],
    questions: Iterable[str],
    now: datetime,
    facts: Collection[str],
) -> set[str]:
    """Return the features that are open, of those whose needs hang on questions.

    Before a change and after it, this tells what the change opens and closes.

    Args:
        answers: What was said and is usable.
        catalogue: The questions and features.
        questions: The names of those that change.
        now: The present instant.
        facts: What is proven elsewhere.
    """
    touched = {f for name in questions for f in catalogue.dependents[name]}
    return {
        name
        for name in touched
        if status(catalogue.plans[name], answers, now, facts) is Status.OPEN
    }
