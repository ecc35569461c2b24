"""Questions as they are drawn and told: a host's words, in the person's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.locales import Texts
from onboarding.profiling.widgets.base import Option
from onboarding.web.context.request_context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQuestion:
    """One question, ready for a template.

    Attributes:
        kind: Which drawing: the template ``_control_<kind>.html``.
        chosen: What the form would send for what was said before.
        error: What to do about what was said, or nothing.
        required: Whether the page insists on it.
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


def draw_questions(
    context: RequestContext,
    names: Iterable[str],
    *,
    required: bool,
    values: Mapping[str, JsonValue] | None = None,
    errors: Iterable[InvalidAnswer] = (),
) -> list[DrawnQuestion]:
    """Return questions ready for a template.

    Args:
        context: In whose language.
        names: Which ones, all of the catalogue.
        required: Whether the page insists on an answer to each.
        values: What was said, to be put before the person again.
        errors: What is wrong with it.
    """
    texts = context.renderer.texts(context.locale)
    wrong = {error.question: error for error in errors}
    blank = {
        name: _drawn(context, texts, name, (values or {}).get(name)) for name in names
    }
    return [
        replace(one, required=required, error=_problem(texts, wrong.get(name)))
        for name, one in blank.items()
    ]


def _problem(texts: Texts, error: InvalidAnswer | None) -> str:
    return texts.say(error.problem, **error.slots) if error else ""


def _drawn(
    context: RequestContext, texts: Texts, name: str, value: JsonValue
) -> DrawnQuestion:
    catalogue = context.core.catalogue
    ask, control = catalogue.questions[name].ask, catalogue.controls[name]
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
            for option in control.options
        ),
        attributes=control.attributes,
        chosen=catalogue.raw(name, value),
    )


def describe_questions(
    context: RequestContext, names: Iterable[str]
) -> list[Mapping[str, JsonValue]]:
    """Return questions as JSON: texts, control, and a JSON Schema of the answer."""
    say = context.renderer.texts(context.locale).say
    describe = context.core.profiling.descriptions.describe
    return [describe(name, say) for name in names]
