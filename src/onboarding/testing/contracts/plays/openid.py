"""What a provider of OpenID Connect may do wrong: its tokens and keys."""

from collections.abc import Iterator, Mapping
from functools import partial

from onboarding.errors import (
    BadIdToken,
    BadProviderReply,
    OnboardingError,
    ProviderUnreachable,
)
from onboarding.testing.contracts.plays.broken import misbehaves
from onboarding.testing.contracts.plays.check import (
    Actor,
    ExpectedError,
    SignInCheck,
    refused,
)
from onboarding.testing.contracts.plays.stage import SignInStage
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.faults import OF_PUBLISHED_KEYS, Fault, Padded, Replaced
from onboarding.testing.identity_provider import OpenIDSwitches
from onboarding.testing.recorded import RecordedOpenID
from onboarding.testing.recorded.line import Break

TOKENS: Mapping[Fault, Actor] = {
    Fault.WRONG_NONCE: "visitor",
    Fault.MISSING_NONCE: "provider",
    Fault.WRONG_ISSUER: "provider",
    Fault.MISSING_ISSUER: "provider",
    Fault.WRONG_AUDIENCE: "provider",
    Fault.MISSING_AUDIENCE: "provider",
    Fault.SEVERAL_AUDIENCES: "provider",
    Fault.FOREIGN_AZP: "provider",
    Fault.OURS_ONLY_AS_AZP: "provider",
    Fault.EXPIRED: "developer",
    Fault.MISSING_EXPIRY: "provider",
    Fault.ISSUED_IN_THE_FUTURE: "developer",
    Fault.NOT_YET_VALID: "developer",
    Fault.WRONG_AT_HASH: "provider",
    Fault.ALG_NONE: "provider",
    Fault.HMAC_WITH_PUBLIC_KEY: "provider",
    Fault.UNKNOWN_KID: "provider",
    Fault.FOREIGN_KEY: "provider",
    Fault.KEY_IN_HEADER: "provider",
    Fault.UNKNOWN_CRITICAL_HEADER: "provider",
    Fault.MISSING_ID_TOKEN: "provider",
}
"""What may be wrong with an ID token (Core §3.1.3.7), and who is told: where the clocks
differ, it may be the clock here."""

BEFORE: Mapping[str, tuple[Break, type[OnboardingError]]] = {
    "a page of HTML": (Fault.HTML_PAGE.value, BadProviderReply),
    "half an answer": (Fault.INVALID_JSON.value, BadProviderReply),
    "a list": (Replaced(200, "application/json", "[]"), BadProviderReply),
    "a server error": (Fault.SERVER_ERROR.value, ProviderUnreachable),
    "a redirect": (Fault.REDIRECT.value, BadProviderReply),
    "a huge answer": (Padded(1024 * 1024), BadProviderReply),
}
"""What may come of the discovery document and of the keys, before anybody begins."""


def openid(case: ProviderCase) -> Iterator[SignInCheck]:
    """Yield what is played with a provider that signs ID tokens."""
    if not case.provider.openid:
        return
    has_keys = case.signed_with != "HS256"
    for fault, actor in TOKENS.items():
        if _means_something(fault, case, has_keys=has_keys):
            outcome = ExpectedError((BadIdToken,), actor)
            yield _wrong(fault, outcome)
    if getattr(case.provider, "userinfo", False):
        whose = ExpectedError((BadProviderReply,), "provider")
        yield _wrong(Fault.USERINFO_OF_SOMEONE_ELSE, whose)
    if case.provider.endpoints is None:
        yield from _before("discovery")
        yield _prepared(Fault.OTHER_ISSUER_IN_DISCOVERY, "discovery")
        if _names_issuer(case):
            mixed = ExpectedError((BadProviderReply,), "visitor")
            yield SignInCheck(
                scene="discovery",
                name="a way back without the promised issuer signs nobody in",
                play=partial(tells_no_issuer, outcome=mixed),
            )
    if has_keys or _publishes_another(case):
        yield from _before("jwks")
    if has_keys:
        yield _prepared(Fault.KEYS_FOR_ENCRYPTION, "jwks")


def _means_something(fault: Fault, case: ProviderCase, *, has_keys: bool) -> bool:
    if fault is Fault.MISSING_NONCE:
        return case.provider.echoes_nonce
    return has_keys or fault not in OF_PUBLISHED_KEYS


def _names_issuer(case: ProviderCase) -> bool:
    switches = case.switches
    return not isinstance(switches, OpenIDSwitches) or switches.names_issuer


def _publishes_another(case: ProviderCase) -> bool:
    switches = case.switches
    return isinstance(switches, OpenIDSwitches) and switches.also_publishes is not None


def _wrong(fault: Fault, outcome: ExpectedError) -> SignInCheck:
    return SignInCheck(
        scene="ID tokens",
        name=f"{_said(fault)} signs nobody in",
        play=partial(misbehaves, fault=fault, outcome=outcome),
    )


def _before(place: str) -> Iterator[SignInCheck]:
    for what, (how, error) in BEFORE.items():
        yield SignInCheck(
            scene=place,
            name=f"{what} begins nothing",
            play=partial(begins_nothing, place=place, how=how, error=error),
        )


def _prepared(fault: Fault, place: str) -> SignInCheck:
    return SignInCheck(
        scene=place,
        name=f"{_said(fault)} begins nothing",
        play=partial(prepares_not, fault=fault),
    )


def _said(fault: Fault) -> str:
    return fault.name.lower().replace("_", " ")


# ── plays ────────────────────────────────────────────────────────────────────


async def tells_no_issuer(stage: SignInStage, outcome: ExpectedError) -> None:
    """Leave out what discovery promises (RFC 9207 §2.4)."""

    async def act() -> None:
        begun = await stage.begin()
        params = stage.approve(begun)
        del params["iss"]
        await stage.finish(begun, params)

    await refused(stage, act, outcome)


async def begins_nothing(
    stage: SignInStage, place: str, how: Break, error: type[OnboardingError]
) -> None:
    """Begin in a process that has asked nothing yet, while a place is broken."""
    flow = stage.another_process()
    with stage.line.broken(place, how):
        await refused(
            stage, lambda: flow.prepare(stage.provider), ExpectedError((error,))
        )
    await flow.prepare(stage.provider)


async def prepares_not(stage: SignInStage, fault: Fault) -> None:
    """Begin in such a process, while what is published is wrong."""
    flow, outcome = stage.another_process(), ExpectedError((BadProviderReply,))
    assert isinstance(stage.fake, RecordedOpenID)
    with stage.fake.misbehave(fault):
        await refused(stage, lambda: flow.prepare(stage.provider), outcome)
