"""Kinds of answers: what is kept of what a form says, what is refused, and how told."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, EmailStr, HttpUrl, PastDate

from onboarding import (
    Address,
    Ask,
    ConfigError,
    Consent,
    Country,
    Email,
    LongText,
    Money,
    Phone,
    PhoneNumber,
)
from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.locales.places import countries
from onboarding.locales.texts import Texts
from onboarding.profiling.catalogue import build_catalogue
from onboarding.profiling.validation import check, stored
from onboarding.profiling.values import value_in_words
from onboarding.profiling.widgets.base import Widget
from onboarding.profiling.widgets.consent import Tick
from onboarding.profiling.widgets.country import CountryList
from onboarding.profiling.widgets.lines import (
    EmailLine,
    LongLines,
    PhoneLine,
    UrlLine,
)
from onboarding.profiling.widgets.money import Amount
from onboarding.testing.contracts.widget import WidgetContract, WidgetSample

WHY = "We like to know."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


class Reader(BaseModel):
    """A question of each kind."""

    story: Annotated[LongText | None, Ask("Story?", WHY)] = None
    mail: Annotated[Email | None, Ask("Mail?", WHY)] = None
    letters: Annotated[EmailStr | None, Ask("Letters?", WHY)] = None
    site: Annotated[HttpUrl | None, Ask("Site?", WHY)] = None
    phone: Annotated[PhoneNumber | None, Ask("Phone?", WHY)] = None
    dutch: Annotated[str | None, Phone("NL"), Ask("Phone?", WHY)] = None
    land: Annotated[Country | None, Ask("Country?", WHY)] = None
    euros: Annotated[Decimal | None, Money("EUR"), Ask("How dear?", WHY)] = None
    yen: Annotated[Annotated[Decimal, Money("JPY")] | None, Ask("Yen?", WHY)] = None
    terms: Annotated[Consent | None, Ask("I agree.", WHY)] = None
    born: Annotated[PastDate | None, Ask("Born?", WHY)] = None
    genres: Annotated[set[Genre] | None, Ask("Which?", WHY)] = None
    home: Annotated[Address | None, Ask("Home?", WHY)] = None


CATALOGUE = build_catalogue(Reader)


def kept(name: str, form: dict[str, list[str]], locale: str = "nl") -> JsonValue:
    """Return what is kept of a form's answer to one question."""
    said = CATALOGUE.parse([name], form, locale)[name]
    return stored(CATALOGUE.drafts, name, check(CATALOGUE.drafts, {}, name, said))


def told(name: str, value: JsonValue, locale: str = "nl") -> str:
    """Return a value as people read it."""
    return value_in_words(name, value, texts=Texts(locale), catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("name", "typed", "value", "words"),
    [
        ("story", "a\r\nb", "a\nb", "a\nb"),
        ("mail", "A@B.example", "a@b.example", "a@b.example"),
        ("letters", "A@Café.example", "A@café.example", "A@café.example"),
        ("site", "example.org", "https://example.org/", "https://example.org/"),
        ("phone", "+31 (0)6 12345678", "+31612345678", "+31 6 12345678"),
        ("dutch", "06-12345678", "+31612345678", "+31 6 12345678"),
        ("dutch", "+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
        ("land", "NL", "NL", "Nederland"),
        ("euros", "€ 1.234,5", "1234.50", "€\xa01.234,50"),
        ("euros", "12 EUR", "12.00", "€\xa012,00"),
        ("terms", "true", True, "Ja"),
        ("born", "1990-12-31", "1990-12-31", "31 december 1990"),
    ],
)
def test_what_is_kept_and_told(
    name: str, typed: str, value: JsonValue, words: str
) -> None:
    """One form of each value, which people read in the language of the page."""
    assert kept(name, {name: [typed]}) == value
    assert told(name, value) == words


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("mail", "kim", "not_an_email"),
        ("letters", "kim", "not_an_email"),
        ("letters", "kim@nowhere", "not_an_email"),
        ("site", "javascript:alert(1)", "not_a_url"),
        ("site", "ftp://example.org", "not_a_url"),
        ("phone", "06 12345678", "not_a_phone"),
        ("phone", "+31 6 12345678 ext. 5", "not_a_phone"),
        ("dutch", "12", "not_a_phone_here"),
        ("land", "XX", "not_a_country"),
        ("euros", "1,234", "too_fine"),
        ("yen", "1,5", "not_whole"),
        ("terms", "false", "not_ticked"),
        ("born", "2999-01-01", "not_past"),
        ("born", "2001-02-30", "no_such_day"),
        ("born", "2001-04-31", "no_such_day"),
        ("born", "31-12-1990", "not_a_date"),
    ],
)
def test_what_is_refused_says_what_to_do(name: str, typed: str, problem: str) -> None:
    """Each mistake has a sentence of its own."""
    with pytest.raises(InvalidAnswer) as refused:
        kept(name, {name: [typed]})
    assert refused.value.problem == f"answer.{problem}"


def test_each_part_has_its_own_error() -> None:
    """An answer with parts is refused whole, with what is wrong with each."""
    form = {"home.street": ["Oude Delft 1"], "home.country": ["XX"]}
    with pytest.raises(InvalidAnswer) as refused:
        kept("home", form)
    wrong = (refused.value, *refused.value.more)
    assert {(one.field, one.problem) for one in wrong} == {
        ("home.town", "answer.part_missing"),
        ("home.country", "answer.not_a_country"),
    }


def test_parts_are_one_answer() -> None:
    """They are kept as one object, and told in one line; nothing at all is silence."""
    form = {"home.street": ["X 1"], "home.town": ["Delft"], "home.country": ["NL"]}
    value = kept("home", form)
    assert told("home", value) == "X 1, Delft, Nederland"
    sent = {n: [t] for n, t in CATALOGUE.fields("home", value, "nl")}
    assert sent == form
    assert CATALOGUE.parse(["home"], {"home.street": [" "]}, "nl") == {"home": None}


def test_a_set_is_kept_in_one_order() -> None:
    """The same set is the same text in every process."""
    both = [["ghost", "novel"], ["novel", "ghost"]]
    assert [kept("genres", {"genres": one}) for one in both] == [["ghost", "novel"]] * 2


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_numbers_of_every_country_come_back(region: str) -> None:
    """What is kept is read again as the same, also as people read it."""
    example = phonenumbers.example_number(region)
    if example is None:
        return
    form = phonenumbers.PhoneNumberFormat.E164
    value = phonenumbers.format_number(example, form)
    assert kept("phone", {"phone": [told("phone", value)]}) == value


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["en", "nl"]))
def test_amounts_come_back(amount: Decimal, locale: str) -> None:
    """What a page writes is read as the same amount."""
    fields = CATALOGUE.fields("euros", str(amount), locale)
    assert Decimal(str(kept("euros", {n: [t] for n, t in fields}, locale))) == amount


@given(st.dates(max_value=date(2020, 1, 1) - timedelta(days=1)))
def test_days_come_back(day: date) -> None:
    """A day is kept as forms write it."""
    assert kept("born", {"born": [day.isoformat()]}) == day.isoformat()


@pytest.mark.parametrize("locale", ["en", "nl"])
def test_countries_are_named_in_the_language(locale: str) -> None:
    """All 249 of ISO 3166-1, in the order of their names; every one is an answer."""
    options = CATALOGUE.controls["land"].options_in(locale)
    assert len(options) == 249
    assert [one.value for one in options] == list(countries(locale))
    germany = {"en": "Germany", "nl": "Duitsland"}[locale]
    assert germany in {one.label for one in options}


def test_money_and_regions_are_checked_at_the_start() -> None:
    """A currency, a float, a region that cannot be: refused with what to write."""
    with pytest.raises(ConfigError, match="ISO 4217"):
        Money("EURO")
    with pytest.raises(ConfigError, match="loses cents"):

        class Rough(BaseModel):
            price: Annotated[float | None, Money("EUR")] = None

    with pytest.raises(ConfigError, match="region"):

        class Lost(BaseModel):
            phone: Annotated[str | None, Phone("Holland")] = None


def test_a_missing_library_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error names the extra to install."""
    monkeypatch.setitem(__import__("sys").modules, "phonenumbers", None)
    with pytest.raises(ConfigError, match=r"pip install onboarding\[phone\]"):

        class Early(BaseModel):
            phone: Annotated[PhoneNumber | None, Ask("Phone?", WHY)] = None


class _Kind(WidgetContract):
    """The promise of a widget, for one of these."""

    model: ClassVar[type[BaseModel]] = Reader


class TestEmailLine(_Kind):
    """An e-mail address."""

    widget: ClassVar[Widget] = EmailLine()
    samples: ClassVar[list[WidgetSample]] = [
        ("mail", ["a@b.example"], "a@b.example"),
        ("letters", ["a@b.example"], "a@b.example"),
    ]


class TestUrlLine(_Kind):
    """A web address."""

    widget: ClassVar[Widget] = UrlLine()
    samples: ClassVar[list[WidgetSample]] = [
        ("site", ["example.org/a"], "https://example.org/a")
    ]


class TestPhoneLine(_Kind):
    """A phone number."""

    widget: ClassVar[Widget] = PhoneLine()
    samples: ClassVar[list[WidgetSample]] = [
        ("phone", ["+31 6 12345678"], "+31 6 12345678"),
        ("dutch", ["06 12345678"], "06 12345678"),
    ]


class TestLongLines(_Kind):
    """Several lines."""

    widget: ClassVar[Widget] = LongLines()
    samples: ClassVar[list[WidgetSample]] = [("story", ["a\r\nb"], "a\nb")]


class TestAmount(_Kind):
    """An amount."""

    widget: ClassVar[Widget] = Amount()
    samples: ClassVar[list[WidgetSample]] = [("euros", ["€ 12.50"], "12.50")]


class TestCountryList(_Kind):
    """A country."""

    widget: ClassVar[Widget] = CountryList()
    samples: ClassVar[list[WidgetSample]] = [("land", ["NL"], "NL")]


class TestTick(_Kind):
    """A tick."""

    widget: ClassVar[Widget] = Tick()
    samples: ClassVar[list[WidgetSample]] = [("terms", ["true"], True)]
