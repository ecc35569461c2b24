"""What may be wrong with an address."""

import pytest

from examples.shop.address import LONGEST, Address, check, clean, lines

RIGHT = {
    "email": "kim@example.org",
    "name": "Kim de Vries",
    "street": "Prinsengracht 12",
    "postcode": "1015 DK",
    "town": "Amsterdam",
}


def test_a_right_address_has_no_fault() -> None:
    """What is filled in everywhere passes, and becomes an address."""
    assert check(clean(RIGHT)) == []
    assert lines(Address(**clean(RIGHT))) == RIGHT


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("typed", ["", "   ", "\t", "\u200b", "\u2800 \u3164"])
def test_nothing_may_be_empty(name: str, typed: str) -> None:
    """An empty line is the one fault, and the advice says to fill it in."""
    (fault,) = check(clean(RIGHT | {name: typed}))
    assert fault.field == name
    assert fault.advice.startswith("Fill in your ")


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("kim@", "Add the part after @, as in name@example.org"),
        ("kim", "Add the part after @, as in name@example.org"),
        ("kim@example", "Write it as in name@example.org"),
        ("@example.org", "Write it as in name@example.org"),
        ("kim de vries@example.org", "Write it as in name@example.org"),
        ("kim@exa mple.org", "Write it as in name@example.org"),
        ("kim@a@example.org", "Write it as in name@example.org"),
        ("Kim+shop@example.org", None),
    ],
)
def test_an_email_address_must_lead_somewhere(typed: str, advice: str | None) -> None:
    """The advice says what to add or to look at."""
    found = [fault.advice for fault in check(clean(RIGHT | {"email": typed}))]
    assert found == ([advice] if advice else [])


@pytest.mark.parametrize("name", RIGHT)
def test_a_line_fits_on_a_label(name: str) -> None:
    """A line may be as long as a label is wide, and no longer."""
    just = "x" * (LONGEST - len("@example.org")) + "@example.org"
    over = check(clean(RIGHT | {name: "x" + just}))
    assert [fault.field for fault in over] == [name]
    if name != "email":
        assert check(clean(RIGHT | {name: just})) == []


def test_several_faults_keep_the_order_of_the_form() -> None:
    """The summary reads from top to bottom, as the form does."""
    found = check(clean({"name": "Kim"}))
    assert [fault.field for fault in found] == ["email", "street", "postcode", "town"]


def test_spaces_are_tidied_and_strangers_left_out() -> None:
    """One space where there was more; fields that no form of ours has are dropped."""
    tidy = clean(RIGHT | {"name": "  Kim \n de   Vries ", "admin": "yes"})
    assert tidy == RIGHT
