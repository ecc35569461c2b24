"""Numbers as people write them: read in the language of the page, or not at all."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, get_decimal_symbol
from hypothesis import given
from hypothesis import strategies as st

from onboarding.locales import LOCALES
from onboarding.locales.numbers import DECIMAL, PLAIN_NUMBER, read, write
from onboarding.locales.texts import FORMATS, Texts

SAME = {
    "0": "0",
    "42": "42",
    "007": "007",
    "+5": "5",
    "-5": "-5",
    " 42\n": "42",
    "\u200b42\ufeff": "42",
    "1 234": "1234",
    "1 234 567": "1234567",
    "1\u00a0234": "1234",
    "1\u202f234\u202f567": "1234567",
    "1'234'567": "1234567",
    "1’234": "1234",
    "12345678901234567890": "12345678901234567890",
    # Minus as phones and word processors set it, with the mark of direction of Arabic.
    "\u22125": "-5",
    "\u20135": "-5",
    "\u200e-5": "-5",
    "\u061c-٥": "-5",
    # Digits of other scripts, and the signs of Arabic.
    "٤٢": "42",
    "۴۲": "42",
    "४२": "42",
    "４２": "42",
    "٤٢٫٥": "42.5",
    "١٬٢٣٤٫٥": "1234.5",
    "1e3": "1e3",
    "6E-7": "6e-7",
    # No number of one convention is one of the other, too.
    "1.234.567": "1234567",
    "1,234,567": "1234567",
    "1.234,5": "1234.5",
    "1,234.5": "1234.5",
    "42.5": "42.5",
    "42,5": "42.5",
    "0.123": "0.123",
    "0,123": "0.123",
    "1234.567": "1234.567",
    "1234,567": "1234.567",
    ".5": "0.5",
    ",5": "0.5",
    "-,5": "-0.5",
    "1,5e+16": "1.5e+16",
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("typed", "number"), SAME.items(), ids=map(ascii, SAME))
def test_what_has_one_meaning_is_read(typed: str, number: str, locale: str) -> None:
    """Whatever the page speaks."""
    assert read(typed, locale) == number


@pytest.mark.parametrize(
    ("typed", "english", "dutch"),
    [
        ("1.234", "1.234", "1234"),
        ("1,234", "1234", "1.234"),
        ("-999.999", "-999.999", "-999999"),
        ("12,345", "12345", "12.345"),
        ("１．２３４", "1.234", "1234"),
    ],
)
def test_what_has_two_meanings_has_that_of_the_page(
    typed: str, english: str, dutch: str
) -> None:
    """A thousand times more or less, by one sign."""
    assert (read(typed, "en"), read(typed, "nl")) == (english, dutch)


NOTHING = [
    *(
        "",
        " ",
        "-",
        "+",
        ".",
        ",",
        "e5",
        "--5",
        "5-",
        "- 5",
        "5 %",
        "€ 5",
        "five",
        "XII",
    ),
    *("1_000", "0x10", "inf", "NaN", "1e", "1e1.5", "10²", "½", "Ⅳ", "1\n2", "\0"),
    *("12 34", "1 23", "1,23,456", "1.12.2026", "1..5", "1,,5", "1.2.3", "1.234.56"),
    *("1.234 567", "1 234.567.8", "1'234 567", "0,123,456", "1,234.567.890"),
    *("1٢", "१2", "٤２", "\ud800", "5 ft 3", "1,5,", "1/2"),
]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("typed", NOTHING, ids=map(ascii, NOTHING))
def test_what_is_no_number_is_not_read(typed: str, locale: str) -> None:
    """No sign is skipped: 10² is not 102, and nobody's date is a million."""
    assert read(typed, locale) is None


@pytest.mark.parametrize("locale", LOCALES)
@given(number=st.decimals(min_value=-(10**20), max_value=10**20, places=3))
def test_what_a_language_writes_it_reads(number: Decimal, locale: str) -> None:
    """With groups, as Unicode's CLDR has it, and as a form shows it again."""
    shown = format_decimal(number, locale=FORMATS[locale], decimal_quantization=False)
    said = read(shown, locale)
    assert said is not None
    assert Decimal(said) == number
    assert read(write(str(number), locale), locale) is not None


@pytest.mark.parametrize("locale", LOCALES)
@given(number=st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_writing_and_reading_are_inverse(number: float, locale: str) -> None:
    """What stands in a field and is sent again is the same number."""
    said = read(write(str(number), locale), locale)
    assert said is not None
    assert Decimal(said) == Decimal(str(number))


@pytest.mark.parametrize("locale", LOCALES)
@given(typed=st.text(alphabet="0123456789.,-+ e'٥\u066b\u202f", max_size=12))
def test_whatever_is_read_is_plain(typed: str, locale: str) -> None:
    """What comes out is a number for every program, with no digit more or less."""
    number = read(typed, locale)
    if number is not None:
        assert PLAIN_NUMBER.match(number)
        mantissa = number.lstrip("-").partition("e")[0]
        digits = [c for c in mantissa if c.isdigit()]
        said = [c for c in typed.partition("e")[0] if c.isdigit()]
        assert len(digits) - len(said) in {0, 1}


@pytest.mark.parametrize("text", ["1.2.3", "many", "", "42.5 kg", "١.٢"])
def test_what_is_no_number_is_written_as_it_stands(text: str) -> None:
    """Somebody typed it, and sees it again."""
    assert write(text, "nl") == text


def test_the_sign_of_each_language_is_that_of_its_dates() -> None:
    """The one table of signs says what Babel says."""
    assert set(DECIMAL) == set(LOCALES)
    for locale, sign in DECIMAL.items():
        assert sign == get_decimal_symbol(FORMATS[locale])


def test_a_sentence_writes_numbers_in_its_language() -> None:
    """A bound stands there as it is typed; whole numbers have no fraction."""
    bounds = [0.5, 10.0, Decimal("1.25"), 7]
    said = [Texts("nl").plain("answer.too_small", min=bound) for bound in bounds]
    assert said == [f"Schrijf {b} of meer." for b in ("0,5", "10", "1,25", "7")]
    assert str(Texts("nl")("answer.too_small", min=0.5)) == "Schrijf 0,5 of meer."
    assert Texts("en").say("answer.too_small", min=0.5) == "Write 0.5 or more."
