"""The fake that plays a provider: which one, and registered how."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from onboarding.clock import Clock
from onboarding.testing.contracts.provider_case import ProviderCase
from onboarding.testing.identity_provider import Client, OpenIDSwitches, WayBack
from onboarding.testing.oauth2_provider import FakeOAuth2, OAuth2Switches
from onboarding.testing.oauth2_provider.reads import Recorded
from onboarding.testing.recorded import (
    RecordedCodeless,
    RecordedOpenID,
    RecordedPerson,
)
from onboarding.testing.signing import SigningAlgorithm, SigningKey

Fake = FakeOAuth2 | RecordedOpenID | RecordedCodeless
"""Each answers at the provider's own addresses, with what was recorded."""


def fake_of(case: ProviderCase, redirect_uri: str, clock: Clock) -> Fake:
    """Return the fake that plays the provider of a contract.

    Raises:
        TypeError: When the switches are those of the other protocol.
    """
    provider, switches = case.provider, case.switches
    if not provider.exchanges_code:
        return RecordedCodeless(
            provider, redirect_uri=redirect_uri, replies=case.replies
        )
    if provider.openid:
        if switches is not None and not isinstance(switches, OpenIDSwitches):
            raise TypeError(f"{provider.name} signs ID tokens: OpenIDSwitches(…)")
        return RecordedOpenID(
            provider,
            client=_registered(case, redirect_uri),
            replies=case.replies,
            clock=clock,
            key=key_of(case.signed_with),
            switches=switches,
        )
    if switches is not None and not isinstance(switches, OAuth2Switches):
        raise TypeError(f"{provider.name} signs no ID tokens: OAuth2Switches(…)")
    return FakeOAuth2(
        provider,
        redirect_uri=redirect_uri,
        replies=told_by_reads(case.replies),
        clock=clock,
        switches=replace(
            switches or OAuth2Switches(),
            client_auth=case.client_auth,
            client_key=case.client_key,
        ),
    )


def told_by_reads(replies: Recorded) -> Recorded:
    """Return what a provider tells itself, without what the browser brings."""
    return {name: told for name, told in replies.items() if name != "callback"}


def addresses_of(fake: Fake, case: ProviderCase) -> Mapping[str, str]:
    """Return where a fake is asked, by the name of the place or the read.

    Not where only browsers go: Steam has one address for both.
    """
    if not isinstance(fake, FakeOAuth2):
        known = fake.addresses
        return {place: known[place] for place in known if place != "authorize"}
    ends = case.provider.endpoints
    assert ends is not None  # FakeOAuth2 refuses such a provider
    reads = {read.name: read.url for read in case.provider.reads}
    return {"token": ends.token, **reads}


def approve(fake: Fake, url: str, replies: Recorded) -> WayBack:
    """Let the client in at a fake, as somebody of whom it tells these replies."""
    if isinstance(fake, RecordedOpenID):
        return fake.approve(url, RecordedPerson.of(replies))
    if isinstance(fake, RecordedCodeless):
        return fake.approve(url, replies)
    return fake.approve(url, told_by_reads(replies))


def _registered(case: ProviderCase, redirect_uri: str) -> Client:
    has_secret = case.client_auth.startswith("client_secret")
    return Client(
        client_id=case.provider.client_id,
        client_secret=(case.provider.secret or "") if has_secret else "",
        redirect_uris=(redirect_uri,),
        auth=case.client_auth,
        key=case.client_key,
    )


@cache
def key_of(algorithm: SigningAlgorithm) -> SigningKey:
    """Return one key for all, to save the making."""
    return SigningKey(algorithm)
