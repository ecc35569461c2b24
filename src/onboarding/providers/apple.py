"""Apple, whose client secret is a token that is signed anew each time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth, ResponseMode
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.replies import Replies
from onboarding.providers.signals import ProviderSignal, SignalKind, instant

RELAY = "@privaterelay.appleid.com"
"""What the addresses end with that Apple makes, and forwards."""

NOTIFICATIONS = {
    "consent-revoked": SignalKind.REVOKED,
    "account-delete": SignalKind.DELETED,
    "account-deleted": SignalKind.DELETED,
    "email-disabled": SignalKind.EMAIL_STOPPED,
    "email-enabled": SignalKind.EMAIL_RESUMED,
}
"""What Apple's server notifications tell; the second was renamed to the third."""

SECRET_LIFE = timedelta(minutes=5)
"""How long a client secret holds. Apple allows six months; it is used at once."""


@dataclass(frozen=True, kw_only=True)
class Apple(OpenIDConnect):
    """Sign in with Apple: an ID token says it all, but the name.

    Attributes:
        team_id: The ten characters of your team; it signs as this issuer.

    Raises:
        ConfigError: As ``OpenIDConnect``; and without a team or a key, with a key
            that has no id or is of another kind, and with a fixed secret.
    """

    facts = ProviderFacts(
        register="https://developer.apple.com/account/resources/identifiers/list",
        documentation="https://developer.apple.com/documentation/signinwithapplerestapi",
        steps=(
            (
                "Make an App ID with the capability Sign in with Apple, and a Services"
                " ID that belongs to it: its identifier is the `client_id`."
            ),
            (
                "In the Services ID, enter the domain and the redirect URI; Apple "
                "takes neither `localhost` nor plain http."
            ),
            (
                "Make a key for Sign in with Apple: the file is the `pem` of "
                '`ClientKey(pem, kid="…", algorithm="ES256")`, its Key ID the `kid`.'
            ),
            (
                "As the server-to-server notification endpoint of the App ID, enter "
                "your `url` and `/signals/apple`."
            ),
            (
                "To write to relay addresses, register your sending domain with the "
                "Private Email Relay Service."
            ),
        ),
        quirks=(
            (
                "The client secret is a JWT, signed with ES256 for each exchange; it "
                "holds for five minutes."
            ),
            (
                "Whoever asks for name or address gets the answer as a form, posted "
                "from Apple's page."
            ),
            (
                "The name comes once, at the first consent, beside the code and "
                "unsigned: it is shown, and decides nothing."
            ),
            "`email_verified` may be the text `true`.",
            (
                "A subject belongs to your team: after a transfer of the app to "
                "another team, everybody has another one."
            ),
        ),
        address="A relay address is Apple's own mailbox, so it is authoritative; it "
        "ends when the person stops sharing. Any other is verified where "
        "`email_verified` says so. Managed accounts may have none.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.FASTAPI_SSO),
            "https://developer.apple.com/documentation/signinwithapplejs/authorizationi/id_token",
        ),
    )

    name: str = "apple"
    title: str = "Apple"
    issuer: str = "https://appleid.apple.com"
    scopes: tuple[str, ...] = ("openid", "name", "email")
    response_mode: ResponseMode = "form_post"
    told_once: tuple[str, ...] = ("user",)
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.AUTHORITATIVE
    userinfo: bool = False
    team_id: str

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        super().__post_init__()
        if not self.team_id:
            raise self._wrong('team_id is missing: write team_id="A1B2C3D4E5"')
        if self.client_secret is not None:
            raise self._wrong("client_secret is made of client_key; leave it out")
        key = self.client_key
        if key is None or key.kid is None or key.algorithm != "ES256":
            raise self._wrong(
                "client_key must be the key for Sign in with Apple: write "
                'client_key=ClientKey(pem, kid="F6G7H8I9J0", algorithm="ES256")'
            )
        key.check()

    def secret_at(self, now: datetime) -> str | None:
        """Return a client secret that holds from this moment for five minutes."""
        if self.client_key is None:
            return None
        return self.client_key.sign(
            {
                "iss": self.team_id,
                "sub": self.client_id,
                "aud": self.issuer,
                "iat": int(now.timestamp()),
                "exp": int((now + SECRET_LIFE).timestamp()),
            }
        )

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, by the ID token, and once by the form their name."""
        return replace(super().identity(replies), name=_name_in(replies))

    def signal_in(self, sent: Mapping[str, str]) -> str | None:
        """Return the payload of a server notification.

        https://developer.apple.com/documentation/signinwithapple/processing-changes-for-sign-in-with-apple-accounts
        """
        return sent.get("payload")

    def read_signal(
        self, claims: Mapping[str, object], kind: str
    ) -> ProviderSignal | None:
        """Return what happened to somebody's Apple account, or their relay address."""
        event = _json_object(claims.get("events"))
        said, subject, id = event.get("type"), event.get("sub"), claims.get("jti")
        at = instant(claims.get("iat"))
        known_kind = NOTIFICATIONS.get(said) if isinstance(said, str) else None
        if kind or known_kind is None or at is None:
            return None
        if not isinstance(subject, str) or not isinstance(id, str):
            return None
        return ProviderSignal(
            kind=known_kind, issuer=self.issuer, subject=subject, id=id, at=at
        )

    def _trust(self, claims: Mapping[str, object]) -> EmailTrust:
        address = claims.get("email")
        is_relay = isinstance(address, str) and address.lower().endswith(RELAY)
        word = EmailTrust.AUTHORITATIVE if is_relay else EmailTrust.VERIFIED
        return min(word, self.email_trust)


def _name_in(replies: Replies) -> str | None:
    """Return the name that the browser brought; anybody may have written it."""
    callback = replies.get("callback")
    text = callback.get("user") if isinstance(callback, Mapping) else None
    named = _json_object(text).get("name")
    if not isinstance(named, dict):
        return None
    parts = [named.get("firstName"), named.get("lastName")]
    return read.name(" ".join(part for part in parts if isinstance(part, str)))


def _json_object(text: object) -> Mapping[str, object]:
    """Return the JSON object of a text; an empty one for everything else."""
    try:
        told = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
