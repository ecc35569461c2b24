"""Checks and compiles guards: which question applies only after which answers."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any as Anything
from typing import TypeGuard, get_origin

from onboarding.errors import ConfigError, InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.names import unknown
from onboarding.profiling.days import is_day, is_instant
from onboarding.profiling.drafts import Drafts
from onboarding.profiling.model import Question
from onboarding.profiling.validation import check, stored
from onboarding.segments.model import Age, All, Answered, Any, Condition, Declined, Not
from onboarding.segments.rules import COMPARED, Compiled, atoms, compiled
from onboarding.shapes import shown

TAKE_SEVERAL = (list, set, frozenset, tuple)
"""Types whose answers are several values."""


def guarded(
    drafts: Drafts[Anything], questions: Mapping[str, Question]
) -> dict[str, Question]:
    """Return the questions with their guards, each after all that its guard looks at.

    Raises:
        ConfigError: When a guard looks at no question, at itself, round in a circle,
            or for something that is never an answer.
    """
    reader = Reader(drafts, questions)
    return {name: reader.guarded(name) for name in _order(drafts, questions)}


class Reader:
    """Reads conditions over the questions of one model.

    Args:
        drafts: Of the host's profile.
        questions: By name.
    """

    def __init__(self, drafts: Drafts[Anything], questions: Mapping[str, Question]):
        self._drafts = drafts
        self._questions = questions
        self._values: dict[tuple[str, str], JsonValue] = {}

    def guarded(self, name: str) -> Question:
        """Return a question with its guard, ready to be asked."""
        question = self._questions[name]
        if question.ask.when is None:
            return question
        where = f"{self._drafts.model.__name__}.{name}"
        return replace(question, guard=self.compiled(where, question.ask.when))

    def compiled(self, where: str, condition: Condition) -> Compiled:
        """Return a condition ready to be asked.

        Args:
            where: Whose it is, for the messages of errors.
            condition: As the host wrote it.

        Raises:
            ConfigError: When it looks at no question, or for what is never an answer.
        """
        return compiled(self._read(where, condition))

    def _read(self, where: str, condition: object) -> Condition:
        match condition:
            case All(parts):
                return All(*[self._read(where, part) for part in parts])
            case Any(parts):
                return Any(*[self._read(where, part) for part in parts])
            case Not(part):
                return Not(self._read(where, part))
            case Declined(name):
                self._question(where, name)
                return condition
            case Age():
                self._check_born(where, condition)
                return condition
            case Answered():
                return self._read_answered(where, condition)
        raise ConfigError(
            f"{where}: {shown(condition)} is no condition; write one, as in "
            'Answered("plan", is_in=["gold"])'
        )

    def _question(self, where: str, name: str) -> Question:
        if name not in self._questions:
            raise ConfigError(
                f"{where} looks at {unknown('question', name, self._questions)}"
            )
        return self._questions[name]

    def _check_born(self, where: str, age: Age) -> None:
        kind = self._question(where, age.question).type
        if not (is_day(kind) or is_instant(kind)):
            raise ConfigError(
                f"{where}: Age({age.question!r}) needs the day on which somebody was "
                f"born; make {age.question!r} a date"
            )

    def _read_answered(self, where: str, atom: Answered) -> Answered:
        kind = self._question(where, atom.question).type
        is_list = (get_origin(kind) or kind) in TAKE_SEVERAL
        example = f'Answered("{atom.question}", is_in=["…"])'
        read = dict[str, list[JsonValue]]()
        for name in ("is_in", "has"):
            listed: object = getattr(atom, name)
            if listed is None:
                continue
            if not _is_several(listed):
                raise ConfigError(
                    f"{where}: list the answers that make it apply, as in {example}"
                )
            if name == "has" and not is_list:
                raise ConfigError(
                    f"{where}: {atom.question!r} takes one answer, so write {example}"
                )
            wrap = name == "has"
            read[name] = [self._kept(where, atom, v, is_part=wrap) for v in listed]
        for name, bound in atom.bounds.items():
            self._check_bound(where, atom, kind, name, bound)
        return replace(atom, **read) if read else atom  # type: ignore[arg-type]  # of the same fields

    def _kept(
        self, where: str, atom: Answered, value: object, *, is_part: bool
    ) -> JsonValue:
        """Return an answer as it is stored; the same one is tried once."""
        key = atom.question, f"{is_part} {value!r}"
        if key not in self._values:
            try:
                whole = [value] if is_part else value
                typed = check(self._drafts, {}, atom.question, whole)
                kept = stored(self._drafts, atom.question, typed)
            except InvalidAnswer:
                raise ConfigError(
                    f"{where}: {value!r} is never an answer to {atom.question!r}, so "
                    "this would not be asked; write a value that the model accepts"
                ) from None
            self._values[key] = kept[0] if is_part and isinstance(kept, list) else kept
        return self._values[key]

    def _check_bound(
        self, where: str, atom: Answered, kind: object, name: str, bound: object
    ) -> None:
        numbers = (int, float, Decimal)
        is_number = isinstance(kind, type) and issubclass(kind, numbers)
        fits = (
            (is_number and kind is not bool and isinstance(bound, numbers))
            or (is_day(kind) and isinstance(bound, date))
        ) and not isinstance(bound, bool | datetime)
        if not fits:
            raise ConfigError(
                f"{where}: {name}={shown(bound)} cannot be compared with an answer to "
                f"{atom.question!r}; {', '.join(COMPARED)} compare numbers with "
                "numbers, and days with days"
            )


def _is_several(given: object) -> TypeGuard[Collection[object]]:
    return isinstance(given, Collection) and not isinstance(given, str) and bool(given)


def _order(
    drafts: Drafts[Anything], questions: Mapping[str, Question]
) -> dict[str, None]:
    """Return the names, each after all that its guard looks at.

    Raises:
        ConfigError: When guards go round in a circle, or look at no question.
    """
    order: dict[str, None] = {}
    for first in questions:
        # A chain may be longer than Python lets functions call each other.
        chain = {first: _looked_at(drafts, questions, first)}
        while chain:
            name, waiting = next(reversed(chain.items()))
            following = next((one for one in waiting if one not in order), None)
            if following is None:
                order[name] = None
                del chain[name]
            elif following in chain:
                _refuse_circle(drafts, [*chain, following])
            else:
                chain[following] = _looked_at(drafts, questions, following)
    return order


def _looked_at(
    drafts: Drafts[Anything], questions: Mapping[str, Question], name: str
) -> list[str]:
    when = questions[name].ask.when
    if when is None:
        return []
    names = list(dict.fromkeys(atom.question for atom in atoms(when)))
    for one in names:
        if one not in questions:
            raise ConfigError(
                f"{drafts.model.__name__}.{name}: its guard looks at "
                f"{unknown('question', one, questions)}"
            )
    return names


def _refuse_circle(drafts: Drafts[Anything], chain: list[str]) -> None:
    circle = chain[chain.index(chain[-1]) :]
    raise ConfigError(
        f"{drafts.model.__name__}.{circle[-2]}: guards go round in a circle "
        f"({' → '.join(circle)}), so these are never asked; drop one when="
    )
