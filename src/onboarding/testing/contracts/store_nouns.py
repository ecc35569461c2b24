"""What the store contract makes its nouns of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.accounts.model import Account, ContactLevel, Session
from onboarding.changes import Add, Noun
from onboarding.events import Entry
from onboarding.stores.base import Store

NOW = datetime(2026, 2, 3, 4, 5, 6, 789_123, UTC)
"""An instant whose microseconds a float of seconds would lose."""

HOUR = timedelta(hours=1)
FIRST, SECOND, THIRD = "a" * 20, "b" * 20, "c" * 20
"""Ids, in order."""

WORDS = "Zoë’s 書店 🦉 \\ ' \" % _ ; -- \n"
"""A text that somebody may well type."""


def account(id: str = FIRST, **known: Any) -> Account:
    """Return a guest."""
    return Account(**{"id": id, "created_at": NOW, **known})


def session(
    id: str = FIRST, *, seen_at: datetime | None = None, **known: Any
) -> Session:
    """Return a session of the first account; unused unless it was seen later."""
    began = known.get("created_at", NOW)
    return Session(
        **{
            "id": id,
            "account_id": FIRST,
            "secret_hash": "h" * 43,
            "epoch": 0,
            "created_at": NOW,
            "seen_after": (seen_at or began) - began,
            **known,
        }
    )


def entry(id: str = FIRST, name: str = "order_placed", **known: Any) -> Entry:
    """Return an event of the first account."""
    stamped = {"account_id": FIRST, "at": NOW, "data": {}, **known}
    return Entry(**{"id": id, "name": name, **stamped})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some nouns of one kind.

    Attributes:
        full: Every field filled, with what is hard to keep.
        bare: Every field at its default, under the same key.
        other: One more, under another key, of the second account.
        first: What must be there to read one back.
    """

    full: Any
    bare: Any
    other: Any
    first: Sequence[Add] = ()
    events: Sequence[Entry] = ()

    @property
    def kind(self) -> type[Noun]:
        """The kind of noun."""
        return type(self.full)

    async def find(self, store: Store, noun: Any) -> Any:  # noqa: ANN401, a noun
        """Return the noun with the key of another; None when it is not there."""
        key = (getattr(noun, name) for name in self.kind.KEY)
        return await store.find(self.kind, *key)

    @property
    def is_owned(self) -> bool:
        """Whether it belongs to an account, by ``account_id``."""
        return hasattr(self.full, "account_id")

    @property
    def is_fact(self) -> bool:
        """Whether it is keyed by account first."""
        return "account_id" in self.kind.KEY

    @property
    def read_before(self) -> Any:  # noqa: ANN401, a noun
        """The full one as it would be, had somebody changed it since it was read."""
        return replace(self.full, **{self.kind.GUARD[0]: self._another()})

    def _another(self) -> object:
        value = getattr(self.full, self.kind.GUARD[0])
        match value:
            case datetime() | timedelta():
                return value + timedelta(microseconds=1)
            case ContactLevel():
                return ContactLevel.ASSERTED
            case int():
                return value + 1
        return f"{value}x"
