"""An embedded store."""

from collections.abc import AsyncIterator

import pytest

from onboarding.stores import store_from
from onboarding.stores.base import Store


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """Yield an empty, opened store."""
    opened = store_from("memory:")
    await opened.open()
    yield opened
    await opened.close()
