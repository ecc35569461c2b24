"""A store whose commits fail when a test says so, in each way in which one can."""

from collections.abc import Sequence
from typing import Literal, get_args

from onboarding.changes import Change
from onboarding.errors import Conflict, StoreUnavailable
from onboarding.events import Entry
from onboarding.stores.base import Store

Answered = Literal["before", "after", "conflict", "death before", "death after"]

WAYS: tuple[Answered, ...] = get_args(Answered)
"""Refused; applied, while its answer is lost; beaten; and the end of the process."""


class Died(BaseException):
    """The process is no more: nothing of it handles this, or does anything else."""


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
        if self._left == 0:
            self._fail_before()
        await self._store.commit(*changes, events=events)
        if self._left == 0:
            self._fail_after()

    def _fail_before(self) -> None:
        if self._when == "conflict":
            raise Conflict("Account")
        if self._when == "before":
            raise StoreUnavailable("the connection went away")
        if self._when == "death before":
            raise Died

    def _fail_after(self) -> None:
        if self._when == "death after":
            raise Died
        raise StoreUnavailable("the answer went away")
