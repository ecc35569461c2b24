"""What a sign-in accepts, as tables and as properties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadRequest
from onboarding.social.rules import (
    Expected,
    claim_problem,
    error_code,
    read_response,
    with_address,
)
from onboarding.testing.signing import at_hash

ORIGIN = "https://shop.example"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


# ── what comes back ──────────────────────────────────────────────────────────


def test_an_answer_is_read_by_name_and_empty_is_missing() -> None:
    """RFC 6749 §3.1: parameters without a value were not sent."""
    answer = read_response({"code": ["c"], "state": [""], "iss": [], "hd": ["a", "b"]})
    assert (answer.code, answer.state, answer.iss, answer.error) == (
        "c",
        None,
        None,
        None,
    )


def test_an_empty_double_is_no_double() -> None:
    """Only two values are two."""
    assert read_response({"code": ["", "c"]}).code == "c"


@pytest.mark.parametrize("name", ["state", "code", "error", "iss"])
@pytest.mark.parametrize("values", [["a", "a"], ["a" * 4097]], ids=["twice", "long"])
def test_a_doubled_or_endless_parameter_is_refused(
    name: str, values: list[str]
) -> None:
    """Even when both say the same."""
    with pytest.raises(BadRequest):
        read_response({name: values})


def test_an_answer_keeps_its_secrets_from_reprs() -> None:
    """State and code are worth a session until they are used."""
    assert "hush" not in repr(read_response({"state": ["hush"], "code": ["hush"]}))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("server_error", "server_error"),
        ("login_required", "login_required"),
        ("Call 0900-EVE", "unknown"),
        ("<script>", "unknown"),
        ("a" * 65, "unknown"),
        ("", "unknown"),
        ("é", "unknown"),
    ],
)
def test_an_error_code_is_a_word(error: str, code: str) -> None:
    """Other people's sentences are not repeated under our name."""
    assert error_code(error) == code


# ── what an ID token says ────────────────────────────────────────────────────

EXPECTED = Expected(
    issuers=("https://id.example", "id.example"),
    audience="shop",
    nonce="n-0",
    access_token="a-token",
    now=NOW,
)
T = int(NOW.timestamp())
GOOD: dict[str, object] = {
    "iss": "https://id.example",
    "sub": "kim",
    "aud": "shop",
    "exp": T + 300,
    "iat": T,
    "nonce": "n-0",
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"iss": "id.example"},
        {"aud": ["shop"]},
        {"azp": "shop"},
        {"aud": ["shop", "api"], "azp": "shop"},
        {"exp": T - 59},
        {"iat": T + 60},
        {"nbf": T + 60},
        *({name: None} for name in ("nbf", "azp", "at_hash")),
        {"exp": T + 300.5},
        {"at_hash": at_hash("a-token")},
    ],
    ids=repr,
)
def test_a_token_for_this_attempt_has_no_problem(change: dict[str, object]) -> None:
    """Either issuer, one or several audiences, and a minute of difference."""
    assert claim_problem(GOOD | change, "RS256", EXPECTED) is None


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"iss": v}
            for v in (None, "", "https://id.example/", ["https://id.example"])
        ),
        *({"aud": v} for v in (None, "", "other", [], ["other"], {"shop": 1}, 7)),
        {"aud": ["shop", "api"]},
        {"aud": ["shop", "api"], "azp": "api"},
        {"aud": "other", "azp": "shop"},
        *({"azp": v} for v in ("", "other", ["shop"])),
        *(
            {"exp": v}
            for v in (None, T - 60, str(T + 300), True, [T], 1e300, float("nan"))
        ),
        *({"iat": v} for v in (None, T + 61, "now", False, {})),
        *({"nbf": v} for v in ("", T + 61, "now")),
        *({"nonce": v} for v in (None, "", "n-1", "N-0", ["n-0"], 0, "\ud800")),
        *({"at_hash": v} for v in ("", at_hash("another"), 7, ["x"])),
    ],
    ids=repr,
)
def test_any_other_token_has_one(change: dict[str, object]) -> None:
    """Wrong, missing, and of the wrong type: each claim alone decides."""
    assert claim_problem(GOOD | change, "RS256", EXPECTED) is not None


def test_the_hash_of_an_unknown_algorithm_never_fits() -> None:
    """A check that cannot be made is not passed."""
    claims = GOOD | {"at_hash": at_hash("a-token")}
    assert claim_problem(claims, "XX999", EXPECTED) is not None


def test_a_token_that_comes_without_an_access_token_is_held_against_none() -> None:
    """An app brings it alone, whatever its `at_hash` is of; the nonce binds it."""
    alone = replace(EXPECTED, access_token=None)
    assert claim_problem(GOOD | {"at_hash": "of-another"}, "RS256", alone) is None
    assert claim_problem(GOOD | {"at_hash": "of-another"}, "RS256", EXPECTED)
    assert claim_problem(GOOD | {"nonce": "n-1"}, "RS256", alone) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from([*GOOD, "azp", "nbf", "at_hash"]), JSON, min_size=1, max_size=9
    )
)
def test_no_claims_break_the_check(claims: dict[str, object]) -> None:
    """Whatever is signed, the answer is a sentence or None, and a stranger is out."""
    assert claim_problem(claims, "RS256", EXPECTED) is not None
    claim_problem(GOOD | claims, "ES512", EXPECTED)


# ── what an address proves ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "address", "trust"),
    [
        ("kim@example.org", "kim@example.org", EmailTrust.VERIFIED),
        ("KIM@Example.ORG", "kim@example.org", EmailTrust.VERIFIED),
        ("kim@bücher.example", "kim@xn--bcher-kva.example", EmailTrust.VERIFIED),
        ("\uff4bim@example.org", "kim@example.org", EmailTrust.STATED),
        ("kim@straße.example", "kim@xn--strae-oqa.example", EmailTrust.STATED),
        ("kim@οδός.example", "kim@xn--pxavk3b.example", EmailTrust.STATED),
        ("no address", None, EmailTrust.NONE),
        (None, None, EmailTrust.NONE),
    ],
)
def test_an_address_counts_as_far_as_it_was_checked(
    written: str | None, address: str | None, trust: EmailTrust
) -> None:
    """Normalising may change case and alphabet of the host, not the mailbox."""
    identity = Identity(
        provider="id",
        issuer="https://id.example",
        subject="kim",
        email=written,
        email_trust=EmailTrust.VERIFIED if written else EmailTrust.NONE,
    )
    found = with_address(identity, address)
    assert (found.email, found.email_trust) == (address, trust)


@pytest.mark.parametrize(
    ("auth_time", "problem"),
    [
        (T, None),
        (T - 300 - 60, None),
        (T - 300 - 61, "the person signed in there too long ago"),
        *(
            (value, "auth_time is missing or no number")
            for value in (None, "now", True)
        ),
        (float("inf"), "auth_time is missing or no number"),
    ],
)
def test_who_must_have_signed_in_of_late_has(
    auth_time: object, problem: str | None
) -> None:
    """Core §3.1.3.7, number 13, with leeway; without an age nothing is asked."""
    claims = GOOD | {"auth_time": auth_time}
    fresh = replace(EXPECTED, max_age=timedelta(minutes=5))
    assert claim_problem(claims, "RS256", fresh) == problem
    assert claim_problem(claims, "RS256", EXPECTED) is None


def test_an_expired_token_is_a_matter_of_our_clock() -> None:
    """The same token a minute later is over."""
    later = Expected(
        issuers=EXPECTED.issuers,
        audience="shop",
        nonce="n-0",
        access_token="a-token",
        now=NOW + timedelta(minutes=6),
    )
    assert claim_problem(GOOD, "RS256", later) == "expired"
