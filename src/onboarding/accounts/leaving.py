"""A way to sign in goes: never the last one, never unseen, and with older sessions."""

from collections.abc import Sequence

from onboarding.accounts.linking import BY_PASSKEY
from onboarding.accounts.model import (
    Account,
    CurrentSession,
    IdentityLink,
    Passkey,
    ProvenAddress,
    Session,
)
from onboarding.accounts.ways import TellsOfWays, Way
from onboarding.changes import Change, Remove, RemoveAll
from onboarding.errors import LastWayIn
from onboarding.frozen import dataclass
from onboarding.store import NounStore

WayIn = IdentityLink | ProvenAddress
"""What lets somebody in: an identity, or an address to which a letter goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Which ways to sign in an application opens.

    Attributes:
        providers: The names of those that it has; None for whichever.
        by_mail: Whether a letter to a proven address lets its owner in.
    """

    providers: frozenset[str] | None = None
    by_mail: bool = True

    def opens(self, way: WayIn) -> bool:
        """Tell whether somebody could come in that way today."""
        if isinstance(way, ProvenAddress):
            return self.by_mail
        return self.providers is None or way.provider in self.providers


class LeavingWays:
    """What stands beside the end of a way to sign in, in the same commit.

    Whoever commits it raises the account's version: of two ways that go at the same
    moment the second is decided upon again, and the last one stays.

    Args:
        store: Where identities, addresses and sessions are kept.
        tells: Tells people of ways that go.
        doors: Which ways count.
    """

    def __init__(self, store: NounStore, tells: TellsOfWays, doors: Doors):
        self._store = store
        self._tells = tells
        self._doors = doors

    async def list_left(self, account: Account, gone: WayIn) -> list[WayIn]:
        """Return by which other ways somebody can come in to an account today."""
        ways: list[WayIn] = [
            *await self._store.list_of(IdentityLink, account.id),
            *await self._store.list_of(ProvenAddress, account.id),
        ]
        return [way for way in ways if way != gone and self._doors.opens(way)]

    async def without(
        self, account: Account, gone: WayIn, keep: CurrentSession | None
    ) -> Sequence[Change]:
        """Return what takes a way from an account.

        Every session of a registered account ends but the one that is kept. How each
        began is not written down, and whoever came in by that way may have come in by
        another one since.

        Args:
            account: Whose way it is, as it was read.
            gone: Which one.
            keep: Whose session stays: that of who takes it away.

        Raises:
            LastWayIn: When nothing else would let a registered person in.
        """
        removed: list[Change] = [Remove(gone), *_shown_by(gone)]
        if account.is_guest:
            return removed
        if not await self.list_left(account, gone):
            raise LastWayIn
        kept = keep.session.id if keep else None
        ended = [
            Remove(session)
            for session in await self._store.list_of(Session, account.id)
            if session.id != kept
        ]
        told = await self._tells.way_removed(account, _way(gone))
        return [*removed, *ended, *told]


def _shown_by(gone: WayIn) -> Sequence[Change]:
    """Return the end of the passkeys that show an identity: they are worth nothing."""
    if isinstance(gone, ProvenAddress) or gone.provider != BY_PASSKEY:
        return ()
    return [RemoveAll(Passkey, gone.subject, by="user_handle")]


def _way(gone: WayIn) -> Way:
    if isinstance(gone, ProvenAddress):
        return Way(address=gone.address)
    return Way(provider=gone.provider)
