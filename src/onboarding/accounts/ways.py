"""A way to sign in that comes or goes, and whoever tells the person of it."""

from collections.abc import Sequence
from typing import Protocol

from onboarding.accounts.model import Account
from onboarding.changes import Change
from onboarding.frozen import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to sign in: by a provider, or by a letter to an address, or by both.

    Attributes:
        provider: The name of the provider.
        address: The proven address, normalised.
    """

    provider: str | None = None
    address: str | None = field(default=None, repr=False)


class TellsOfWays(Protocol):
    """Writes to a person, in the commit in which a way comes or goes.

    What it reads is how things stand before that commit: whoever adds an address of
    their own, and takes those of the owner away, must not be the only one who is told.
    """

    async def way_added(self, account: Account, way: Way) -> Sequence[Change]:
        """Return what to commit beside a way that is added to those of an account."""
        ...

    async def way_removed(self, account: Account, way: Way) -> Sequence[Change]:
        """Return what to commit beside a way that is taken from an account."""
        ...

    async def ways_joined(self, source: Account, target: Account) -> Sequence[Change]:
        """Return what to commit before a merge moves what the source has.

        The ways of each lead to what both had from then on.
        """
        ...


class TellsNobody:
    """Writes nothing: for an application that mails nothing."""

    async def way_added(self, account: Account, way: Way) -> Sequence[Change]:
        """Return nothing."""
        del account, way
        return ()

    async def way_removed(self, account: Account, way: Way) -> Sequence[Change]:
        """Return nothing."""
        del account, way
        return ()

    async def ways_joined(self, source: Account, target: Account) -> Sequence[Change]:
        """Return nothing."""
        del source, target
        return ()
