"""The database fails, or the process dies, at any commit of any act.

Each act is done with each of its commits broken in turn: refused, or applied while
its answer is lost, or beaten by somebody else's, or the last thing that a process did.
What is kept then is what was kept before, or what an undisturbed act leaves: nothing
between. Afterwards it is done again, and ends as it should.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from onboarding import PasskeyPolicy
from onboarding.errors import StoreError
from onboarding.stores import store_from
from onboarding.stores.sql.tables import TABLES
from tests.security.acts import ACTS, Act, Shop
from tests.security.acts_by_mail import ACTS_BY_MAIL
from tests.security.acts_on_orders import (
    ACTS_ON_ORDERS,
    SALE_LINES,
    SALES,
    make_sales,
)
from tests.security.acts_with_passkeys import ACTS_WITH_PASSKEYS
from tests.security.faulty import WAYS, Answered, Died, Faulty
from tests.security.town import make_orders
from tests.web.site import Site, open_site

pytestmark = pytest.mark.anyio

Rows = dict[str, list[str]]
"""What is kept, by table."""

ALL_ACTS = ACTS | ACTS_ON_ORDERS | ACTS_BY_MAIL | ACTS_WITH_PASSKEYS

COUNTING = {"onboarding_intents", "onboarding_letters"}
"""What is kept of tries and of letters: not part of what an act comes to."""

CHANCE = {"id", "event_id", "secret_hash", "public_key"}
"""Columns that are others each time; whose a row is, is in another column."""

KEPT = ({table.name for table in TABLES.values()} - COUNTING) | {
    *("orders", "sales", "sale_lines")
}


@asynccontextmanager
async def running(path: Path, act: Act) -> AsyncIterator[tuple[Site, Faulty]]:
    """Run the application on a file, as one process does."""
    store = Faulty(store_from(f"sqlite:///{path}"))
    async with open_site(
        database=cast("Any", store),
        resources=[act.orders, SALE_LINES],
        orders=SALES,
        merge=act.merge,
        passkeys=PasskeyPolicy(),
    ) as site:
        yield site, store


@asynccontextmanager
async def opened(path: Path, act: Act) -> AsyncIterator[Shop]:
    """Open a shop on a new file, as an act wants it; after a death, once more."""
    make_orders(path)
    make_sales(path)
    async with AsyncExitStack() as stack:
        site, store = await stack.enter_async_context(running(path, act))
        shop = Shop(site.onboarding, store, site.clock.advance)

        async def restart() -> None:
            now = shop.core.clock()
            site, store = await stack.enter_async_context(running(path, act))
            site.clock.set(now)
            shop.core, shop.store, shop.advance = (
                site.onboarding,
                store,
                site.clock.advance,
            )

        shop.restart = restart
        yield shop


async def written(shop: Shop) -> Rows:
    """Return all that is kept, but for what is left to chance: ids and secrets."""
    accounts = await shop.core.store.query("SELECT id, ending FROM onboarding_accounts")
    # What waits has an id that is made of others; all else is in the order of its ids.
    order = sorted((row["ending"] == "parked", str(row["id"])) for row in accounts)
    ids = [id for _, id in order]
    passkeys = await shop.core.store.query("SELECT * FROM onboarding_passkeys")
    handles = [str(row["user_handle"]) for row in passkeys]
    assert len(handles) < 2
    found = {}
    for table in KEPT:
        rows = [
            repr({name: v for name, v in row.items() if name not in CHANCE})
            for row in await shop.core.store.query(f"SELECT * FROM {table}")
        ]
        for place, id in enumerate((*ids, *handles)):
            rows = [row.replace(id, f"one {place}") for row in rows]
        found[table] = sorted(rows)
    return found


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, list[Rows]]:
    """What is kept before each act, and what it leaves: filled as it is needed."""
    return {}


@pytest.mark.parametrize("when", WAYS)
@pytest.mark.parametrize("name", ALL_ACTS)
async def test_doing_it_again_ends_as_it_should(
    tmp_path: Path,
    undisturbed: dict[str, list[Rows]],
    name: str,
    when: Answered,
) -> None:
    """Whichever commit fails, and however: nothing is lost, or half done, or twice."""
    act = ALL_ACTS[name]
    if name not in undisturbed:
        async with opened(tmp_path / "whole.db", act) as shop:
            await act.before(shop)
            before = await written(shop)
            await act.deed(shop)
            undisturbed[name] = [before, await written(shop)]
    whole = undisturbed[name]
    # Who was merely beaten decides again, and nobody hears of it.
    heard = () if when == "conflict" else (StoreError, Died)
    for at in count(1):
        async with opened(tmp_path / f"{at}.db", act) as shop:
            await act.before(shop)
            shop.store.fail(at, when)
            with suppress(*heard):
                await act.deed(shop)
            is_over = not shop.store.has_failed
            shop.store.fail(0, when)
            assert not act.is_whole or await written(shop) in whole
            if not is_over:
                if "death" in when:
                    await shop.restart()
                await act.deed(shop)
            await act.after(shop)
        if is_over:
            break
    assert at > 1
