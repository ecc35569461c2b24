"""Places in addresses, headers and bodies: what fills them, and what never can."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import BadProviderReply
from onboarding.providers import Read
from onboarding.providers.places import fill_address, places_in
from onboarding.providers.reads import read_problem

URL = "https://api.example/users/{token.user.id}/me?key={client_id}"
TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=50)


@given(TEXT)
def test_a_value_stays_in_its_place(value: str) -> None:
    """Whatever it holds, host, path and query stay as they were written."""
    values = {"token": {"user": {"id": value}}, "client_id": value}
    parts = urlsplit(fill_address("id", URL, values))
    assert (parts.scheme, parts.netloc) == ("https", "api.example")
    assert [unquote(part) for part in parts.path.split("/")] == [
        "",
        "users",
        value,
        "me",
    ]
    assert parse_qs(parts.query) == {"key": [value]}


@pytest.mark.parametrize(
    "value",
    [None, "", True, 1.5, float("nan"), [], {}, ["a"], "a\nb", "\x00", "x" * 5000],
    ids=repr,
)
def test_what_is_no_value_fills_nothing(value: object) -> None:
    """Missing, of another kind, not printable, or far too long: an error of ours."""
    with pytest.raises(BadProviderReply):
        fill_address("id", "https://api.example/{user.id}", {"user": {"id": value}})


@pytest.mark.parametrize("values", [{}, {"user": None}, {"user": []}, {"user": "x"}])
def test_a_way_that_leads_nowhere_fills_nothing(values: dict[str, object]) -> None:
    """An earlier answer may be missing, or be no object."""
    with pytest.raises(BadProviderReply):
        fill_address("id", "https://api.example/{user.id}", values)


def test_a_number_is_written_as_one() -> None:
    """Many providers count their people."""
    values = {"user": {"id": 4711}}
    url = "https://api.example/{user.id}"
    assert fill_address("id", url, values) == "https://api.example/4711"


def test_braces_of_something_else_are_left_alone() -> None:
    """Only a name, or names with dots, is a place."""
    assert places_in('{} {A} {a b} {1} {a.b_c} {"a": 1}') == ["a.b_c"]


def test_a_read_sends_what_it_says() -> None:
    """Method, headers, form and scheme, each with its places filled."""
    read = Read(
        "user",
        "https://api.example/me",
        method="POST",
        headers={"Client-Id": "{client_id}"},
        body={"access_token": "{access_token}", "fields": "id name"},
        scheme="OAuth",
    )
    request = read.request("id", {"access_token": "a&b", "client_id": "shop"})
    assert request.method == "POST"
    assert request.headers["Client-Id"] == "shop"
    assert request.headers["Authorization"] == "OAuth a&b"
    assert request.body == "access_token=a%26b&fields=id%20name"


def test_a_text_goes_as_it_stands() -> None:
    """JSON has braces of its own."""
    query = '{"query": "{ viewer { id } }"}'
    headers = {"Content-Type": "application/json"}
    read = Read("user", "https://a.example", method="POST", headers=headers, body=query)
    request = read.request("id", {"access_token": "a"})
    assert (request.body, request.headers["Content-Type"]) == (
        query,
        "application/json",
    )


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (Read("a", "https://{token.host}/me"), "host"),
        (Read("a", "{token.url}"), "whole address"),
        (Read("a", "http://api.example/{a}"), "https"),
        (Read("a", "https://api.example", headers={"a b": "c"}), "header"),
        (Read("a", "https://api.example", body={}), "GET"),
        (Read("a", "https://api.example", statuses=(200,)), "statuses"),
        (Read("a", "https://api.example", statuses=(500,)), "statuses"),
    ],
    ids=range(7),
)
def test_a_read_that_cannot_work_says_why(read: Read, problem: str) -> None:
    """Found when the provider is built."""
    assert problem in (read_problem(read) or "")
