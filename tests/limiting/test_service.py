"""How often what may be done: for a client, a mailbox, an account, and overall."""

from datetime import timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import TooManyGuests, TooManyTries
from onboarding.limiting.memory import UNSWEPT, MemoryWindows
from onboarding.limiting.model import LimitedAct, LimitPolicy, Place, Rate, Scope
from onboarding.testing import FrozenClock
from tests.limiting.counting import ELSEWHERE, HOME, MINUTE, limiter, refused

pytestmark = pytest.mark.anyio

TWICE = Rate(2, per=MINUTE)
NONE = LimitPolicy.off()


async def test_beyond_a_limit_it_is_said_when_again() -> None:
    """To the second, rounded up, and then it works; what was refused did not count."""
    clock = FrozenClock()
    limits = limiter(LimitPolicy(letters_per_client=TWICE), clock)
    assert await refused(limits, LimitedAct.LETTER) is None
    clock.advance(timedelta(seconds=20.5))
    assert await refused(limits, LimitedAct.LETTER) is None
    for _ in range(5):
        error = await refused(limits, LimitedAct.LETTER)
        assert error
        assert ("letters_per_client", 40) == (error.limit, error.retry_after)
    clock.advance(timedelta(seconds=40))
    assert await refused(limits, LimitedAct.LETTER) is None
    assert await refused(limits, LimitedAct.LETTER)


@pytest.mark.parametrize(
    ("policy", "same", "other"),
    [
        pytest.param(
            LimitPolicy(orders_per_contact=TWICE),
            ["kim@example.org", "K.im@example.org", "kim+2@EXAMPLE.org"],
            "sam@example.org",
            id="a mailbox",
        ),
        pytest.param(LimitPolicy(orders_per_account=TWICE), ["a"] * 3, "b", id="one"),
    ],
)
async def test_whom_a_limit_is_for(
    policy: LimitPolicy, same: list[str], other: str
) -> None:
    """A mailbox by all its addresses; who is here. Others go on."""
    limits = limiter(policy, FrozenClock())
    field = "contact" if "@" in other else "account"
    told = [await refused(limits, LimitedAct.ORDER, **{field: one}) for one in same]
    assert [None, None] == told[:2]
    assert told[2]
    assert f"orders_per_{field}" == told[2].limit
    assert await refused(limits, LimitedAct.ORDER, **{field: other}) is None
    assert await refused(limits, LimitedAct.ORDER) is None


async def test_other_clients_and_other_acts_go_on() -> None:
    """Each act is counted for itself, and so is each client; all unknown are one."""
    limits = limiter(
        LimitPolicy(letters_per_client=TWICE, codes_per_client=TWICE), FrozenClock()
    )
    for _ in range(2):
        await limits.take(LimitedAct.LETTER, client=HOME)
    await limits.take(LimitedAct.CODE, client=HOME)
    for client in (ELSEWHERE, None, None):
        await limits.take(LimitedAct.LETTER, client=client)
    for client in (HOME, None):
        with pytest.raises(TooManyTries):
            await limits.take(LimitedAct.LETTER, client=client)


async def test_a_household_of_ipv6_is_one_client() -> None:
    """It may use a new address for each request."""
    limits = limiter(LimitPolicy(guests_per_client=TWICE), FrozenClock())
    for n in (1, 2):
        await limits.take(
            LimitedAct.GUEST, client=ip_address(f"2001:db8:0:1{n}{n}::{n}")
        )
    with pytest.raises(TooManyGuests):
        await limits.take(LimitedAct.GUEST, client=ip_address("2001:db8:0:1ff::3"))
    await limits.take(LimitedAct.GUEST, client=ip_address("2001:db8:0:200::1"))


async def test_who_is_refused_has_used_up_nothing() -> None:
    """One client alone never uses up what all have together, however often it tries."""
    policy = LimitPolicy(
        guests_per_client=Rate(1, per=MINUTE), guests_overall=Rate(3, per=MINUTE)
    )
    limits = limiter(policy, FrozenClock())
    assert await refused(limits, LimitedAct.GUEST) is None
    for _ in range(9):
        error = await refused(limits, LimitedAct.GUEST)
        assert error
        assert "guests_per_client" == error.limit
    await limits.take(LimitedAct.GUEST, client=ELSEWHERE)
    await limits.take(LimitedAct.GUEST, client=None)
    third = ip_address("84.24.0.10")
    with pytest.raises(TooManyGuests) as caught:
        await limits.take(LimitedAct.GUEST, client=third)
    assert "guests_overall" == caught.value.limit


async def test_of_two_limits_the_longer_one_is_told() -> None:
    """Whoever comes back then is let in."""
    policy = LimitPolicy(
        codes_per_contact=Rate(1, per=timedelta(hours=1)),
        codes_per_client=Rate(1, per=MINUTE),
    )
    clock = FrozenClock()
    limits = limiter(policy, clock)
    assert await refused(limits, LimitedAct.CODE, contact="kim@example.org") is None
    error = await refused(limits, LimitedAct.CODE, contact="kim@example.org")
    assert error
    assert ("codes_per_contact", 3600) == (error.limit, error.retry_after)


async def test_without_limits_nobody_is_refused() -> None:
    """However often."""
    limits = limiter(NONE, FrozenClock())
    for _ in range(1000):
        await limits.take(LimitedAct.GUEST, client=None)
    assert await limits.is_counting()
    await limits.close()


@given(
    times=st.integers(1, 5),
    seconds=st.integers(1, 30),
    waits=st.lists(st.integers(0, 20), max_size=40),
)
async def test_a_window_is_what_a_simple_list_says(
    times: int, seconds: int, waits: list[int]
) -> None:
    """Never more than so many in any while; and whoever waits as told is let in."""
    clock = FrozenClock()
    policy = LimitPolicy(letters_per_client=Rate(times, per=seconds * MINUTE / 60))
    limits = limiter(policy, clock)
    done: list[int] = []
    now = 0
    for wait in waits:
        now += wait
        clock.advance(timedelta(seconds=wait))
        live = [at for at in done if at > now - seconds]
        error = await refused(limits, LimitedAct.LETTER)
        assert (len(live) < times) == (error is None)
        if error is None:
            done.append(now)
        else:
            assert live[0] + seconds - now == error.retry_after


def place(name: str) -> Place:
    """Return the one place of a window of a minute."""
    return Place(Scope.CLIENT, name, 1, 60)


async def test_windows_that_are_over_are_forgotten() -> None:
    """Many addresses, each once, take no memory for longer than their window."""
    clock = FrozenClock()
    windows = MemoryWindows(clock)
    for n in range(20 * UNSWEPT):
        assert await windows.take([place(f"client {n}")]) is None
        clock.advance(timedelta(seconds=1))
    assert len(windows) <= UNSWEPT + 1


async def test_windows_that_are_not_over_are_kept() -> None:
    """However many come in between."""
    windows = MemoryWindows(FrozenClock())
    assert await windows.take([place("mine")]) is None
    for n in range(3 * UNSWEPT):
        assert await windows.take([place(f"client {n}")]) is None
    assert await windows.take([place("mine")])
