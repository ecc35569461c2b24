"""The nouns of the journey: a funnel, its steps, and the report on it."""

from datetime import timedelta

from onboarding.errors import ConfigError
from onboarding.events import Event
from onboarding.events.base import check_event
from onboarding.events.names import EVENT_NAME, only_one
from onboarding.frozen import dataclass
from onboarding.shapes import check_fields, several


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """An ordered path of events that people are expected to walk.

    Attributes:
        name: Lower case, digits and underscores.
        steps: Event classes in order, at least two. One may stand there again:
            (OrderPlaced, OrderPlaced) is the way to the second order.
        within: How long the whole path may take for one person.
        goal: The step that matters, where it stands last; those after it are
            optional, and losing people there is no loss. The last step by default.

    Raises:
        ConfigError: When that is not what it holds.
    """

    name: str
    steps: tuple[type[Event], ...]
    within: timedelta = timedelta(days=30)
    goal: type[Event] | None = None

    def __post_init__(self) -> None:
        where = f"Funnel {self.name!r}"
        steps = several(f"{where}: steps", self.steps, "(CartFilled, OrderPlaced)")
        object.__setattr__(self, "steps", steps)
        for step in (*steps, *([] if self.goal is None else [self.goal])):
            check_event(f"{where}: a step", step)
        check_fields(self, where)
        if not EVENT_NAME.match(self.name):
            raise self._error("write its name in lower case, digits and underscores")
        if len(steps) < 2:
            raise self._error("give at least two steps; a funnel goes from one to next")
        known: dict[str, type[Event]] = {}
        for step in steps:
            known[step.name] = only_one(known.get(step.name), step)
        if self.within <= timedelta(0):
            raise self._error("within must be longer than nothing")
        if self.goal is not None and self.goal not in steps[1:]:
            raise self._error("the goal must be one of the steps after the first")

    def _error(self, advice: str) -> ConfigError:
        return ConfigError(f"Funnel {self.name!r}: {advice}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How many people reached one step of a funnel.

    Attributes:
        event: The name of the event.
        people: Accounts that reached it within the window, merged ones as one.
        dropped: How many of the step before did not.
        median: Median time since the step before, None for the first and for one
            that nobody reached.
    """

    event: str
    people: int
    dropped: int
    median: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelReport:
    """A funnel's steps with their counts, first to last."""

    funnel: Funnel
    steps: tuple[Step, ...]

    @property
    def worst(self) -> Step | None:
        """The step up to the goal that lost most people, or None when none did.

        Of two that lost as many, the earlier one.
        """
        steps = self.funnel.steps
        upto = len(steps) - steps[::-1].index(self.funnel.goal or steps[-1])
        losing = [step for step in self.steps[1:upto] if step.dropped]
        return max(losing, key=lambda step: step.dropped, default=None)
