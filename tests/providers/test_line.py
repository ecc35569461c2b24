"""LINE's claims, signed with the channel secret."""

from typing import Any, ClassVar

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from onboarding.accounts.model import EmailTrust
from onboarding.errors import BadIdToken
from onboarding.providers import Line
from onboarding.testing import OpenIDSwitches
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import CLOCK, SECRET, Strict, keys, play, says, tokens

LINE = Line(client_id="1234567890", client_secret=SECRET)
CLAIMS: dict[str, Any] = {
    "iss": "https://access.line.me",
    "sub": "U1234567890abcdef1234567890abcdef",
    "aud": "1234567890",
    "exp": 1767272400,
    "iat": 1767268800,
    "amr": ["linesso"],
    "name": "Kim de Vries",
    "picture": "https://profile.line-scdn.net/0m1",
    "email": "kim@example.org",
}


class TestLine(ProviderContract):
    provider = LINE
    client_auth = "client_secret_post"
    signed_with = "HS256"
    switches = OpenIDSwitches(also_publishes="ES256")
    replies: ClassVar = {"id_token": CLAIMS}
    subject = "U1234567890abcdef1234567890abcdef"


def test_nothing_is_said_of_the_address() -> None:
    """So it is stated."""
    assert LINE.identity({"id_token": CLAIMS}).email_trust is EmailTrust.STATED


def line(secret: str) -> Strict:
    """Return one that signs its ID tokens with this secret, and names no key."""
    at = int(CLOCK().timestamp())
    said = CLAIMS | {"iat": at, "exp": at + 600, "nonce": "n-0"}
    header = {"typ": "JWT", "alg": "HS256"}
    token = jwt.encode(header, said, OctKey.import_key(secret), ["HS256"])
    return Strict(
        {
            "POST /oauth2/v2.1/token": says(tokens(id_token=token)),
            "GET /oauth2/v2.1/certs": keys(),
        }
    )


@pytest.mark.anyio
async def test_somebody_signs_in_with_line() -> None:
    """By a token that the channel secret signs."""
    told = await play(LINE, line(SECRET), "api.line.me")
    assert (told.subject, told.email) == (CLAIMS["sub"], "kim@example.org")
    assert (told.name, told.picture) == ("Kim de Vries", CLAIMS["picture"])


@pytest.mark.anyio
async def test_no_other_secret_signs_for_line() -> None:
    """And where HS256 is not named, none does."""
    with pytest.raises(BadIdToken):
        await play(LINE, line("another-secret-of-32-characters-1"), "api.line.me")
    usual = Line(client_id="1234567890", client_secret=SECRET, algorithms=("ES256",))
    with pytest.raises(BadIdToken):
        await play(usual, line(SECRET), "api.line.me")
