"""Likely slips in the domain of an address."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.guests.typos import COMMON, is_one_slip, likely_address

LETTERS = st.sampled_from(string.ascii_lowercase + ".-")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("kim@gmial.com", "kim@gmail.com"),
        ("kim@gmail.co", "kim@gmail.com"),
        ("kim@gamil.com", "kim@gmail.com"),
        ("kim@gmaill.com", "kim@gmail.com"),
        ("kim@hotmial.com", "kim@hotmail.com"),
        ("kim@outlok.com", "kim@outlook.com"),
        ("kim@iclod.com", "kim@icloud.com"),
        ("kim@yaho.com", "kim@yahoo.com"),
        ("kim@zigo.nl", "kim@ziggo.nl"),
    ],
)
def test_one_slip_is_seen(written: str, meant: str) -> None:
    """A letter left out, added, another, or two of them swapped."""
    assert meant == likely_address(written)


@pytest.mark.parametrize(
    "address",
    ["kim@example.org", "kim@shop.example", "kim@posteo.de", "kim@domain.nl", "a@b.c"],
)
def test_what_is_far_from_all_of_them_is_right(address: str) -> None:
    """Nobody is asked about a domain of their own."""
    assert likely_address(address) is None


@pytest.mark.parametrize("domain", COMMON)
def test_a_common_domain_is_right(domain: str) -> None:
    """However close to another it is: live.nl and live.com, gmx.de and gmx.net."""
    assert likely_address(f"kim@{domain}") is None


@given(st.sampled_from(COMMON), st.data())
def test_every_single_slip_is_one(meant: str, data: st.DataObject) -> None:
    """Wherever it is made, and whichever letter."""
    place = data.draw(st.integers(0, len(meant) - 2))
    letter = data.draw(LETTERS)
    slips = {
        meant[:place] + meant[place + 1 :],
        meant[:place] + letter + meant[place:],
        meant[:place] + letter + meant[place + 1 :],
        meant[:place] + meant[place + 1] + meant[place] + meant[place + 2 :],
    }
    for slip in slips - {meant}:
        assert is_one_slip(slip, meant)


@given(st.text(LETTERS, max_size=12), st.text(LETTERS, max_size=12))
def test_a_slip_goes_both_ways_and_is_no_two(one: str, other: str) -> None:
    """It is symmetric; lengths differ by one at most; a text is no slip of itself."""
    assert is_one_slip(one, other) == is_one_slip(other, one)
    assert not is_one_slip(one, one)
    if is_one_slip(one, other):
        assert abs(len(one) - len(other)) <= 1
