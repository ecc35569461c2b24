"""What an app may ask for, and which verifier is that of a challenge."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import App
from onboarding.apps.rules import is_verified, read_request
from onboarding.errors import BadRequest

CALLBACK = "https://shop.example/app/callback"
APP = App("shop-ios", redirect_uris=[CALLBACK, "http://127.0.0.1/"])
ASKED = {
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
    "state": "s-1",
    "prompt": None,
}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""Both are the example of RFC 7636, appendix B."""

letters = st.sampled_from("ABCxyz019-._~")


def test_what_is_asked_rightly_is_read() -> None:
    """With its state, and without a wish for a fresh sign-in."""
    asked = read_request(APP, ASKED)
    assert (APP, CALLBACK, "s-1") == (asked.app, asked.redirect_uri, asked.state)
    assert not asked.is_login
    assert read_request(APP, ASKED | {"prompt": "login"}).is_login
    assert read_request(APP, ASKED | {"state": None}).state is None


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"response_type": None}, "response_type"),
        ({"code_challenge_method": "plain"}, "code_challenge_method"),
        ({"code_challenge_method": None}, "code_challenge_method"),
        ({"code_challenge": VERIFIER[:42]}, "code_challenge"),
        ({"code_challenge": None}, "code_challenge"),
        ({"state": "ü"}, "state"),
        ({"state": "a" * 513}, "state"),
    ],
    ids=str,
)
def test_what_is_asked_wrongly_is_refused(
    others: dict[str, str | None], why: str
) -> None:
    """Each by its name: its developer reads it."""
    with pytest.raises(BadRequest, match=f"^{why}"):
        read_request(APP, ASKED | others)


def test_the_example_of_the_standard_is_verified() -> None:
    """RFC 7636, appendix B."""
    assert is_verified(ASKED["code_challenge"] or "", VERIFIER)


@given(
    verifier=st.text(letters, min_size=43, max_size=128),
    other=st.text(letters, min_size=43, max_size=128),
)
def test_a_challenge_has_one_verifier(verifier: str, other: str) -> None:
    """By S256; another one, and the challenge itself, is none."""
    from base64 import urlsafe_b64encode

    hashed = urlsafe_b64encode(sha256(verifier.encode()).digest())
    challenge = hashed.rstrip(b"=").decode()
    assert is_verified(challenge, verifier)
    assert is_verified(challenge, other) == (verifier == other)
    assert not is_verified(challenge, challenge)


@given(st.text(max_size=42) | st.text(min_size=129, max_size=140))
def test_a_verifier_has_its_length(verifier: str) -> None:
    """A short one could be guessed (RFC 7636 §7.1)."""
    from onboarding.tokens import hash_secret

    assert not is_verified(hash_secret("x"), verifier)
    if verifier.isascii():
        assert not is_verified(hash_secret(verifier), verifier)
