"""The contract plays: who signs nobody in fails it, and so does who lets all in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import (
    ClientKey,
    Endpoints,
    OAuth2,
    OpenIDConnect,
    Provider,
    Read,
)
from onboarding.providers.replies import Replies
from onboarding.testing import (
    Fault,
    OAuth2Switches,
    OpenIDSwitches,
    ReadSwitches,
    RegisteredKey,
)
from onboarding.testing.contracts import ProviderContract
from onboarding.testing.contracts.plays import SignInStage, checks_of, played
from onboarding.testing.contracts.plays.openid import BEFORE, TOKENS
from tests.providers import (
    test_apple,
    test_contract,
    test_discord,
    test_google,
    test_linkedin,
    test_steam,
)
from tests.providers.playing import pem, public_pem

SOUND = test_contract.Sound()
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def failing(
    contract: type[ProviderContract], scene: str = "", **changes: Any
) -> set[str]:
    """Return which checks a contract fails, of one scene or all, some of it changed."""
    case = type("Changed", (contract,), changes)()
    stage = SignInStage(case)
    checks = [one for one in checks_of(case) if scene in {"", one.scene}]
    try:
        failed = played(stage, checks)
    finally:
        stage.close()
    names = [note for error in failed for note in error.__notes__]
    return {name.removeprefix("the check: ") for name in names}


HONESTLY = "an honest provider"
SIGNS_IN = f"{HONESTLY}: somebody signs in"


# ── who could sign nobody in ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    "otherwise",
    [{"pkce": True}, {"echoes_nonce": True}, {"client_auth": "basic"}],
    ids=str,
)
def test_linkedin_without_its_quirks_fails(otherwise: dict[str, Any]) -> None:
    """As the standards have it nobody could sign in there: each quirk is needed."""
    linkedin = test_linkedin.TestLinkedIn
    plain = replace(linkedin.provider, **otherwise)
    assert SIGNS_IN in failing(linkedin, HONESTLY, provider=plain)


AT_SOUND = "https://sound.example"


@pytest.mark.parametrize(
    "demands",
    [
        {"client_auth": "client_secret_post"},
        {"client_auth": "none"},
        {"switches": OAuth2Switches(pkce="refused")},
        {"switches": OAuth2Switches(names={"client_id": "client_key"})},
        {"switches": OAuth2Switches(callback_names={"code": "authCode"})},
        {"switches": OAuth2Switches(exchange_body="json")},
        {"switches": OAuth2Switches(answer_shape="untyped")},
        {"switches": OAuth2Switches(response_mode="form_post")},
        {"switches": OAuth2Switches(reads={"user": ReadSwitches(scheme="OAuth")})},
        {"switches": OAuth2Switches(reads={"user": ReadSwitches(method="POST")})},
        {"replies": {}},
    ],
    ids=str,
)
def test_a_provider_that_demands_something_else_fails(demands: dict[str, Any]) -> None:
    """What it demands is told by the contract, and not by the description."""
    with pytest.raises((AssertionError, ValueError, BadProviderReply)):
        assert SIGNS_IN not in failing(test_contract.TestSound, HONESTLY, **demands)


@pytest.mark.parametrize(
    "described",
    [
        {"reads": (Read("user", f"{AT_SOUND}/{{token.user_id}}"),)},
        {"exchange_params": {"device_id": "{callback.device_id}"}},
        {"exchange_params": {"audience": "shop"}},
    ],
    ids=str,
)
def test_a_description_that_leads_nowhere_fails(described: dict[str, Any]) -> None:
    """Whatever it says of itself, and however well it maps replies."""
    provider = replace(SOUND, **described)
    assert SIGNS_IN in failing(test_contract.TestSound, HONESTLY, provider=provider)


def test_a_reply_of_no_read_is_named() -> None:
    """The recording and the description are of two minds."""
    other = replace(SOUND, reads=(Read("person", f"{AT_SOUND}/me"),))
    with pytest.raises(ValueError, match="there is no read 'user'"):
        failing(test_contract.TestSound, provider=other)


# ── who would let anybody in ─────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Trusting(OAuth2):
    """One that takes the first thing that it finds for somebody."""

    name: str = "sound"
    title: str = "Sound"
    issuer: str = AT_SOUND
    client_id: str = "shop"
    client_secret: str = "hush"
    endpoints: Endpoints = test_contract.ENDPOINTS
    reads: tuple[Read, ...] = (Read("user", f"{AT_SOUND}/me", statuses=(401, 404)),)

    def identity(self, replies: Replies) -> Identity:
        """Return somebody, whatever was answered."""
        user = replies.get("user") or {}
        told = user.get("id") if isinstance(user, dict) else None
        return Identity(
            provider=self.name, issuer=self.issuer, subject=str(told or "somebody")
        )


def test_a_mapping_that_makes_somebody_of_nothing_fails() -> None:
    """It would sign everybody in as the same person."""
    found = failing(
        test_contract.TestSound, provider=Trusting(), unverified=None, subject="4711"
    )
    assert "replies about nobody: replies without 4711 sign nobody in" in found
    assert "user: [] in place of somebody signs nobody in" in found
    assert SIGNS_IN not in found


@dataclass(frozen=True, kw_only=True)
class Swallowing(test_contract.Sound):
    """One whose token responses are never a refusal."""

    def parse_token_response(self, body: bytes) -> object:
        """Return a token, whatever was answered."""
        try:
            told = super().parse_token_response(body)
        except ValueError:
            told = None
        return {"access_token": "x", "token_type": "Bearer"} | (
            told if isinstance(told, dict) else {}
        )


def test_who_makes_tokens_of_everything_fails() -> None:
    """What is missing of a token response is not made up."""
    found = failing(test_contract.TestSound, provider=Swallowing())
    assert found == {"token: missing token type signs nobody in"}


@dataclass(frozen=True, kw_only=True)
class AnyIssuer(type(test_google.TestGoogle.provider)):  # type: ignore[misc]
    """One that takes tokens of whatever issuer."""

    def accepted_issuers(self, claims: Mapping[str, object]) -> tuple[str, ...]:
        """Return what the token says."""
        return (str(claims.get("iss")), self.issuer)


def test_who_takes_every_issuer_fails() -> None:
    """The signature alone would say nothing about whose people these are."""
    given = {"client_id": "shop", "client_secret": "hush"}
    found = failing(test_google.TestGoogle, provider=AnyIssuer(**given))
    assert "ID tokens: wrong issuer signs nobody in" in found
    assert SIGNS_IN not in found


# ── each sort of provider ────────────────────────────────────────────────────


class TestSigningClient(ProviderContract):
    """A bank, say: no secret is shown, and an assertion is signed at each exchange."""

    provider: ClassVar[Provider] = OpenIDConnect(
        name="bank",
        title="Bank",
        issuer="https://bank.example",
        client_id="shop",
        client_auth="private_key_jwt",
        client_key=ClientKey(pem(EC_KEY), kid="k-1", algorithm="ES256"),
        email_trust=EmailTrust.VERIFIED,
    )
    client_auth = "private_key_jwt"
    client_key = RegisteredKey(pem=public_pem(EC_KEY), kid="k-1")
    switches = OpenIDSwitches(pushed_requests=True)
    signed_with = "ES256"
    replies: ClassVar = {
        "id_token": {"sub": "b-1", "email": "kim@example.org", "email_verified": True}
    }
    unverified: ClassVar = {"id_token": {"sub": "b-1", "email": "kim@example.org"}}
    subject = "b-1"

    def test_it_hides_its_secret(self) -> None:
        """There is none; the key that signs shows nowhere."""
        assert "PRIVATE" not in f"{self.provider!r} {vars(self.provider)}"


def test_a_key_that_was_not_registered_fails() -> None:
    """Who signs with another one is not let in."""
    other = ec.generate_private_key(ec.SECP256R1())
    registered = RegisteredKey(pem=public_pem(other), kid="k-1")
    assert SIGNS_IN in failing(TestSigningClient, HONESTLY, client_key=registered)


@pytest.mark.parametrize(
    ("contract", "at_least"),
    [
        (test_google.TestGoogle, 75),
        (test_apple.TestApple, 75),
        (test_linkedin.TestLinkedIn, 80),
        (test_discord.TestDiscord, 50),
        (test_steam.TestSteam, 20),
    ],
)
def test_every_sort_is_played(contract: type[ProviderContract], at_least: int) -> None:
    """With an ID token, with reads alone, and without a code; no name comes twice."""
    names = [(check.scene, check.name) for check in checks_of(contract())]
    assert len(names) >= at_least
    assert len(names) == len(set(names))


def test_no_fault_of_the_fakes_is_forgotten() -> None:
    """Each is played, or is here, with the reason."""
    played_elsewhere = {
        Fault.MISSING_SUBJECT: "replies about nobody, with the provider's own id",
        Fault.NUMERIC_SUBJECT: "the mapping: hostile values in every place",
        Fault.OVERLONG_SUBJECT: "the mapping: hostile values in every place",
        Fault.EMAIL_VERIFIED_TEXT_FALSE: "the mapping, and `unverified`",
        Fault.EMAIL_VERIFIED_TEXT_TRUE: "the mapping: some providers say it so",
        Fault.OTHER_ISSUER_IN_CALLBACK: "the way back: another issuer",
        Fault.MISSING_ISSUER_IN_CALLBACK: "discovery: without the promised issuer",
        Fault.ERROR_ANSWER: "the way back: a code of nobody's, in its own words",
    }
    by_name = {
        *(Fault.HTML_PAGE, Fault.SERVER_ERROR, Fault.INVALID_JSON, Fault.REDIRECT),
        *(Fault.ERROR_WITHOUT_NAME, Fault.HUGE_BODY, Fault.SLOW),
        *(Fault.MISSING_ACCESS_TOKEN, Fault.MISSING_TOKEN_TYPE),
        *(Fault.USERINFO_OF_SOMEONE_ELSE, Fault.OTHER_ISSUER_IN_DISCOVERY),
        Fault.KEYS_FOR_ENCRYPTION,
    }
    assert {*TOKENS, *by_name, *played_elsewhere} == set(Fault)
    assert BEFORE


def test_what_means_nothing_is_not_played() -> None:
    """LinkedIn has neither PKCE nor nonce, so no code can be told from another's."""
    stolen = "a code of another attempt is refused"
    of = {
        name: {check.name for check in checks_of(contract())}
        for name, contract in {
            "google": test_google.TestGoogle,
            "linkedin": test_linkedin.TestLinkedIn,
            "steam": test_steam.TestSteam,
        }.items()
    }
    assert stolen in of["google"]
    assert stolen not in of["linkedin"] | of["steam"]
    assert "missing nonce signs nobody in" in of["google"] - of["linkedin"]


@pytest.mark.parametrize(
    ("contract", "switches"),
    [
        (test_google.TestGoogle, OAuth2Switches()),
        (test_contract.TestSound, OpenIDSwitches()),
    ],
)
def test_switches_of_the_other_protocol_are_refused(
    contract: type[ProviderContract], switches: object
) -> None:
    """They would be ignored, and the contract would prove less than it says."""
    with pytest.raises(TypeError, match="Switches"):
        failing(contract, switches=switches)


def test_who_has_no_code_records_the_way_back() -> None:
    """Without it nothing could be played, and that is said."""
    steam = test_steam.TestSteam
    told = {"check": steam.replies["check"]}
    with pytest.raises(ValueError, match="record what the browser brings"):
        failing(steam, replies=told)


def test_a_contract_that_is_not_filled_in_says_what_to_write() -> None:
    """At collection, before anything is played."""

    class Empty(ProviderContract):
        subject = "kim"

    with pytest.raises(TypeError, match=r"Empty: write provider = …, replies = …"):
        checks_of(Empty())
