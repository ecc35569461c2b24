"""What a feature costs: the fewest and the most questions, and whether it can open.

The proof walks the very rules that decide (``deciding.decide``), from nobody known
anything to open or closed, over one answer of each kind that conditions tell apart
(``partition``). What nothing joins is walked by itself: needs that look at no common
unknown question cost what they cost together. So a question on which a hundred others
hang costs a hundred walks, and not two to the hundredth.

Facts to prove are no questions: they cost nothing, and can be proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any as Anything

from onboarding.attention.model import Allowance
from onboarding.frozen import dataclass
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.deciding import decide
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import Answer, AnswerKind, Plan, Source
from onboarding.profiling.needs import Group
from onboarding.profiling.partition import Parts, looks_at, parts_of
from onboarding.profiling.rules import FALSE, TRUE, day_of, known_to, met
from onboarding.segments.model import Age, Answered, Mark

STEPS = 20_000
"""Situations that are looked at for one feature; more are not, and it is said."""

NEVER = -(10**9)
"""How long a way is that there is not."""


class TooManyError(Exception):
    """There are more situations than are looked at."""


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


@dataclass(frozen=True, slots=True)
class Ways:
    """What lies before somebody: questions until it opens, and until it closes.

    Attributes:
        fewest: The fewest until it opens; ``-NEVER`` where it never does.
        most: The most without closing it.
        closing: The most until it closes; ``NEVER`` where nothing does.
    """

    fewest: int
    most: int
    closing: int


OPENED = Ways(0, 0, NEVER)
CLOSED = Ways(-NEVER, NEVER, 0)

State = tuple[tuple[int, ...], frozenset[tuple[str, int]], frozenset[str]]


class Walk:
    """Walks all that may become of somebody who opens one feature.

    Args:
        plan: The feature.
        parts: The kinds of answer of each question on its path.
        now: The present instant.
        steps: How many situations are looked at.
    """

    def __init__(
        self, plan: Plan, parts: Mapping[str, Parts], now: datetime, steps: int = STEPS
    ):
        self._plan = plan
        self._now = now
        self._today = day_of(now)
        self._left = steps
        self._answers = {
            name: tuple(_replies(name, parts[name], now)) for name in plan.path
        }
        self._known: dict[State, Ways] = {}

    def ways(self, groups: Sequence[int]) -> Ways:
        """Return what lies before somebody, for some of the needs.

        Raises:
            TooManyError: When there is more than is looked at.
        """
        return self._ways(tuple(groups), {}, frozenset())

    def _ways(
        self, groups: tuple[int, ...], said: Mapping[str, int], facts: frozenset[str]
    ) -> Ways:
        answers = {name: self._answers[name][kind] for name, kind in said.items()}
        found = known_to(self._plan, answers, self._today, facts)
        open_ones: list[int] = []
        for place in groups:
            truth = met(self._plan.groups[place], found, self._today)
            if truth is FALSE:
                return CLOSED
            if truth is not TRUE:
                open_ones.append(place)
        ways = [
            self._together(some, names, said, facts)
            for some, names in self._apart(open_ones, found)
        ]
        return _sum(ways)

    def _apart(
        self, groups: Sequence[int], found: Mapping[str, object]
    ) -> Iterator[tuple[tuple[int, ...], set[str]]]:
        """Yield needs that look at a common unknown, and what they look at."""
        joined: list[tuple[list[int], set[str]]] = []
        for place in groups:
            names = self._unknown(self._plan.groups[place], found)
            apart = [one for one in joined if not one[1] & names]
            together = [one for one in joined if one[1] & names]
            places = [n for some, _ in together for n in some]
            names = names.union(*[seen for _, seen in together])
            joined = [*apart, ([*places, place], names)]
        for some, names in joined:
            yield tuple(sorted(some)), names

    def _unknown(self, group: Group, found: Mapping[str, object]) -> set[str]:
        names: set[str] = set()
        waiting = [member.name for member in group.members]
        while waiting:
            here = waiting.pop()
            if found[here] is Mark.UNKNOWN and here not in names:
                names.add(here)
                question = self._plan.path.get(here)
                waiting += question.guard.names if question and question.guard else ()
        return names

    def _together(
        self,
        groups: tuple[int, ...],
        names: set[str],
        said: Mapping[str, int],
        facts: frozenset[str],
    ) -> Ways:
        below = self._below(groups, names)
        here = {name: kind for name, kind in said.items() if name in below}
        state = (groups, frozenset(here.items()), facts & below)
        if state not in self._known:
            if self._left <= 0:
                raise TooManyError
            self._left -= 1
            self._known[state] = self._step(groups, here, facts & below)
        return self._known[state]

    def _below(self, groups: Sequence[int], names: set[str]) -> set[str]:
        """Return all that some needs hang on, known or not."""
        found: set[str] = set()
        waiting = [m.name for n in groups for m in self._plan.groups[n].members]
        waiting += names
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                question = self._plan.path.get(here)
                waiting += question.guard.names if question and question.guard else ()
        return found

    def _step(
        self, groups: tuple[int, ...], said: dict[str, int], facts: frozenset[str]
    ) -> Ways:
        """Return what lies before somebody, by all that they may say now."""
        some = replace(
            self._plan, groups=tuple(self._plan.groups[n] for n in groups)
        )
        answers = {name: self._answers[name][kind] for name, kind in said.items()}
        decision = decide(some, answers, Allowance(left=0), self._now, facts)
        asked = [*decision.must, *[n for m in decision.instead.values() for n in m]]
        proven = [
            self._ways(groups, said, facts | {fact.fact}) for fact in decision.facts
        ]
        after = [
            self._ways(groups, {**said, name: kind}, facts)
            for name in dict.fromkeys(asked)
            if name in self._answers and name not in said
            for kind in range(len(self._answers[name]))
        ]
        return Ways(
            fewest=min(
                [1 + way.fewest for way in after] + [way.fewest for way in proven],
                default=-NEVER,
            ),
            most=max([0, *[1 + w.most for w in after], *[w.most for w in proven]]),
            closing=max(
                [1 + w.closing for w in after] + [w.closing for w in proven],
                default=NEVER,
            ),
        )


def _sum(ways: Sequence[Ways]) -> Ways:
    """Return what lies before somebody over needs that have nothing in common.

    What closes one of them closes the feature, and comes last where it costs most.
    """
    most = sum(way.most for way in ways)
    return Ways(
        fewest=min(sum(way.fewest for way in ways), -NEVER),
        most=max(most, NEVER),
        closing=max([way.closing + most - way.most for way in ways], default=NEVER),
    )


def _replies(name: str, parts: Parts, now: datetime) -> Iterator[Answer]:
    for value in parts.values:
        yield Answer(
            account_id="", question=name, value=value, source=Source.PERSON,
            answered_at=now,
        )  # fmt: skip
    if parts.may_decline:
        yield Answer(
            account_id="", question=name, reply=AnswerKind.DECLINED,
            source=Source.PERSON, answered_at=now,
        )  # fmt: skip


# ── a whole feature ──────────────────────────────────────────────────────────


def tests_of(reader: Reader, plan: Plan) -> list[Answered | Age]:
    """Return what the needs of a feature ask of answers, with JSON values."""
    return [
        reader.compiled("", member.declared).condition  # type: ignore[misc]  # an atom
        for group in plan.groups
        for member in group.members
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
        fewest=ways.fewest if ways.fewest < -NEVER else None,
        most=most if is_exact else total,
        is_proven=is_exact,
        budget=budget,
    )
