"""One world per backend: what holds for identity holds on each of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onboarding.stores import store_from
from tests.world import World


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Yield the services over an empty, opened store."""
    names = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'test.db'}"}
    store = store_from(names[request.param])
    await store.open()
    yield World(store)
    await store.close()
