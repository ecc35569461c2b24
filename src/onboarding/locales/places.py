"""Countries and amounts of money, as each language writes them (Unicode CLDR)."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from unicodedata import category, normalize

from onboarding.locales.texts import babel_locale

NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}  # reserved, inside other countries
    | {"EU", "EZ", "UN", "XA", "XB", "XK", "QO", "ZZ"}  # assigned by no standard
)
"""Territories of CLDR that are no country or area of ISO 3166-1."""


@cache
def countries(locale: str) -> Mapping[str, str]:
    """Return the names of the 249 countries and areas of ISO 3166-1, by alpha-2 code.

    They are in the order in which the language lists them; accents do not count.

    Args:
        locale: One of ``LOCALES``.
    """
    names = babel_locale(locale).territories
    found = {
        code: name
        for code, name in names.items()
        if len(code) == len("NL") and code.isalpha() and code not in NO_COUNTRIES
    }
    return MappingProxyType(dict(sorted(found.items(), key=lambda one: _rank(one[1]))))


def _rank(name: str) -> str:
    plain = (c for c in normalize("NFKD", name) if not category(c).startswith("M"))
    return "".join(plain).casefold()


def is_currency(code: str) -> bool:
    """Tell whether CLDR knows this as a currency of ISO 4217."""
    return code in babel_locale("en").currencies


def decimals(currency: str) -> int:
    """Return how many digits stand behind the point: 2 for EUR, 0 for JPY."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


def amount(text: str, currency: str, locale: str) -> str:
    """Return an amount with its sign: "€ 12,50" in Dutch, "€12.50" in English.

    Args:
        text: The amount as programs write it: ``12.5``.
        currency: The code of ISO 4217.
        locale: One of ``LOCALES``.
    """
    from babel.numbers import format_currency

    return str(format_currency(Decimal(text), currency, locale=babel_locale(locale)))


def currency_words(currency: str, locale: str) -> str:
    """Return what a currency is called, with its sign: "Euro (€)"."""
    from babel.numbers import get_currency_name, get_currency_symbol

    place = babel_locale(locale)
    name = get_currency_name(currency, locale=place)
    sign = get_currency_symbol(currency, locale=place)
    return f"{name} ({sign})"


@cache
def signs(currency: str) -> tuple[str, ...]:
    """Return what people write beside an amount: its code, and its sign in CLDR."""
    from babel.numbers import get_currency_symbol

    return currency, str(get_currency_symbol(currency, locale=babel_locale("en")))
