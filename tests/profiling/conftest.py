"""One store of each kind that needs no server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onboarding.stores import store_from
from onboarding.stores.base import Store


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Yield an empty, opened store."""
    names = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'test.db'}"}
    opened = store_from(names[request.param])
    await opened.open()
    yield opened
    await opened.close()
