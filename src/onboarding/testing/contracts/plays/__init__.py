"""Sign-ins that a contract plays, from the button to the account or to the error."""

from collections.abc import Iterable

from onboarding.testing.contracts.plays.broken import broken
from onboarding.testing.contracts.plays.check import SignInCheck
from onboarding.testing.contracts.plays.honest import honest
from onboarding.testing.contracts.plays.nobody import nobody
from onboarding.testing.contracts.plays.openid import openid
from onboarding.testing.contracts.plays.stage import SignInStage
from onboarding.testing.contracts.plays.way_back import way_back
from onboarding.testing.contracts.provider_case import ProviderCase

__all__ = ["SignInCheck", "SignInStage", "checks_of", "played"]


def checks_of(case: ProviderCase) -> list[SignInCheck]:
    """Return what is played with a provider; what means nothing for it is not there.

    A check that has no place at a provider is not made: nothing is skipped.

    Raises:
        TypeError: When the contract is not filled in.
    """
    needed = ("provider", "replies", "subject")
    if missing := [name for name in needed if not hasattr(case, name)]:
        lacking = ", ".join(f"{name} = …" for name in missing)
        raise TypeError(f"{type(case).__name__}: write {lacking} in the class")
    parts = (honest, way_back, nobody, broken, openid)
    return [check for part in parts for check in part(case)]


def played(stage: SignInStage, checks: Iterable[SignInCheck]) -> list[Exception]:
    """Play checks; return what failed, each with the name of its check."""
    failed = []
    for check in checks:
        try:
            stage.play(check.play)
        except Exception as error:  # noqa: BLE001  # whatever others' code throws
            error.add_note(f"the check: {check.scene}: {check.name}")
            failed.append(error)
    return failed
