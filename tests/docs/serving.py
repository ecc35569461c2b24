"""Serves the apps of an example at real addresses, while a test looks at them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp

from onboarding.testing import Loopback


@contextmanager
def served(*apps: tuple[Loopback, ASGIApp]) -> Iterator[None]:
    """Serve each app at its address, lifespan included, on a loop in a thread."""
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        for address, app in apps:
            serving = portal.wrap_async_context_manager(address.serving(app))
            stack.enter_context(serving)
        yield
