"""Sign-ins that succeed: the provider is honest, and people are as people are."""

from collections.abc import Iterator
from datetime import timedelta

from onboarding.accounts.model import EmailTrust
from onboarding.emails import normalise
from onboarding.errors import BadProviderReply, SignInExpired
from onboarding.social import rules
from onboarding.social.model import AlreadyIn, Finished
from onboarding.testing.contracts.plays import fakes
from onboarding.testing.contracts.plays.check import (
    ExpectedError,
    Play,
    SignInCheck,
    refused,
)
from onboarding.testing.contracts.plays.stage import SignInStage, ToldReplies
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.contracts.replies import replaced
from onboarding.testing.id_tokens import strangers_key
from onboarding.testing.recorded import RecordedOpenID

HONEST = "an honest provider"

REFETCH = timedelta(minutes=2)
"""After this long an unknown key is asked for again."""


def honest(case: ProviderCase) -> Iterator[SignInCheck]:
    """Yield what is played with a provider that does nothing wrong."""
    yield _check("somebody signs in", signs_in)
    yield _check("who comes again is the same account", comes_again)
    yield _check("one way back signs in once", goes_back)
    yield _check("two browsers at once do not meet", two_at_once)
    if case.provider.email_trust > EmailTrust.NONE:
        yield _check("who shares no address comes in all the same", without_address)
    if case.unverified is not None:
        yield _check("an address that is not verified proves nothing", unverified)
    if case.provider.openid and case.signed_with != "HS256":
        yield _check("a new signing key is found", new_key)


def _check(name: str, play: Play) -> SignInCheck:
    return SignInCheck(scene=HONEST, name=name, play=play)


async def signs_in(stage: SignInStage) -> None:
    """From the button to the account, as the mapping has it."""
    await _arrives(stage, stage.case.replies)


async def comes_again(stage: SignInStage) -> None:
    """The identity leads to the account that it made."""
    first = await _arrives(stage, stage.case.replies)
    again = await _arrives(stage, stage.case.replies)
    assert again == first


async def goes_back(stage: SignInStage) -> None:
    """A reload is no second sign-in: who is in goes on, anybody else begins anew."""
    begun = await stage.begin()
    params = stage.approve(begun)
    finished = await stage.finish(begun, params)
    assert isinstance(finished, Finished)
    assert finished.signed_in is not None
    asked = stage.line.calls.total()
    token = finished.signed_in.new_session.token.reveal()
    again = await stage.finish(begun, params, session=token)
    assert isinstance(again, AlreadyIn)
    outcome = ExpectedError((SignInExpired,), "visitor")
    await refused(stage, lambda: stage.finish(begun, params), outcome)
    assert stage.line.calls.total() == asked


async def two_at_once(stage: SignInStage) -> None:
    """Each comes back to the attempt that it began."""
    one, other = await stage.begin(), await stage.begin()
    ways = stage.approve(one), stage.approve(other)
    for begun, params in zip((other, one), reversed(ways), strict=True):
        finished = await stage.finish(begun, params)
        assert isinstance(finished, Finished)


async def without_address(stage: SignInStage) -> None:
    """Whoever shares none comes in all the same, unless the mapping needs one."""
    replies = stage.case.replies
    who = stage.provider.identity(replies)
    told: ToldReplies = replaced(replies, who.email or "", None)
    if stage.identity(told) is None:
        outcome = ExpectedError((BadProviderReply,), "provider")
        await refused(stage, lambda: stage.sign_in(told), outcome)
        return
    await _arrives(stage, told)


async def unverified(stage: SignInStage) -> None:
    """What is kept of it is no more than what the provider states."""
    told = stage.case.unverified
    assert told is not None
    await _arrives(stage, told)
    kept = await stage.kept(told)
    assert kept is not None
    assert kept.email_trust <= EmailTrust.STATED


async def new_key(stage: SignInStage) -> None:
    """A provider changes its key whenever it likes."""
    assert isinstance(stage.fake, RecordedOpenID)
    await stage.sign_in()
    stage.fake.rotate_key(strangers_key(stage.case.signed_with))
    # What was fetched a moment ago is not fetched again at once.
    stage.clock.advance(REFETCH)
    await _arrives(stage, stage.case.replies)
    stage.fake.rotate_key(fakes.key_of(stage.case.signed_with))
    stage.clock.advance(REFETCH)


async def _arrives(stage: SignInStage, told: ToldReplies) -> str:
    """Sign in, and hold that it is whom the mapping says; return the account's id."""
    finished = await stage.sign_in(told)
    assert isinstance(finished, Finished)
    assert finished.signed_in is not None, "somebody must say something first"
    mapped = stage.provider.identity(told)
    who = rules.with_address(mapped, normalise(mapped.email or ""))
    kept = await stage.kept(told)
    assert kept is not None
    assert kept.provider == stage.provider.name
    assert (kept.email, kept.email_trust) == (who.email, who.email_trust)
    assert kept.account_id == finished.signed_in.account.id
    assert not finished.signed_in.account.is_guest
    return kept.account_id
