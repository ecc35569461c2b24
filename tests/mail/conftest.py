"""A shop whose letters wait until a test sends them."""

from collections.abc import AsyncIterator

import pytest

from tests.mail.post import Watched, opened
from tests.web.site import Browser, Inbox, Site


@pytest.fixture
def inbox() -> Inbox:
    """Return the mailbox of everybody here."""
    return Inbox()


@pytest.fixture
async def site(inbox: Inbox) -> AsyncIterator[Site]:
    """Open a shop that can send mail."""
    async with opened(inbox, database=Watched()) as site:
        yield site


@pytest.fixture
def browser(site: Site) -> Browser:
    """Return a browser of somebody who was never here."""
    return site.browser()
