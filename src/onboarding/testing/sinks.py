"""A sink that keeps what it is given, for tests to look at."""

from onboarding.events import Entry


class RecordingSink:
    """Collects every entry it is given in ``events``, in the order of arrival.

    It is also the smallest example of a sink: one async callable.
    """

    def __init__(self) -> None:
        self.events: list[Entry] = []

    async def __call__(self, entry: Entry) -> None:
        """Keep the entry; never fails, so nothing is delivered twice."""
        self.events.append(entry)
