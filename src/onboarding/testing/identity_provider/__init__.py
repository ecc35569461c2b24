"""An OpenID provider in memory, as strict as a real one, for tests and the demo."""

from onboarding.testing.identity_provider.app import FakeProvider
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    Client,
    RegisteredKey,
    WayBack,
)
from onboarding.testing.identity_provider.switches import OpenIDSwitches

__all__ = [
    "AuthorizationRefused",
    "Client",
    "FakeProvider",
    "OpenIDSwitches",
    "RegisteredKey",
    "WayBack",
]
