"""What a provider's mapping makes of its replies, before anybody believes it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply, ProviderError
from onboarding.providers import claims
from onboarding.providers import replies as read
from onboarding.providers.base import Provider
from onboarding.providers.replies import Replies
from onboarding.social.guarding import guarding


def vouched(
    provider: Provider, replies: Replies, wanted: Collection[str] = ()
) -> Identity:
    """Return whom a provider vouches for, and of further claims what is wanted.

    A mapping is somebody else's code at data of somebody else: what it throws, or
    returns against its promise, ends this sign-in and nothing more.

    Raises:
        BadProviderReply: When it makes nobody of the replies, or somebody else's
            people, or throws.
    """
    with guarding(provider.name, "identity()", ProviderError):
        identity: object = provider.identity(replies)
    if not isinstance(identity, Identity):
        raise _wrong(provider, f"identity() returns a {type(identity).__name__}")
    signed = replies.get("id_token")
    with guarding(provider.name, "accepted_issuers()", ProviderError):
        others = provider.accepted_issuers(signed if isinstance(signed, dict) else {})
        is_own = identity.issuer in (provider.issuer, *others)
    if identity.provider != provider.name or not is_own:
        raise _wrong(provider, "the mapping names somebody else")
    read.subject(provider.name, identity.subject)
    for name in ("email", "name"):
        if not isinstance(getattr(identity, name), str | None):
            raise _wrong(provider, f"identity() returns a {name} that is no text")
    if not isinstance(identity.email_trust, EmailTrust):
        raise _wrong(provider, "identity() returns an email_trust of another type")
    told: object = identity.claims
    if not isinstance(told, Mapping):
        raise _wrong(provider, "identity() returns claims that are no mapping")
    # What nobody asked for is not kept, also while somebody has to confirm.
    return replace(identity, claims=claims.fit(told, wanted))


def _wrong(provider: Provider, problem: str) -> BadProviderReply:
    return BadProviderReply(provider.name, problem)
