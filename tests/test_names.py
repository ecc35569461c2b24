"""Names that people give to things."""

from dataclasses import dataclass

import pytest

from onboarding.errors import ConfigError
from onboarding.names import by_name, unknown


@dataclass(frozen=True)
class Thing:
    name: str


ONE, OTHER = Thing("one"), Thing("other")


def test_things_are_found_by_their_names_in_the_order_they_came() -> None:
    """Nothing is sorted and nothing is lost."""
    assert [("other", OTHER), ("one", ONE)] == [
        *by_name("things", [OTHER, ONE]).items()
    ]


def test_two_of_one_name_are_refused_with_what_to_do() -> None:
    """The sentence has the kind, the name, and the advice."""
    with pytest.raises(
        ConfigError, match=r"^two things are called 'one'; paint one red$"
    ):
        by_name("things", [ONE, OTHER, Thing("one")], "paint one red")


def test_a_slip_of_the_pen_is_told_what_was_meant() -> None:
    """What is near is named; where nothing is, that is said."""
    assert "'ome', but there is no such thing; did you mean 'one'?" == unknown(
        "thing", "ome", ["one", "other"]
    )
    assert "nothing of this kind is near" in unknown("thing", "zzz", ["one"])
