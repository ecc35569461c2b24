"""What a feature asks, and in which order: a need and all that its guard looks at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeGuard

from onboarding.errors import ConfigError
from onboarding.names import by_name, unknown
from onboarding.profiling.grammar import FEATURE
from onboarding.profiling.guards import Reader
from onboarding.profiling.model import (
    AnswerState,
    Feature,
    NeedRow,
    Plan,
    Question,
    Reason,
)
from onboarding.profiling.needs import Alternative, Group, Linked, Need, Proven
from onboarding.segments.model import Age, Answered, Any
from onboarding.segments.rules import Compiled, atoms
from onboarding.shapes import shown


class Planner:
    """Compiles the features of one application.

    Args:
        questions: By name, each after all that its guard looks at.
        reader: Reads tests of their answers.
        features: What opens.

    Raises:
        ConfigError: When two have one name, one comes after itself or after none that
            is there, names a question that is not there, or one twice, or cannot
            stand in an address.
    """

    def __init__(
        self,
        questions: Mapping[str, Question],
        reader: Reader,
        features: Iterable[Feature],
    ):
        self._questions = questions
        self._order = {name: place for place, name in enumerate(questions)}
        self._reader = reader
        self._features = by_name(
            "features", features, "give one another name, or put their needs together"
        )
        self._told: dict[str, dict[str, Reason]] = {}
        self._groups = {name: self._own(one) for name, one in self._features.items()}

    def plans(self) -> dict[str, Plan]:
        """Return every feature, compiled, by its name."""
        return {name: self._plan(one) for name, one in self._features.items()}

    def _plan(self, feature: Feature) -> Plan:
        groups = [g for name in self._before(feature) for g in self._groups[name]]
        ways = [way for group in groups for way in group.ways]
        hard = self._path(m.name for m in ways if m.name in self._questions)
        whole = self._path((*hard, *feature.wants)) if feature.wants else hard
        facts = dict.fromkeys(
            m.declared for m in ways if isinstance(m.declared, Proven | Linked)
        )
        return Plan(
            feature=feature,
            path=whole,
            hard=frozenset(hard),
            groups=tuple(groups),
            steps=tuple((n, q.applies) for n, q in whole.items()),
            guards={n: q.guard for n, q in whole.items() if q.guard},
            facts=tuple(facts),
            needs=tuple(map(self._row, groups)),
            soft=tuple(name for name in whole if name not in hard),
            aging={
                n: q for n, q in whole.items() if q.ask.fresh_for or q.ask.valid_for
            },
            ages=(
                *(q.guard.condition for q in whole.values() if _tells_ages(q.guard)),
                *(way.declared for way in ways if isinstance(way.declared, Age)),
            ),
        )

    def _path(self, names: Iterable[str]) -> dict[str, Question]:
        return path(self._questions, self._order, names)

    def _before(self, feature: Feature) -> dict[str, None]:
        """Return the features that open before one, and itself, in that order."""
        found: dict[str, None] = {}
        chain = [feature.name]
        while chain:
            name = chain[-1]
            waiting = [n for n in self._features[name].after if n not in found]
            for one in waiting:
                if one not in self._features:
                    raise ConfigError(
                        f"Feature {name!r} comes after "
                        f"{unknown('feature', one, self._features)}"
                    )
            if not waiting:
                found[chain.pop()] = None
            elif waiting[0] in chain:
                circle = " → ".join([*chain[chain.index(waiting[0]) :], waiting[0]])
                raise ConfigError(
                    f"Feature {name!r}: features come after each other in a circle "
                    f"({circle}), so these never open; drop one after="
                )
            else:
                chain.append(waiting[0])
        return found

    def _own(self, feature: Feature) -> list[Group]:
        """Return the needs that a feature itself declares."""
        where = f"Feature {feature.name!r}"
        if not FEATURE.match(feature.name):
            raise ConfigError(
                f"{where}: its name stands in an address; write lower case letters, "
                "digits, - and _, beginning with a letter, at most 64"
            )
        groups = [self._group(where, feature, need) for need in feature.needs]
        # Tests of one answer may stand beside each other.
        plain = [need for need in feature.needs if isinstance(need, str)]
        for name, times in Counter((*plain, *feature.wants)).items():
            self._check(where, name)
            if times > 1:
                raise ConfigError(f"{where} names {name!r} twice; write it once")
        needed = {way.name for group in groups for way in group.ways}
        for name in feature.without:
            self._check_spared(where, name, needed)
        return groups

    def _group(self, where: str, feature: Feature, need: Need) -> Group:
        parts = need.parts if isinstance(need, Any) else (need,)
        ways = tuple(self._way(where, feature, part) for part in parts)
        names = tuple(way.name for way in ways)
        return Group(ways=ways, names=names, feature=feature.name)

    def _row(self, group: Group) -> NeedRow:
        """Return a need as a decision reads it."""
        if len(group.ways) > 1:
            return NeedRow("", None, None, {}, group)
        [way] = group.ways
        question = self._questions.get(way.name)
        guard = None if question is None else question.guard
        if way.name not in self._told:
            asked = (way.name,) if guard is None else self._path((way.name,))
            state = AnswerState.UNKNOWN
            self._told[way.name] = {
                ask: Reason(need=way.name, state=state, ask=ask, among=group.names)
                for ask in asked
            }
        return NeedRow(way.name, way.test, guard, self._told[way.name], group)

    def _way(self, where: str, feature: Feature, need: object) -> Alternative:
        match need:
            case str():
                self._check(where, need)
                return Alternative(
                    name=need,
                    test=None,
                    declared=need,
                    is_spared=need in feature.without,
                )
            case Answered() | Age():
                return Alternative(
                    name=need.question,
                    test=self._reader.compiled(f"{where}: needs", need).test,
                    declared=need,
                    is_spared=need.question in feature.without,
                )
            case Proven() | Linked():
                return Alternative(name=need.fact, test=None, declared=need)
        raise ConfigError(
            f"{where}: needs has {shown(need)}; write the name of a question, "
            'Answered(…), Age(…), Proven("email"), Linked(), or Any(…) of these'
        )

    def _check(self, where: str, name: str) -> None:
        if name not in self._questions:
            raise ConfigError(
                f"{where} names {unknown('question', name, self._questions)}"
            )

    def _check_spared(self, where: str, name: str, needed: Iterable[str]) -> None:
        if name not in needed:
            raise ConfigError(f"{where}: without has {unknown('need', name, needed)}")
        if not self._questions[name].ask.declinable:
            raise ConfigError(
                f"{where} says what it does without {name!r}, which nobody may decline "
                "to answer; drop declinable=False"
            )


def _tells_ages(guard: Compiled | None) -> TypeGuard[Compiled]:
    return guard is not None and any(
        isinstance(atom, Age) for atom in atoms(guard.condition)
    )


def path(
    questions: Mapping[str, Question], order: Mapping[str, int], names: Iterable[str]
) -> dict[str, Question]:
    """Return some questions and all that their guards hang on, in order."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            guard = questions[here].guard
            waiting += guard.names if guard else ()
    return {name: questions[name] for name in sorted(found, key=order.__getitem__)}


def dependents(
    questions: Iterable[str], plans: Mapping[str, Plan]
) -> dict[str, frozenset[str]]:
    """Return the features whose needs hang on a question, by its name."""
    found: dict[str, list[str]] = {name: [] for name in questions}
    for feature, plan in plans.items():
        for name in plan.hard:
            found[name].append(feature)
    return {name: frozenset(features) for name, features in found.items()}
