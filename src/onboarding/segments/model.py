"""The words of the language of conditions, as a host writes them.

They are values: nothing in them is called. So every condition can be checked when the
application is built, printed as a sentence, and looked through for what it hangs on.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, IntEnum
from typing import TypeAlias

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.shapes import shown


class Truth(IntEnum):
    """A truth value of Kleene's logic, ordered so that "and" is the minimum."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class Mark(Enum):
    """What is known of a name that has no value.

    ``ABSENT``: it does not apply. ``UNKNOWN``: nobody said, or it is not decided
    whether it applies.
    """

    ABSENT = "absent"
    DECLINED = "declined"
    UNKNOWN = "unknown"


# Looked at in every decision, where `Mark.UNKNOWN` would cost Python 3.11 more than
# what is done with it: an attribute of an enum is a call there.
ABSENT, DECLINED, UNSAID = Mark.ABSENT, Mark.DECLINED, Mark.UNKNOWN

Seen: TypeAlias = Mapping[str, JsonValue | Mark]
"""What is known of each name: its JSON value, or a mark."""

# ── atoms ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """True where a question was answered, and the answer is as it says.

    Without anything beside the question every answer will do; with several, all of
    them hold.

    Args:
        question: The name of the question.
        is_in: The answers that will do, as the model holds them.
        has: For a question that takes several: the answer has one of these.
        at_least: The least number, or the first day.
        at_most: The greatest number, or the last day.
        above: A number or day that is too little by itself.
        below: A number or day that is too much by itself.
    """

    question: str
    is_in: Sequence[object] | None = None
    has: Sequence[object] | None = None
    at_least: object = None
    at_most: object = None
    above: object = None
    below: object = None

    @property
    def bounds(self) -> dict[str, object]:
        """What the answer is compared with, by the name of the comparison."""
        named = {
            "at_least": self.at_least,
            "at_most": self.at_most,
            "above": self.above,
            "below": self.below,
        }
        return {name: bound for name, bound in named.items() if bound is not None}

    def __repr__(self) -> str:
        among = {"is_in": self.is_in, "has": self.has}
        return _as_written(self, {**among, **self.bounds})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Age:
    """True where somebody has an age, by the day on which they were born.

    Nothing but that day is kept. A year of age begins at midnight in UTC; who was born
    on the 29th of February is a year older on the 1st of March of a common year.

    Args:
        question: The name of the question for that day.
        at_least: Years that they have lived at least.
        below: Years that they have not lived yet.

    Raises:
        ConfigError: When no age is said, or one that is no age.
    """

    question: str
    at_least: int | None = None
    below: int | None = None

    def __init__(
        self,
        question: str,
        *,
        at_least: int | None = None,
        below: int | None = None,
    ):
        object.__setattr__(self, "question", question)
        object.__setattr__(self, "at_least", at_least)
        object.__setattr__(self, "below", below)
        years = [n for n in (at_least, below) if n is not None]
        if not years or any(
            type(n) is not int or not 0 < n <= MOST_YEARS for n in years
        ):
            raise ConfigError(
                f"Age({question!r}): say how many years, from 1 to {MOST_YEARS}, as in "
                f"Age({question!r}, at_least=18)"
            )

    def __repr__(self) -> str:
        return _as_written(self, {"at_least": self.at_least, "below": self.below})


def _as_written(atom: Answered | Age, given: Mapping[str, object]) -> str:
    """Return an atom as a host writes it: nothing that was not said."""
    told = [f"{name}={said!r}" for name, said in given.items() if said is not None]
    return f"{type(atom).__name__}({', '.join([repr(atom.question), *told])})"


MOST_YEARS = 150
"""Nobody has lived for more years."""


@dataclass(frozen=True, slots=True)
class Declined:
    """True where the person would rather not answer a question."""

    question: str


# ── what joins them ──────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class All:
    """True where every part is."""

    parts: tuple["Condition", ...]

    def __init__(self, *parts: "Condition"):
        object.__setattr__(self, "parts", _several("All", parts))


@dataclass(frozen=True, slots=True)
class Any:
    """True where one part is: a condition, or among needs also a question's name."""

    parts: tuple["Condition | str", ...]

    def __init__(self, *parts: "Condition | str"):
        object.__setattr__(self, "parts", _several("Any", parts))


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false; what is unknown stays unknown."""

    part: "Condition"


Atom: TypeAlias = Answered | Age | Declined
Condition: TypeAlias = Atom | All | Any | Not


def _several(name: str, parts: tuple[object, ...]) -> tuple[object, ...]:
    if len(parts) < 2:  # one part needs nobody to join it
        said = ", ".join(map(shown, parts))
        raise ConfigError(f"{name}({said}) joins two parts or more, not {len(parts)}")
    return parts
