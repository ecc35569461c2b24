"""A store that breaks when told: for tests of crashes, lost answers and races."""

from collections.abc import Callable, Sequence
from typing import Any

from onboarding.changes import Change
from onboarding.errors import StoreUnavailable
from onboarding.events import Entry
from onboarding.stores.base import Store


class FaultyStore:
    """Does all that another store does, and fails one commit when told.

    Everything is written by ``commit``, so this one call is all there is to break::

        store = FaultyStore(store_from("memory:"))
        store.break_before()   # the next commit is not applied
        store.break_after()    # the next commit is applied, its answer gets lost

    The commits that follow work again, as after a restart.

    Args:
        store: The one that does the work.
    """

    def __init__(self, store: Store):
        self._store = store
        self._before: tuple[int, Exception] | None = None
        self._after: tuple[int, Exception] | None = None
        self.commits = 0

    def break_before(self, error: Exception | None = None, *, skip: int = 0) -> None:
        """Raise instead of applying a commit: the next, or one some commits later.

        Args:
            error: What is raised; StoreUnavailable unless given.
            skip: How many commits go well before.
        """
        self._before = self.commits + skip, error or _lost()

    def break_after(self, error: Exception | None = None, *, skip: int = 0) -> None:
        """Raise although a commit was applied: the next, or one some commits later.

        Args:
            error: What is raised; StoreUnavailable unless given.
            skip: How many commits go well before.
        """
        self._after = self.commits + skip, error or _lost()

    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        """Apply the changes as the store does, unless it is this one's turn to break.

        Counts the commits that were tried in ``commits``.
        """
        turn = self.commits
        self.commits += 1
        self._raise_at(turn, self._before)
        await self._store.commit(*changes, events=events)
        self._raise_at(turn, self._after)

    @staticmethod
    def _raise_at(turn: int, fault: tuple[int, Exception] | None) -> None:
        if fault is not None and fault[0] == turn:
            raise fault[1]

    @property
    def outbox(self) -> bool:
        """Whether ``commit`` adds a delivery for every event."""
        return self._store.outbox

    @outbox.setter
    def outbox(self, value: bool) -> None:
        self._store.outbox = value

    @property
    def wake(self) -> Callable[[], object]:
        """What a commit calls that added a delivery."""
        return self._store.wake

    @wake.setter
    def wake(self, value: Callable[[], object]) -> None:
        self._store.wake = value

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401, whatever the store has
        """Give what the store itself has: all its questions, and its life."""
        return getattr(self._store, name)


def _lost() -> StoreUnavailable:
    return StoreUnavailable("the connection broke, because a test asked it to")
