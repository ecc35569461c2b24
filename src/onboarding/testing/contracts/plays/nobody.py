"""Replies that are about nobody: the id is missing, or a part of it."""

from collections.abc import Iterator
from functools import partial

from onboarding.errors import BadIdToken, BadProviderReply
from onboarding.testing.contracts.plays.check import ExpectedError, SignInCheck, refused
from onboarding.testing.contracts.plays.stage import SignInStage
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.contracts.replies import replaced


def nobody(case: ProviderCase) -> Iterator[SignInCheck]:
    """Yield what is played with replies that do not say whom they are about."""
    for part in case.subject_of or (case.subject,):
        yield SignInCheck(
            scene="replies about nobody",
            name=f"replies without {part} sign nobody in",
            play=partial(about_nobody, part=part),
        )


async def about_nobody(stage: SignInStage, part: str) -> None:
    """Come back as somebody of whom the provider tells everything but the id."""
    told = replaced(stage.case.replies, part, None)
    assert told != stage.case.replies, f"no reply holds {part}: set `subject_of`"
    outcome = ExpectedError((BadProviderReply, BadIdToken), "provider")
    await refused(stage, lambda: stage.sign_in(told), outcome)
