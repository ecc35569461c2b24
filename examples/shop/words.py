"""The shop's words in the reader's language; amounts and days as written there."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from markupsafe import Markup

from examples.shop.catalogue import Genre

TEXTS = Path(__file__).with_name("texts")
WRITTEN_AS = {"en": "en_GB", "nl": "nl_NL"}

GENRE_NAMES = {
    Genre.NOVEL: "Novels",
    Genre.ADVENTURE: "Adventure",
    Genre.GHOST: "Ghosts and wonders",
    Genre.THOUGHT: "Thought",
}
GENRE_HINTS = {
    Genre.NOVEL: "people and their trouble",
    Genre.ADVENTURE: "ships, islands, far places",
    Genre.GHOST: "for reading with the lamp on",
    Genre.THOUGHT: "slow books, long walks",
}
SHELF_NAMES = {
    Genre.NOVEL: "Novels stand in front.",
    Genre.ADVENTURE: "Adventure stands in front.",
    Genre.GHOST: "Ghosts and wonders stand in front.",
    Genre.THOUGHT: "Slow books stand in front.",
}
UNSORTED = "All books, as they stand in the shop."
STEP_NAMES = {
    "cart_filled": "Filled a cart",
    "checkout_opened": "Opened checkout",
    "address_given": "Gave an address",
    "order_placed": "Placed the order",
    "guest_upgraded": "Kept it by signing in",
}


def translations() -> dict[str, dict[str, str]]:
    """Return the shop's sentences by language; English ones need no translation.

    What stands there in English are sentences of onboarding that the shop puts in
    its own words.
    """
    return {
        file.stem: tomllib.loads(file.read_text("utf-8"))
        for file in TEXTS.glob("*.toml")
    }


@lru_cache(maxsize=1024)
def _euros(cents: int, locale: str) -> str:
    """Write an amount; a shelf shows the same few prices over and over."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=locale)


class Words:
    """Everything the shop says, in one language.

    Args:
        locale: ``en`` or ``nl``.
        own: The sentences of that language, by the English one.
    """

    def __init__(self, locale: str, own: Mapping[str, str]) -> None:
        self.locale = locale
        self._own = own
        self._babel = WRITTEN_AS[locale]

    def say(self, sentence: str, **slots: object) -> Markup:
        """Return a sentence for HTML; what stands in its slots is escaped."""
        said = Markup(self._own.get(sentence, sentence))  # noqa: S704  # ours: never a visitor's
        return said.format(**slots) if slots else said

    def money(self, cents: int) -> str:
        """Return an amount in euros."""
        return _euros(cents, self._babel)

    def day(self, at: datetime) -> str:
        """Return a day, such as "21 November 2026"."""
        return format_date(at, "d MMMM y", locale=self._babel)

    def moment(self, at: datetime) -> str:
        """Return a day and a time, in UTC."""
        return format_datetime(at, "d MMMM y, HH:mm", locale=self._babel) + " UTC"

    def number(self, value: int) -> str:
        """Return a whole number."""
        return format_decimal(value, locale=self._babel)

    def signed(self, value: float) -> str:
        """Return a whole number with its sign, a true minus among them; 0 has none."""
        if round(value) == 0:
            return "0"
        return format_decimal(round(value), "+#,##0;−#,##0", locale=self._babel)

    def percent(self, value: float) -> str:
        """Return a share that is given in per cent."""
        return format_percent(value / 100, locale=self._babel)

    def duration(self, took: timedelta | None) -> str:
        """Return about how long something took; a dash for nothing."""
        if took is None:
            return "–"
        return format_timedelta(took, format="short", locale=self._babel)
