"""Calls of foreign code: whatever it does is the failure of one call, and no more.

A sink or a mailer may raise anything, a ``CancelledError`` or ``SystemExit`` of its own
among them, cancel the task that it runs in, or never return. So each call runs in a
task of its own that lets nothing out, and is left behind when its time is over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from datetime import timedelta
from functools import partial


class ForeignCalls:
    """Calls somebody else's code.

    Args:
        patience: How long one call may take; then it has failed.
    """

    def __init__(self, patience: timedelta):
        self._patience = patience.total_seconds()
        # The event loop holds tasks weakly: one that is left behind is held here.
        self._calls: set[asyncio.Task[BaseException | None]] = set()

    async def try_(self, call: Callable[[], Awaitable[None]]) -> BaseException | None:
        """Call it; return what went wrong, or None."""
        task = asyncio.create_task(_call(call), name="onboarding-call")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        try:
            await asyncio.wait({task}, timeout=self._patience)
        finally:
            is_over = task.done()
            task.cancel()
        # What takes no notice of being cancelled is not waited for.
        return task.result() if is_over else TimeoutError()


class _Leaving:
    """Awaits it; the second time that it is to end, it is dropped.

    Code that catches its own cancellation and goes on would otherwise keep the whole
    process from ending: ``asyncio.run`` waits for every task.
    """

    def __init__(self, awaited: Awaitable[None]):
        self._awaited = awaited

    def __await__(self) -> Generator[object, None, None]:
        inner = self._awaited.__await__()
        step: Callable[[], object] = partial(next, inner)
        is_told = False
        while True:
            try:
                waits_for = step()
            except StopIteration:
                return
            try:
                yield waits_for
                step = partial(next, inner)
            except asyncio.CancelledError as error:
                throw = getattr(inner, "throw", None)
                if is_told or throw is None:
                    raise
                is_told, step = True, partial(throw, error)


async def _call(call: Callable[[], Awaitable[None]]) -> BaseException | None:
    try:
        await _Leaving(call())
    except KeyboardInterrupt:
        raise  # the operator's, wherever it strikes
    except BaseException as error:  # noqa: BLE001  # see above: foreign code
        return error
    return None
