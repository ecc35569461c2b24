"""Which widget draws a question, and what it draws."""

from collections.abc import Sequence

from pydantic import BaseModel

from onboarding.errors import ConfigError
from onboarding.names import unknown
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, Widget
from onboarding.profiling.widgets.choice import Choice
from onboarding.profiling.widgets.composite import Composite
from onboarding.profiling.widgets.consent import Tick
from onboarding.profiling.widgets.country import CountryList
from onboarding.profiling.widgets.date import Date
from onboarding.profiling.widgets.lines import (
    EmailLine,
    LongLines,
    PhoneLine,
    UrlLine,
)
from onboarding.profiling.widgets.money import Amount
from onboarding.profiling.widgets.scale import Scale
from onboarding.profiling.widgets.text import Text

WIDGETS: tuple[Widget, ...] = (
    *(Scale(), Date(), Choice(), EmailLine(), UrlLine(), PhoneLine(), LongLines()),
    *(Amount(), CountryList(), Tick(), Composite(), Text()),
)
"""Our own looks; the first that serves a question is taken, a host's before ours."""


def widget_of(
    model: type[BaseModel], question: Question, widgets: Sequence[Widget]
) -> Widget:
    """Return the widget that draws a question: the named one, or the first that can.

    Raises:
        ConfigError: When none does, or none has that name.
    """
    where = f"{model.__name__}.{question.name}"
    wanted = question.ask.widget or question.limit("widget")
    if wanted is None:
        serving = (widget for widget in widgets if widget.serves(question))
    else:
        serving = (widget for widget in widgets if widget.name == wanted)
    chosen = next(serving, None)
    if chosen is not None:
        return chosen
    if wanted is not None:
        names = [widget.name for widget in widgets]
        raise ConfigError(f"{where}: {unknown('widget', str(wanted), names)}")
    raise ConfigError(
        f'{where}: no widget draws {question.type!r}; write Ask(…, widget="text") if '
        "people can type it, or pass a widget of your own that serves it"
    )


def control_of(model: type[BaseModel], question: Question, widget: Widget) -> Control:
    """Return what a widget draws of a question.

    Raises:
        ConfigError: When a label or a hint is for what is no option.
    """
    control = widget.control(question)
    options = [option.value for option in control.options]
    for text in (*question.ask.labels, *question.ask.hints):
        if text not in options:
            raise ConfigError(
                f"{model.__name__}.{question.name}: a label is for "
                f"{unknown('option', text, options)}"
            )
    return control
