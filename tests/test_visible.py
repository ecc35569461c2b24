"""What can be seen: blanks, edges, and what belongs to a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.visible import is_blank, is_hidden, trim

BLANK = {
    "nothing": "",
    "space": " \t\n",
    "no-break space": "\u00a0\u202f",
    "ideographic space": "\u3000",
    "zero width space": "\u200b",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "pattern of Braille": "\u2800",
    "Hangul fillers": "\u3164\u115f\u1160\uffa0",
    "Khitan filler": "\U00016fe4",
    "Mongolian separator": "\u180e",
    "grapheme joiner": "\u034f",
    "joiners alone": "\u200c\u200d",
    "look without a sign": "\ufe0f\U000e0100",
    "tags without a flag": "\U000e0067\U000e007f",
    "marks of direction": "\u200e\u200f\u061c\u2068\u2069\u202a\u202c",
    "annotation": "\ufff9\ufffb",
    "controls": "\x01\x1b\x7f",
    "all together": " \u200b\u2800 \u3164\n",
}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_blank_is_more_than_white_space(text: str) -> None:
    """A text of which nothing can be seen says nothing, however long."""
    assert is_blank(text)
    assert trim(text) == ""
    assert trim(f"{text}kim{text}") == "kim"
    assert trim(f"{text}ש{text.translate({0x200C: '', 0x200D: ''})}")[0] == "ש"


SEEN = {
    "letters": "kim",
    "spaces inside": "Kim de Vries",
    "half space of Persian": "علی\u200cرضا",
    "joiner of Sinhala": "ශ්\u200dරී",
    "joiner at the end, Malayalam": "അവന്\u200d",
    "emoji of a family": "👩\u200d👧",
    "look of a sign": "I ❤\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "flag of England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "hyphen inside": "co\u00adoperate",
    "sign before a number": "\u0600١٢",
    "a mark alone": "\u0301",
}


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_what_belongs_to_a_word_stays(text: str) -> None:
    """Whatever shapes a letter or a sign is part of it, at its end, too."""
    assert not is_blank(text)
    assert text == trim(text)
    assert text == trim(f"\u200b \ufeff{text} \u200b\n")


@given(st.text(max_size=20))
def test_trimming_is_final_and_loses_nothing_that_is_seen(text: str) -> None:
    """Trimming twice is trimming once, and every visible character is still there."""
    once = trim(text)
    assert once == trim(once)
    assert once in text
    seen = [char for char in text if not is_hidden(char)]
    assert seen == [char for char in once if not is_hidden(char)]
    assert is_blank(text) is (once == "")
