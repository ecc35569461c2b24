"""What `within` is given where it wants another thing: it says what to write."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from onboarding import Onboarding
from onboarding.errors import ConfigError, StoreError
from tests.within import Shop, shop_on
from tests.world import KEY

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(any_database: str) -> AsyncIterator[Shop]:
    """Give a shop with one table."""
    async with shop_on(any_database) as shop:
        yield shop


# ── what cannot be ───────────────────────────────────────────────────────────


async def test_a_transaction_is_wanted(shop: Shop) -> None:
    """Before it has begun, after it is over, and a session, say what to write."""
    async with shop.engine.connect() as connection:
        with pytest.raises(ConfigError, match=r"async with engine.begin\(\)"):
            shop.onboarding.within(connection)
        await connection.begin()
        ours = shop.onboarding.within(connection)
        await connection.commit()
        with pytest.raises(ConfigError, match="is over"):
            await ours.guests.start()
    with pytest.raises(ConfigError, match="is over"):
        await ours.guests.start()
    async with AsyncSession(shop.engine) as session:
        with pytest.raises(ConfigError, match=r"within\(await session.connection\(\)"):
            shop.onboarding.within(session)
        ours = shop.onboarding.within(await session.connection())
        kim = (await ours.guests.start()).account
        await session.rollback()
    assert None is await shop.onboarding.accounts.find(kim.id)
    with pytest.raises(ConfigError, match="create_async_engine"):
        shop.onboarding.within(shop.engine)


async def test_a_connection_that_commits_by_itself_is_refused(
    postgres_dsn: str,
) -> None:
    """There would be nothing to take back."""
    async with shop_on(postgres_dsn) as shop, shop.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SELECT 1"))
        ours = shop.onboarding.within(connection)
        with pytest.raises(ConfigError, match="AUTOCOMMIT"):
            await ours.guests.start()


async def test_another_database_is_refused(tmp_path: object, postgres_dsn: str) -> None:
    """A connection of another kind, and a store that no connection reaches."""
    url = "https://shop.example/welcome"
    async with (
        shop_on(f"sqlite:///{tmp_path}/shop.db") as one,
        shop_on(postgres_dsn) as other,
        other.engine.begin() as connection,
    ):
        with pytest.raises(ConfigError, match=r"sqlite\+aiosqlite"):
            one.onboarding.within(connection)
        memory = Onboarding(url=url, secret_key=KEY, database="memory:", mailer=None)
        with pytest.raises(ConfigError, match=r"sqlite:///\{tmp_path\}/shop.db"):
            memory.within(connection)
        borrowed = Onboarding(url=url, secret_key=KEY, database=Borrowed(), mailer=None)
        with pytest.raises(ConfigError, match="named by a text"):
            borrowed.within(connection)


class Borrowed:
    """A store of a host's own making, of which nothing is asked here."""

    async def open(self) -> None:
        """Open."""

    async def close(self) -> None:
        """Close."""

    async def find(self, *_: object) -> None:
        """Find nothing."""

    async def query(self, *_: object) -> None:
        """Find nothing."""

    async def commit(self, *_: object) -> None:
        """Keep nothing."""


async def test_a_database_without_our_tables_says_so(tmp_path: object) -> None:
    """The file is another one than ours."""
    async with (
        shop_on(f"sqlite:///{tmp_path}/shop.db") as shop,
        shop_on(f"sqlite:///{tmp_path}/other.db", is_open=False) as other,
    ):
        async with other.engine.begin() as connection:
            await connection.execute(text("DROP TABLE onboarding_accounts"))
        async with other.engine.begin() as connection:
            with pytest.raises(StoreError, match="no such table"):
                await shop.onboarding.within(connection).guests.start()
