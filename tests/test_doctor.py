"""What a look over a set-up finds, asked of the function behind the command."""

from typing import Any

import pytest

from onboarding import LimitPolicy
from onboarding.core import Core
from onboarding.doctor import Finding, examine
from tests.limiting.servers import fake

pytestmark = pytest.mark.anyio


async def finding_of_limits(**settings: Any) -> Finding:
    """Return what is found about limits."""
    core: Core[Any] = Core(
        url="https://shop.example/welcome",
        mailer=None,
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        **settings,
    )
    [found] = [one for one in await examine(core) if "limits" in one.what]
    return found


async def test_limits_in_memory_count_each_worker_by_itself() -> None:
    """That is well; what it means, and that a proxy is to be named, is told."""
    found = await finding_of_limits()
    assert found.is_well
    assert "several workers count each by itself" in found.advice
    assert 'proxies=["…"]' in found.advice
    named = await finding_of_limits(proxies=["10.0.0.0/8"])
    assert "proxies" not in named.advice


async def test_limits_in_redis_are_looked_at() -> None:
    """A server that answers is well; one that is gone is a thing to fix."""
    with fake() as url:
        found = await finding_of_limits(limits=LimitPolicy(storage=url))
        assert (True, "limits are counted in Redis, together") == (
            found.is_well,
            found.what,
        )
    found = await finding_of_limits(limits=LimitPolicy(storage=url))
    assert not found.is_well
    assert "Redis does not answer" in found.what


async def test_an_address_that_cannot_be_read_is_told() -> None:
    """Before the application is started with it."""
    storage = "redis://localhost:port/0"
    found = await finding_of_limits(limits=LimitPolicy(storage=storage))
    assert not found.is_well
    assert 'write storage="redis' in found.advice


async def test_no_limits_are_pointed_out() -> None:
    """Somebody may have forgotten that they are off."""
    found = await finding_of_limits(limits=LimitPolicy.off())
    assert found.is_well
    assert "without end" in found.what
