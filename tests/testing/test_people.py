"""What the provider tells of a person."""

import pytest

from onboarding.testing import Person

KIM = Person(
    subject="kim-1",
    name="Kim",
    email="kim@example.org",
    email_verified=False,
    extra={"locale": "nl"},
)


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        pytest.param({"openid"}, {}, id="openid"),
        pytest.param({"openid", "profile"}, {"name": "Kim"}, id="profile"),
        pytest.param(
            {"openid", "email"},
            {"email": "kim@example.org", "email_verified": False},
            id="email",
        ),
    ],
)
def test_scopes_open_claims(scopes: set[str], expected: dict[str, object]) -> None:
    """Each scope opens its claims; the subject and the extra ones are always told."""
    assert KIM.claims(scopes) == {"sub": "kim-1", "locale": "nl"} | expected


@pytest.mark.parametrize(
    ("verified", "expected"),
    [(None, {}), (True, {"email_verified": True}), (False, {"email_verified": False})],
    ids=str,
)
def test_nothing_said_is_a_third_thing(
    verified: bool | None, expected: dict[str, bool]
) -> None:
    """`email_verified=None` leaves the claim out; true and false are told."""
    person = Person(subject="1", email="a@example.org", email_verified=verified)
    told = person.claims({"email"})
    assert told == {"sub": "1", "email": "a@example.org"} | expected


def test_who_has_no_address_says_nothing_about_it() -> None:
    """Without an address there is no claim that it was verified."""
    assert Person(subject="1", email_verified=True).claims({"email"}) == {"sub": "1"}


def test_extra_claims_win() -> None:
    """An extra claim replaces one of the person's own."""
    person = Person(subject="1", name="Kim", extra={"name": "K.", "hd": "example.org"})
    told = person.claims({"profile"})
    assert told == {"sub": "1", "name": "K.", "hd": "example.org"}


def test_people_are_values() -> None:
    """People compare and hash by what they are."""
    assert len({Person(subject="1"), Person(subject="1"), KIM}) == 2
