"""The database fails at any commit of any act: doing it again ends as it should.

Each act is done with each of its commits broken in turn: refused, or applied while
its answer is lost, or beaten by somebody else's. Afterwards it is done again, and what
must hold then is held against what is kept.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from onboarding.errors import StoreError
from onboarding.stores import store_from
from tests.security.acts import ACTS, Act, Shop
from tests.security.acts_by_mail import ACTS_BY_MAIL
from tests.security.faulty import Answered, Faulty
from tests.security.town import make_orders
from tests.web.site import open_site

pytestmark = pytest.mark.anyio


EVERY_ACT = {**ACTS, **ACTS_BY_MAIL}


@asynccontextmanager
async def opened(path: Path, act: Act) -> AsyncIterator[Shop]:
    """Open a shop on a new file, as an act wants it."""
    make_orders(path)
    store = Faulty(store_from(f"sqlite:///{path}"))
    database, resources = cast("Any", store), [act.orders]
    async with open_site(
        database=database, resources=resources, merge=act.merge
    ) as site:
        yield Shop(site.onboarding, store, site.clock.advance)


@pytest.mark.parametrize("when", ["before", "after", "conflict"])
@pytest.mark.parametrize("name", EVERY_ACT)
async def test_doing_it_again_ends_as_it_should(
    tmp_path: Path, name: str, when: Answered
) -> None:
    """Whichever commit fails, and however: nothing is lost, and nothing done twice."""
    act = EVERY_ACT[name]
    # Who was merely beaten decides again, and nobody hears of it.
    heard = () if when == "conflict" else (StoreError,)
    for at in count(1):
        async with opened(tmp_path / f"{at}.db", act) as shop:
            await act.before(shop)
            shop.store.fail(at, when)
            with suppress(*heard):
                await act.deed(shop)
            is_over = not shop.store.has_failed
            shop.store.fail(0, when)
            if not is_over:
                await act.deed(shop)
            await act.after(shop)
        if is_over:
            break
    assert at > 1
