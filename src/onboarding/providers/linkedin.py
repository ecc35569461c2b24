"""LinkedIn, which refuses PKCE and repeats no nonce."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onboarding.accounts.model import EmailTrust
from onboarding.providers import facts as known
from onboarding.providers.base import ClientAuth
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect

WITHOUT = {
    "pkce": "it answers a code_verifier with 401 invalid_client, unless it has "
    "enabled PKCE for the application",
    "echoes_nonce": "its ID tokens never hold one",
}
"""What LinkedIn goes without, and why."""


@dataclass(frozen=True, kw_only=True)
class LinkedIn(OpenIDConnect):
    """Sign in with LinkedIn: OpenID Connect, of which two checks cannot be made.

    What is left binds an answer to its attempt: the state, the client secret, and the
    signature and audience of the ID token.
    """

    facts = ProviderFacts(
        register="https://www.linkedin.com/developers/apps",
        documentation="https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2",
        steps=(
            (
                "Make an app for a company page, and add the product “Sign In with "
                "LinkedIn using OpenID Connect”."
            ),
            "Enter the redirect URI under Auth, “Authorized redirect URLs”.",
        ),
        quirks=(
            (
                "A `code_verifier` is answered with 401 `invalid_client`, as a wrong "
                "secret is; LinkedIn enables PKCE for single apps on request."
            ),
            "ID tokens hold no `nonce`; one that is there must be ours all the same.",
            "The secret goes in the body; the header is refused.",
            (
                "`r_liteprofile` and `r_emailaddress` are refused for apps made since "
                "August 2023."
            ),
            "Somebody has another id in each app.",
        ),
        address="Verified, where `email_verified` says so.",
        checked="2026-11-21",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.FASTAPI_SSO),
        ),
    )

    name: str = "linkedin"
    title: str = "LinkedIn"
    issuer: str = "https://www.linkedin.com/oauth"
    client_auth: ClientAuth = "post"
    email_trust: EmailTrust = EmailTrust.VERIFIED
    pkce: bool = False
    echoes_nonce: bool = False
    reasons: Mapping[str, str] = field(default_factory=lambda: WITHOUT, hash=False)
