"""Asks the host whom it has with an address, within a time, whatever its code does."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from onboarding.accounts.adopted import Adopted
from onboarding.deadlines import Deadlines
from onboarding.emails import normalise
from onboarding.errors import ConfigError, StoreUnavailable
from onboarding.foreign import ForeignCalls
from onboarding.shapes import shown

log = logging.getLogger("onboarding.accounts")

Adopt = Callable[[str], Awaitable[Adopted | None]]
"""Finds somebody of the host's by a proven address, normalised; or nobody."""


class HostLookup:
    """Finds people of the host's.

    Args:
        ask: The host's function, where it has one.
        deadlines: How long it may take.
    """

    def __init__(self, ask: Adopt | None, deadlines: Deadlines):
        self._ask = ask
        self._deadlines = deadlines
        self._calls = ForeignCalls(deadlines.request)

    async def find(self, address: str) -> Adopted | None:
        """Return whom the host has with an address.

        Args:
            address: Normalised, and proven at this moment.

        Raises:
            StoreUnavailable: When the host's function fails, or takes too long.
            ConfigError: When it returned something else than somebody.
        """
        ask = self._ask
        if ask is None:
            return None
        said: list[object] = []

        async def call() -> None:
            said.append(await ask(address))

        try:
            async with asyncio.timeout(self._deadlines.for_request()):
                error = await self._calls.try_(call)
        except TimeoutError as late:
            error = late
        if error is not None:
            raise StoreUnavailable(
                f"adopt= failed to look somebody up: {type(error).__name__}; nobody "
                "was signed in, and the same may be tried again"
            ) from error
        return _checked(said[0], address)


def _checked(person: object, address: str) -> Adopted | None:
    """Return whom a lookup found, where that is who was asked for."""
    if person is None:
        return None
    if not isinstance(person, Adopted):
        raise ConfigError(
            f"adopt= returned {shown(person)}; write return Adopted(ref=str(user.id), "
            "email=user.email, is_proven=user.is_verified), or None for nobody"
        )
    if not person.is_proven:
        # Somebody typed this address with the host, and never showed that it is theirs.
        return None
    if normalise(person.email or "") != address:
        # A database that takes ß for ss would hand out somebody else's account.
        log.warning(
            "adopted_otherwise: adopt= returned ref %r, whose address is another one "
            "than was asked for; taken for nobody. Compare addresses as they are",
            person.ref,
        )
        return None
    return person
