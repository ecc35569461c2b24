"""Rows in dicts with the guards of every change: the heart of the memory store."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields, replace
from typing import Any, NoReturn, TypeVar, cast

from onboarding.accounts.model import Account, Intent, Receipt
from onboarding.changes import (
    Add,
    Change,
    MoveAll,
    Noun,
    Put,
    Remove,
    RemoveAll,
    Replace,
    Statement,
    Touch,
)
from onboarding.errors import ConfigError, Conflict
from onboarding.events import Entry
from onboarding.jsonvalue import check_text, to_json
from onboarding.profiling.model import Answer
from onboarding.stores.base import Delivery

T = TypeVar("T")
Key = tuple[object, ...]

_CHANGEABLE = (Answer, Entry, Intent, Receipt)
"""The nouns with JSON in them, which is copied on its way in and out."""


class Rows:
    """Nouns by kind and key, changed all or none; what is given out is one's own."""

    def __init__(self) -> None:
        self._rows: defaultdict[type, dict[Key, Any]] = defaultdict(dict)
        self._undo: list[tuple[type, Key, object]] = []

    # ── reading ──────────────────────────────────────────────────────────────

    def find(self, kind: type[T], *key: str) -> T | None:
        """Return the noun with a key."""
        found: T | None = self._rows[kind].get(tuple(map(check_text, key)))
        return _own(found)

    def where(self, kind: type[T], holds: Callable[[T], bool]) -> list[T]:
        """Return every noun of a kind for which something holds."""
        return [_own(noun) for noun in self._rows[kind].values() if holds(noun)]

    def of(self, kind: type[T], account_id: str) -> list[T]:
        """Return every noun of a kind that belongs to an account."""
        rows = self._rows[kind].values()
        return [_own(noun) for noun in rows if noun.account_id == account_id]

    # ── writing ──────────────────────────────────────────────────────────────

    def apply(
        self, changes: Sequence[Change], entries: Sequence[Entry], *, outbox: bool
    ) -> None:
        """Apply every change and append the entries, or raise and apply nothing.

        Raises:
            Conflict: When a guard fails.
            BadRequest: When a text is one that no database could hold.
            ConfigError: For a ``Statement``.
        """
        self._undo = []
        try:
            for change in changes:
                self._apply(change)
            for entry in entries:
                self._append(entry, outbox=outbox)
        except BaseException:
            for kind, key, before in self._undo[::-1]:
                self._write(kind, key, before)
            raise

    def _apply(self, change: Change) -> None:
        match change:
            case Add(noun):
                self._add(noun)
            case Replace(was, now):
                self._drop(was)
                self._add(now)
            case Put(noun):
                self._write(type(noun), key_of(noun), None)
                self._add(noun)
            case Remove(noun):
                self._drop(noun)
            case RemoveAll(kind, account_id):
                for noun in self.of(kind, account_id):
                    self._write(kind, key_of(noun), None)
            case MoveAll(kind, source, target):
                self._move(kind, source, target)
            case Touch(account_id):
                self._touch(account_id)
            case Statement():
                refuse_sql()

    def _add(self, noun: Noun) -> None:
        _check(noun)
        kind, key = type(noun), key_of(noun)
        if key in self._rows[kind] or self._takes_ref(noun):
            raise Conflict(kind.__name__)
        self._write(kind, key, _own(noun))

    def _takes_ref(self, noun: Noun) -> bool:
        if not isinstance(noun, Account) or noun.ref is None:
            return False
        return any(one.ref == noun.ref for one in self._rows[Account].values())

    def _drop(self, was: Noun) -> None:
        kind, key = type(was), key_of(was)
        found = self._rows[kind].get(key)
        if found is None or any(
            getattr(found, name) != getattr(was, name) for name in was.GUARD
        ):
            raise Conflict(kind.__name__)
        self._write(kind, key, None)

    def _move(self, kind: type[Noun], source: str, target: str) -> None:
        for noun in self.of(kind, source):
            moved = replace(cast(Any, noun), account_id=target)
            self._write(kind, key_of(noun), None)
            if key_of(moved) not in self._rows[kind]:
                self._write(kind, key_of(moved), moved)

    def _touch(self, account_id: str) -> None:
        account = self._rows[Account].get((account_id,))
        if account is None or not account.is_live:
            raise Conflict(Account.__name__)
        risen = replace(account, version=account.version + 1)
        self._write(Account, (account_id,), risen)

    def _append(self, entry: Entry, *, outbox: bool) -> None:
        _check(entry)
        key = (entry.account_id, entry.id)
        if key in self._rows[Entry]:
            raise Conflict(Entry.__name__)
        self._write(Entry, key, _own(entry))
        if outbox:
            self._add(Delivery.of(entry))

    def _write(self, kind: type, key: Key, noun: object) -> None:
        """Set a row, or remove it with None, and keep what was there."""
        rows = self._rows[kind]
        self._undo.append((kind, key, rows.get(key)))
        if noun is None:
            rows.pop(key, None)
        else:
            rows[key] = noun


def key_of(noun: Noun) -> Key:
    """Return the values of a noun's key."""
    return tuple(getattr(noun, name) for name in noun.KEY)


def _own(noun: T) -> T:
    """Return a noun that shares nothing changeable with the given one."""
    return deepcopy(noun) if isinstance(noun, _CHANGEABLE) else noun


def refuse_sql() -> NoReturn:
    """Say that a host's SQL needs a database that has some.

    Raises:
        ConfigError: Always.
    """
    raise ConfigError(
        "the memory store holds no SQL: Resource.table needs a SQL database; write "
        'database="sqlite:///shop.db", or a Resource with verbs of your own'
    )


def _check(noun: object) -> None:
    """Refuse what a database could not hold, as the SQL stores do."""
    for name in (field.name for field in fields(cast(Any, noun))):
        value = getattr(noun, name)
        if isinstance(value, str):
            check_text(value)
        elif isinstance(value, Mapping | list | float):
            to_json(value)
