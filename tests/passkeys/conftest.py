"""A shop with passkeys over an empty database."""

from collections.abc import AsyncIterator

import pytest

from onboarding.stores import store_from
from tests.passkeys.scene import Scene
from tests.world import World


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Yield a shop with passkeys; nobody has been there yet."""
    store = store_from("memory:")
    await store.open()
    yield Scene(World(store))
    await store.close()
