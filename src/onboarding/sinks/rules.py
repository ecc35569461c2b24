"""How long a sink rests, and what it is called: no I/O, no clock."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from onboarding.background import FIRST_RETRY
from onboarding.sinks.base import Sink

LOUD_AFTER = 5
"""Failures in a row after which a sink rests, and somebody should look at it."""

LONGEST_REST = timedelta(minutes=1)

QUIET = timedelta(minutes=1)
"""How long a sink that fails now and then is not spoken of again."""


def sink_names(sinks: Iterable[Sink]) -> list[str]:
    """Return a name for each sink, the same in every process that has the same ones.

    Where two are made of the same class or function, the later one gets a number.
    """
    seen: Counter[str] = Counter()
    names = []
    for sink in sinks:
        made_of = sink if hasattr(sink, "__qualname__") else type(sink)
        name = f"{made_of.__module__}.{made_of.__qualname__}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def is_milestone(failures: int) -> bool:
    """Tell whether so many failures in a row are worth a line: 5, 10, 20 and so on.

    A sink that is away for a night fails thousands of times, and says so ten times.
    """
    times, rest = divmod(failures, LOUD_AFTER)
    return rest == 0 and times > 0 and times & (times - 1) == 0


def rest_after(failures: int) -> timedelta:
    """Return how long a sink is left alone after so many failures in a row.

    Five seconds at first, doubled each time, and at most a minute: so soon it is seen
    that it is back.
    """
    doubled: timedelta = FIRST_RETRY * 2 ** min(max(failures - LOUD_AFTER, 0), 20)
    return min(doubled, LONGEST_REST)
