"""What is wrong with an answer, as a text key that says what to do.

pydantic's own messages are for developers and never reach a person; a sentence that
the host's own validator raised is the host's, and is shown as it stands.
"""

import re
from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from typing import get_args

from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from onboarding.errors import InvalidAnswer
from onboarding.profiling.model import Question

Slots = Mapping[str, str | int | float]
"""What a text's named slots are filled with."""

GENERAL = "answer.not_usable"
MISSING = "answer.missing"
PART_MISSING = "answer.part_missing"
NOT_ASKED = "answer.not_asked"
NOT_DECLINABLE = "answer.not_declinable"
NO_SUCH_DAY = "answer.no_such_day"
NOT_A_DATE = "answer.not_a_date"
NOT_A_NUMBER = "answer.not_a_number"
NOT_WHOLE = "answer.not_whole"
NOT_AN_EMAIL = "answer.not_an_email"
NOT_A_URL = "answer.not_a_url"
TOO_LONG = "answer.too_long"

KEYS: Mapping[str, str] = {
    "missing": PART_MISSING,
    "enum": "answer.choose_one",
    "literal_error": "answer.choose_one",
    "bool_type": "answer.choose_one",
    "bool_parsing": "answer.choose_one",
    "list_type": "answer.choose_some",
    "set_type": "answer.choose_some",
    "frozen_set_type": "answer.choose_some",
    "url_parsing": NOT_A_URL,
    "url_scheme": NOT_A_URL,
    "url_syntax_violation": NOT_A_URL,
    "url_too_long": NOT_A_URL,
    "url_type": NOT_A_URL,
    "date_type": NOT_A_DATE,
    "date_parsing": NOT_A_DATE,
    "date_from_datetime_parsing": NOT_A_DATE,
    "date_from_datetime_inexact": NOT_A_DATE,
    "date_past": "answer.not_past",
    "date_future": "answer.not_future",
    "string_type": "answer.not_text",
    "string_too_short": "answer.too_short",
    "string_too_long": TOO_LONG,
    "int_type": NOT_WHOLE,
    "int_parsing": NOT_WHOLE,
    "int_parsing_size": NOT_WHOLE,
    "int_from_float": NOT_WHOLE,
    "float_type": NOT_A_NUMBER,
    "float_parsing": NOT_A_NUMBER,
    "decimal_type": NOT_A_NUMBER,
    "decimal_parsing": NOT_A_NUMBER,
    "finite_number": NOT_A_NUMBER,
    "greater_than_equal": "answer.too_small",
    "greater_than": "answer.not_above",
    "less_than_equal": "answer.too_large",
    "less_than": "answer.not_below",
    "too_short": "answer.choose_more",
    "too_long": "answer.choose_fewer",
}
"""The text of each of pydantic's error types that has one; others are general."""

OF_DATES: Mapping[str, str] = {
    "greater_than_equal": "answer.too_early",
    "greater_than": "answer.not_after",
    "less_than_equal": "answer.too_late",
    "less_than": "answer.not_before",
}
"""The same where the bound is a day."""

SLOTS: Mapping[str, tuple[str, ...]] = {
    "min": ("ge", "gt", "min_length"),
    "max": ("le", "lt", "max_length"),
}
"""What pydantic calls the bound that a text has in its slot; a day is ISO 8601."""


OUR_KIND = "onboarding"
"""The type of the errors of our own kinds, whose message is a text key."""

PYDANTIC: frozenset[str] = frozenset(get_args(ErrorType))
"""The error types that pydantic itself gives; any other is the host's own."""


LIKE_A_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
"""A day as forms write it, whether there is such a one or not."""


def problem(
    question: str, errors: Sequence[ErrorDetails], value: object, parts: Container[str]
) -> InvalidAnswer:
    """Return what to tell the person, from pydantic's errors.

    Of an answer with parts everything is told, once for each part; of any other the
    first.

    Args:
        question: Its name.
        errors: What pydantic found.
        value: What was said.
        parts: The names of its parts.
    """
    said = value if isinstance(value, Mapping) else {}
    found: dict[str, InvalidAnswer] = {}
    for error in errors:
        _, *inner = error["loc"] or ("",)
        part = inner[0] if inner and inner[0] in parts else ""
        if isinstance(part, str) and part not in found:
            spoken = said.get(part) if part else value
            found[part] = _one(question, error, part, spoken)
    first, *rest = found.values()
    if first.part is None:
        return first
    return InvalidAnswer(
        first.question, first.problem, first.slots, part=first.part, more=tuple(rest)
    )


def left_out(name: str, parts: Mapping[str, Question]) -> list[InvalidAnswer]:
    """Return what to tell who said nothing: of each part that is wanted, or of all.

    Args:
        name: The question.
        parts: The parts of which it is drawn, by their names.
    """
    wanted = [part for part, one in parts.items() if one.required]
    if not wanted:
        return [InvalidAnswer(name, MISSING)]
    return [InvalidAnswer(name, PART_MISSING, part=part) for part in wanted]


def _one(question: str, error: ErrorDetails, part: str, value: object) -> InvalidAnswer:
    """Return one of them.

    An error that names no field is a rule across several: its question is ``""``.
    """
    name = question if error["loc"] else ""
    key, slots = _told(error, value)
    return InvalidAnswer(name, key, slots, part=part)


def _told(error: ErrorDetails, value: object) -> tuple[str, Slots]:
    context = error.get("ctx", {})
    raised = context.get("error")
    if isinstance(raised, Exception):
        return str(raised) or GENERAL, {}
    if error["type"] not in PYDANTIC:
        is_ours = error["type"] == OUR_KIND
        return error["msg"], {n: _plain(v) for n, v in context.items() if is_ours}
    if error["type"] == "value_error":  # of EmailStr: its library tells a reason
        return NOT_AN_EMAIL if "reason" in context else GENERAL, {}
    slots = _slots(context)
    # pydantic writes the bounds of days as text, and those of numbers as numbers.
    is_day = any(
        isinstance(context.get(name), str) for name in ("ge", "gt", "le", "lt")
    )
    keys = OF_DATES if is_day else KEYS
    key = keys.get(error["type"], GENERAL)
    if (
        key == NOT_A_DATE
        and isinstance(value, str)
        and LIKE_A_DAY.fullmatch(value.strip())
    ):
        key = NO_SUCH_DAY
    return key, slots


def _slots(context: Mapping[str, object]) -> Slots:
    return {
        slot: float(bound) if isinstance(bound, Decimal) else _plain(bound)
        for slot, names in SLOTS.items()
        for name in names
        if (bound := context.get(name)) is not None
    }


def _plain(bound: object) -> str | int | float:
    return bound if isinstance(bound, int | float) else str(bound)
