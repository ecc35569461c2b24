"""Steam. Nothing is registered there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth, Provider
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.reads import Read
from onboarding.providers.replies import Replies

ENDPOINT = "https://steamcommunity.com/openid/login"

STEAM_IDS = "https://steamcommunity.com/openid/id/"
"""What every claimed identifier of theirs begins with."""

NAMESPACE = "http://specs.openid.net/auth/2.0"
ANY_IDENTIFIER = f"{NAMESPACE}/identifier_select"

CHECKED = (
    *("ns", "op_endpoint", "claimed_id", "identity", "return_to"),
    *("response_nonce", "assoc_handle", "signed", "sig"),
)
"""Parameters of an assertion that go back to be checked (OpenID 2.0 §11.4.2.1)."""

SIGNED = frozenset(
    ("op_endpoint", "claimed_id", "identity", "return_to", "response_nonce")
)
"""What must be signed of an assertion (OpenID 2.0 §10.1)."""

CHECK = Read(
    "check",
    ENDPOINT,
    method="POST",
    body={
        **{f"openid.{name}": f"{{callback.openid.{name}}}" for name in CHECKED},
        "openid.mode": "check_authentication",
    },
    scheme=None,
)


@dataclass(frozen=True, kw_only=True)
class Steam(Provider):
    """Sign in with Steam: the number of the account, and nothing else.

    It speaks OpenID 2.0, which has no secret: what the browser brings is signed, and
    Steam is asked whether it signed it, which it says once. ``client_id`` is the origin
    of your site, ``https://shop.example``: an assertion for another site is refused.
    Name and picture take a Web API key and a call of yours.
    """

    facts = ProviderFacts(
        register="https://steamcommunity.com/dev",
        documentation="https://partner.steamgames.com/doc/features/auth",
        steps=(
            "There is nothing to register: the origin of your site is the `client_id`.",
        ),
        quirks=(
            (
                "It speaks OpenID 2.0: no secret, no code, and an answer that is "
                "checked by asking Steam whether it signed it."
            ),
            "The number of the account is all that it tells.",
        ),
        address="There is none: Steam never tells an address.",
        checked="2026-11-27",
        against=(known.ALLAUTH, known.SOCIAL_CORE),
    )

    exchanges_code: ClassVar[bool] = False

    name: str = "steam"
    title: str = "Steam"
    issuer: str = "https://steamcommunity.com/openid"
    endpoints: Endpoints = field(default=Endpoints(authorization=ENDPOINT))
    reads: tuple[Read, ...] = (CHECK,)
    client_auth: ClientAuth = "none"
    email_trust: EmailTrust = EmailTrust.NONE

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        super().__post_init__()
        parts = urlsplit(self.client_id)
        if not parts.netloc or self.client_id != f"{parts.scheme}://{parts.netloc}":
            raise self._wrong(
                f"client_id={self.client_id!r} is no origin: write that of your site, "
                'client_id="https://shop.example"'
            )

    def authorization_params(self, redirect_uri: str, state: str) -> Mapping[str, str]:
        """Return what asks for an assertion (OpenID 2.0 §9.1)."""
        return {
            "openid.ns": NAMESPACE,
            "openid.mode": "checkid_setup",
            "openid.return_to": f"{redirect_uri}?state={state}",
            "openid.realm": self.client_id,
            "openid.identity": ANY_IDENTIFIER,
            "openid.claimed_id": ANY_IDENTIFIER,
        }

    def error_in(self, brought: Mapping[str, str]) -> str | None:
        """Return that somebody stopped there (OpenID 2.0 §10.2.2), or None."""
        return "access_denied" if brought.get("openid.mode") == "cancel" else None

    def parse_reply(self, name: str, body: bytes) -> object:
        """Return the lines of key and value that Steam answers (OpenID 2.0 §4.1.1)."""
        del name  # there is one read
        lines = (line.partition(":") for line in body.decode().splitlines())
        return {key: value for key, _, value in lines}

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, once Steam has said that it signed the assertion."""
        check = read.members(self.name, replies, "check")
        said = read.members(self.name, replies, "callback")
        if check.get("is_valid") != "true":
            raise BadProviderReply(self.name, "the assertion is not signed by Steam")
        if not self._is_ours(said):
            raise BadProviderReply(self.name, "the assertion was made for another site")
        claimed = said.get("openid.claimed_id")
        number = str(claimed).removeprefix(STEAM_IDS)
        # A prefix that is not there would leave somebody else's word as the id.
        if f"{STEAM_IDS}{number}" != claimed or not number.isdecimal():
            raise BadProviderReply(self.name, "the claimed id is no Steam id")
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, number),
        )

    def _is_ours(self, said: Mapping[str, object]) -> bool:
        """Tell whether an assertion is whole, and leads back to this very attempt."""
        signed = set(str(said.get("openid.signed")).split(","))
        return_to = urlsplit(str(said.get("openid.return_to")))
        # With an assertion of another attempt, one that was stolen would sign in here
        # (OpenID 2.0 §11.1).
        states = parse_qs(return_to.query).get("state")
        return (
            said.get("openid.op_endpoint") == ENDPOINT
            and said.get("openid.identity") == said.get("openid.claimed_id")
            and signed >= SIGNED
            and f"{return_to.scheme}://{return_to.netloc}" == self.client_id
            and states == [said.get("state")]
        )
