"""A day of the calendar."""

from collections.abc import Sequence
from datetime import date, timedelta

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.days import is_day
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, only, said, written


class Date:
    """Serves days; a form sends them as ``2001-12-31`` (HTML standard, "Dates")."""

    name = "date"

    def serves(self, question: Question) -> bool:
        """Tell whether the type is a day, without a time of the day."""
        return is_day(question.type)

    def control(self, question: Question) -> Control:
        """Return a date field with the first and the last day that it takes."""
        attributes = {"autocomplete": question.ask.autocomplete}
        day = timedelta(days=1)
        for name, limit, step in (
            ("min", "ge", 0 * day),
            ("min", "gt", day),
            ("max", "le", 0 * day),
            ("max", "lt", -day),
        ):
            bound = question.limit(limit)
            if isinstance(bound, date):
                attributes[name] = (bound + step).isoformat()
        return Control(kind="date", name=question.name, attributes=attributes)

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the text without the space around it."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the day as it is stored, which is how forms write it."""
        return written(value)
