"""What a feature costs: the fewest and the most questions, and whether it can open."""

from datetime import datetime
from typing import Any as Anything

from onboarding.frozen import dataclass
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import Plan
from onboarding.profiling.partition import looks_at, parts_of
from onboarding.profiling.proof import NO_WAY, STEPS, TooManyError, Walk
from onboarding.profiling.rules import day_of
from onboarding.segments.model import Age, Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a feature costs somebody of whom nothing is known.

    Attributes:
        feature: Its name.
        fewest: The fewest questions after which it opens; None where it never does,
            or where that is not proven.
        most: The most questions that it asks, also of whom it closes on. Where it is
            not proven, every question that it may ask.
        is_proven: Whether every situation was looked at.
        budget: What it may cost, as it is declared.
    """

    feature: str
    fewest: int | None
    most: int
    is_proven: bool
    budget: int | None

    @property
    def never_opens(self) -> bool:
        """Whether it is proven that no answers open it."""
        return self.is_proven and self.fewest is None

    @property
    def is_over(self) -> bool:
        """Whether it is not shown to stay within its budget."""
        return self.budget is not None and self.most > self.budget


# ── a whole feature ──────────────────────────────────────────────────────────


def tests_of(reader: Reader, plan: Plan) -> list[Answered | Age]:
    """Return what the needs of a feature ask of answers, with JSON values."""
    return [
        reader.compiled("", member.declared).condition  # type: ignore[misc]  # an atom
        for group in plan.groups
        for member in group.ways
        if isinstance(member.declared, Answered | Age)
    ]


def walk_of(
    catalogue: Catalogue[Anything], plan: Plan, now: datetime, steps: int = STEPS
) -> tuple[Walk, bool]:
    """Return what walks a feature, and whether it knows every kind of answer."""
    reader = Reader(catalogue.drafts, catalogue.questions)
    looks = looks_at(plan.path, tests_of(reader, plan))
    parts = {
        name: parts_of(catalogue.drafts, question, looks[name], day_of(now))
        for name, question in plan.path.items()
    }
    is_exact = all(parts[name].is_exact for name in plan.hard)
    return Walk(plan, parts, now, steps), is_exact


def cost_of(
    catalogue: Catalogue[Anything], plan: Plan, now: datetime, steps: int = STEPS
) -> Cost:
    """Return what a feature costs somebody of whom nothing is known.

    Args:
        catalogue: The questions.
        plan: The feature.
        now: The present instant: ages are looked at on its day.
        steps: How many situations are looked at before this is given up.
    """
    name, budget, total = plan.feature.name, plan.feature.budget, len(plan.hard)
    walk, is_exact = walk_of(catalogue, plan, now, steps)
    try:
        ways = walk.ways(range(len(plan.groups)))
    except (TooManyError, RecursionError):  # or a chain longer than Python walks
        return Cost(
            feature=name, fewest=None, most=total, is_proven=False, budget=budget
        )
    most = max(ways.most, ways.closing, 0)
    return Cost(
        feature=name,
        fewest=ways.fewest if ways.fewest < -NO_WAY else None,
        most=most if is_exact else total,
        is_proven=is_exact,
        budget=budget,
    )
