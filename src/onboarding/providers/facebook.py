"""Facebook, which wants every call signed with the app secret."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from onboarding.accounts.model import Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.made import make, word_of
from onboarding.providers.oauth2 import OAuth2
from onboarding.providers.reads import ProviderRequest, Read
from onboarding.providers.replies import Replies
from onboarding.providers.signals import (
    ProviderSignal,
    SignalKind,
    instant,
    open_signed_request,
)

GRAPH_FIELDS = "id,name,email,picture"
"""What is asked of a person; what is not named here does not come."""

GRAPH_ERRORS = {
    1: "invalid_client",  # at the token endpoint: the secret is wrong
    100: "invalid_grant",
    101: "invalid_client",
    191: "redirect_uri_mismatch",
}
"""Error codes of the token endpoint, in the words of RFC 6749 §5.2."""


CALLBACKS = {"": SignalKind.REVOKED, "deletion": SignalKind.DELETED}
"""What a callback tells, by the end of its address: both are signed alike."""


@dataclass(frozen=True, kw_only=True)
class Facebook(OAuth2):
    """Sign in with Facebook: an id that is of this app alone, and an address perhaps.

    Attributes:
        version: Which version of the Graph API is called. Each lives for two years at
            least; then its address answers as the oldest that still lives.

    Raises:
        ConfigError: As ``OAuth2``; and for a version that is none.
    """

    facts = ProviderFacts(
        register="https://developers.facebook.com/apps",
        documentation="https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow",
        steps=(
            (
                "Make an app with the use case “Authenticate and request data from "
                "users with Facebook Login”."
            ),
            (
                "Enter the redirect URI under Facebook Login, Settings, “Valid OAuth "
                "Redirect URIs”; leave “Require app secret” on (Settings, Advanced)."
            ),
            (
                "As “Deauthorize callback URL”, enter your `url` and "
                "`/signals/facebook`; as “Data deletion request URL”, the same and "
                "`/deletion`."
            ),
            (
                "Add the permission `email`; for people outside your team, let the app"
                " be published."
            ),
        ),
        quirks=(
            (
                "Every call about a person carries `appsecret_proof`, the HMAC of the "
                "access token: without it, a stolen token reads from anywhere."
            ),
            "The version of the API stands in every address, and ages: set `version`.",
            "Scopes are separated by commas, and fields must be named one by one.",
            (
                "Somebody has another id in each app, so a new app makes everybody a "
                "stranger."
            ),
            (
                "Signing in there may lead on to another host (m.facebook.com on "
                "phones), so people leave for it by a link."
            ),
        ),
        address="Stated: Facebook says of no address whether it was confirmed, and "
        "people may refuse to share theirs.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.FASTAPI_SSO, known.HTTPX_OAUTH),
            "https://developers.facebook.com/docs/graph-api/guides/secure-requests",
        ),
    )

    name: str = "facebook"
    title: str = "Facebook"
    issuer: str = "https://www.facebook.com"
    leads_on: bool = True
    scopes: tuple[str, ...] = ("email", "public_profile")
    scope_separator: str = ","
    client_auth: ClientAuth = "post"
    version: str = "v24.0"

    def __post_init__(self) -> None:
        """Check everything that can be known before anybody signs in."""
        version = word_of(self, "version", r"v[0-9]{1,3}\.[0-9]", "v24.0")
        graph = f"https://graph.facebook.com/{version}"
        dialog = f"https://www.facebook.com/{version}/dialog/oauth"
        token = f"{graph}/oauth/access_token"
        make(self, "endpoints", Endpoints(authorization=dialog, token=token))
        make(self, "reads", (Read("user", f"{graph}/me?fields={GRAPH_FIELDS}"),))
        super().__post_init__()

    def prepare(self, request: ProviderRequest, access_token: str) -> ProviderRequest:
        """Return the request with the proof that it comes from whom the token is for.

        https://developers.facebook.com/docs/graph-api/securing-requests
        """
        if self.secret is None:
            return request
        proof = hmac.digest(self.secret.encode(), access_token.encode(), "sha256")
        return request._replace(url=f"{request.url}&appsecret_proof={proof.hex()}")

    def parse_token_response(self, body: bytes) -> object:
        """Return the tokens, or an error in the words of the standard."""
        told = super().parse_token_response(body)
        error = told.get("error") if isinstance(told, dict) else None
        if not isinstance(error, dict):
            return told
        code = error.get("code")
        known_as = GRAPH_ERRORS.get(code) if isinstance(code, int) else None
        return {"error": known_as or "unknown"}

    def signal_in(self, sent: Mapping[str, str]) -> str | None:
        """Return the ``signed_request`` of a deauthorize or a data deletion callback.

        https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
        """
        return sent.get("signed_request")

    def open_signal(self, text: str) -> Mapping[str, object] | None:
        """Return what the app secret has signed."""
        return open_signed_request(text, self.secret) if self.secret else None

    def read_signal(
        self, claims: Mapping[str, object], kind: str
    ) -> ProviderSignal | None:
        """Return that somebody removed the app; or, at ``deletion``, wants deletion."""
        at, subject = instant(claims.get("issued_at")), claims.get("user_id")
        known_kind = CALLBACKS.get(kind)
        if known_kind is None or at is None or not isinstance(subject, str):
            return None
        return ProviderSignal(
            kind=known_kind,
            issuer=self.issuer,
            subject=subject,
            id=f"{kind} {subject} {at.timestamp()}",
            at=at,
        )

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is in this app."""
        user = read.members(self.name, replies, "user")
        address, trust = read.email(
            user.get("email"), verified=None, trust=self.email_trust
        )
        return Identity(
            provider=self.name,
            issuer=self.issuer,
            subject=read.subject(self.name, user.get("id")),
            email=address,
            email_trust=trust,
            name=read.name(user.get("name")),
            picture=_picture_in(user.get("picture")),
        )


def _picture_in(told: object) -> str | None:
    data = told.get("data") if isinstance(told, dict) else None
    # A silhouette stands for having none, and its address tells nothing of anybody.
    if not isinstance(data, dict) or data.get("is_silhouette") is True:
        return None
    return read.picture(data.get("url"))
