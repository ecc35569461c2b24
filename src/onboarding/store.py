"""What every feature asks of storage: nouns by key, nouns of an account, one commit.

A feature that asks more says so in its own ``store.py``; a service asks the promise
of its own feature and never the whole store.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from onboarding.changes import Change, Noun
from onboarding.errors import Conflict
from onboarding.events import Entry

N = TypeVar("N", bound=Noun)


class NounStore(Protocol):
    """Finds nouns, and applies changes to them, all or none."""

    async def find(self, kind: type[N], *key: str) -> N | None:
        """Return the noun with a key, its parts in the order of ``KEY``."""
        ...

    async def list_of(self, kind: type[N], account_id: str) -> list[N]:
        """Return the nouns of a kind that belong to an account.

        In the order that the noun's ``ORDER`` says: mostly oldest first.
        """
        ...

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Apply every change in order and append the events, or apply nothing.

        Shielded from cancellation: a caller that hangs up does not tear it.

        Raises:
            Conflict: When a guard fails.
            BadRequest: When a text is one that no database holds (a NUL, half a
                surrogate pair), or a number is not finite.
            StoreUnavailable: When the database cannot be written.
        """
        ...


async def try_commit(
    store: NounStore, *changes: Change, events: Sequence[Entry] = ()
) -> bool:
    """Commit, where being second is no error; False when somebody else was faster.

    Raises:
        BadRequest: When a value is one that no database holds.
        StoreUnavailable: When the database cannot be written.
    """
    try:
        await store.commit(*changes, events=events)
    except Conflict:
        return False
    return True
