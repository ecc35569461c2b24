"""The value of an answer, as people read it."""

from datetime import date
from typing import TYPE_CHECKING, Any

from onboarding.jsonvalue import JsonValue
from onboarding.locales.texts import Texts

if TYPE_CHECKING:
    from onboarding.profiling.catalogue import Catalogue


def value_in_words(
    name: str, value: JsonValue, *, texts: Texts, catalogue: "Catalogue[Any]"
) -> str:
    """Return the value of an answer as people read it."""
    if name not in catalogue.questions:
        return str(value)
    if parts := catalogue.parts(name):
        said = value if isinstance(value, dict) else {}
        told = (_words(p.name, said.get(n), texts, catalogue) for n, p in parts.items())
        return ", ".join(filter(None, told))
    return _words(name, value, texts, catalogue)


def _words(
    name: str, value: JsonValue, texts: Texts, catalogue: "Catalogue[Any]"
) -> str:
    """Return the value of a question, or of a part, as people read it."""
    control = catalogue.controls[name]
    raw = catalogue.widgets[name].raw(catalogue.drawn(name), value)
    if control.kind == "consent" and value is True:
        return texts.plain("answer.yes")
    if control.kind == "date" and raw:
        return _day(raw[0], texts)
    if told := control.told:
        return ", ".join(told(text, texts.locale) for text in raw)
    # What somebody typed is no sentence of ours, though it reads like a key.
    labels = {o.value: texts.say(o.label) for o in control.options_in(texts.locale)}
    typed = catalogue.raw(name, value, texts.locale)
    return ", ".join(labels.get(text, text) for text in typed)


def _day(text: str, texts: Texts) -> str:
    try:
        return texts.long_date(date.fromisoformat(text))
    except ValueError:
        return text
