"""A limiter by itself, with a clock that stands still."""

from datetime import timedelta
from ipaddress import ip_address

from onboarding.deadlines import USUAL
from onboarding.errors import TooManyTries
from onboarding.limiting.model import LimitedAct, LimitPolicy
from onboarding.limiting.rules import Proxies
from onboarding.limiting.service import Limiter
from onboarding.testing import FrozenClock
from onboarding.tokens import Keys

MINUTE = timedelta(minutes=1)
KEYS = Keys("a key for tests, of more than thirty-two bytes")
URL = "https://shop.example/welcome"
HOME, ELSEWHERE = ip_address("92.110.7.1"), ip_address("84.24.0.9")


def limiter(policy: LimitPolicy, clock: FrozenClock, url: str = URL) -> Limiter:
    """Return what counts by a policy."""
    made = Limiter(
        policy, clock, keys=KEYS, deadlines=USUAL, url=url, proxies=Proxies()
    )
    made.open()
    return made


async def refused(
    limits: Limiter, act: LimitedAct, **who: str | None
) -> TooManyTries | None:
    """Do something from home; return why not, or None where it may be done."""
    try:
        await limits.take(act, client=HOME, **who)
    except TooManyTries as error:
        return error
    return None
