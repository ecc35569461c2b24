"""The promise of a widget: how one kind of question looks, and how a form says it.

A widget draws nothing and checks nothing. It returns a frozen ``Control``, which
a template draws, and turns what a form sends into a JSON value, which the host's
model checks.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Question
from onboarding.shapes import check_methods, check_value
from onboarding.visible import is_blank

FORM_NAMES = frozenset({"do", "feature", "next", "question"})
"""What our own forms call their other fields; no question may have such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the answers to choose from.

    Attributes:
        value: What the form sends.
        label: What people read: a text key, or plain words.
        hint: A few words more, or ``""``.
    """

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What is to be drawn; says nothing of how.

    Attributes:
        kind: Which drawing: ``text``, ``choice``, ``date``, ``scale``, ``long-text``,
            ``select``, ``consent``, ``parts``, or a host's. Of ``parts`` each part is
            drawn as a question of its own.
        name: The name of the question, and of the form field.
        options: What to choose from, in order; empty where people type.
        attributes: Attributes of the HTML input, such as ``maxlength``.
        multiple: Whether several options may be chosen.
        number: Whether people type a number. What is typed is then read in the
            language of the page before the model sees it, and written in it again.
        named: Returns what the options are called in a language, by their value, in
            the order in which it lists them; where a label of its own is not enough.
        told: Returns how a value is told in a language, where nobody types it.
        unit: Returns in what a number is counted, in a language.
    """

    kind: str
    name: str
    options: tuple[Option, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    multiple: bool = False
    number: bool = False
    named: Callable[[str], Mapping[str, str]] | None = None
    told: Callable[[str, str], str] | None = None
    unit: Callable[[str], str] | None = None

    def options_in(self, locale: str) -> tuple[Option, ...]:
        """Return the options with their names in a language, in its order."""
        if self.named is None:
            return self.options
        hints = {option.value: option.hint for option in self.options}
        return tuple(
            Option(value=value, label=label, hint=hints[value])
            for value, label in self.named(locale).items()
            if value in hints
        )


class Widget(Protocol):
    """One look for questions; passes ``onboarding.testing.contracts.WidgetContract``.

    Attributes:
        name: What ``Ask(widget=…)`` calls it.
    """

    @property
    def name(self) -> str:
        """What ``Ask(widget=…)`` calls it."""
        ...

    def serves(self, question: Question) -> bool:
        """Tell whether this is the look of a question that names no widget."""
        ...

    def control(self, question: Question) -> Control:
        """Return what is to be drawn.

        Raises:
            ConfigError: When the question's type gives nothing to draw.
        """
        ...

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return what a form said, or None when it said nothing.

        Never raises: what makes no sense is passed on for the model to refuse.

        Args:
            question: The question of the field.
            raw: Every value that the form sent under its name, in order.
        """
        ...

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return what a form sends for a stored value: the inverse of ``parse``."""
        ...


def check_widget(given: object) -> None:
    """Refuse what cannot draw a question.

    Raises:
        ConfigError: Naming what it lacks.
    """
    example = "widgets=[Stars()], an object with what Widget promises"
    check_methods("widgets", given, ("serves", "control", "parse", "raw"), example)
    name = getattr(given, "name", None)
    check_value(f"widgets: {type(given).__name__}.name", name, str, example='"stars"')


def said(raw: Sequence[str]) -> list[str]:
    """Return what was said without the space around it; blanks say nothing."""
    return [part.strip() for part in raw if not is_blank(part)]


def only(values: Sequence[JsonValue]) -> JsonValue:
    """Return the one value, None for none, and all of them where one was asked for.

    The model refuses a list where it wants one value, so a form that sends a field
    twice gets a plain answer, and no value is picked silently.
    """
    if len(values) > 1:
        return list(values)
    return values[0] if values else None


def written(value: JsonValue) -> tuple[str, ...]:
    """Return a value as a form writes it; several where several were said."""
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
