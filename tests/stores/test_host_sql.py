"""A host's own statements join our commit, on the same database."""

from typing import ClassVar

import pytest

from onboarding.accounts.model import Account
from onboarding.changes import Add, Statement
from onboarding.errors import Conflict, StoreError, StoreUnavailable
from onboarding.stores.base import Store
from onboarding.testing.contracts.store_nouns import FIRST, SECOND, account

ORDERS = "SELECT id, account_id, total FROM orders ORDER BY id"


def order(id: str, account_id: str, total: int | None = None) -> Statement:
    """Return the statement that places an order."""
    values = (id, account_id, total)
    return Statement("INSERT INTO orders VALUES ($1, $2, $3)", values, rows=1)


class HostSql:
    """What both SQL stores do with it."""

    pytestmark = pytest.mark.anyio
    dialect: ClassVar[str]

    @pytest.fixture(autouse=True)
    async def orders(self, store: Store) -> None:
        """Make the host's table, with two orders."""
        await store.commit(
            Statement("DROP TABLE IF EXISTS orders"),
            Statement(
                "CREATE TABLE orders (id TEXT NOT NULL PRIMARY KEY,"
                " account_id TEXT NOT NULL, total BIGINT)"
            ),
            order("1", FIRST, 1250),
            order("2", SECOND),
        )

    async def test_a_question_gives_rows_by_name(self, store: Store) -> None:
        """Each row maps the names of its columns to plain values."""
        assert await store.query(ORDERS) == [
            {"id": "1", "account_id": FIRST, "total": 1250},
            {"id": "2", "account_id": SECOND, "total": None},
        ]

    async def test_values_go_by_number(self, store: Store) -> None:
        """``$2`` is the second value wherever it stands, and however often."""
        sql = (
            "SELECT id FROM orders WHERE account_id = $2 AND (id = $1 OR total > $3)"
            " AND account_id = $2"
        )
        assert await store.query(sql, ("9", FIRST, 1000)) == [{"id": "1"}]

    async def test_a_text_may_hold_what_looks_like_a_place(self, store: Store) -> None:
        """A ``$1`` within quotes is a price, in a commit and in a question."""
        cheap = Statement("UPDATE orders SET account_id = '$1' WHERE id = '1'")
        await store.commit(cheap)
        sql = "SELECT account_id, '$1' AS price FROM orders WHERE id = '1'"
        assert await store.query(sql) == [{"account_id": "$1", "price": "$1"}]

    async def test_it_is_applied_with_our_changes(self, store: Store) -> None:
        """An account and its order come together."""
        await store.commit(Add(account()), order("3", FIRST))
        assert len(await store.query(ORDERS)) == 3
        assert await store.find(Account, FIRST) == account()

    async def test_it_is_undone_with_our_changes(self, store: Store) -> None:
        """When our guard fails, the order is not there either."""
        await store.commit(Add(account()))
        with pytest.raises(Conflict):
            await store.commit(order("3", FIRST), Add(account()))
        assert len(await store.query(ORDERS)) == 2

    @pytest.mark.parametrize(("rows", "is_met"), [(2, True), (None, True), (1, False)])
    async def test_it_may_say_how_many_rows(
        self, store: Store, rows: int | None, is_met: bool
    ) -> None:
        """Another number is a Conflict, and nothing of the commit is applied."""
        move = Statement("UPDATE orders SET account_id = $1", ("c" * 20,), rows=rows)
        if is_met:
            await store.commit(Add(account()), move)
        else:
            with pytest.raises(Conflict) as conflict:
                await store.commit(Add(account()), move)
            assert conflict.value.what == "Statement"
        owners = {row["account_id"] for row in await store.query(ORDERS)}
        assert owners == ({"c" * 20} if is_met else {FIRST, SECOND})
        assert bool(await store.find(Account, FIRST)) is is_met

    async def test_a_row_that_is_there_is_a_conflict(self, store: Store) -> None:
        """Somebody else was faster: the host's unique values guard as ours do."""
        with pytest.raises(Conflict) as conflict:
            await store.commit(order("1", FIRST))
        assert conflict.value.what == "Statement"
        assert FIRST not in str(conflict.value)

    @pytest.mark.parametrize(
        "statement",
        [
            Statement("DELETE FROM nowhere"),
            Statement("UPDATE orders SET account_id = NULL"),
            Statement("DELETE orders WHERE"),
        ],
        ids=["no table", "a rule of the table", "no SQL"],
    )
    async def test_what_the_database_refuses_is_an_error(
        self, store: Store, statement: Statement
    ) -> None:
        """Neither a Conflict, which is tried again, nor the database's fault."""
        with pytest.raises(StoreError) as error:
            await store.commit(Add(account()), statement)
        assert not isinstance(error.value, Conflict | StoreUnavailable)
        assert await store.find(Account, FIRST) is None
        await store.commit(Add(account()))

    async def test_a_question_cannot_write(self, store: Store) -> None:
        """What is asked for reading changes nothing."""
        with pytest.raises(StoreError):
            await store.query("DELETE FROM orders")
        assert len(await store.query(ORDERS)) == 2

    async def test_our_names_in_it_stay_as_they_are(self, store: Store) -> None:
        """A host's text is run to the letter, whatever the prefix is."""
        await store.commit(order("onboarding_3", FIRST))
        assert len(await store.query(f"{ORDERS} LIMIT 9")) == 3


class TestSqlite(HostSql):
    @pytest.fixture
    def store(self, sqlite_store: Store) -> Store:
        """Give a store on a SQLite file."""
        return sqlite_store


class TestPostgres(HostSql):
    @pytest.fixture
    def store(self, postgres_store: Store) -> Store:
        """Give a store on a PostgreSQL database."""
        return postgres_store
