"""One check of a contract: what is played, and who is told what is wrong."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from onboarding.errors import OnboardingError, ProviderError, Refused
from onboarding.social.blame import PROVOKED
from onboarding.testing.contracts.plays.stage import Begun, Params, SignInStage

Actor = Literal["visitor", "provider", "developer"]
"""Who must act: by the error's class, and by the setting that it names."""

Play = Callable[[SignInStage], Coroutine[Any, Any, None]]
"""Plays one act, and asserts what must come of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInCheck:
    """Something that is played with a provider.

    Attributes:
        scene: What it is about: the way back, ID tokens, one read.
        name: What holds, in words.
        play: Plays it.
    """

    scene: str
    name: str
    play: Play


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """What comes of a sign-in that fails.

    Attributes:
        errors: It is one of these.
        actor: Whose it is to act; None where that is not said.
    """

    errors: tuple[type[OnboardingError], ...]
    actor: Actor | None = None


def actor_of(error: OnboardingError) -> Actor:
    """Return who must act on an error."""
    if isinstance(error, Refused):
        return "visitor"
    if isinstance(error, ProviderError) and error.setting is None:
        return "visitor" if error.status == PROVOKED else "provider"
    return "developer"


async def refused(
    stage: SignInStage, act: Callable[[], Awaitable[object]], outcome: ExpectedError
) -> None:
    """Act, and hold that nobody came in, and that the right one is told why."""
    before = await stage.kept()
    try:
        await act()
    except OnboardingError as error:
        caught = error
    else:
        raise AssertionError("somebody came in, or nothing was said")
    assert isinstance(caught, outcome.errors), f"{caught!r}"
    if outcome.actor is not None:
        assert actor_of(caught) == outcome.actor, f"{caught!r}, {caught.details()}"
    assert await stage.kept() == before, "something is kept of them all the same"


async def refused_at_the_end(
    stage: SignInStage, begun: Begun, params: Params, outcome: ExpectedError
) -> None:
    """Come back, and hold that nobody came in; the error quotes nothing secret."""
    said: list[str] = []

    async def act() -> None:
        try:
            await stage.finish(begun, params)
        except OnboardingError as error:
            said.extend((str(error), repr(error), str(dict(error.details()))))
            raise

    await refused(stage, act, outcome)
    for secret in (*params.get(stage.code_name, ()), stage.provider.secret):
        assert not secret or not any(secret in text for text in said), said
