"""Further claims about a person: what is usable of what a provider says."""

from typing import Any

import pytest

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers.claims import NO_FACTS, STANDARD, facts, fit, told, wanted

LONG = "x" * 100_000
UNUSABLE = (
    None,
    True,
    0,
    1.5,
    [],
    ["x"],
    {},
    "",
    " ",
    LONG,
    "a\x00b",
    "a\nb",
    "\ud800",
)


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("birthdate", "1990-05-03", "1990-05-03"),
        ("birthdate", "0000-05-03", None),
        ("birthdate", "1990", None),
        ("birthdate", "1990-05", None),
        ("birthdate", "1990-13-03", None),
        ("birthdate", "03/05/1990", None),
        ("given_name", "  Zoë ", "Zoë"),
        ("zoneinfo", "Europe/Brussels", "Europe/Brussels"),
        ("gender", "female", "female"),
        ("phone_number", "+32 2 123 45 67", "+32 2 123 45 67"),
        ("website", "http://zoe.example/", "http://zoe.example/"),
        ("website", "javascript:alert(1)", None),
        ("website", 'https://x.example/"><script>', None),
        ("website", "https://kim:secret@x.example/", None),
        ("profile", "https://x.example/zoe", "https://x.example/zoe"),
        ("address", {"formatted": "A 1\nB"}, {"formatted": "A 1\nB"}),
        ("address", {"formatted": "A\x07"}, None),
        (
            "address",
            {"locality": "Gent", "x y": "z", "a": 3},
            {"locality": "Gent"},
        ),
        ("phone_number_verified", True, True),
        ("phone_number_verified", "yes", False),
        ("employee_number", "117", "117"),
    ],
)
def test_what_is_kept_of_a_claim(name: str, said: object, kept: object) -> None:
    """Each by what it is; half a fact is none."""
    assert fit({name: said}, [name]).get(name) == kept


@pytest.mark.parametrize("name", sorted(STANDARD | {"employee_number"}))
@pytest.mark.parametrize("said", UNUSABLE, ids=[repr(u)[:12] for u in UNUSABLE])
def test_what_cannot_be_used_counts_as_not_said(name: str, said: Any) -> None:
    """Whatever a stranger's server puts there."""
    kept = fit({name: said}, [name])
    assert kept in ({}, {name: "a b"}, {name: "ab"})  # a name is put on one line


def test_only_what_is_wanted_is_kept() -> None:
    """And of a number that may be checked, whether it was."""
    said = {"birthdate": "1990-05-03", "gender": "x", "phone_number_verified": True}
    assert fit(said, wanted(["birthdate"])) == {"birthdate": "1990-05-03"}
    assert wanted(["phone_number"]) == {"phone_number", "phone_number_verified"}


def test_what_an_identity_holds_anyway_is_a_claim_as_well() -> None:
    """So any provider that tells a name proposes it."""
    identity = Identity(
        provider="x",
        issuer="https://x.example",
        subject="1",
        name="Zoë",
        email="zoe@example.org",
        email_trust=EmailTrust.STATED,
        claims={"nickname": "zz"},
    )
    assert facts(identity) == {
        "name": "Zoë",
        "email": "zoe@example.org",
        "nickname": "zz",
    }


def test_a_token_tells_of_itself_what_is_no_fact() -> None:
    """What is read of claims is about the person, and nothing of the token."""
    assert not STANDARD & NO_FACTS
    assert told({"sub": "1", "iss": "x", "gender": 3, "nickname": "zz"}) == {
        "gender": None,
        "nickname": "zz",
    }
