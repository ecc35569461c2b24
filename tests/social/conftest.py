"""A scene over an empty database; and npm's provider, which `strict` starts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onboarding.stores import store_from
from onboarding.testing import SigningKey
from tests.social.scene import Scene
from tests.social.strict.node import NoNode, install
from tests.world import World


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    """Return one key for all providers, to save the making."""
    return SigningKey()


@pytest.fixture
async def scene(tmp_path: Path, signing_key: SigningKey) -> AsyncIterator[Scene]:
    """Yield a shop with its providers; nobody has been there yet."""
    store = store_from(f"sqlite:///{tmp_path / 'shop.db'}")
    await store.open()
    yield Scene(World(store), signing_key)
    await store.close()


@pytest.fixture(scope="session")
def oidc_provider() -> Path:
    """Return a folder with npm's `oidc-provider`; `tests/social/strict` starts it."""
    try:
        return install()
    except NoNode as reason:
        pytest.skip(str(reason))
