"""What hangs on an account, and what becomes of it: merge, purge, export, erase.

One mechanism serves this library's own nouns and the host's tables alike. A verb
reads, and returns the changes to make; ``Belongings`` puts those of every
resource together, so that two accounts come together whole or not at all.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, Self, overload

from onboarding.accounts.host_table import HoldingKey, HostTables
from onboarding.accounts.model import Ending
from onboarding.accounts.planned import Planned
from onboarding.errors import ConfigError
from onboarding.shapes import is_async
from onboarding.urls import safe_next

if TYPE_CHECKING:
    from onboarding.accounts.claims import Claim
    from onboarding.accounts.merge_rules import MergeRule
    from onboarding.accounts.order_table import OrderTable
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


class Resource(ABC):
    """Something that belongs to accounts: a cart, an order, a set of answers.

    Attributes:
        verbs: What it can do, and the rest of the line that says so.
        name: What it is called, once: in receipts, exports, and on "My data".
        is_told: Whether receipts and the page before an erasure mention it.
        is_deed: Whether it is of a person's own doing: a merge that brings nothing of
            that kind is not worth a question.
        may_wait: Whether a merge may park some of it: "My data" looks for it then.
        page: The path where a person sees theirs, such as ``/orders``; "My data" links
            to it. None where there is none.
        where: How it was declared, for messages, such as ``Resource.table('orders')``.
    """

    verbs: ClassVar[Mapping[str, str]] = VERBS
    name: str
    is_told: bool = True
    is_deed: bool = True
    may_wait: bool = False
    page: str | None = None
    where: str = ""

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Refuse a class that lacks a verb, or waits for nothing in one.

        Raises:
            ConfigError: Naming the verb, and the line to write.
        """
        del args, kwargs
        for verb, rest in cls.verbs.items():
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

        An outcome of kept vetoes the purge: the guest stays, until ``until`` where
        that is known; the changes are made afterwards.
        """

    @abstractmethod
    async def export(self, query: Query, account_id: str) -> object:
        """Return what is known, as JSON values.

        To a list is added what came late to a merged account: see ``late``.
        """

    @abstractmethod
    async def erase(self, query: Query, account_id: str) -> Planned:
        """Plan the erasure; an outcome of kept says in ``reason`` what stays, why."""

    async def late(
        self,
        query: Query,  # noqa: ARG002  # for a class that asks its tables
        account_ids: Sequence[str],
        ending: Ending,  # noqa: ARG002  # for a class that ends them differently
    ) -> Sequence[str]:
        """Return those of some ended accounts that own what they should not.

        Whoever knows an account's id from before may write under it after its end: a
        merged account should own nothing, an erased one nothing that its erasure takes
        away, and a lapsed guest nothing that a purge takes away. An export then tells
        of what was merged, and a purge merges, erases or purges it again.

        By default it may be any of them, so that the verbs are asked about each of
        them each time; say which, where that is much to ask.

        Args:
            account_ids: Not more than 500.
            ending: How they ended.
        """
        return account_ids

    async def overdue(
        self,
        query: Query,  # noqa: ARG002
        account_ids: Sequence[str],  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Sequence[str]:
        """Return those of some accounts that own what was kept for long enough.

        Those of them that were erased are then asked ``expire``. By default nobody:
        what an erasure keeps is kept for ever.

        Args:
            account_ids: Not more than 500.
            now: The present instant.
        """
        return ()

    async def expire(
        self,
        query: Query,  # noqa: ARG002
        account_id: str,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Planned:
        """Plan the removal of what an erasure need not keep any more."""
        return Planned()

    def bound(self) -> "Resource":
        """Return what one application uses of it: itself, or a copy.

        A copy where it learns something of its database when it opens.
        """
        return self

    def lets_go(self, verb: str, key: HoldingKey) -> bool:  # noqa: ARG002
        """Tell whether a verb takes away what references rows of a resource behind it.

        Opening refuses a ``Resource.table`` whose rows a foreign key would keep from
        being deleted, unless a resource before it says that here.

        Args:
            verb: ``merge``, ``purge`` or ``erase``.
            key: The table that references them, and by which columns.
        """
        return False

    @overload
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
    ) -> "TableResource": ...

    @overload
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
        claim: "Claim",
    ) -> "OrderTable": ...

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
        claim: "Claim | None" = None,
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
            claim: How one row is told from the others, where each is an order that
                may be claimed: for ``orders=``.

        Raises:
            ConfigError: When a name is not a plain SQL name, or the page no path.
        """
        from onboarding.accounts.tables import TableResource

        if page is not None and safe_next(page, "", "/") != page:
            raise ConfigError(
                f'Resource.table("{table}", page={page!r}) is no path of this site; '
                'write it as "/orders"'
            )

        kind = TableResource if claim is None else partial(_order_table(), claim=claim)
        found = kind(
            table, owner=owner, name=name, merge=merge, purge=purge, erase=erase
        )
        found.page = page
        return found


def _order_table() -> "type[OrderTable]":
    from onboarding.accounts.order_table import OrderTable

    return OrderTable
