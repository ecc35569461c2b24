"""Values of other people's making: usable, or not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadProviderReply
from onboarding.providers import replies as read
from onboarding.visible import is_blank

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("value", ["4711", "auth0|abc", "a b", "x" * 255])
def test_a_subject_is_taken_as_it_is(value: str) -> None:
    """Letter by letter: it is a key."""
    assert read.subject("id", value) == value


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", " ", 4711, True, 1.5, [], {}),
        *("x" * 256, "é", "a\nb", "\x00", "\ud800"),
    ],
)
def test_anything_else_is_nobody(value: object) -> None:
    """Never a fall-back, never a random id."""
    with pytest.raises(BadProviderReply) as caught:
        read.subject("id", value)
    assert caught.value.provider == "id"


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (2**64 - 1, "18446744073709551615")]
)
def test_a_number_becomes_text(value: int, text: str) -> None:
    """For providers that count their people."""
    assert read.counted_subject("id", value) == text


@pytest.mark.parametrize(
    "value",
    [
        *("a@", "kim@", "@example.org", "kim", "a@b@c.example", "kim @example.org"),
        *(
            "kim@example.org\n",
            "\x00@x.example",
            "k" * 250 + "@x.example",
            7,
            None,
            ["a@b"],
        ),
    ],
)
def test_what_is_no_address_is_none(value: object) -> None:
    """It counts as not said."""
    found = read.email(value, verified=True, trust=EmailTrust.VERIFIED)
    assert found == (None, EmailTrust.NONE)


def test_a_provider_that_is_not_believed_gives_no_address() -> None:
    """Its people are let in without one."""
    found = read.email("kim@example.org", verified=True, trust=EmailTrust.NONE)
    assert found == (None, EmailTrust.NONE)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (("Kim",), "Kim"),
        ((" Kim \n de\tVries ",), "Kim de Vries"),
        ((None, "", "Kim"), "Kim"),
        (("x" * 500,), "x" * 200),
        (("K\u202eim\x00",), "Kim"),
        (("\u202e", 7, ["Kim"]), None),
        (("\u3164", "\u2800 \u200b", "Kim"), "Kim"),
        (("علی\u200cرضا",), "علی\u200cرضا"),
        ((), None),
    ],
)
def test_a_name_is_one_line_that_can_be_shown(
    values: tuple[object, ...], name: str | None
) -> None:
    """Without what turns a line round or ends it."""
    assert read.name(*values) == name


@pytest.mark.parametrize(
    "name", ["علی\u200cرضا", "ශ්\u200dරී", "র\u200d্যাব", "അവന്\u200d", "क\u200dष"]
)
def test_names_keep_the_joiners_between_their_letters(name: str) -> None:
    """Persian, Sinhala, Bengali, Malayalam, Hindi: without them they are misspelt."""
    assert read.name(name) == name


@pytest.mark.parametrize(
    "control", [chr(c) for c in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F))]
)
def test_names_lose_what_turns_a_line_round(control: str) -> None:
    """Whoever is called so would turn round the sentence of somebody else's page."""
    for isolate in (control, *map(chr, range(0x2066, 0x206A))):
        assert read.name(f"K{isolate}im\u200c") in ("Kim", "Kim\u200c")


@given(JSON, JSON)
def test_nothing_breaks_the_reading(one: object, other: object) -> None:
    """Whatever a reply holds, only one error can come of it."""
    shown = read.name(one, other)
    assert shown is None or (not is_blank(shown) and len(shown) <= 200)
    address, trust = read.email(one, verified=other, trust=EmailTrust.VERIFIED)
    assert (address is None) is (trust is EmailTrust.NONE)
    assert read.rows({"x": one}, "x") is not None
    for reading in (read.subject, read.counted_subject):
        try:
            assert reading("id", one).isascii()
        except BadProviderReply:
            continue
