"""The shop with our pages, open for one test."""

from collections.abc import AsyncIterator

import pytest

from tests.web.site import Browser, Site, open_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open the shop."""
    async with open_site() as site:
        yield site


@pytest.fixture
def browser(site: Site) -> Browser:
    """Return a browser of somebody who was never here."""
    return site.browser()
