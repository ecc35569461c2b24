"""The nouns of the journey: a funnel, its steps, and the report on it."""

from dataclasses import dataclass
from datetime import timedelta

from onboarding.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """An ordered path of events that people are expected to walk.

    Attributes:
        steps: Event classes in order, at least two.
        within: How long the whole path may take for one person.
    """

    name: str
    steps: tuple[type[Event], ...]
    within: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How many people reached one step of a funnel.

    Attributes:
        people: Accounts that reached it within the window, merged ones as one.
        dropped: How many of the step before did not.
        median_seconds: Median time since the step before, None for the first.
    """

    event: str
    people: int
    dropped: int
    median_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelReport:
    """A funnel's steps with their counts, first to last."""

    funnel: str
    steps: tuple[Step, ...]

    @property
    def worst(self) -> Step | None:
        """The step after the first that lost most people, or None when none did."""
        losing = [step for step in self.steps[1:] if step.dropped]
        return max(losing, key=lambda step: step.dropped, default=None)
