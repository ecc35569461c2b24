"""LINE, whose ID tokens are signed with the channel secret."""

from dataclasses import dataclass

from onboarding.providers import facts as known
from onboarding.providers.base import ClientAuth
from onboarding.providers.endpoints import Endpoints
from onboarding.providers.facts import ProviderFacts
from onboarding.providers.oidc import OpenIDConnect


@dataclass(frozen=True, kw_only=True)
class Line(OpenIDConnect):
    """Sign in with LINE: an ID token says it all, signed with the channel secret.

    Its endpoints stand here and are not discovered: the discovery document names
    ES256 alone, which signs for apps on phones, and not for the web.
    """

    facts = ProviderFacts(
        register="https://developers.line.biz/console/",
        documentation="https://developers.line.biz/en/docs/line-login/integrate-line-login/",
        steps=(
            (
                "Make a channel of the type LINE Login for web apps; its id and its "
                "secret are `client_id` and `client_secret`."
            ),
            "Enter the redirect URI as a Callback URL, and publish the channel.",
            "For addresses, apply for the permission (Basic settings, OpenID Connect).",
        ),
        quirks=(
            (
                "ID tokens of the web are signed HS256 with the channel secret; no "
                "public key ever checks them."
            ),
            "An address is in the ID token alone, and only once LINE has allowed it.",
            "Somebody has another id for each provider that your channels belong to.",
        ),
        address="Stated: LINE says of no address whether it was confirmed.",
        checked="2026-11-27",
        against=(
            *(known.ALLAUTH, known.SOCIAL_CORE, known.BETTER_AUTH),
            *(known.AUTH_JS, known.FASTAPI_SSO),
            "https://developers.line.biz/en/docs/line-login/verify-id-token/",
        ),
    )

    name: str = "line"
    title: str = "LINE"
    issuer: str = "https://access.line.me"
    endpoints: Endpoints = Endpoints(
        authorization="https://access.line.me/oauth2/v2.1/authorize",
        token="https://api.line.me/oauth2/v2.1/token",  # noqa: S106  # an address
        jwks="https://api.line.me/oauth2/v2.1/certs",
        userinfo="https://api.line.me/oauth2/v2.1/userinfo",
    )
    client_auth: ClientAuth = "post"
    algorithms: tuple[str, ...] = ("HS256", "ES256")
    userinfo: bool = False
