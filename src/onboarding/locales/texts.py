"""What the pages say, in each language: whole sentences with named slots.

A file ``<language>.toml`` holds sentences by key, such as ``sign_in.title``. A
sentence that depends on a number stands in the forms that its language has
(``.one``, ``.other``; Unicode CLDR), of which the number in the slot ``count``
chooses. A host's own sentences, such as ``Ask.question``, are found by themselves:
``texts={"nl": {"What do you like to read?": "Wat lees je graag?"}}``. The same
mapping changes a sentence of ours by its key:
``texts={"en": {"frame.help": "Ask us"}}``.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from onboarding.errors import ConfigError
from onboarding.locales import LOCALES
from onboarding.locales.numbers import in_words
from onboarding.names import unknown

FORMATS = {"en": "en_GB", "nl": "nl"}
"""Whose dates and numbers a language writes: "21 November", in either."""


KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
"""What a key looks like, and no sentence does."""

NEAR = 0.85
"""How alike two keys are, of 1, when one of them is a slip of the pen."""

MOST_MINUTES = timedelta(minutes=90)
"""What is longer is told in hours."""


class Texts:
    """Everything the pages say in one language.

    Args:
        locale: One of ``LOCALES``.
        own: The host's sentences in this language, and its changes to ours.
    """

    def __init__(self, locale: str, own: Mapping[str, str] | None = None):
        self.locale = locale
        self._own = own or {}
        self._ours = sentences(locale)

    def __call__(self, key: str, **slots: object) -> Markup:
        """Return a sentence for HTML; what stands in its slots is escaped.

        Raises:
            KeyError: When there is no such sentence, or a slot is not given.
        """
        # Markup.format escapes each slot that is not Markup itself.
        sentence = Markup(self._sentence(key, slots))  # noqa: S704  # ours, or the host developer's: never a visitor's
        return sentence.format(**self._in_words(slots))

    def plain(self, key: str, **slots: object) -> str:
        """Return a sentence for JSON and mail, where nothing is escaped."""
        return self._sentence(key, slots).format(**self._in_words(slots))

    def _in_words(self, slots: Mapping[str, object]) -> dict[str, object]:
        return {name: in_words(value, self.locale) for name, value in slots.items()}

    def _sentence(self, key: str, slots: Mapping[str, object]) -> str:
        if key not in self and "count" in slots:
            key = f"{key}.{self._form(slots['count'])}"
        return self._own.get(key) or self._ours[key]

    def _form(self, count: object) -> str:
        return str(self._babel.plural_form(count))

    @property
    def _babel(self) -> Any:  # noqa: ANN401  # Babel's Locale, loaded where it is used
        return babel_locale(self.locale)

    def __contains__(self, key: str) -> bool:
        """Tell whether a sentence of ours stands under this key."""
        return key in self._ours

    def say(self, text: str, **given: object) -> str:
        """Return a sentence of ours by its key, or a host's sentence by itself.

        A host's sentence that nobody translated is said as it stands; so is one that
        merely reads like a key, since it does not fill that sentence's slots.
        """
        if text in self and slots(self._ours[text]) <= given.keys():
            return self.plain(text, **given)
        return self._own.get(text, text)

    def short_date(self, at: datetime, now: datetime) -> str:
        """Return a day of UTC as "21 November", with the year if it is not this one."""
        return self._day(at, "d MMMM" if at.year == now.year else "d MMMM y")

    def long_date(self, day: date) -> str:
        """Return a day with its year, as "21 November 2026"."""
        return self._day(day, "d MMMM y")

    def duration(self, duration: timedelta) -> str:
        """Return how long something takes, rounded up: "9 minutes", "23 hours"."""
        from babel.dates import format_timedelta

        is_short = duration <= MOST_MINUTES
        size = timedelta(minutes=1) if is_short else timedelta(hours=1)
        # Nothing reaches the threshold, so that it is told in this very unit.
        return format_timedelta(
            -(-duration // size) * size,
            granularity="minute" if is_short else "hour",
            threshold=1e9,
            locale=self._babel,
        )

    def _day(self, day: date, pattern: str) -> str:
        from babel.dates import format_date

        return format_date(day, pattern, locale=self._babel)


@cache
def babel_locale(locale: str) -> Any:  # noqa: ANN401  # Babel's Locale
    """Return whose dates, numbers and names a language of ours writes."""
    from babel import Locale

    return Locale.parse(FORMATS.get(locale, locale))


@cache
def sentences(locale: str) -> Mapping[str, str]:
    """Return every sentence of a language by its key, read once.

    Raises:
        ConfigError: When the library does not speak it.
    """
    if locale not in LOCALES:
        spoken = ", ".join(LOCALES)
        raise ConfigError(f"texts for {locale!r}: the pages speak {spoken}")
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath(f"{locale}.toml").read_text(encoding="utf-8")
    return MappingProxyType(dict(_flat(tomllib.loads(text))))


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, str):
            yield path + name, value
        else:
            yield from _flat(value, f"{path}{name}.")


def slots(sentence: str) -> frozenset[str]:
    """Return the names of a sentence's slots."""
    parts = Formatter().parse(sentence)
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _check_key(locale: str, key: str, ours: Mapping[str, str]) -> None:
    """Refuse what is meant for a key of ours and is none: nobody would ever say it.

    A host's own sentences, and keys in groups of its own, are the host's to name.
    """
    if not KEY.fullmatch(key) or key in ours or f"{key}.other" in ours:
        return
    groups = {known.partition(".")[0] for known in ours} - {"resource"}
    from difflib import get_close_matches

    near = get_close_matches(key, ours, n=1, cutoff=NEAR)
    if near or key.partition(".")[0] in groups:
        raise ConfigError(
            f"texts[{locale!r}] holds {unknown('sentence of ours', key, ours)} Every "
            "key stands in onboarding/locales/en.toml"
        )


def check(texts: Mapping[str, Mapping[str, str]]) -> None:
    """Check a host's texts before any page is drawn with them.

    Raises:
        ConfigError: For a language that the pages do not speak, and for a changed
            sentence of ours with a slot that it is never given.
    """
    for locale, own in texts.items():
        ours = sentences(locale)
        for key in own:
            _check_key(locale, key, ours)
        for key in own.keys() & ours.keys():
            given = sorted(slots(ours[key]))
            try:
                strange = slots(own[key]) - set(given)
            except ValueError:
                strange = frozenset({"{"})
            if strange:
                raise ConfigError(
                    f"texts[{locale!r}][{key!r}] has the slot {min(strange)!r}; "
                    f"this sentence is given {', '.join(given) or 'none'}"
                )
