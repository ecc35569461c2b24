"""Where an order goes, and what may be wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from onboarding import check_address
from onboarding.errors import InvalidAnswer
from onboarding.visible import trim

LONGEST = 120
"""Characters of one line of an address; more does not fit on a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an order goes; every line is filled."""

    email: str
    name: str
    street: str
    postcode: str
    town: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one line.

    Attributes:
        field: The name of the line.
        short: For the summary above the form.
        advice: For beside the field: what to do.
    """

    field: str
    short: str
    advice: str


MISSING = {
    "email": ("Email address: fill it in", "Fill in your email address"),
    "name": ("Name: fill it in", "Fill in your name"),
    "street": ("Street and number: fill them in", "Fill in your street and number"),
    "postcode": (
        "Postcode: fill it in, so that the parcel finds you",
        "Fill in your postcode",
    ),
    "town": ("Town: fill it in", "Fill in your town"),
}

TOO_LONG = {
    "email": "Email address: make it shorter",
    "name": "Name: make it shorter, so that it fits on a label",
    "street": "Street and number: make them shorter, so that they fit on a label",
    "postcode": "Postcode: make it shorter, so that it fits on a label",
    "town": "Town: make it shorter, so that it fits on a label",
}
SHORTEN = "Make it shorter: 120 characters at most"
HALF_EMAIL = (
    "Email address: the part after @ is missing",
    "Add the part after @, as in name@example.org",
)
BAD_EMAIL = (
    "Email address: it looks unfinished",
    "Write it as in name@example.org",
)


def clean(form: Mapping[str, str]) -> dict[str, str]:
    """Return the lines as they will be printed: one space where there was more."""
    return {name: " ".join(trim(form.get(name, "")).split()) for name in _names()}


def check(lines: Mapping[str, str]) -> list[Fault]:
    """Return what needs another look, in the order of the form."""
    found = ((name, _fault(name, lines[name])) for name in _names())
    return [
        Fault(field=name, short=fault[0], advice=fault[1])
        for name, fault in found
        if fault is not None
    ]


def _fault(name: str, line: str) -> tuple[str, str] | None:
    if not line:
        return MISSING[name]
    if len(line) > LONGEST:
        return TOO_LONG[name], SHORTEN
    if name != "email":
        return None
    try:
        check_address(line)
    except InvalidAnswer:
        return HALF_EMAIL if line.endswith("@") or "@" not in line else BAD_EMAIL
    return None


def _names() -> list[str]:
    return [field.name for field in fields(Address)]


def lines(to: Address) -> dict[str, str]:
    """Return an address as the lines of the form."""
    return asdict(to)
