"""A copy of what a provider publishes: fetched rarely, by one for all."""

import asyncio
from datetime import timedelta

import pytest

from onboarding.errors import BadProviderReply, ProviderUnreachable
from onboarding.social.remembered import COOL_DOWN, FRESH_FOR, GRACE, Remembered
from onboarding.testing import FrozenClock

pytestmark = pytest.mark.anyio


class Source:
    """Publishes a number that rises with each call, or is down."""

    def __init__(self) -> None:
        self.calls = 0
        self.down = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self) -> int:
        """Answer once the gate is open."""
        self.calls += 1
        await self.gate.wait()
        if self.down:
            raise ProviderUnreachable("id", "did not answer")
        return self.calls


@pytest.fixture
def source() -> Source:
    """Return a source that is up."""
    return Source()


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture
def copy(source: Source, clock: FrozenClock) -> Remembered[int]:
    """Return a copy that nobody has asked for."""
    return Remembered(source.fetch, clock)


async def test_a_copy_is_good_for_its_life(
    copy: Remembered[int], clock: FrozenClock
) -> None:
    """To the second before it, and not at it."""
    assert copy.last is None
    assert await copy.get() == 1
    clock.advance(FRESH_FOR - timedelta(seconds=1))
    assert await copy.get() == 1
    clock.advance(timedelta(seconds=1))
    assert (await copy.get(), copy.last) == (2, 2)


async def test_all_who_wait_share_one_call(
    copy: Remembered[int], source: Source
) -> None:
    """Fifty at once cost the provider one."""
    source.gate.clear()
    waiting = [asyncio.create_task(copy.get()) for _ in range(50)]
    await asyncio.sleep(0)
    source.gate.set()
    assert await asyncio.gather(*waiting) == [1] * 50


async def test_all_who_wait_share_one_failure(
    copy: Remembered[int], source: Source
) -> None:
    """Nobody waits in line for one time-out after another; the next one tries anew."""
    source.down = True
    source.gate.clear()
    waiting = [asyncio.create_task(copy.get()) for _ in range(50)]
    await asyncio.sleep(0)
    source.gate.set()
    failures = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(failure) for failure in failures} == {ProviderUnreachable}
    assert len({id(failure) for failure in failures}) == 50
    assert source.calls == 1
    source.down = False
    assert await copy.get() == 2


async def test_all_who_wait_learn_what_is_wrong_and_where(clock: FrozenClock) -> None:
    """Endpoint, setting, note and status are those of the one call that was made."""
    gate = asyncio.Event()

    async def fail() -> int:
        await gate.wait()
        raise BadProviderReply(
            "id", "why", endpoint="keys", setting="issuer", note="n", status=400
        )

    copy = Remembered(fail, clock)
    waiting = [asyncio.create_task(copy.get()) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    for failure in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(failure, BadProviderReply)
        assert (failure.provider, failure.reason) == ("id", "why")
        assert (failure.endpoint, failure.setting) == ("keys", "issuer")
        assert (failure.note, failure.status) == ("n", 400)


async def test_somebody_who_gives_up_takes_nobody_along(
    copy: Remembered[int], source: Source
) -> None:
    """When the one who fetches is cancelled, the next in line fetches."""
    source.gate.clear()
    first = asyncio.create_task(copy.get())
    await asyncio.sleep(0)
    second = asyncio.create_task(copy.get())
    await asyncio.sleep(0)
    first.cancel()
    source.gate.set()
    assert await second == 2
    assert first.cancelled()


async def test_an_old_copy_serves_while_the_source_is_down(
    copy: Remembered[int], source: Source, clock: FrozenClock
) -> None:
    """For a day, with one try a minute, and then no longer."""
    await copy.get()
    source.down = True
    clock.advance(FRESH_FOR)
    assert [await copy.get() for _ in range(9)] == [1] * 9
    assert source.calls == 2
    clock.advance(COOL_DOWN)
    assert (await copy.get(), source.calls) == (1, 3)
    clock.advance(GRACE)
    with pytest.raises(ProviderUnreachable):
        await copy.get()
    source.down = False
    assert await copy.get() == 5


async def test_it_is_renewed_out_of_turn_once_a_minute(
    copy: Remembered[int], clock: FrozenClock
) -> None:
    """The first asker gets a new copy at once, however young the old one is."""
    await copy.get()
    assert [await copy.renew() for _ in range(5)] == [2] * 5
    clock.advance(COOL_DOWN)
    assert await copy.renew() == 3
    assert await copy.get() == 3


async def test_renewing_falls_back_to_what_there_is(
    copy: Remembered[int], source: Source
) -> None:
    """A failed renewal leaves the old copy; without one, it fails."""
    await copy.get()
    source.down = True
    assert await copy.renew() == 1


async def test_renewing_nothing_fetches(copy: Remembered[int], source: Source) -> None:
    """It may be the first to ask, and then fails as the first does."""
    source.down = True
    with pytest.raises(ProviderUnreachable):
        await copy.renew()
    source.down = False
    assert await copy.get() == 2


async def test_a_copy_of_a_clock_that_was_ahead_is_old(
    copy: Remembered[int], source: Source, clock: FrozenClock
) -> None:
    """Nobody knows how old it is: it is fetched again, and serves a day at most."""
    year = timedelta(days=365)
    clock.advance(year)
    assert await copy.get() == 1
    clock.advance(-year)
    assert await copy.get() == 2
    clock.advance(year)
    clock.advance(FRESH_FOR - year)
    assert await copy.get() == 3


async def test_an_old_copy_outlasts_an_outage_from_when_the_clock_is_right(
    copy: Remembered[int], source: Source, clock: FrozenClock
) -> None:
    """As any copy that has just gone stale."""
    clock.advance(timedelta(days=365))
    assert await copy.get() == 1
    clock.advance(-timedelta(days=365))
    source.down = True
    assert await copy.get() == 1
    clock.advance(GRACE - timedelta(seconds=1))
    assert await copy.get() == 1
    clock.advance(timedelta(seconds=1))
    with pytest.raises(ProviderUnreachable):
        await copy.get()


async def test_a_failure_of_a_clock_that_was_ahead_is_no_reason_to_wait(
    copy: Remembered[int], source: Source, clock: FrozenClock
) -> None:
    """It is asked again at once, not in a year."""
    assert await copy.get() == 1
    clock.advance(timedelta(days=365))
    assert await copy.renew() == 2
    source.down = True
    clock.advance(FRESH_FOR)
    assert await copy.get() == 2
    source.down = False
    clock.advance(-timedelta(days=365))
    assert await copy.get() == 4
    assert await copy.renew() == 5
