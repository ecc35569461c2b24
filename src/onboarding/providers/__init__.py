"""Who may vouch for people: one file each, loaded when it is first named.

``from onboarding.providers import Google`` loads Google and no other.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onboarding.providers.base import Endpoints, Provider, Read
    from onboarding.providers.github import GitHub
    from onboarding.providers.google import Google
    from onboarding.providers.local import Local
    from onboarding.providers.oauth2 import OAuth2
    from onboarding.providers.oidc import OpenIDConnect

__all__ = [
    "Endpoints",
    "GitHub",
    "Google",
    "Local",
    "OAuth2",
    "OpenIDConnect",
    "Provider",
    "Read",
]

_HOMES = {
    "Endpoints": "base",
    "GitHub": "github",
    "Google": "google",
    "Local": "local",
    "OAuth2": "oauth2",
    "OpenIDConnect": "oidc",
    "Provider": "base",
    "Read": "base",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"onboarding.providers has no {name!r}")
    return getattr(import_module(f"onboarding.providers.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
