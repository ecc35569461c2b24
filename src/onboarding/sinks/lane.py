"""One sink, kept apart: whatever it does is the failure of one event, and no more.

A sink is foreign code. It may raise anything, a ``CancelledError`` or ``SystemExit`` of
its own among them, cancel the task that it runs in, or never return. So each call runs
in a task of its own that lets nothing out, and is left behind when its time is over.
"""

import asyncio
from datetime import timedelta

from onboarding.events import Entry
from onboarding.sinks.base import Sink


class Lane:
    """Hands events to one sink.

    Args:
        sink: Who takes them.
        patience: How long it may take for one event; then it has failed.
    """

    def __init__(self, sink: Sink, patience: timedelta):
        self._sink = sink
        self._patience = patience.total_seconds()
        # The event loop holds tasks weakly: one that is left behind is held here.
        self._calls: set[asyncio.Task[str]] = set()

    async def carry(self, entry: Entry) -> str:
        """Hand an event to the sink; return what went wrong, or nothing."""
        call = asyncio.create_task(_call(self._sink, entry), name="onboarding-sink")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        try:
            await asyncio.wait({call}, timeout=self._patience)
        finally:
            is_over = call.done()
            call.cancel()
        # A sink that takes no notice of being cancelled is not waited for.
        return call.result() if is_over else TimeoutError.__name__


async def _call(sink: Sink, entry: Entry) -> str:
    try:
        await sink(entry)
    except KeyboardInterrupt:
        raise  # the operator's, wherever it strikes
    except BaseException as error:  # noqa: BLE001  # see above: foreign code
        # By its kind alone: a message may hold a secret.
        return type(error).__name__
    return ""
