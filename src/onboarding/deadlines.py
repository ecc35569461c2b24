"""When it is over: one deadline for a request and everything that it waits for.

A request begins with a certain time (``Deadlines.request``). Whatever it waits for gets
what is left of that, not the whole anew: its own body, and in the database a place in
the pool, a lock, a command, a thread. Several waits in a row so end when the first
alone would have.

What is asked outside of a request (a command, a worker, the relay) gets the whole time
for each thing it asks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from datetime import timedelta
from time import monotonic

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass

log = logging.getLogger("onboarding")

LEAST = 1.0
"""Seconds that everything gets, also when the deadline has passed.

The time of a request is the host's too: one that took a minute for an upload, or that
streams for an hour, has done nothing wrong, and a database that is well answers in it.
"""

OVERTIME = 0.5
"""Seconds after a deadline in which what was told to end may do so by itself."""

ENDS: ContextVar[float | None] = ContextVar("onboarding_deadline", default=None)
"""When the request is over that is served now, in ``time.monotonic``; or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long anybody waits at most.

    Attributes:
        request: How long a request waits in all for its body, where we read it, and
            for the database; outside of a request, each thing that is asked of it.
        report: How long a report may take: a funnel, a score, what a purge looks for.
        shutdown: How long closing may take; what is not carried by then waits in the
            outbox for the next start. Servers and their supervisors have limits of
            their own: keep it below those.

    Raises:
        ConfigError: When one of them is nothing.
    """

    request: timedelta = timedelta(seconds=10)
    report: timedelta = timedelta(minutes=1)
    shutdown: timedelta = timedelta(seconds=5)

    def __post_init__(self) -> None:
        """Refuse a time in which nothing could be done."""
        for field in fields(self):
            given = getattr(self, field.name)
            if not isinstance(given, timedelta) or given <= timedelta(0):
                raise ConfigError(
                    f"Deadlines.{field.name}={given!r} is no time to do anything in; "
                    f"write {field.name}=timedelta(seconds=10)"
                )

    def for_request(self) -> float:
        """Return the seconds that are left to whoever asks now."""
        ends = ENDS.get()
        usual = self.request.total_seconds()
        return usual if ends is None else max(min(LEAST, usual), ends - monotonic())

    def for_shutdown(self) -> float:
        """Return when a shutdown that begins now is over, in ``time.monotonic``."""
        return monotonic() + self.shutdown.total_seconds()


@contextmanager
def lasting(duration: timedelta, of: ContextVar[float | None] = ENDS) -> Iterator[None]:
    """Give everything inside the same deadline: so long from now on.

    Args:
        duration: How long it may take in all.
        of: What it is the deadline of; of the request, unless it is another.
    """
    token = of.set(monotonic() + duration.total_seconds())
    try:
        yield
    finally:
        of.reset(token)


async def until(ends: float, close: Callable[[], Awaitable[object]]) -> None:
    """Close something, and leave it behind when its time is over."""
    try:
        async with asyncio.timeout(max(OVERTIME, ends - monotonic())):
            await close()
    except TimeoutError:
        log.warning(
            "close_late: %s took too long, and is left behind; more time is "
            "Deadlines(shutdown=…)",
            close.__qualname__,
        )


USUAL = Deadlines()
"""What holds unless a host says otherwise."""
