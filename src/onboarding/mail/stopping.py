"""No more letters of a kind to an address, as whoever reads its mail may say.

The link of a letter says for which address and kind, sealed: a mail provider follows it
without a cookie (RFC 8058 §3.2), and an address in it would stand in every log.
"""

from onboarding.changes import Put, Remove, retrying
from onboarding.clock import Clock
from onboarding.mail.model import STOPPABLE, MailStop
from onboarding.store import NounStore
from onboarding.tokens import Keys


class MailStops:
    """Keeps which letters an address wants no more.

    Args:
        store: Where that is kept.
        clock: The present instant.
        keys: Seal what stands in links.
    """

    def __init__(self, store: NounStore, clock: Clock, keys: Keys):
        self._store = store
        self._clock = clock
        self._sealer = keys.sealer("mail.stop")

    def link(self, address: str, kind: str) -> str:
        """Return the end of the link that stops letters of a kind to an address."""
        return self._sealer.seal([address, kind])

    def read(self, link: str) -> tuple[str, str] | None:
        """Return the address and the kind that one of our links is about."""
        match self._sealer.open(link):
            case [str(address), str(kind)] if kind in STOPPABLE:
                return address, kind
        return None

    async def is_stopped(self, address: str, kind: str) -> bool:
        """Tell whether an address wants no more letters of a kind."""
        return await self._store.find(MailStop, address, kind) is not None

    async def stop(self, address: str, kind: str) -> None:
        """Write no more letters of a kind to an address, from now on; again is once."""
        stop = MailStop(address=address, kind=kind, stopped_at=self._clock())
        await self._store.commit(Put(stop))

    async def resume(self, address: str, kind: str) -> None:
        """Write letters of a kind to an address again."""

        async def attempt() -> None:
            found = await self._store.find(MailStop, address, kind)
            if found is not None:
                await self._store.commit(Remove(found))

        await retrying(attempt)
