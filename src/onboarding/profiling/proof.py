"""Walks all that may become of somebody who opens a feature, from knowing nothing.

The rules that decide (``deciding.decide``) are asked, over one answer of each kind
that conditions tell apart (``partition``). What nothing joins is walked by itself:
needs that look at no common unknown question cost what they cost together. So a
question on which a hundred others hang costs a hundred walks, not two to the hundredth.

Facts to prove are no questions: they cost nothing, and can be proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from onboarding.attention.model import Allowance
from onboarding.frozen import dataclass
from onboarding.profiling.deciding import decide
from onboarding.profiling.model import Answer, AnswerKind, Plan, Source
from onboarding.profiling.needs import Group
from onboarding.profiling.partition import Parts
from onboarding.profiling.rules import FALSE, TRUE, day_of, known_to, met
from onboarding.segments.model import UNSAID

STEPS = 20_000
"""Situations that are looked at for one feature; more are not, and it is said."""

NO_WAY = -(10**9)
"""How long a way is that there is not."""


class TooManyError(Exception):
    """There are more situations than are looked at."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What lies before somebody: questions until it opens, and until it closes.

    Attributes:
        fewest: The fewest until it opens; ``-NO_WAY`` where it never does.
        most: The most without closing it.
        closing: The most until it closes; ``NO_WAY`` where nothing does.
    """

    fewest: int
    most: int
    closing: int


OPENED = Ways(0, 0, NO_WAY)
CLOSED = Ways(-NO_WAY, NO_WAY, 0)

Situation = tuple[tuple[int, ...], frozenset[tuple[str, int]], frozenset[str]]


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
            name: tuple(replies(name, parts[name], now)) for name in plan.path
        }
        self._known: dict[Situation, Ways] = {}

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
        found, _ = known_to(self._plan, answers, self._today, facts)
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
        waiting = [member.name for member in group.ways]
        while waiting:
            here = waiting.pop()
            if found[here] is UNSAID and here not in names:
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
        waiting = [m.name for n in groups for m in self._plan.groups[n].ways]
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
            self._plan,
            groups=tuple(self._plan.groups[n] for n in groups),
            needs=tuple(self._plan.needs[n] for n in groups),
        )
        answers = {name: self._answers[name][kind] for name, kind in said.items()}
        decision = decide(some, answers, Allowance(left=0), self._now, facts)
        others = [name for names in decision.instead.values() for name in names]
        proofs = [fact.fact for fact in decision.facts]
        asked = dict.fromkeys([*decision.must, *others, *proofs])
        proven = [
            self._ways(groups, said, facts | {name})
            for name in asked
            if name not in self._answers
        ]
        after = [
            self._ways(groups, {**said, name: kind}, facts)
            for name in asked
            for kind in range(len(self._answers.get(name, ())))
        ]
        return Ways(
            fewest=min(
                [1 + way.fewest for way in after] + [way.fewest for way in proven],
                default=-NO_WAY,
            ),
            most=max([0, *[1 + w.most for w in after], *[w.most for w in proven]]),
            closing=max(
                [1 + w.closing for w in after] + [w.closing for w in proven],
                default=NO_WAY,
            ),
        )


def _sum(ways: Sequence[Ways]) -> Ways:
    """Return what lies before somebody over needs that have nothing in common.

    What closes one of them closes the feature, and comes last where it costs most.
    """
    most = sum(way.most for way in ways)
    return Ways(
        fewest=min(sum(way.fewest for way in ways), -NO_WAY),
        most=max(most, NO_WAY),
        closing=max([way.closing + most - way.most for way in ways], default=NO_WAY),
    )


def replies(name: str, parts: Parts, now: datetime) -> Iterator[Answer]:
    """Yield one reply of each kind to a question."""
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
