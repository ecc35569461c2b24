"""Places of a provider that break: each in every way, and who is told."""

from collections.abc import Iterator, Mapping
from functools import partial

from onboarding.errors import (
    BadProviderReply,
    ProviderDenied,
    ProviderUnreachable,
)
from onboarding.providers.base import Provider
from onboarding.providers.reads import Read
from onboarding.testing.contracts.plays.check import (
    Actor,
    ExpectedError,
    SignInCheck,
    refused_at_the_end,
)
from onboarding.testing.contracts.plays.stage import SignInStage, in_a_hurry
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.contracts.replies import leaves
from onboarding.testing.faults import Fault, Held, Padded, Replaced
from onboarding.testing.recorded import RecordedCodeless
from onboarding.testing.recorded.line import Break

JSON = "application/json"
LARGE = 1024 * 1024
"""Bytes: as much as ``HttpPolicy`` takes by default, and then the answer."""

BAD = (BadProviderReply,)
DOWN = (ProviderUnreachable,)

Breaks = tuple[tuple[str, Break, ExpectedError], ...]


def _says(text: str, status: int = 200) -> Replaced:
    return Replaced(status, JSON, text)


UNREADABLE = {
    "a page of HTML": Fault.HTML_PAGE.value,
    "half an answer": Fault.INVALID_JSON.value,
    "nothing at all": _says(""),
}

EVERYWHERE: Breaks = (
    ("a server error", Fault.SERVER_ERROR.value, ExpectedError(DOWN, "provider")),
    ("too many requests", _says("{}", 429), ExpectedError(DOWN, "provider")),
    ("a huge answer", Padded(LARGE), ExpectedError(BAD, "provider")),
    ("no answer in time", Held(), ExpectedError(DOWN, "provider")),
)
"""What may come of any address."""

AT_TOKEN: Breaks = (
    ("a list", _says("[]"), ExpectedError(BAD, "provider")),
    ("a number", _says("7"), ExpectedError(BAD, "provider")),
    ("null", _says("null"), ExpectedError(BAD, "provider")),
    (
        "no access token",
        _says('{"token_type": "Bearer"}'),
        ExpectedError(BAD, "provider"),
    ),
    (
        "an access token that is none",
        _says('{"access_token": 7, "token_type": "Bearer"}'),
        ExpectedError(BAD, "provider"),
    ),
    (
        "an error without a name",
        Fault.ERROR_WITHOUT_NAME.value,
        ExpectedError(BAD, "visitor"),
    ),
    (
        "no such client",
        _says('{"error": "invalid_client"}', 401),
        ExpectedError((ProviderDenied, BadProviderReply), "developer"),
    ),
)
"""What may come of the token endpoint alone (RFC 6749 §5)."""


def broken(case: ProviderCase) -> Iterator[SignInCheck]:
    """Yield what is played with a provider of which one place breaks."""
    provider = case.provider
    if provider.exchanges_code:
        lost = _lost(is_ours=provider.endpoints is not None)
        unreadable = _unreadable("provider")
        yield from _at("token", (*EVERYWHERE, *unreadable, *AT_TOKEN, *lost))
        yield _misbehaves(Fault.MISSING_ACCESS_TOKEN, "token")
        if provider.says_token_type:
            yield _misbehaves(Fault.MISSING_TOKEN_TYPE, "token")
    if getattr(provider, "userinfo", False):
        theirs = (*_unreadable("provider"), *_lost(is_ours=False))
        yield from _at("userinfo", (*EVERYWHERE, *theirs))
    for read in provider.reads:
        yield from _at(read.name, tuple(_of_read(case, read)))


def _of_read(
    case: ProviderCase, read: Read
) -> Iterator[tuple[str, Break, ExpectedError]]:
    yield from EVERYWHERE
    # Who reads replies in a way of its own says itself what cannot be read.
    reads_json = type(case.provider).parse_reply is Provider.parse_reply
    yield from _unreadable("developer" if reads_json else None)
    for status, actor in REFUSALS.items():
        if status not in read.statuses:
            yield f"a {status}", _says("{}", status), ExpectedError(BAD, actor)
    if case.subject in map(str, leaves(case.replies.get(read.name))):
        yield from NOBODY


REFUSALS: Mapping[int, Actor] = {401: "provider", 403: "developer", 404: "developer"}
"""What a read may be refused with, and who is told."""

NOBODY: Breaks = tuple(
    (f"{text} in place of somebody", _says(text), ExpectedError(BAD, "provider"))
    for text in ("[]", "{}", "null", '"kim"')
)
"""What the reply that holds the subject may be instead."""


def _unreadable(actor: Actor | None) -> Breaks:
    """Return what comes of an address where something else is than an API."""
    outcome = ExpectedError(BAD, actor)
    return tuple((what, how, outcome) for what, how in UNREADABLE.items())


def _lost(*, is_ours: bool) -> Breaks:
    """Return what comes of an address that is wrong, and perhaps stands in ours."""
    actor: Actor = "developer" if is_ours else "provider"
    return (
        ("a redirect", Fault.REDIRECT.value, ExpectedError(BAD, actor)),
        ("nobody there", Replaced(404, "text/plain", "?"), ExpectedError(BAD, actor)),
    )


def _at(place: str, breaks: Breaks) -> Iterator[SignInCheck]:
    for what, how, outcome in breaks:
        yield SignInCheck(
            scene=place,
            name=f"{what} signs nobody in",
            play=partial(breaks_at, place=place, how=how, outcome=outcome),
        )


def _misbehaves(fault: Fault, place: str) -> SignInCheck:
    outcome = ExpectedError(BAD, "provider")
    what = fault.name.lower().replace("_", " ")
    return SignInCheck(
        scene=place,
        name=f"{what} signs nobody in",
        play=partial(misbehaves, fault=fault, outcome=outcome),
    )


async def breaks_at(
    stage: SignInStage, place: str, how: Break, outcome: ExpectedError
) -> None:
    """Come back while one place of the provider is broken."""
    begun = await stage.begin()
    params = stage.approve(begun)
    asked = stage.line.calls[place]
    with stage.line.broken(place, how):
        if isinstance(how, Held):
            with in_a_hurry():
                await refused_at_the_end(stage, begun, params, outcome)
        else:
            await refused_at_the_end(stage, begun, params, outcome)
    # In a hurry the time may be over before that place has its turn.
    is_asked = stage.line.calls[place] > asked
    assert is_asked or isinstance(how, Held), f"{place} was never asked"


async def misbehaves(stage: SignInStage, fault: Fault, outcome: ExpectedError) -> None:
    """Come back while the provider tells something wrong, in its own words."""
    assert not isinstance(stage.fake, RecordedCodeless)
    begun = await stage.begin()
    params = stage.approve(begun)
    with stage.fake.misbehave(fault):
        await refused_at_the_end(stage, begun, params, outcome)
