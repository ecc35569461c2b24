"""Who may vouch for people: one file each, loaded when it is first named.

``from onboarding.providers import Google`` loads Google and no other. Those that are
told by data alone are rows of one table: ``named("deezer", client_id=…)``.
"""

from typing import TYPE_CHECKING

from onboarding.exports import exports

if TYPE_CHECKING:
    from onboarding.providers.base import Provider
    from onboarding.providers.client_key import ClientKey
    from onboarding.providers.endpoints import Endpoints
    from onboarding.providers.github import GitHub
    from onboarding.providers.google import Google
    from onboarding.providers.local import Local
    from onboarding.providers.oauth2 import OAuth2
    from onboarding.providers.oidc import OpenIDConnect
    from onboarding.providers.reads import ProviderRequest, Read
    from onboarding.providers.steam import Steam
    from onboarding.providers.table.naming import named

__all__ = [
    "ClientKey",
    "Endpoints",
    "GitHub",
    "Google",
    "Local",
    "OAuth2",
    "OpenIDConnect",
    "Provider",
    "ProviderRequest",
    "Read",
    "Steam",
    "named",
]

_HOMES = {
    "ClientKey": "client_key",
    "Endpoints": "endpoints",
    "GitHub": "github",
    "Google": "google",
    "Local": "local",
    "OAuth2": "oauth2",
    "OpenIDConnect": "oidc",
    "Provider": "base",
    "ProviderRequest": "reads",
    "Read": "reads",
    "Steam": "steam",
    "named": "table.naming",
}

__getattr__, __dir__ = exports(__name__, _HOMES, __all__)
