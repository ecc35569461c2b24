"""Sign-ins that a contract plays, from the button to the account or to the error."""

from onboarding.testing.contracts.plays.broken import broken
from onboarding.testing.contracts.plays.check import SignInCheck
from onboarding.testing.contracts.plays.honest import honest
from onboarding.testing.contracts.plays.nobody import nobody
from onboarding.testing.contracts.plays.openid import openid
from onboarding.testing.contracts.plays.stage import Stage
from onboarding.testing.contracts.plays.way_back import way_back
from onboarding.testing.contracts.provider_case import ProviderCase

__all__ = ["SignInCheck", "Stage", "checks_of"]


def checks_of(case: ProviderCase) -> dict[str, SignInCheck]:
    """Return what is played with a provider, by name; what means nothing is not there.

    A check that has no place at a provider is not made: nothing is skipped.
    """
    parts = (honest, way_back, nobody, broken, openid)
    return {check.name: check for part in parts for check in part(case)}
