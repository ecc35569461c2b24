"""What hangs on an account, and what becomes of it: merge, purge, export, erase.

One mechanism serves this library's own nouns and the host's tables alike. A verb
reads, and returns the changes to make; ``Belongings`` puts those of every
resource together, so that two accounts come together whole or not at all.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, Self

from onboarding.accounts.host_table import HostTables
from onboarding.accounts.model import Ending
from onboarding.changes import Change
from onboarding.errors import ConfigError
from onboarding.shapes import is_async
from onboarding.urls import safe_next

if TYPE_CHECKING:
    from onboarding.accounts.merge_plan import MergedAnswer, Part
    from onboarding.accounts.merge_rules import MergeRule
    from onboarding.accounts.table_rules import Anonymise, DeleteRows, KeepRows
    from onboarding.accounts.tables import TableResource


VERBS = {
    "merge": "source, target) -> Planned",
    "purge": "account_id) -> Planned",
    "export": "account_id) -> object",
    "erase": "account_id) -> Planned",
}
"""What every resource can do, and the rest of the line that says so."""


class Query(Protocol):
    """Runs a SELECT of the host's own, in the portable subset; it cannot write."""

    async def __call__(
        self, sql: str, values: tuple[str | int | None, ...] = ()
    ) -> list[dict[str, object]]:
        """Return the rows as mappings from column to value.

        Args:
            sql: One SELECT, with ``$1``, ``$2`` … for the values.
            values: Text, integers or None, in order.
        """
        ...


class Outcome(StrEnum):
    """What happened to the rows of one resource, in a word.

    At a merge, of the guest's rows: added, combined, dropped where the account's stay,
    or parked to be taken back; of the account's: replaced by the guest's, or displaced
    by them and parked. At an end: erased, or kept.
    """

    NOTHING = "nothing"
    ADDED = "added"
    COMBINED = "combined"
    DROPPED = "dropped"
    PARKED = "parked"
    REPLACED = "replaced"
    DISPLACED = "displaced"
    ERASED = "erased"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The changes that one verb needs, and what to tell the person about it.

    Attributes:
        count: How many rows it concerns.
        reason: Why rows are kept, where the outcome is kept.
        parts: What a merge does to which rows, where it is more than one thing.
        answers: What a merge does to answers, question by question.
        place: The id of the account under which rows are to wait; empty where none do.
    """

    changes: Sequence[Change] = ()
    outcome: Outcome = Outcome.NOTHING
    count: int = 0
    reason: str = ""
    parts: "tuple[Part, ...]" = ()
    answers: "tuple[MergedAnswer, ...]" = ()
    place: str = ""


class Resource(ABC):
    """Something that belongs to accounts: a cart, an order, a set of answers.

    Attributes:
        name: What it is called, once: in receipts, exports, and on "My data".
        is_told: Whether receipts and the page before an erasure mention it.
        is_deed: Whether it is of a person's own doing: a merge that brings nothing of
            that kind is not worth a question.
        may_wait: Whether a merge may park some of it: "My data" looks for it then.
        page: The path where a person sees theirs, such as ``/orders``; "My data" links
            to it. None where there is none.
    """

    name: str
    is_told: bool = True
    is_deed: bool = True
    may_wait: bool = False
    page: str | None = None

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Refuse a class that lacks a verb, or waits for nothing in one.

        Raises:
            ConfigError: Naming the verb, and the line to write.
        """
        del args, kwargs
        for verb, rest in VERBS.items():
            found = getattr(cls, verb)
            missing = verb in cls.__abstractmethods__
            if missing or not is_async(found):
                said = "has no verb" if missing else "has no async"
                raise ConfigError(
                    f"{cls.__name__} {said} {verb}; write async def {verb}(self, "
                    f"query, {rest}: … in it, or declare a table: Resource.table(…)"
                )
        return super().__new__(cls)

    async def check(self, tables: HostTables) -> None:  # noqa: B027, by default well
        """Look, when the application opens, whether the verbs can work at all.

        Args:
            tables: The database, which can be read.

        Raises:
            ConfigError: Naming what is missing, and what to write.
        """

    @abstractmethod
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        """Plan how the source account's rows come to the target account."""

    async def bring(self, query: Query, source: str, target: str) -> Planned:
        """Plan how what was written after the merge comes home; as in a merge."""
        return await self.merge(query, source, target)

    async def take_back(self, query: Query, source: str, target: str) -> Planned:
        """Plan how what waits comes to the account; as in a merge."""
        return await self.merge(query, source, target)

    @abstractmethod
    async def purge(self, query: Query, account_id: str) -> Planned:
        """Plan the removal for a guest nobody came back to.

        An outcome of kept vetoes the purge: the guest stays.
        """

    @abstractmethod
    async def export(self, query: Query, account_id: str) -> object:
        """Return what is known, as JSON values.

        To a list is added what came late to a merged account: see ``late``.
        """

    @abstractmethod
    async def erase(self, query: Query, account_id: str) -> Planned:
        """Plan the erasure; an outcome of kept says in ``reason`` what stays, why."""

    async def late(  # what another class makes of it, it makes of these
        self,
        query: Query,  # noqa: ARG002
        account_ids: Sequence[str],
        ending: Ending,  # noqa: ARG002
    ) -> Sequence[str]:
        """Return those of some ended accounts that own what they should not.

        Whoever knows an account's id from before may write under it after its end: a
        merged account should own nothing, an erased one nothing that its erasure takes
        away. An export then tells of these as well, and a purge merges or erases them
        again.

        By default it may be any of them, so that the verbs are asked about each of
        them each time; say which, where that is much to ask.

        Args:
            account_ids: Not more than 500.
            ending: How they ended; merged, or erased.
        """
        return account_ids

    @staticmethod
    def table(
        table: str,
        *,
        owner: str,
        name: str | None = None,
        merge: "MergeRule | None" = None,
        purge: "DeleteRows | KeepRows | None" = None,
        erase: "DeleteRows | Anonymise | KeepRows | None" = None,
        page: str | None = None,
    ) -> "TableResource":
        """Declare a table of the host's, in the same database.

        Args:
            table: The table, with its schema if it needs one.
            owner: The column that holds the account id.
            name: What it is called, where that is not the table's name.
            merge: What happens when two accounts become one; rows move by default.
            purge: What happens when a guest lapses. By default rows are kept, and
                the guest with them: losing what somebody bought takes a decision.
            erase: What happens when a person has their data erased; rows go by
                default.
            page: The path where a person sees theirs; "My data" links to it.

        Raises:
            ConfigError: When a name is not a plain SQL name, or the page no path.
        """
        from onboarding.accounts.tables import TableResource

        if page is not None and safe_next(page, "", "/") != page:
            raise ConfigError(
                f'Resource.table("{table}", page={page!r}) is no path of this site; '
                'write it as "/orders"'
            )

        found = TableResource(
            table, owner=owner, name=name, merge=merge, purge=purge, erase=erase
        )
        found.page = page
        return found
