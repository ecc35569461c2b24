"""What comes back through the browser: whoever holds it may have written it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from onboarding.errors import (
    BadIdToken,
    BadProviderReply,
    BadRequest,
    OnboardingError,
    ProviderDenied,
    SignInCancelled,
    SignInExpired,
    StateMismatch,
)
from onboarding.testing.contracts.plays.check import (
    ExpectedError,
    SignInCheck,
    refused_at_the_end,
)
from onboarding.testing.contracts.plays.stage import Begun, Params, SignInStage, brought
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.faults import ELSEWHERE
from onboarding.testing.recorded import RecordedCodeless

WAY_BACK = "the way back"

BrowserChange = Callable[[Params, SignInStage], Params]
"""Returns what the browser brings instead."""


def way_back(case: ProviderCase) -> Iterator[SignInCheck]:
    """Yield what is played with the browser's way back."""
    yield _changed("a way back without state", without("state"), StateMismatch)
    yield _changed("a state of nobody's", put("state", "of-nobody"), StateMismatch)
    yield _changed("a state that comes twice", twice("state"), BadRequest)
    yield _changed("another issuer", put("iss", ELSEWHERE), BadProviderReply)
    yield _changed("an error", put("error", "server_error"), ProviderDenied)
    yield _changed("a person who stops", put("error", "access_denied"), SignInCancelled)
    yield SignInCheck(
        scene=WAY_BACK,
        name="another browser's way back is refused",
        play=partial(
            in_another_browser, outcome=ExpectedError((StateMismatch,), "visitor")
        ),
    )
    yield SignInCheck(
        scene=WAY_BACK,
        name="a way back that is too old is refused",
        play=partial(too_late, outcome=ExpectedError((SignInExpired,), "visitor")),
    )
    if not case.provider.exchanges_code:
        return
    yield SignInCheck(scene=WAY_BACK, name="who presses cancel is not in", play=cancels)
    yield _changed("no code", without_code, BadProviderReply)
    yield _changed("a code of nobody's", other_code, ProviderDenied, BadProviderReply)
    yield _changed("a code that comes twice", two_codes, BadRequest)
    scope = put("error", "invalid_scope")
    yield SignInCheck(
        scene=WAY_BACK,
        name="a scope that is none is refused, for the developer to see",
        play=partial(
            comes_back_changed,
            change=scope,
            outcome=ExpectedError((ProviderDenied,), "developer"),
        ),
    )
    # With neither, nothing tells one attempt's code from another's; both have to be
    # declared, with the reason.
    if case.provider.pkce or (case.provider.openid and case.provider.echoes_nonce):
        errors = (ProviderDenied, BadIdToken, BadProviderReply)
        yield SignInCheck(
            scene=WAY_BACK,
            name="a code of another attempt is refused",
            play=partial(code_of_another, outcome=ExpectedError((*errors,), "visitor")),
        )


# ── plays ────────────────────────────────────────────────────────────────────


async def comes_back_changed(
    stage: SignInStage, change: BrowserChange, outcome: ExpectedError
) -> None:
    """Come back with something else than what the provider sent along."""
    begun = await stage.begin()
    params = change(stage.approve(begun), stage)
    await refused_at_the_end(stage, begun, params, outcome)


async def in_another_browser(stage: SignInStage, outcome: ExpectedError) -> None:
    """Come back where nobody began: whoever sends such a link signs nobody in."""
    begun = await stage.begin()
    params = stage.approve(begun)
    stranger = Begun(location=begun.location, cookies={})
    await refused_at_the_end(stage, stranger, params, outcome)


async def too_late(stage: SignInStage, outcome: ExpectedError) -> None:
    """Come back an hour later."""
    begun = await stage.begin()
    params = stage.approve(begun)
    stage.clock.advance(timedelta(hours=1))
    await refused_at_the_end(stage, begun, params, outcome)


async def cancels(stage: SignInStage) -> None:
    """Press Cancel there; the same browser comes in with the next attempt."""
    assert not isinstance(stage.fake, RecordedCodeless)
    begun = await stage.begin()
    params = brought(stage.fake.deny(begun.location))
    outcome = ExpectedError((SignInCancelled,), "visitor")
    await refused_at_the_end(stage, begun, params, outcome)
    await stage.sign_in()


async def code_of_another(stage: SignInStage, outcome: ExpectedError) -> None:
    """Come back with a code that was stolen from somebody (RFC 9700 §4.5)."""
    mine, hers = await stage.begin(), await stage.begin()
    stolen = stage.approve(hers)[stage.code_name]
    params = {**stage.approve(mine), stage.code_name: stolen}
    await refused_at_the_end(stage, mine, params, outcome)


# ── changes ──────────────────────────────────────────────────────────────────


def without(name: str) -> BrowserChange:
    """Return what leaves a parameter out."""
    return lambda params, _: {n: v for n, v in params.items() if n != name}


def put(name: str, value: str) -> BrowserChange:
    """Return what sets a parameter."""
    return lambda params, _: {**params, name: [value]}


def twice(name: str) -> BrowserChange:
    """Return what brings a parameter a second time."""
    return lambda params, _: {**params, name: [*params[name], "another"]}


def without_code(params: Params, stage: SignInStage) -> Params:
    """Leave the code out, by whatever name it goes."""
    return without(stage.code_name)(params, stage)


def other_code(params: Params, stage: SignInStage) -> Params:
    """Bring a code that nobody gave out."""
    return put(stage.code_name, "of-nobody")(params, stage)


def two_codes(params: Params, stage: SignInStage) -> Params:
    """Bring two codes."""
    return twice(stage.code_name)(params, stage)


def _changed(
    what: str, change: BrowserChange, *errors: type[OnboardingError]
) -> SignInCheck:
    outcome = ExpectedError(errors, "visitor")
    play = partial(comes_back_changed, change=change, outcome=outcome)
    return SignInCheck(scene=WAY_BACK, name=f"{what} is refused", play=play)
