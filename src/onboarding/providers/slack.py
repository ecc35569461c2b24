"""Slack, where somebody is a member of a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import facts as known
from onboarding.providers import replies as read
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect
from onboarding.providers.replies import Replies

TEAM = "https://slack.com/team_id"
MEMBER = "https://slack.com/user_id"
"""Claims of Slack have names that are addresses."""

SLACK_ERRORS = {
    "bad_client_secret": "invalid_client",
    "bad_redirect_uri": "redirect_uri_mismatch",
    "code_already_used": "invalid_grant",
    "code_expired": "invalid_grant",
    "invalid_client_id": "invalid_client",
    "invalid_code": "invalid_grant",
}
"""What Slack calls errors, in the words of RFC 6749 §5.2."""

OFFERS_NO_PKCE = {
    "pkce": "its OpenID token endpoint answers a code_verifier with internal_error"
}


@dataclass(frozen=True, kw_only=True)
class Slack(OpenIDConnect):
    """Sign in with Slack: a member of one workspace, known by both ids together.

    The same person is another member in each workspace, and Slack promises the id of
    a member to be unique in theirs alone.
    """

    facts = ProviderFacts(
        register="https://api.slack.com/apps",
        documentation="https://docs.slack.dev/authentication/sign-in-with-slack/",
        steps=(
            (
                "Enter the redirect URI under “OAuth & Permissions”; Slack takes https "
                "alone."
            ),
            "Add the user token scopes `openid`, `profile` and `email`.",
            "To let in other workspaces than your own, distribute the app.",
        ),
        quirks=(
            "Errors come with HTTP 200 and `ok: false`.",
            "The subject here is made of team and member, `T0R7GR-U0R7JM`.",
            (
                "No PKCE goes there: the nonce of the ID token binds an answer to its "
                "attempt."
            ),
            (
                "Signing in there may lead on to another host (the host of a "
                "workspace), so people leave for it by a link."
            ),
        ),
        address="Verified, where `email_verified` says so.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.ARCTIC),
            "https://docs.slack.dev/reference/methods/openid.connect.userInfo/",
            "https://github.com/paradigmxyz/centaur/pull/1101",
        ),
    )

    name: str = "slack"
    title: str = "Slack"
    issuer: str = "https://slack.com"
    leads_on: bool = True
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED
    userinfo: bool = False
    pkce: bool = False
    reasons: Mapping[str, str] = field(
        default_factory=lambda: OFFERS_NO_PKCE, hash=False
    )

    def parse_token_response(self, body: bytes) -> object:
        """Return the tokens, or an error in the words of the standard."""
        told = super().parse_token_response(body)
        if not isinstance(told, dict) or told.get("ok") is not False:
            return told
        error = told.get("error")
        is_word = isinstance(error, str) and bool(error)
        return {"error": SLACK_ERRORS.get(str(error), error) if is_word else "unknown"}

    def identity(self, replies: Replies) -> Identity:
        """Return which member of which workspace somebody is, by the ID token."""
        claims = read.members(self.name, replies, "id_token")
        team = read.subject(self.name, claims.get(TEAM))
        member = read.subject(self.name, claims.get(MEMBER))
        subject = read.subject(self.name, f"{team}-{member}")
        return replace(super().identity(replies), subject=subject)
