"""Header fields that are lists, read as RFC 9110 says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.web.context.lists import Weighted, media_type, members, weighted


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("", []),
        (" ,\t, ,", []),
        ("a, b\t,c", ["a", "b", "c"]),
        ('a="x, y", b', ['a="x, y"', "b"]),
        (r'a="x\", y", b', [r'a="x\", y"', "b"]),
        ('a="never closed, b', ['a="never closed, b']),
    ],
)
def test_a_comma_inside_quotes_parts_nothing(field: str, found: list[str]) -> None:
    """Empty members are none (§5.6.1.2)."""
    assert list(members(field)) == found


@pytest.mark.parametrize(
    ("field", "weight"),
    [
        *(("a", 1.0), ("a;q=1", 1.0), ("a;q=0", 0.0), ("a ; Q = 0.25", 0.25)),
        *(("a;q=.2", 0.2), ("a;q=0.", 0.0), ("a;q=1.000", 1.0), ("a;q=0.1234", 0.1234)),
        *(("a;x=1;q=0.5", 0.5), ('a;x=";q=0.1";q=0.5', 0.5), ("a;q", 0.0)),
        *((f"a;q={text}", 0.0) for text in ("1.1", "2", "-1", "1e0", "nan", "", "x")),
    ],
)
def test_a_weight_lies_between_none_and_all(field: str, weight: float) -> None:
    """Without one it is 1; what makes no sense weighs nothing (§12.4.2)."""
    assert list(weighted(field)) == [Weighted("a", weight)]


@given(st.text(alphabet='ab,;="\\ \tq.019*/', max_size=40))
def test_no_field_breaks_the_reading(field: str) -> None:
    """Whatever is sent, each weight is one."""
    assert all(0 <= member.weight <= 1 for member in weighted(field))
    assert media_type(field) == media_type(field).strip()
