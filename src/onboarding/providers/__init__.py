"""Who may vouch for people: one file each, loaded when it is first named.

``from onboarding.providers import Google`` loads Google and no other. Those that are
told by data alone are rows of one table: ``named("deezer", client_id=…)``.
"""

from typing import TYPE_CHECKING

from onboarding.exports import exports

if TYPE_CHECKING:
    from onboarding.accounts.model import Identity
    from onboarding.providers.amazon import Amazon
    from onboarding.providers.apple import Apple
    from onboarding.providers.auth0 import Auth0
    from onboarding.providers.base import Provider
    from onboarding.providers.client_key import ClientKey
    from onboarding.providers.cognito import Cognito
    from onboarding.providers.discord import Discord
    from onboarding.providers.endpoints import Endpoints
    from onboarding.providers.facebook import Facebook
    from onboarding.providers.facts import ProviderFacts
    from onboarding.providers.github import GitHub
    from onboarding.providers.gitlab import GitLab
    from onboarding.providers.google import Google
    from onboarding.providers.kakao import Kakao
    from onboarding.providers.keycloak import Keycloak
    from onboarding.providers.line import Line
    from onboarding.providers.linkedin import LinkedIn
    from onboarding.providers.local import Local
    from onboarding.providers.microsoft import Microsoft
    from onboarding.providers.naver import Naver
    from onboarding.providers.oauth2 import OAuth2
    from onboarding.providers.oidc import OpenIDConnect
    from onboarding.providers.okta import Okta
    from onboarding.providers.paypal import PayPal
    from onboarding.providers.reads import ProviderRequest, Read
    from onboarding.providers.slack import Slack
    from onboarding.providers.spotify import Spotify
    from onboarding.providers.steam import Steam
    from onboarding.providers.table.naming import named
    from onboarding.providers.tiktok import TikTok
    from onboarding.providers.twitch import Twitch
    from onboarding.providers.x import X
    from onboarding.providers.yahoo import Yahoo

__all__ = [
    "Amazon",
    "Apple",
    "Auth0",
    "ClientKey",
    "Cognito",
    "Discord",
    "Endpoints",
    "Facebook",
    "GitHub",
    "GitLab",
    "Google",
    "Identity",
    "Kakao",
    "Keycloak",
    "Line",
    "LinkedIn",
    "Local",
    "Microsoft",
    "Naver",
    "OAuth2",
    "Okta",
    "OpenIDConnect",
    "PayPal",
    "Provider",
    "ProviderFacts",
    "ProviderRequest",
    "Read",
    "Slack",
    "Spotify",
    "Steam",
    "TikTok",
    "Twitch",
    "X",
    "Yahoo",
    "named",
]

_HOMES = {
    "Amazon": "amazon",
    "Apple": "apple",
    "Auth0": "auth0",
    "ClientKey": "client_key",
    "Cognito": "cognito",
    "Discord": "discord",
    "Endpoints": "endpoints",
    "Facebook": "facebook",
    "GitHub": "github",
    "GitLab": "gitlab",
    "Google": "google",
    "Identity": "base",
    "Kakao": "kakao",
    "Keycloak": "keycloak",
    "Line": "line",
    "LinkedIn": "linkedin",
    "Local": "local",
    "Microsoft": "microsoft",
    "Naver": "naver",
    "OAuth2": "oauth2",
    "Okta": "okta",
    "OpenIDConnect": "oidc",
    "PayPal": "paypal",
    "Provider": "base",
    "ProviderFacts": "facts",
    "ProviderRequest": "reads",
    "Read": "reads",
    "Slack": "slack",
    "Spotify": "spotify",
    "Steam": "steam",
    "TikTok": "tiktok",
    "Twitch": "twitch",
    "X": "x",
    "Yahoo": "yahoo",
    "named": "table.naming",
}

__getattr__, __dir__ = exports(__name__, _HOMES, __all__)
