"""Questions, drawn and as JSON: a host's words, in the person's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from onboarding.errors import InvalidAnswer
from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts
from onboarding.profiling.model import Decision, Plan
from onboarding.profiling.values import value_in_words
from onboarding.profiling.widgets.base import Option
from onboarding.web.views.needs import closes, draw_without

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue
    from onboarding.profiling.schema import Descriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """A form of questions, before it is drawn.

    Attributes:
        feature: The feature that asks; None where the person came by themselves.
        needs: Names of questions without which it stays closed.
        wants: Names of those it would like to know.
        next: Where to go once it is open.
        back: Where "not now" leads.
        values: The answers so far, by question.
        errors: What is wrong with them.
        is_kept: Whether there is an answer that the person may take back: one to
            which they came by themselves.
        others: What the same person said to its one question otherwise.
    """

    feature: str | None
    needs: Sequence[str]
    wants: Sequence[str] = ()
    next: str
    back: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    errors: Sequence[InvalidAnswer] = ()
    is_kept: bool = False
    others: Sequence[JsonValue] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQuestion:
    """One question, ready for a template.

    Attributes:
        kind: Which drawing: the template ``onboarding/_control_<kind>.html``.
        chosen: What the form would send for the answer so far.
        error: What to do about that answer, or nothing.
        required: Whether the page insists on it.
        unit: In what a number is counted, or nothing.
        is_part: Whether it is a part of another question, which has the heading.
        parts: Its own parts, each to be drawn by its own kind.
    """

    name: str
    question: str
    why: str
    declinable: bool
    kind: str
    multiple: bool
    options: tuple[Option, ...]
    attributes: Mapping[str, str]
    chosen: tuple[str, ...]
    error: str = ""
    required: bool = False
    unit: str = ""
    is_part: bool = False
    parts: "tuple[DrawnQuestion, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Another value that the person said once, for one press to take it.

    Attributes:
        question: The name of the question.
        words: The value, as people read it.
        fields: What a form sends for it; nothing where it is asked no more.
    """

    question: str
    words: str
    fields: tuple[tuple[str, str], ...]


def suggestions(
    name: str, values: Iterable[JsonValue], *, texts: Texts, catalogue: "Catalogue[Any]"
) -> list[Suggestion]:
    """Return what was said to a question otherwise, ready for a template.

    Args:
        name: The question; one that is asked no more has words alone.
        values: What was said: ``Answer.suggested``.
        texts: In whose language.
        catalogue: The questions of the application.
    """
    is_asked = name in catalogue.questions
    return [
        Suggestion(
            question=name,
            words=value_in_words(name, value, texts=texts, catalogue=catalogue),
            fields=catalogue.fields(name, value, texts.locale) if is_asked else (),
        )
        for value in values
    ]


def draw_questions(
    names: Iterable[str],
    *,
    texts: Texts,
    catalogue: "Catalogue[Any]",
    required: bool,
    values: Mapping[str, JsonValue] | None = None,
    errors: Iterable[InvalidAnswer] = (),
) -> list[DrawnQuestion]:
    """Return questions ready for a template.

    Args:
        names: Which ones, all of the catalogue.
        texts: In whose language.
        catalogue: The questions of the application.
        required: Whether the page insists on an answer to each.
        values: The answers so far, to be put before the person again.
        errors: What is wrong with them.
    """
    problems = {e.field: texts.say(e.problem, **e.slots) for e in errors}
    drawn = []
    for name in names:
        value = (values or {}).get(name)
        said = value if isinstance(value, dict) else {}
        parts = tuple(
            replace(
                _drawn(part.name, texts, catalogue, said.get(field)),
                required=required and part.required,
                error=problems.get(part.name, ""),
                is_part=True,
            )
            for field, part in catalogue.parts(name).items()
        )
        one = _drawn(name, texts, catalogue, value)
        error = problems.get(name, "")
        drawn.append(replace(one, required=required, error=error, parts=parts))
    return drawn


def _drawn(
    name: str, texts: Texts, catalogue: "Catalogue[Any]", value: JsonValue
) -> DrawnQuestion:
    ask, control = catalogue.drawn(name).ask, catalogue.controls[name]
    chosen = catalogue.raw(name, value, texts.locale)
    attributes = control.attributes
    if control.kind == "date" and chosen and not _is_day(chosen[0]):
        # A browser empties a field for a day of what is none, and it would be lost.
        attributes = {**attributes, "type": "text"}
    return DrawnQuestion(
        name=name,
        question=texts.say(ask.question),
        why=texts.say(ask.why),
        declinable=ask.declinable,
        kind=control.kind,
        multiple=control.multiple,
        options=tuple(
            Option(
                value=option.value,
                label=texts.say(option.label),
                hint=texts.say(option.hint),
            )
            for option in control.options_in(texts.locale)
        ),
        attributes=attributes,
        chosen=chosen,
        unit=control.unit(texts.locale) if control.unit else "",
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def draw_form(
    form: QuestionForm,
    *,
    texts: Texts,
    catalogue: "Catalogue[Any]",
    decision: Decision | None = None,
) -> dict[str, Any]:
    """Return what ``onboarding/ask.html`` draws of a form.

    Args:
        form: The questions, and what was answered so far.
        texts: In whose language.
        catalogue: The questions and features of the application.
        decision: How far the person has come with the feature, where it is known.
    """
    draw = partial(
        draw_questions,
        texts=texts,
        catalogue=catalogue,
        values=form.values,
        errors=form.errors,
    )
    needs = draw(form.needs, required=True)
    wants = draw(form.wants, required=False)
    drawn = (*needs, *wants)
    first = drawn[0].name
    name = form.feature
    plan = catalogue.plans[name] if name else None
    button = plan.feature.button if plan else None
    return {
        "feature": name and feature_title(name, texts, catalogue.plans),
        "form": form,
        "needs": needs,
        "wants": wants,
        "known": decision.known if decision else 0,
        "total": decision.total if decision else 0,
        "remaining": decision.total - decision.known if decision else len(needs),
        "button": texts.say(button) if button else None,
        "without": draw_without(form.needs, texts, plan),
        "closes": bool(plan and closes(plan, form.needs)),
        "may_decline": all(one.declinable for one in needs or wants),
        "problems": [
            (error.field or first, _summed_up(error, drawn, texts))
            for error in form.errors
        ],
    }


def _summed_up(
    error: InvalidAnswer, drawn: Sequence[DrawnQuestion], texts: Texts
) -> str:
    """Return what to do about an answer; of several questions, also about which."""
    problem = texts.say(error.problem, **error.slots)
    listed = [one for whole in drawn for one in (whole, *whole.parts)]
    asked = next((one.question for one in listed if one.name == error.field), "")
    if len(listed) == 1 or not asked:
        return problem
    if error.part:
        return texts.plain("form.problem_of_part", part=asked, problem=problem)
    return texts.plain("form.problem", question=asked, problem=problem)


def describe_questions(
    names: Iterable[str], *, texts: Texts, descriptions: "Descriptions"
) -> list[Mapping[str, JsonValue]]:
    """Return questions as JSON: texts, control, and a JSON Schema of the answer."""
    return [descriptions.describe(name, texts.say, texts.locale) for name in names]


def feature_title(name: str, texts: Texts, features: Mapping[str, Plan]) -> str:
    """Return what people call a feature; ``short-books`` is "Short books"."""
    plan = features.get(name)
    title = plan.feature.title if plan else None
    return texts.say(title or name.replace("-", " ").replace("_", " ").capitalize())
