"""An OpenID provider in memory, as strict as a real one, for tests and the demo."""

from onboarding.testing.identity_provider.app import FakeProvider
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    Client,
    ClientKey,
    WayBack,
)
from onboarding.testing.identity_provider.switches import OpenIDSwitches

__all__ = [
    "AuthorizationRefused",
    "Client",
    "ClientKey",
    "FakeProvider",
    "OpenIDSwitches",
    "WayBack",
]
