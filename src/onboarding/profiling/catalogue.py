"""Every question and feature of an application, checked and compiled once.

Whatever could fail while somebody answers fails here instead, when the application
is built: the errors name the field or feature, and what to write.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Generic

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.locales import numbers
from onboarding.names import by_name, unknown
from onboarding.profiling.drafts import Drafts, P
from onboarding.profiling.fields import read
from onboarding.profiling.guards import Reader, guarded
from onboarding.profiling.looks import WIDGETS, control_of, widget_of
from onboarding.profiling.model import Feature, Plan, Question
from onboarding.profiling.needs import Fact
from onboarding.profiling.plans import Planner, dependents, path
from onboarding.profiling.possible import check_possible
from onboarding.profiling.purposes import compile_purposes
from onboarding.profiling.used import check_used
from onboarding.profiling.widgets.base import Control, Widget, check_widget
from onboarding.profiling.widgets.composite import IN_PARTS
from onboarding.segments.rules import Test
from onboarding.shapes import shown


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue(Generic[P]):
    """The compiled questions and features; never changes, and is its own identity.

    Attributes:
        model: The host's profile.
        drafts: Throwaway instances of it, on which answers are checked.
        questions: By name, each after all that its guard looks at.
        order: The place of each question among them.
        steps: Each question, with what tells whether it applies, in the same order.
        facts: What features need that is no question.
        widgets: The look of each question, and of each part (``home.town``).
        controls: What is to be drawn for each of these.
        plans: The features, by name.
        dependents: The features whose needs hang on a question, by its name.
        purposes: What each purpose is, in words, by its name.
        proposes: The questions that a provider's claim is proposed to, by the claim.
    """

    model: type[P]
    drafts: Drafts[P]
    questions: Mapping[str, Question]
    order: Mapping[str, int]
    steps: tuple[tuple[str, Test | None], ...]
    facts: tuple[Fact, ...]
    widgets: Mapping[str, Widget]
    controls: Mapping[str, Control]
    plans: Mapping[str, Plan]
    dependents: Mapping[str, frozenset[str]]
    purposes: Mapping[str, str]
    proposes: Mapping[str, Sequence[str]]

    @cached_property
    def version(self) -> str:
        """The same text for the same questions and features, in every process.

        It is another one after a change that people could notice.
        """
        return _version(self.questions, self.controls, self.plans, self.purposes)

    def feature(self, name: str) -> Plan:
        """Return a feature that the host's code names.

        Raises:
            ConfigError: When there is none of this name; says which may be meant.
        """
        check_feature_name(name)
        if name not in self.plans:
            raise ConfigError(f"you named {unknown('feature', name, self.plans)}")
        return self.plans[name]

    def path(self, names: Iterable[str]) -> dict[str, Question]:
        """Return some questions and all that their guards hang on, in order."""
        return path(self.questions, self.order, names)

    def parse(
        self, names: Iterable[str], form: Mapping[str, Sequence[str]], locale: str
    ) -> dict[str, JsonValue]:
        """Return what a form said to these questions; None where it said nothing.

        A number that is none in this language is passed on as it was typed.

        Args:
            names: The questions that the page asked; others in the form, and names
                that are no questions, are left alone.
            form: Every value that was sent, by the name of the field.
            locale: The language of the page.
        """
        return {
            name: self._parse(self.questions[name], form, locale)
            for name in names
            if name in self.questions
        }

    def _parse(
        self, question: Question, form: Mapping[str, Sequence[str]], locale: str
    ) -> JsonValue:
        name = question.name
        if parts := self.parts(name):
            said = {n: self._parse(one, form, locale) for n, one in parts.items()}
            return {n: one for n, one in said.items() if one is not None} or None
        value = self.widgets[name].parse(question, form.get(name, ()))
        if self.controls[name].number and isinstance(value, str):
            return numbers.read(value, locale) or value
        return value

    def parts(self, name: str) -> Mapping[str, Question]:
        """Return the parts of which a question is drawn, by the name of their field."""
        found = self.questions.get(name)
        is_drawn = found and self.controls[name].kind == IN_PARTS
        return found.parts if found and is_drawn else {}

    def raw(self, name: str, value: JsonValue, locale: str) -> tuple[str, ...]:
        """Return what a form sends for a stored value, to draw it as chosen.

        The inverse of ``parse`` in the same language, but for a question with parts:
        see ``fields``.

        Args:
            name: A question, or a part: ``home.town``.
            value: The JSON value.
            locale: The language of the page.
        """
        texts = self.widgets[name].raw(self.drawn(name), value)
        if self.controls[name].number:
            return tuple(numbers.write(text, locale) for text in texts)
        return texts

    def fields(
        self, name: str, value: JsonValue, locale: str
    ) -> tuple[tuple[str, str], ...]:
        """Return every field that a form sends for a stored value: names and texts."""
        if parts := self.parts(name):
            said = value if isinstance(value, dict) else {}
            return tuple(
                sent
                for part, one in parts.items()
                for sent in self.fields(one.name, said.get(part), locale)
            )
        return tuple((name, text) for text in self.raw(name, value, locale))

    def drawn(self, name: str) -> Question:
        """Return a question, or a part of one: ``home.town``."""
        whole, _, part = name.partition(".")
        question = self.questions[whole]
        return question.parts[part] if part else question


def check_feature_name(given: object) -> None:
    """Refuse what is no name, such as the endpoint of a decorator without parentheses.

    Raises:
        ConfigError: With the line to write.
    """
    if isinstance(given, str):
        return
    name = given.name if isinstance(given, Feature) else "shelf"
    raise ConfigError(
        f"a feature is named by a text, not by {shown(given)}; write "
        f'@onboarding.unlock("{name}") above its endpoint, or "{name}" elsewhere'
    )


def build_catalogue(
    model: type[P],
    features: Iterable[Feature] | None = None,
    *,
    widgets: Sequence[Widget] = (),
    purposes: Mapping[str, str] | None = None,
) -> Catalogue[P]:
    """Compile a profile and its features.

    Args:
        model: The host's pydantic model, with ``Ask`` in the fields' ``Annotated``.
        features: What opens once its questions are answered. None where questions are
            looked at by themselves, as in a test of a widget.
        widgets: The host's own looks, tried before ours.
        purposes: What each purpose is, in words, by its name. None where nobody reads
            them: each is called by its name then.

    Raises:
        ConfigError: For everything that could not be asked, answered or kept;
            names the place and what to write.
    """
    for look in widgets:
        check_widget(look)
    by_name("widgets", widgets, "Ask(widget=…) finds only the first: rename one")
    found = {question.name: question for question in read(model)}
    drafts = Drafts(model)
    questions = guarded(drafts, found)
    order = {name: place for place, name in enumerate(questions)}
    drawn = _with_parts(questions)
    looks = {n: widget_of(model, q, (*widgets, *WIDGETS)) for n, q in drawn.items()}
    controls = {n: control_of(model, q, looks[n]) for n, q in drawn.items()}
    plans = Planner(questions, Reader(drafts, questions), features or ()).plans()
    words = compile_purposes(model, questions, purposes)
    check_possible(drafts, questions, plans.values())
    if features is not None:
        check_used(model.__name__, questions, plans.values())
    return Catalogue(
        model=model,
        drafts=drafts,
        questions=questions,
        order=order,
        steps=tuple((name, q.applies) for name, q in questions.items()),
        facts=tuple(dict.fromkeys(f for plan in plans.values() for f in plan.facts)),
        widgets=looks,
        controls=controls,
        plans=plans,
        dependents=dependents(questions, plans),
        purposes=words,
        proposes=_proposes(questions),
    )


def _with_parts(questions: Mapping[str, Question]) -> dict[str, Question]:
    parts = (part for one in questions.values() for part in one.parts.values())
    return {**questions, **{part.name: part for part in parts}}


def _proposes(questions: Mapping[str, Question]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, question in questions.items():
        if claim := question.ask.propose:
            found.setdefault(claim, []).append(name)
    return found


# ── version ──────────────────────────────────────────────────────────────────


def _version(
    questions: Mapping[str, Question],
    controls: Mapping[str, Control],
    plans: Mapping[str, Plan],
    purposes: Mapping[str, str],
) -> str:
    """Return a digest without memory addresses, hash seeds or order of definition."""
    parts = [
        (
            name,
            question.ask.question,
            question.ask.why,
            question.ask.declinable,
            controls[name].kind,
            [(o.value, o.label, o.hint) for o in controls[name].options],
            sorted(controls[name].attributes.items()),
            question.guard and repr(question.guard.condition),
            (question.ask.fresh_for, question.ask.valid_for),
            question.ask.purpose,
            question.ask.version,
        )
        for name, question in sorted(_with_parts(questions).items())
    ]
    declared = [repr(plan.feature) for _, plan in sorted(plans.items())]
    told = (parts, declared, sorted(purposes.items()))
    return sha256(repr(told).encode()).hexdigest()[:16]
