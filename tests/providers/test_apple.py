"""Apple's claims and its form, and a sign-in at one as strict as Apple is."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from onboarding.accounts.model import EmailTrust
from onboarding.errors import ConfigError, ProviderDenied
from onboarding.providers import Apple, ClientKey
from onboarding.social.rules import AuthorizationResponse
from onboarding.testing import OpenIDSwitches, RegisteredKey
from onboarding.testing.contracts import ProviderContract
from tests.providers.playing import (
    CLOCK,
    Strict,
    document,
    keys,
    pem,
    play,
    public_pem,
    signed,
    tokens,
)

EC_KEY = ec.generate_private_key(ec.SECP256R1())
CLIENT_KEY = ClientKey(pem(EC_KEY), kid="F6G7H8I9J0", algorithm="ES256")
APPLE = Apple(client_id="com.example.shop", team_id="A1B2C3D4E5", client_key=CLIENT_KEY)
CLAIMS: dict[str, Any] = {
    "iss": "https://appleid.apple.com",
    "aud": "com.example.shop",
    "exp": 1767272400,
    "iat": 1767268800,
    "sub": "001234.5b3a3bdf9c0b4f049c1471cae1cd1d8d.0001",
    "at_hash": "7CvQxkx1tD3yP3IU1vQ4Zw",
    "email": "kim@example.org",
    "email_verified": "true",
    "auth_time": 1767268790,
    "nonce_supported": True,
}
USER = {
    "name": {"firstName": "Kim", "lastName": "de Vries"},
    "email": "kim@example.org",
}
RELAYED = CLAIMS | {
    "email": "d8tvq9x7k2@privaterelay.appleid.com",
    "is_private_email": "true",
}


class TestApple(ProviderContract):
    provider = APPLE
    client_auth = "apple"
    client_key = RegisteredKey(
        pem=public_pem(EC_KEY), kid="F6G7H8I9J0", team="A1B2C3D4E5"
    )
    switches = OpenIDSwitches(response_mode="form_post", plus_is_space=False)
    replies: ClassVar = {"id_token": CLAIMS, "callback": {"user": json.dumps(USER)}}
    subject = "001234.5b3a3bdf9c0b4f049c1471cae1cd1d8d.0001"
    unverified: ClassVar = {"id_token": CLAIMS | {"email_verified": "false"}}

    def test_it_hides_its_secret(self) -> None:
        """There is no fixed one; the key that makes it shows nowhere."""
        APPLE.secret_at(CLOCK())
        assert "PRIVATE" not in f"{APPLE!r} {APPLE} {vars(APPLE)}"


@pytest.mark.parametrize(
    ("claims", "trust"),
    [
        (CLAIMS, EmailTrust.VERIFIED),
        (CLAIMS | {"email_verified": True}, EmailTrust.VERIFIED),
        (CLAIMS | {"email_verified": "false"}, EmailTrust.STATED),
        (RELAYED, EmailTrust.AUTHORITATIVE),
        (RELAYED | {"email_verified": "false"}, EmailTrust.STATED),
        (
            RELAYED | {"email": "a@privaterelay.appleid.com.example"},
            EmailTrust.VERIFIED,
        ),
        (CLAIMS | {"email": None}, EmailTrust.NONE),
    ],
)
def test_a_relay_address_is_apples_own(
    claims: dict[str, Any], trust: EmailTrust
) -> None:
    """The verdict comes as text; a relay is made and forwarded by Apple."""
    assert APPLE.identity({"id_token": claims}).email_trust is trust


@pytest.mark.parametrize(
    ("user", "name"),
    [
        (json.dumps(USER), "Kim de Vries"),
        (json.dumps({"name": {"firstName": "Kim", "lastName": None}}), "Kim"),
        (json.dumps({"name": {"lastName": "de Vries"}}), "de Vries"),
        (json.dumps({"email": "kim@example.org"}), None),
        (json.dumps({"name": "Kim"}), None),
        ("[" * 4000, None),
        ("7", None),
        ("", None),
        (None, None),
    ],
)
def test_the_name_comes_once_and_decides_nothing(user: object, name: str) -> None:
    """A form that the browser brings may hold anything, or nothing the second time."""
    told = APPLE.identity({"id_token": CLAIMS, "callback": {"user": user}})
    assert (told.name, told.email) == (name, "kim@example.org")
    assert told == replace(APPLE.identity({"id_token": CLAIMS}), name=name)


def test_an_address_in_the_form_is_nobodys() -> None:
    """It is unsigned: whoever posts the form may have written it."""
    eve = json.dumps({"name": {}, "email": "victim@example.org"})
    claims = CLAIMS | {"email": None}
    told = APPLE.identity({"id_token": claims, "callback": {"user": eve}})
    assert (told.email, told.email_trust) == (None, EmailTrust.NONE)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"team_id": ""}, "team_id"),
        ({"client_key": None}, "client_key"),
        ({"client_key": ClientKey(pem(EC_KEY), algorithm="ES256")}, "client_key"),
        ({"client_key": ClientKey(pem(EC_KEY), kid="K")}, "client_key"),
        ({"client_secret": "eyJhbGciOiJFUzI1NiJ9.e30.x"}, "leave it out"),
        (
            {
                "client_key": ClientKey(
                    pem(rsa.generate_private_key(65537, 2048)),
                    kid="K",
                    algorithm="ES256",
                )
            },
            "no private key",
        ),
    ],
)
def test_what_cannot_sign_is_found_at_the_start(
    changes: dict[str, Any], problem: str
) -> None:
    """And not at somebody's first click."""
    given = {"client_id": "c", "team_id": "T", "client_key": CLIENT_KEY}
    with pytest.raises(ConfigError, match=problem):
        Apple(**(given | changes))


# ── the whole way ────────────────────────────────────────────────────────────

PUBLIC = ECKey.import_key(pem(EC_KEY)).as_dict(private=False)


class StrictApple(Strict):
    """Refuses what Apple refuses: another mode than the form, and another secret."""

    def __init__(self) -> None:
        answers = {
            "GET /.well-known/openid-configuration": document(
                "https://appleid.apple.com", "https://appleid.apple.com"
            ),
            "GET /keys": keys(),
            "POST /token": self.exchange,
        }
        super().__init__(answers, user=json.dumps(USER))

    def approve(self, location: str) -> AuthorizationResponse:
        """Say yes, where the answer may come as a form, or nothing is asked for."""
        response = super().approve(location)
        is_asked = {"name", "email"} & set(self.asked["scope"].split())
        if is_asked and self.asked.get("response_mode") != "form_post":
            return AuthorizationResponse(state=response.state, error="invalid_request")
        return response

    def exchange(self, request: Request, form: dict[str, str]) -> Response:
        """Give tokens to who signs as it should."""
        del request
        if not is_secret(form["client_secret"], form["client_id"]):
            return JSONResponse({"error": "invalid_client"}, 400)
        return JSONResponse(tokens(id_token=signed(CLAIMS, at_hash=None)))


def is_secret(secret: str, client_id: str) -> bool:
    """Tell whether a client secret is what Apple wants of this client, now."""
    try:
        token = jwt.decode(secret, ECKey.import_key(PUBLIC), algorithms=["ES256"])
    except (JoseError, ValueError):
        return False
    said, now = token.claims, CLOCK().timestamp()
    half_a_year = timedelta(days=183).total_seconds()
    return (
        token.header["kid"] == "F6G7H8I9J0"
        and said["iss"] == "A1B2C3D4E5"
        and said["aud"] == "https://appleid.apple.com"
        and said["sub"] == client_id
        and said["iat"] <= now < said["exp"] <= said["iat"] + half_a_year
    )


@pytest.mark.anyio
async def test_somebody_signs_in_with_apple() -> None:
    """By form, with a secret that is signed at that moment."""
    told = await play(APPLE, StrictApple(), "appleid.apple.com")
    assert told.subject == CLAIMS["sub"]
    assert (told.name, told.email) == ("Kim de Vries", "kim@example.org")
    assert told.email_trust is EmailTrust.VERIFIED


@pytest.mark.anyio
async def test_without_the_form_apple_answers_nobody() -> None:
    """The scopes name and email demand it."""
    plain = replace(APPLE, response_mode="query")
    with pytest.raises(ProviderDenied):
        await play(plain, StrictApple(), "appleid.apple.com")


@dataclass(frozen=True, kw_only=True)
class Fixed(Apple):
    """One whose secret was made two months ago."""

    def secret_at(self, now: datetime) -> str | None:
        """Return one that has expired."""
        return super().secret_at(now - timedelta(days=60))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "wrong",
    [
        replace(APPLE, team_id="Z9Z9Z9Z9Z9"),
        replace(APPLE, client_key=ClientKey(pem(EC_KEY), kid="X", algorithm="ES256")),
        Fixed(
            client_id="com.example.shop", team_id="A1B2C3D4E5", client_key=CLIENT_KEY
        ),
    ],
    ids=["another team", "another key", "an old secret"],
)
async def test_no_other_secret_is_taken(wrong: Apple) -> None:
    """It names team, key, client and Apple, and is of this moment."""
    with pytest.raises(ProviderDenied):
        await play(wrong, StrictApple(), "appleid.apple.com")
