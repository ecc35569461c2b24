"""One world per backend: what holds for identity holds on each of them."""

from collections.abc import AsyncIterator

import pytest

from onboarding.stores import store_from
from tests.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Yield the services over an empty, opened store."""
    store = store_from("memory:")
    await store.open()
    yield World(store)
    await store.close()
