"""The shop on a SQLite file, so that what is kept can be searched byte by byte."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.security.town import ORDERS, make_orders
from tests.web.phone import APPS
from tests.web.site import Browser, Site, open_site


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return the file that the shop and we share."""
    path = tmp_path / "shop.db"
    make_orders(path)
    return path


@pytest.fixture
async def site(database: Path) -> AsyncIterator[Site]:
    """Open the shop."""
    kept = f"sqlite:///{database}"
    async with open_site(database=kept, resources=[ORDERS], apps=APPS) as site:
        yield site


@pytest.fixture
def browser(site: Site) -> Browser:
    """Return a browser of somebody who was never here."""
    return site.browser()
