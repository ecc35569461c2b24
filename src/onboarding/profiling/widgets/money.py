"""An amount of one currency."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache, partial

from onboarding.errors import ConfigError
from onboarding.jsonvalue import JsonValue
from onboarding.locales.numbers import PLAIN_NUMBER
from onboarding.locales.places import amount, currency_words, signs
from onboarding.profiling.model import Question
from onboarding.profiling.widgets.base import Control, only, said, written


class Amount:
    """Serves ``Annotated[Decimal, Money("EUR")]``."""

    name = "money"

    def serves(self, question: Question) -> bool:
        """Tell nothing: the type names this look."""
        return False

    def control(self, question: Question) -> Control:
        """Return a line for a number, which says in what it is counted.

        Raises:
            ConfigError: When the type names no currency.
        """
        currency = question.limit("currency")
        if not isinstance(currency, str) or question.type is not Decimal:
            raise ConfigError(
                f"{question.name}: the widget 'money' needs a currency; write "
                'Annotated[Decimal | None, Money("EUR"), Ask(…)]'
            )
        return Control(
            kind="text",
            name=question.name,
            attributes={
                "autocomplete": question.ask.autocomplete,
                "inputmode": "decimal",
            },
            number=True,
            told=_teller(currency),
            unit=_unit(currency),
        )

    def parse(self, question: Question, raw: Sequence[str]) -> JsonValue:
        """Return the number, without the sign or code of its currency beside it."""
        currency = str(question.limit("currency"))
        sign = "|".join(map(re.escape, signs(currency)))
        beside = re.compile(rf"(?:{sign})\s*(?=[\d.,+-])|(?<=[\d.,-])\s*(?:{sign})\Z")
        return only([beside.sub("", text, count=1) for text in said(raw)])

    def raw(self, question: Question, value: JsonValue) -> tuple[str, ...]:
        """Return the number as it is written."""
        return written(value)


def _told(currency: str, text: str, locale: str) -> str:
    return amount(text, currency, locale) if PLAIN_NUMBER.match(text) else text


@cache  # a control is the same when it is made again
def _teller(currency: str) -> Callable[[str, str], str]:
    return partial(_told, currency)


@cache
def _unit(currency: str) -> Callable[[str], str]:
    return partial(currency_words, currency)
