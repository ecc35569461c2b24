"""Where the faults that are on meet the answers that the provider would give."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from starlette.responses import Response, StreamingResponse

from onboarding.testing import id_tokens
from onboarding.testing.faults import (
    Altered,
    Fault,
    Forged,
    Held,
    Padded,
    Replaced,
    ReplyKind,
)
from onboarding.testing.id_tokens import Signing
from onboarding.testing.signing import Json

BLOCK = 64 * 1024


class Gate:
    """Keeps callers of an endpoint waiting, so that no test has to sleep.

    Attributes:
        reached: Set as soon as a caller waits; a test awaits it.
        opened: A test sets it, and all who wait go on.
    """

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def pass_through(self) -> None:
        """Return once the gate is open."""
        self.reached.set()
        await self.opened.wait()


class Misbehaviour:
    """The faults that are on now, each with the endpoint at which it works."""

    def __init__(self) -> None:
        self._on: list[tuple[Fault, str | None]] = []
        self.gate = Gate()

    def add(self, fault: Fault, at: str | None) -> None:
        """Put a fault on.

        Raises:
            ValueError: When ``at`` is given for a fault that is tied to its place.
        """
        placed = isinstance(fault.value, Replaced | Padded | Held)
        if at is not None and not placed:
            raise ValueError(
                f"{fault.name} has a place of its own: leave out at={at!r}"
            )
        if isinstance(fault.value, Held):
            self.gate = Gate()
        self._on.append((fault, (at or "token") if placed else None))

    def remove(self, faults: Sequence[Fault]) -> None:
        """Take these faults off, everywhere; whoever waits at the gate goes on."""
        self._on = [(fault, at) for fault, at in self._on if fault not in faults]
        if any(isinstance(fault.value, Held) for fault in faults):
            self.gate.opened.set()

    def clear(self) -> None:
        """Take every fault off."""
        self.remove([fault for fault, _ in self._on])

    def tell(self, place: ReplyKind, honest: Json) -> Json:
        """Return what is told in this place instead of what is honest."""
        for fault, _ in self._on:
            deed = fault.value
            if isinstance(deed, Altered) and place in deed.places:
                honest = deed.change(honest)
        return honest

    def signing(self) -> Signing:
        """Return how ID tokens are signed now."""
        forged = [f.value.signing for f, _ in self._on if isinstance(f.value, Forged)]
        return forged[-1] if forged else id_tokens.genuine

    async def answer(
        self, endpoint: str, honest: Callable[[], Awaitable[Response]]
    ) -> Response:
        """Return what an endpoint answers; ``honest`` is asked only where it counts."""
        deeds = [fault.value for fault, at in self._on if at == endpoint]
        if any(isinstance(deed, Held) for deed in deeds):
            await self.gate.pass_through()
        for deed in deeds:
            if isinstance(deed, Replaced):
                return _replacement(deed)
        response = await honest()
        for deed in deeds:
            if isinstance(deed, Padded):
                return _padded(response, deed.size)
        return response


def _replacement(deed: Replaced) -> Response:
    headers = {"location": deed.location} if deed.location else None
    return Response(deed.body, deed.status, headers, deed.media_type)


def _padded(honest: Response, size: int) -> Response:
    async def stream() -> AsyncIterator[bytes]:
        block = b" " * BLOCK
        for _ in range(size // BLOCK):
            yield block
        yield bytes(honest.body)

    return StreamingResponse(stream(), honest.status_code, media_type=honest.media_type)
