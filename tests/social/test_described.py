"""What a provider says of its refusal: for the log, and not all of it."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onboarding.errors import ProviderDenied, ProviderUnreachable
from onboarding.log_lines import log_line
from onboarding.social.described import LONGEST_DESCRIPTION, described, hiding
from onboarding.testing import Fault
from tests.social.scene import SECRET, Scene, asked
from tests.social.test_client import Recorder, exchange

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("AADSTS7000215: Invalid secret.", "AADSTS7000215: Invalid secret."),
        ("Bad redirect_uri_mismatch", "Bad redirect_uri_mismatch"),
        ("see https://shop.example/callback", "see https://shop.example/callback"),
        ("one\r\nline\t only\x1b[31m", "one line only [31m"),
        ("\u202eback\u2066wards", "back wards"),
        ("code 4/0AeanS0bZ9xKq81bd is used", "code … is used"),
        ("eyJhbGciOi.eyJzdWIiOiJr.c2ln no", "… no"),
        ("AbCdEfGhIjKlMnOpQrSt refused", "… refused"),
        ("abcdefghijklmnopqrstuvwxyz", "…"),
        ("token=0123456789abcdef0123", "…"),
        ("user kim@example.org unknown", "user … unknown"),
        ("Trace ID: 2f1c9d1e-6f0a-4b1c-9f6e-0a1b2c3d4e5f", "Trace ID: …"),
        ("word " * 99, ("word " * 99)[:LONGEST_DESCRIPTION]),
        *((v, "") for v in (None, 7, True, [], {"a": "b"}, "", "\x00\u200b")),
    ],
    ids=repr,
)
def test_a_description_is_cleaned(said: object, kept: str) -> None:
    """One line, printable, bounded, and nothing in it that may be a secret."""
    assert described(said) == kept


def test_what_was_sent_is_never_repeated() -> None:
    """However short it is, and also as it was encoded."""
    with hiding("c-0", "a b&c", None, ""):
        assert described("code c-0 (a+b%26c) or a b&c") == "code … (…) or …"
        assert described("no code") == "no code"
    assert described("code c-0") == "code c-0"


@given(st.text(), st.text(min_size=3, max_size=80))
@example("s3cret!s3cret!", "s3cret!")
@example("aXYZ", "XYZ")
def test_no_description_breaks_or_leaks(said: str, secret: str) -> None:
    """Whatever is said, it is one short line without what was sent."""
    with hiding(secret):
        kept = described(f"{said} {secret} {said}")
    assert secret not in kept or secret in "… "
    assert len(kept) <= LONGEST_DESCRIPTION
    assert kept.isprintable()


async def test_a_token_endpoint_says_why_in_the_log_alone() -> None:
    """For the developer, who can do something about it."""
    told = {"error": "invalid_client", "error_description": "The secret has expired."}
    with pytest.raises(ProviderDenied) as caught:
        await exchange(Recorder(json.dumps(told), 401))
    assert "note=The secret has expired." in log_line(caught.value)
    assert "expired" not in str(caught.value) + str(caught.value.details())


@pytest.mark.parametrize("place", ["token", "authorization"])
async def test_no_description_quotes_the_attempt(scene: Scene, place: str) -> None:
    """Code, state, verifier and secret are cut out, whichever end repeats them."""
    browser = scene.browser()
    callback = scene.id.approve((await browser.begin()).location)
    code, state = asked(callback)["code"], asked(callback)["state"]
    said = f"Not {code}, {state} or {SECRET}: sorry"
    if place == "token":
        told = json.dumps({"error": "invalid_grant", "error_description": said})
        scene.wire.lead("id.example", Recorder(told, 400))
    else:
        callback += "&" + urlencode({"error": "no", "error_description": said})
    with pytest.raises(ProviderDenied) as caught:
        await browser.finish(callback)
    line = log_line(caught.value)
    assert "note=Not …, … or …" in line
    assert f"endpoint={place}" in line
    assert not [one for one in (code, state, SECRET) if one in line]


async def test_what_is_remembered_of_a_failure_says_as_much(scene: Scene) -> None:
    """Whoever waited for the same call learns provider, endpoint and reason, too."""
    with scene.id.misbehave(Fault.SERVER_ERROR, at="discovery"):
        first, second = scene.browser(), scene.browser()
        for browser in (first, second):
            with pytest.raises(ProviderUnreachable) as caught:
                await browser.begin()
            line = "provider=id, reason=answered 500, endpoint=discovery https://id.ex"
            assert line in log_line(caught.value)
