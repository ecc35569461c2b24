"""Providers at their own addresses, telling what was recorded of somebody."""

from onboarding.testing.recorded.codeless import RecordedCodeless
from onboarding.testing.recorded.line import FaultyLine
from onboarding.testing.recorded.openid import RecordedOpenID
from onboarding.testing.recorded.person import RecordedPerson

__all__ = ["FaultyLine", "RecordedCodeless", "RecordedOpenID", "RecordedPerson"]
