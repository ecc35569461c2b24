"""The lifespan of an application: open before the first request, closed after the last.

Frameworks call what they are given with the application; some people call it
themselves first. Either way it is entered once.
"""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from onboarding.core import Core


class Lifespan(AbstractAsyncContextManager[None]):
    """Opens a core when it is entered, and closes it afterwards.

    Args:
        core: What is opened.
    """

    def __init__(self, core: "Core[Any]"):
        self._core = core

    def __call__(self, _: object = None) -> Self:
        """Return itself: for ``lifespan=onboarding.lifespan()``, called too early."""
        return self

    async def __aenter__(self) -> None:
        await self._core.open()

    async def __aexit__(self, *_: object) -> None:
        await self._core.close()
