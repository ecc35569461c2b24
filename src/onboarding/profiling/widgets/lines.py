"""Lines and boxes with a purpose: e-mail, web addresses, phone numbers, long texts."""

import re
from collections.abc import Callable, Sequence

from pydantic import AnyHttpUrl, EmailStr, HttpUrl

from onboarding.jsonvalue import JsonValue
from onboarding.profiling.kinds import phone_library
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, only, said, written

BARE = re.compile(r"[^\s:/?#@.]+(\.[^\s:/?#@.]+)+(:\d+)?([/?#]\S*)?\Z")
"""A web address as people write it, without its scheme: ``example.org/me``."""


class EmailLine:
    """Serves ``EmailStr`` of pydantic, and our ``Email``."""

    name = "email"

    def serves(self, question: Question) -> bool:
        """Tell whether the type is an e-mail address."""
        return question.type is EmailStr

    def control(self, question: Question) -> Control:
        """Return a line with the keyboard for addresses."""
        return _line(question, type="email", autocapitalize="none", spellcheck="false")

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the text without the space around it."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the address as it is kept."""
        return written(value)


class UrlLine:
    """Serves ``HttpUrl`` and ``AnyHttpUrl`` of pydantic; no other scheme."""

    name = "url"

    def serves(self, question: Question) -> bool:
        """Tell whether the type is a web address."""
        return question.type in (HttpUrl, AnyHttpUrl)

    def control(self, question: Question) -> Control:
        """Return a line with the keyboard for web addresses."""
        return _line(
            question,
            # type="url" would refuse what people write without https.
            type="text",
            inputmode="url",
            autocapitalize="none",
            spellcheck="false",
        )

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the address; one without a scheme is one of ``https``."""
        return only([f"https://{t}" if BARE.match(t) else t for t in said(raw)])

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the address as it is kept."""
        return written(value)


class PhoneLine:
    """Serves ``PhoneNumber`` and ``Annotated[str, Phone(…)]``."""

    name = "phone"

    def serves(self, question: Question) -> bool:
        """Tell nothing: the type names this look."""
        return False

    def control(self, question: Question) -> Control:
        """Return a line with the keyboard for numbers to dial."""
        return _line(question, told=_dialled, type="tel")

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the text without the space around it."""
        return only(said(raw))

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the number as it is kept: ``+31612345678``."""
        return written(value)


class LongLines:
    """Serves ``LongText``: a box of several lines."""

    name = "long-text"

    def serves(self, question: Question) -> bool:
        """Tell nothing: the type names this look."""
        return False

    def control(self, question: Question) -> Control:
        """Return a box."""
        return _line(question, kind="long-text")

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        r"""Return the text; a form ends lines by ``\r\n`` (HTML), we by ``\n``."""
        return only([text.replace("\r\n", "\n") for text in said(raw)])

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the text."""
        return written(value)


def _line(
    question: Question,
    *,
    kind: str = "text",
    told: Callable[[str, str], str] | None = None,
    **more: str,
) -> Control:
    attributes = {"autocomplete": question.ask.autocomplete} | more
    return Control(kind=kind, name=question.name, attributes=attributes, told=told)


def _dialled(text: str, locale: str) -> str:  # noqa: ARG001, the same in each language
    """Return a number as it is dialled from abroad: "+31 6 12345678"."""
    library = phone_library()
    try:
        number = library.parse(text, None)
    except library.NumberParseException:
        return text
    form = library.PhoneNumberFormat.INTERNATIONAL
    return str(library.format_number(number, form))
