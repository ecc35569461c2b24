"""Several processes count together in Redis, and each by itself while it is away."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from onboarding.clock import Clock, system_clock
from onboarding.deadlines import Deadlines
from onboarding.errors import ConfigError, TooManyTries
from onboarding.limiting.model import LimitedAct, LimitPolicy, Rate
from onboarding.limiting.rules import Proxies
from onboarding.limiting.service import Limiter
from onboarding.testing import FrozenClock
from tests.limiting.counting import HOME, KEYS, MINUTE, refused
from tests.limiting.servers import fake, redis

pytestmark = pytest.mark.anyio

QUICK = Deadlines(request=timedelta(milliseconds=500))
PATIENT = Deadlines(request=timedelta(minutes=10))
"""A busy machine may take its time with the fake."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Yield the address of a Redis."""
    with redis() as url:
        yield url


class Processes:
    """Applications that share one Redis, as several workers have them."""

    def __init__(self) -> None:
        self.url = f"https://{uuid4().hex}.example/welcome"
        self.stack = AsyncExitStack()

    def start(
        self,
        storage: str,
        times: int = 5,
        *,
        clock: Clock = system_clock,
        deadlines: Deadlines = PATIENT,
        **rates: Rate,
    ) -> Limiter:
        """Return what counts in one more of them."""
        mine = Rate(times, per=MINUTE)
        policy = LimitPolicy(codes_per_client=mine, storage=storage, **rates)
        made = Limiter(
            policy,
            clock,
            keys=KEYS,
            deadlines=deadlines,
            url=self.url,
            proxies=Proxies(),
        )
        made.open()
        self.stack.push_async_callback(made.close)
        return made


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    """Close at the end what a test opens."""
    made = Processes()
    async with made.stack:
        yield made


async def test_processes_count_together(processes: Processes, server: str) -> None:
    """What one has let through counts in all; who waits is told how long."""
    one, other = (processes.start(server) for _ in range(2))
    for _ in range(4):
        assert await refused(one, LimitedAct.CODE) is None
    assert await refused(other, LimitedAct.CODE) is None
    for limits in (one, other):
        error = await refused(limits, LimitedAct.CODE)
        assert error
        assert "codes_per_client" == error.limit
        assert 50 < error.retry_after <= 60
    assert await other.is_counting()


async def test_who_is_refused_has_used_up_nothing(
    processes: Processes, server: str
) -> None:
    """Neither there: what one window refuses is counted in no other."""
    once = Rate(1, per=MINUTE)
    limits = processes.start(server, times=3, codes_per_contact=once)
    assert await refused(limits, LimitedAct.CODE, contact="kim@example.org") is None
    for _ in range(5):
        error = await refused(limits, LimitedAct.CODE, contact="kim@example.org")
        assert error
        assert "codes_per_contact" == error.limit
    for name in ("sam", "ann"):
        contact = f"{name}@example.org"
        assert await refused(limits, LimitedAct.CODE, contact=contact) is None


async def test_many_at_once_are_never_more_than_may(
    processes: Processes, server: str
) -> None:
    """Fifty in four processes at the same moment: five."""
    several = [processes.start(server) for _ in range(4)]
    tries = [refused(several[n % 4], LimitedAct.CODE) for n in range(50)]
    assert 5 == (await asyncio.gather(*tries)).count(None)


async def test_two_applications_count_apart(processes: Processes, server: str) -> None:
    """Also with one secret key, in one server."""
    shop = processes.start(server, times=1)
    processes.url = "https://shop.example/staff/welcome"
    staff = processes.start(server, times=1)
    assert await refused(shop, LimitedAct.CODE) is None
    assert await refused(staff, LimitedAct.CODE) is None
    assert await refused(shop, LimitedAct.CODE)


async def test_nothing_there_says_who_did_what(
    processes: Processes, server: str
) -> None:
    """No address of anybody is in the keys, and all of them expire."""
    limits = processes.start(server)
    await limits.take(
        LimitedAct.CODE, client=HOME, contact="kim@example.org", account="kim"
    )
    async with Redis.from_url(server) as client:
        keys = [key.decode() async for key in client.scan_iter("*")]
        assert not any("kim" in key or str(HOME) in key for key in keys)
        assert all([await client.ttl(key) > 0 for key in keys])


async def test_without_redis_each_counts_by_itself(
    processes: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    """Limits hold, nobody is kept out; it is said once, and again when it is back."""
    clock = FrozenClock()
    with fake() as url:
        pass
    limits = processes.start(url, clock=clock)
    told = [await refused(limits, LimitedAct.CODE) for _ in range(6)]
    assert [None] * 5 == told[:5]
    assert told[5]
    assert not await limits.is_counting()
    clock.advance(timedelta(seconds=11))
    assert await refused(limits, LimitedAct.CODE)
    [line] = [record.getMessage() for record in caplog.records]
    assert "each process counts by itself" in line
    assert "LimitPolicy(storage=…)" in line


async def test_redis_that_comes_back_is_asked_again(
    processes: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    """After a pause; what others counted there meanwhile counts here at once."""
    clock = FrozenClock()
    with fake() as url:
        pass
    limits = processes.start(url, clock=clock)
    assert await refused(limits, LimitedAct.CODE) is None
    with fake(url):
        other = processes.start(url)
        for _ in range(5):
            assert await refused(other, LimitedAct.CODE) is None
        assert await refused(limits, LimitedAct.CODE) is None
        clock.advance(timedelta(seconds=11))
        assert await refused(limits, LimitedAct.CODE)
        told = [record.getMessage() for record in caplog.records]
        assert ["limits_apart", "limits_together"] == [x.split(":")[0] for x in told]


async def test_nobody_waits_for_a_server_that_is_silent(processes: Processes) -> None:
    """One that takes connections and says nothing is left alone after the deadline."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        limits = processes.start(url, clock=FrozenClock(), deadlines=QUICK)
        async with asyncio.timeout(5):
            told = [await refused(limits, LimitedAct.CODE) for _ in range(20)]
        assert [None] * 5 == told[:5]
        assert all(isinstance(error, TooManyTries) for error in told[5:])


@pytest.mark.parametrize(
    "address", ["redis://localhost:port/0", "redis://:geheim@localhost/0?db=x"]
)
async def test_an_address_that_is_none_is_refused(
    processes: Processes, address: str
) -> None:
    """When it opens; without a word of it, since it may hold a password."""
    with pytest.raises(ConfigError, match='write storage="redis') as caught:
        processes.start(address)
    assert "geheim" not in str(caught.value)
