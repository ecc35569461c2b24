"""The language that says where in a reply a value stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.providers.table.paths import parse_path, parse_words

REPLIES: dict[str, Any] = {
    "user": {
        "id": 7,
        "name": {"first": "Kim", "last": "Vries"},
        "mails": ["a@example.org", "b@example.org"],
        "nick": "",
    },
    "emails": [
        {"email": "old@example.org", "primary": False},
        "no row",
        {"email": "odd@example.org", "primary": 1},
        {"email": "kim@example.org", "primary": True},
        {"email": "late@example.org", "primary": True},
    ],
    "token": {"athlete": {"id": 4711}},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", 7),
        ("name.first", "Kim"),
        ("mails[0]", "a@example.org"),
        ("mails[9]", None),
        ("user:mails[1]", "b@example.org"),
        ("emails:[primary].email", "kim@example.org"),
        ("emails:[absent].email", None),
        ("token:athlete.id", 4711),
        ("callback:user", None),
        ("id.deeper", None),
        ("name[0]", None),
        ("mails.first", None),
        ("nobody.at.all", None),
    ],
)
def test_a_path_leads_to_its_value_or_to_none(path: str, value: object) -> None:
    """The first row in which something is true, and nothing that is like true."""
    assert value == parse_path(path, "user").find(REPLIES)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("name.first", ["Kim"]),
        ("name.first + name.last", ["Kim Vries"]),
        ("name.first+name.middle", ["Kim"]),
        ("nick|name.last", ["Vries"]),
        ("name.middle|nick", []),
        ("id|mails", []),
        ("name.first|name.last", ["Kim", "Vries"]),
    ],
)
def test_words_are_joined_and_the_first_that_say_something_count(
    words: str, found: list[str]
) -> None:
    """A number or a list is no word for people."""
    assert found == list(parse_words(words, "user").find(REPLIES))


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "a.", ".a", "a..b", "a[", "a[]", "a]b", "[", "a b", "a-b"),
        *("user:", ":a", "User:a", "a:b:c", "a+b", "a|b", "a\n", "é", "a[0]b"),
    ],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    """When its row is loaded, and not at somebody's sign-in."""
    with pytest.raises(ValueError, match="is no path"):
        parse_path(text, "user")


@given(st.text(alphabet="ab1_.[]:+| é", max_size=20))
def test_a_text_is_a_path_or_refused(text: str) -> None:
    """Nothing else comes of it, and a path never raises."""
    try:
        path = parse_path(text, "user")
    except ValueError:
        return
    path.find(REPLIES)
    assert path.steps


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["a", "b", "is"]), inner)
    ),
    max_leaves=20,
)


@given(
    JSON, st.lists(st.sampled_from(["a", "b", "a[0]", "b[is]", "a[1][is]"]), min_size=1)
)
def test_a_path_raises_nothing_whatever_a_reply_holds(
    reply: object, steps: list[str]
) -> None:
    """What does not lead on leads to None."""
    text = ".".join(steps)
    parse_path(text, "user").find({"user": reply})
    for word in parse_words(f"{text}|a+b", "user").find({"user": reply}):
        assert word.strip()
