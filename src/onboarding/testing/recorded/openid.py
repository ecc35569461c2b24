"""A provider of OpenID Connect at its own addresses, with recorded replies."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from onboarding.clock import Clock
from onboarding.providers import OpenIDConnect, Provider
from onboarding.testing.identity_provider import (
    Client,
    FakeProvider,
    OpenIDSwitches,
    WayBack,
)
from onboarding.testing.identity_provider.answers import token_error
from onboarding.testing.identity_provider.model import TokenRefused
from onboarding.testing.network import same_path, same_place
from onboarding.testing.oauth2_provider.reads import Recorded, RecordedReads
from onboarding.testing.people import Person
from onboarding.testing.recorded.person import RecordedPerson, RepliesByToken
from onboarding.testing.signing import SigningKey

PLACES = ("authorize", "token", "jwks", "userinfo")


class RecordedOpenID(FakeProvider):
    """A ``FakeProvider`` made of your description, at the addresses that it has.

    It publishes its addresses below the issuer, unless ``endpoints`` of the description
    say others; then it answers there. Further reads are answered where they are asked,
    to whoever shows a living token.

    Args:
        provider: The description.
        client: How its application is registered there.
        replies: What it tells of the person, by the name of the read, as recorded;
            ``id_token`` holds claims, ``callback`` what the browser brings beside.
        clock: Where it reads the time.
        key: What it signs with.
        switches: In what it differs from a usual provider.

    Attributes:
        addresses: Where it answers, by the name of the place or the read.

    Raises:
        ValueError: As ``FakeProvider``.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        client: Client,
        replies: Recorded,
        clock: Clock,
        key: SigningKey,
        switches: OpenIDSwitches | None = None,
    ) -> None:
        super().__init__(
            provider.issuer,
            [client],
            [RecordedPerson.of(replies)],
            clock,
            name=provider.title,
            key=key,
            switches=switches,
        )
        base = provider.issuer.removesuffix("/")
        self._inside = {place: f"{base}/{place}" for place in PLACES}
        self._moved = _given(provider)
        self._reads = RecordedReads(
            provider.reads, {}, client=client, grants=RepliesByToken(self._desk.grants)
        )
        own = {read.name: read.url for read in provider.reads}
        self.addresses: Mapping[str, str] = {
            **_discovered(provider),
            **self._inside,
            **self._moved,
            **own,
        }

    def lives_at(self, url: str) -> bool:
        """Whether one of its addresses is on the host of this one."""
        asked = urlsplit(url)
        return any(same_place(asked, urlsplit(one)) for one in self.addresses.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app, by the address that was asked."""
        request = Request(scope, receive)
        url = str(request.url)
        if (read := self._reads.find(url)) is not None:
            try:
                response = await self._reads.answer(read, request)
            except TokenRefused as refused:
                response = token_error(refused)
            await response(scope, receive, send)
            return
        path = urlsplit(self._placed(url)).path
        await super().__call__({**scope, "path": path}, receive, send)

    def approve(self, url: str, person: Person | None = None) -> WayBack:
        """Do as ``FakeProvider``; the browser brings along what was recorded."""
        back = super().approve(self._placed(url), person)
        known = person or self.people[0]
        if not isinstance(known, RecordedPerson):
            return back
        told = known.replies.get("callback")
        return _with(back, told if isinstance(told, Mapping) else {})

    def deny(self, url: str) -> WayBack:
        """Do as ``FakeProvider``."""
        return super().deny(self._placed(url))

    def _placed(self, url: str) -> str:
        """Return an address as the one that ``FakeProvider`` has in its place."""
        for place, address in self._moved.items():
            if same_path(url, address):
                query = urlsplit(url).query
                return f"{self._inside[place]}{'?' if query else ''}{query}"
        return url


def _given(provider: Provider) -> dict[str, str]:
    known = provider.endpoints
    if known is None:
        return {}
    told = (known.authorization, known.token, known.jwks, known.userinfo)
    return {place: url for place, url in zip(PLACES, told, strict=True) if url}


def _discovered(provider: Provider) -> dict[str, str]:
    if provider.endpoints is not None or not isinstance(provider, OpenIDConnect):
        return {}
    return {"discovery": provider.discovery}


def _with(back: WayBack, told: Mapping[str, object]) -> WayBack:
    """Return a way back on which the browser brings something more."""
    more = {name: str(value) for name, value in told.items()}
    if not more:
        return back
    if back.form is not None:
        return WayBack(back, {**back.form, **more})
    return WayBack(f"{back}&{urlencode(more)}")
