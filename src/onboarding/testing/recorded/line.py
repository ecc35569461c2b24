"""The line to a provider, on which one place at a time answers something else."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx2

from onboarding.testing.faults import Held, Padded, Replaced
from onboarding.testing.oauth2_provider.reads import is_at

Break = Replaced | Padded | Held
"""What becomes of the answer of one place."""

Spelling = Callable[[str, bytes], bytes]
"""Returns how the reply of a read is written, of its name and its JSON."""


class FaultyLine(httpx2.AsyncBaseTransport):
    """Leads to a fake, and breaks one of its answers on request.

    Args:
        inner: Leads to the fake.
        addresses: Where it answers, by the name of the place or the read.
        spelling: How replies are written that are no JSON.

    Attributes:
        calls: How often each place was asked.
    """

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        addresses: Mapping[str, str],
        spelling: Spelling = lambda _, body: body,
    ) -> None:
        self._inner = inner
        self._addresses = addresses
        self._spelling = spelling
        self._broken: tuple[str, Break] | None = None
        self.calls: Counter[str] = Counter()

    @contextmanager
    def broken(self, place: str, how: Break) -> Iterator[None]:
        """Break what a place answers, while the context lasts."""
        self._broken = place, how
        try:
            yield
        finally:
            self._broken = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Hand a request on, unless its place is broken."""
        place = self._place(str(request.url))
        self.calls[place] += 1
        how = self._broken[1] if self._broken and self._broken[0] == place else None
        if isinstance(how, Held):
            await asyncio.Event().wait()  # until the caller gives up
        if isinstance(how, Replaced):
            return _replaced(how)
        answer = await self._inner.handle_async_request(request)
        body = await answer.aread()
        if answer.status_code == 200:
            body = self._spelling(place, body)
        if isinstance(how, Padded):
            body = b" " * how.size + body
        media = {"content-type": answer.headers.get("content-type", "")}
        return httpx2.Response(answer.status_code, headers=media, content=body)

    def _place(self, url: str) -> str:
        found = (place for place, at in self._addresses.items() if is_at(url, at))
        return next(found, "")


def _replaced(how: Replaced) -> httpx2.Response:
    headers = {"content-type": how.media_type}
    if how.location is not None:
        headers["location"] = how.location
    return httpx2.Response(how.status, headers=headers, content=how.body.encode())
