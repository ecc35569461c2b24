"""The tokens of a sign-in: told to the host once, where it asks for them, and not kept.

Signing in needs none of them afterwards, and a table of tokens is a table of keys to
other people's accounts. A host that works with a provider's API on somebody's behalf
asks for them, and decides itself where they are safe.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from onboarding.accounts.model import Account, Identity
from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.foreign import ForeignCalls
from onboarding.frozen import dataclass, field
from onboarding.providers.base import Provider

log = logging.getLogger("onboarding.social")

LONGEST_LIFE = timedelta(days=3650)
"""Ten years; what lives longer says nothing of when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTokens:
    """What a provider granted to this application in one sign-in.

    Attributes:
        account_id: Who signed in, after a merge the account that stays.
        provider: The name of the provider.
        issuer: Who vouches for the subject.
        subject: The person's id there.
        access_token: For the provider's API.
        refresh_token: For new access tokens; None where none was granted.
        id_token: As it came, for a logout there; None without OpenID Connect.
        expires_at: When the access token ends; None where the provider does not say.
        scopes: What was granted: what the provider says, else what was asked for
            (RFC 6749 §5.1).
    """

    account_id: str
    provider: str
    issuer: str
    subject: str
    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


KeepTokens = Callable[[ProviderTokens], Awaitable[None]]
"""Takes the tokens of one sign-in; what it raises is logged, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom a provider vouches for, and what it granted.

    Attributes:
        identity: Who.
        tokens: The token response (RFC 6749 §5.1); None without a code exchange.
    """

    identity: Identity
    tokens: Mapping[str, object] | None = field(default=None, repr=False)


class TokenHandover:
    """Tells the host of tokens, within a time, whatever its code does.

    Args:
        keep: The host's function, where it wants them.
        deadlines: How long it may take.
        clock: The present instant.
    """

    def __init__(self, keep: KeepTokens | None, deadlines: Deadlines, clock: Clock):
        self._keep = keep
        self._deadlines = deadlines
        self._clock = clock
        self._calls = ForeignCalls(deadlines.request)

    async def tell(
        self, provider: Provider, vouched: Vouched, account: Account
    ) -> None:
        """Hand the tokens over; they are nowhere else afterwards.

        Whatever becomes of it there, the person is signed in: a failure is logged, by
        its type alone, since its words may hold a token.

        Args:
            provider: Who granted them.
            vouched: What came of its response.
            account: Who has signed in with it.
        """
        keep = self._keep
        if keep is None or vouched.tokens is None:
            return
        identity, now = vouched.identity, self._clock()
        tokens = granted(provider, identity, vouched.tokens, account.id, now)
        try:
            async with asyncio.timeout(self._deadlines.for_request()):
                error = await self._calls.try_(lambda: keep(tokens))
        except TimeoutError as late:
            error = late
        if error is not None:
            log.warning(
                "tokens_lost: keep_tokens= failed with %s for a sign-in with %s; they "
                "come again with the next one",
                type(error).__name__,
                provider.name,
            )


def granted(
    provider: Provider,
    identity: Identity,
    tokens: Mapping[str, object],
    account_id: str,
    now: datetime,
) -> ProviderTokens:
    """Return a token response as typed values.

    What is not usable counts as not said; the access token was checked when it came.

    Args:
        provider: Who granted them.
        identity: Whom it vouches for.
        tokens: The token response.
        account_id: Who signed in.
        now: When it came.
    """
    return ProviderTokens(
        account_id=account_id,
        provider=provider.name,
        issuer=identity.issuer,
        subject=identity.subject,
        access_token=str(tokens["access_token"]),
        refresh_token=_text(tokens.get("refresh_token")),
        id_token=_text(tokens.get("id_token")) if provider.openid else None,
        expires_at=expiry(tokens.get("expires_in"), now),
        scopes=_scopes(provider, tokens.get("scope")),
    )


def expiry(seconds: object, now: datetime) -> datetime | None:
    """Return when a token ends, or None where nothing usable says so.

    Args:
        seconds: ``expires_in``: a number, which some providers write as text.
        now: When the response came.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | str):
        return None
    try:
        found = float(seconds)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(found) or not 0 < found <= LONGEST_LIFE.total_seconds():
        return None
    ends = now + timedelta(seconds=found)
    return ends if ends > now else None


def _scopes(provider: Provider, said: object) -> tuple[str, ...]:
    if not isinstance(said, str) or not said.strip():
        return tuple(provider.scopes)
    # Some answer with commas, whatever they are asked with.
    return tuple(said.replace(",", " ").split())


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
