"""A provider of plain OAuth 2 at its own addresses, with recorded replies."""

from onboarding.testing.oauth2_provider.app import FakeOAuth2
from onboarding.testing.oauth2_provider.switches import OAuth2Switches, ReadSwitches

__all__ = ["FakeOAuth2", "OAuth2Switches", "ReadSwitches"]
