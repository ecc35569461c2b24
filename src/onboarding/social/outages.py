"""Which providers do not answer at the moment, as far as this process knows.

Somebody waited for one in vain. Whoever comes next need not find that out for
themselves: its button comes last for a while, and says why. It still works, and the
first answer of any kind, to whoever asks, ends it: nobody asks only to find out.
"""

from datetime import datetime, timedelta

from onboarding.clock import Clock

_NOTHING = timedelta(0)


class Outages:
    """Remembers for a while that a provider did not answer. Of one process alone.

    Args:
        clock: The present instant.
        lasting: How long.
    """

    def __init__(self, clock: Clock, lasting: timedelta):
        self._clock = clock
        self._lasting = lasting
        self._since: dict[str, datetime] = {}

    def begin(self, provider: str) -> None:
        """Note that a provider has just not answered."""
        self._since[provider] = self._clock()

    def end(self, provider: str) -> None:
        """Note that a provider has just answered."""
        self._since.pop(provider, None)

    def left(self, provider: str) -> timedelta:
        """Return how much longer a provider counts as down; nothing if it is not."""
        since = self._since.get(provider)
        if since is None:
            return _NOTHING
        age = self._clock() - since
        # A clock that was put back must not make a minute of it an hour.
        is_over = not _NOTHING <= age < self._lasting
        return _NOTHING if is_over else self._lasting - age

    def is_down(self, provider: str) -> bool:
        """Tell whether a provider counts as one that does not answer."""
        return self.left(provider) > _NOTHING
