"""The shop's words in two languages."""

import ast
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markupsafe import Markup

import examples.shop
from examples.shop.words import Words, translations
from onboarding.locales.texts import sentences

HOME = Path(examples.shop.__file__).parent
ENGLISH, DUTCH = translations()["en"], translations()["nl"]
IN_TEMPLATES = re.compile(r'(?:say|own)\("((?:[^"\\]|\\.)*)"')
AT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)


def in_templates() -> Iterator[str]:
    """Every sentence that a template says."""
    for page in sorted(HOME.rglob("templates/**/*.html")):
        yield from IN_TEMPLATES.findall(page.read_text("utf-8"))


def in_code() -> Iterator[str]:
    """Every text in the code, sentences among them."""
    for file in sorted(HOME.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_sentence_of_a_page_is_there_in_dutch() -> None:
    """No page falls back to English half-way."""
    assert sorted(set(in_templates()) - DUTCH.keys()) == []


def test_no_translation_is_left_over() -> None:
    """What nobody says any more is not translated any more."""
    said = {*in_templates(), *in_code(), *ENGLISH}
    assert sorted(DUTCH.keys() - said) == []


def test_sentences_of_the_library_are_changed_in_both_languages() -> None:
    """What the shop says its own way in English, it says its own way in Dutch.

    Each is a sentence of the library, or the name of one of the shop's tables.
    """
    tables = {"Cart lines", "Order lines"}
    assert ENGLISH.keys() <= DUTCH.keys()
    assert ENGLISH.keys() - tables <= sentences("en").keys()


@pytest.mark.parametrize("english", DUTCH)
def test_a_translation_has_the_same_slots(english: str) -> None:
    """The number, the name and the amount stand in either language."""
    slots = [
        sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})
        for text in (english, DUTCH[english])
    ]
    assert slots[0] == slots[1]


def test_dutch_does_not_break_an_email() -> None:
    """The hyphen of e-mail is the one at which no line breaks."""
    assert not any("e-mail" in text.lower() for text in DUTCH.values())


@pytest.mark.parametrize("locale", ["en", "nl"])
def test_a_score_has_its_sign(locale: str) -> None:
    """A true minus, and none at all for what rounds to nothing."""
    words = Words(locale, {})
    said = [words.signed(value) for value in (-8.4, -0.4, 0, 0.4, 24)]
    assert said == ["−8", "0", "0", "0", "+24"]


def test_what_people_typed_is_escaped() -> None:
    """A slot never becomes markup."""
    words = Words("en", {})
    assert words.say("Added: {book}.", book="<b>") == Markup("Added: &lt;b&gt;.")


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", ["€11.50", "21 November 2026", "−12", "+36", "38%", "3 mins", "–"]),
        ("nl", ["€\xa011,50", "21 november 2026", "−12", "+36", "38%", "3 min", "–"]),
    ],
)
def test_amounts_and_days_are_written_as_people_write_them(
    locale: str, written: list[str]
) -> None:
    """Each language has its own order, comma and names."""
    words = Words(locale, {})
    assert [
        words.money(1150),
        words.day(AT),
        words.signed(-12),
        words.signed(36.4),
        words.percent(37.6),
        words.duration(timedelta(minutes=3)),
        words.duration(None),
    ] == written
