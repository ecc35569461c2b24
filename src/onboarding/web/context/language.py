"""The language of a response: asked for, kept, preferred by the browser, or ours."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from onboarding.cookies import CookieNames, CookieSpec
from onboarding.frozen import dataclass
from onboarding.web.context import cookies
from onboarding.web.context.lists import weighted

if TYPE_CHECKING:
    from onboarding.web.context.request_context import RequestContext

LANGUAGE_FIELD = "onboarding-language"
"""The field of a form that the language switch sends; see ``switch``.

It has a hyphen, which no question's name has."""

A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language, and what follows from how it was chosen.

    Attributes:
        vary: The request header that decided, for ``Vary``; empty where none did.
        keep: Whether it was asked for just now, and should be kept.
    """

    locale: str
    vary: bytes = b""
    keep: bool = False


def choose(
    scope: Mapping[str, Any], locales: Sequence[str], names: CookieNames
) -> LanguageChoice:
    """Return the language for a request; the first of ``locales`` if all else fails."""
    headers = scope["headers"]
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("lang", "")
    if asked in locales:
        return LanguageChoice(asked, keep=True)
    name = names.sent(cookies.LANGUAGE).encode()
    kept = (cookies.agreed(cookies.values(headers, name)) or b"").decode("latin-1")
    if kept in locales:
        return LanguageChoice(kept, b"Cookie")
    accept = b",".join(value for key, value in headers if key == b"accept-language")
    return LanguageChoice(
        negotiate(accept.decode("latin-1"), locales), b"Accept-Language"
    )


def negotiate(accept: str, locales: Sequence[str]) -> str:
    """Return the language of ``Accept-Language`` that we speak (RFC 9110 §12.5.4).

    A region is left aside: ``nl-BE`` is ``nl``. Of equal weights the first counts; a
    star stands for each language that is not named.
    """
    weights: dict[str, float] = {}
    rest = 0.0
    for one in weighted(accept):
        primary = one.value.partition("-")[0]
        if one.value == "*":
            rest = max(rest, one.weight)
        elif primary in locales:
            weights[primary] = max(weights.get(primary, 0.0), one.weight)
    candidates = {**weights, **{n: rest for n in locales if n not in weights}}
    best = max(candidates, key=candidates.__getitem__)
    return best if candidates[best] else locales[0]


def cookie(locale: str) -> CookieSpec:
    """Return the cookie that keeps a choice of language, and holds nothing else."""
    return CookieSpec(name=cookies.LANGUAGE, value=locale, max_age=A_YEAR)


def query_in(locale: str, query: str) -> str:
    """Return a query string that asks for the same page in another language.

    All else stays as it was sent, be it there twice or empty.
    """
    pairs = [pair for pair in query.split("&") if pair]
    others = [pair for pair in pairs if unquote_plus(pair.split("=")[0]) != "lang"]
    return "&".join([*others, f"lang={locale}"])


def switch(context: "RequestContext", asked: object) -> bool:
    """Tell whether the language switch sent a form, and go on in that language.

    Then the form is shown again with what was typed: nothing in it is to be checked or
    kept.

    Args:
        context: Of the request that brought the form.
        asked: The value of the field ``LANGUAGE_FIELD``, or None where there is none.
    """
    if isinstance(asked, str) and asked in context.core.locales:
        context.speak(asked)
    return asked is not None
