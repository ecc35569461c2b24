"""A store whose commits fail when a test says so: before, after, or by a conflict."""

from collections.abc import Sequence
from typing import Literal

from onboarding.changes import Change
from onboarding.errors import Conflict, StoreUnavailable
from onboarding.events import Entry
from onboarding.stores.base import Store

Answered = Literal["before", "after", "conflict"]


class Faulty:
    """Does everything as the store does; one commit of those to come fails once.

    Args:
        store: What is read and written.
    """

    def __init__(self, store: Store):
        self._store = store
        self._left = 0
        self._when: Answered = "before"

    def __getattr__(self, name: str) -> object:
        """Return the store's own."""
        return getattr(self._store, name)

    def fail(self, at: int, when: Answered) -> None:
        """Let the commit that is the ``at``-th from now fail."""
        self._left, self._when = at, when

    @property
    def has_failed(self) -> bool:
        """Whether the commit that was to fail has come."""
        return self._left <= 0

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Commit, unless it is the one that fails."""
        self._left -= 1
        if self._left == 0 and self._when == "conflict":
            raise Conflict("Account")
        if self._left == 0 and self._when == "before":
            raise StoreUnavailable("the connection went away")
        await self._store.commit(*changes, events=events)
        if self._left == 0:
            raise StoreUnavailable("the answer went away")
