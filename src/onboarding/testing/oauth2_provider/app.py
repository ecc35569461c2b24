"""The provider itself: authorization, token and reads, at its own addresses."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from onboarding.clock import Clock, system_clock
from onboarding.providers import Provider
from onboarding.testing.faults import Altered, Fault, Forged
from onboarding.testing.identity_provider import pages
from onboarding.testing.identity_provider.forms import read_form
from onboarding.testing.identity_provider.misbehaviour import Gate, Misbehaviour
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    SentBack,
    TokenRefused,
    WayBack,
)
from onboarding.testing.network import Network, same_path, same_place
from onboarding.testing.oauth2_provider.answering import (
    refusal_response,
    token_response,
)
from onboarding.testing.oauth2_provider.desk import OAuth2Desk
from onboarding.testing.oauth2_provider.reads import Recorded
from onboarding.testing.oauth2_provider.switches import OAuth2Switches
from onboarding.testing.oauth2_provider.token_calls import read_token_call
from onboarding.testing.people import Person


class FakeOAuth2:
    """A provider of plain OAuth 2 that answers at the addresses of a real one.

    It is made of your description of the provider, so that what is tested is what you
    ship; what it demands is said by ``switches``, so that a wrong description fails.
    It checks what a real one checks: client, redirect URI letter by letter, scopes,
    PKCE (S256), codes that are good once and for their client, parameters that come
    twice or mean nothing.

    Args:
        provider: The description; its client id, secret and addresses are used.
        redirect_uri: Where browsers may be sent back to, as it was registered.
        replies: What it tells of the person, by the name of the read, as recorded;
            ``token`` holds what the token answer tells beside the token. A read
            without a reply is not found (404).
        clock: Where it reads the time.
        switches: In what it differs from a strict provider.

    Attributes:
        person: Whose button its page shows, for ``choose``.
        transport: Leads to it: for ``Onboarding(transport=…)`` and ``SocialClient``.
        calls: How often each address was called over HTTP: ``"authorize"``,
            ``"decide"``, ``"token"``, and each read by its name.

    Raises:
        ValueError: When the provider signs ID tokens or has no addresses, or a reply
            belongs to no read.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        redirect_uri: str,
        replies: Recorded,
        clock: Clock = system_clock,
        switches: OAuth2Switches | None = None,
    ) -> None:
        if provider.openid or provider.endpoints is None:
            raise ValueError(f"{provider.name} speaks OpenID Connect: use FakeProvider")
        self.redirect_uris = (redirect_uri,)
        self.person = Person(subject="recorded", name="Whoever was recorded")
        self.calls: Counter[str] = Counter()
        self.transport = Network(self)
        self._endpoints = provider.endpoints
        self._reads = {read.name: read.url for read in provider.reads}
        self._switches = switches or OAuth2Switches()
        self._faults = Misbehaviour()
        self._desk = OAuth2Desk(
            provider, redirect_uri, clock, self._switches, self._faults
        )
        self._replies = self._checked(replies)
        host = urlsplit(self._endpoints.authorization).netloc
        self._brand = {"name": provider.title, "note": "", "host": host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app, by the address that was asked."""
        if scope["type"] != "http":
            raise RuntimeError(f"no {scope['type']} is spoken here")
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    def lives_at(self, url: str) -> bool:
        """Whether one of its addresses is on the host of this one."""
        known = (
            self._endpoints.authorization,
            self._endpoints.token,
            *self._reads.values(),
        )
        return any(same_place(urlsplit(url), urlsplit(one)) for one in known)

    # What tests do with it ────────────────────────────────────────────────────────

    def approve(self, url: str, replies: Recorded | None = None) -> WayBack:
        """Do what a person does who lets the client in; no HTTP.

        Args:
            url: The authorization request, as the client made it.
            replies: What is told of this person; that which it was built with when
                None.

        Returns:
            The URL to which the browser is sent, with a code, or with an error when
            the request is unsound; with ``form_post``, and the form beside it.

        Raises:
            AuthorizationRefused: When the browser would stay on an error page.
            ValueError: When the URL is not this provider's, or a reply no read's.
        """
        told = self._replies if replies is None else self._checked(replies)
        return self._desk.decide(url, told)

    def deny(self, url: str) -> WayBack:
        """Do what a person does who presses Cancel; as ``approve``."""
        return self._desk.decide(url, None)

    def misbehave(
        self, *faults: Fault, at: str | None = None
    ) -> AbstractContextManager[object]:
        """Put faults on: until ``behave``, or while the returned context lasts.

        Args:
            faults: What it does wrong, all at once.
            at: For faults that break an address, which one: ``"authorize"``,
                ``"decide"``, ``"token"`` (when None), or a read by its name.

        Raises:
            ValueError: When ``at`` is no such place, or given for a fault that breaks
                none; or when the fault is one of ID tokens, keys or discovery.
        """
        places = {"authorize", "decide", "token", *self._reads}
        if at is not None and at not in places:
            raise ValueError(f"at={at!r} is none of {', '.join(sorted(places))}")
        for fault in faults:
            if not _concerns(fault):
                raise ValueError(f"{fault.name} needs OpenID Connect")
            self._faults.add(fault, at)
        until = ExitStack()
        until.callback(self._faults.remove, faults)
        return until

    def behave(self) -> None:
        """Take every fault off; whoever is held up at the gate goes on."""
        self._faults.clear()

    @property
    def gate(self) -> Gate:
        """Where ``Fault.SLOW`` holds callers up; made anew when that is put on."""
        return self._faults.gate

    # Addresses ────────────────────────────────────────────────────────────────────

    async def _answer(self, request: Request) -> Response:
        found = self._find(request)
        if found is None:
            if (asset := pages.asset(request.url.path)) is not None:
                return asset
            return Response("Not Found", 404)
        name, handler = found
        self.calls[name] += 1
        return await self._faults.answer(name, partial(self._honest, handler, request))

    def _find(
        self, request: Request
    ) -> tuple[str, Callable[[Request], Awaitable[Response]]] | None:
        url = str(request.url)
        if same_path(url, self._endpoints.authorization):
            if request.method == "POST":
                return "decide", self._decided
            return "authorize", self._authorize
        if same_path(url, self._endpoints.token):
            return "token", self._token
        read = self._desk.reads.find(url)
        return None if read is None else (read, partial(self._desk.reads.answer, read))

    async def _honest(
        self, handler: Callable[[Request], Awaitable[Response]], request: Request
    ) -> Response:
        try:
            return await handler(request)
        except AuthorizationRefused as refused:
            return pages.refusal(str(refused), self._brand)
        except SentBack as refused:
            return self._send_back(self._desk.refuse(refused))
        except TokenRefused as refused:
            shapes = self._switches.refusal_shape, self._switches.answer_shape
            return refusal_response(refused, *shapes, request)

    async def _authorize(self, request: Request) -> Response:
        asked = self._desk.read(request.url.query)
        return pages.choose(asked, [self.person], self._brand)

    async def _decided(self, request: Request) -> Response:
        pressed = await read_form(request)
        is_let_in = pressed.get("person") == self.person.subject
        if not is_let_in and pressed.get("cancel") is None:
            raise AuthorizationRefused("nobody here has this subject")
        told = self._replies if is_let_in else None
        return self._send_back(self._desk.decide_query(request.url.query, told))

    def _send_back(self, back: WayBack) -> Response:
        if back.form is not None:
            return pages.post_back(back, back.form, self._brand)
        return RedirectResponse(back, 303)

    async def _token(self, request: Request) -> Response:
        told = self._desk.exchange(await read_token_call(request, self._switches))
        return token_response(told, self._switches.answer_shape, request)

    def _checked(self, replies: Recorded) -> Mapping[str, object]:
        if strange := replies.keys() - self._reads.keys() - {"token"}:
            raise ValueError(f"there is no read {min(strange)!r}")
        return dict(replies)


def _concerns(fault: Fault) -> bool:
    deed = fault.value
    if fault is Fault.MISSING_ID_TOKEN:
        return False
    if isinstance(deed, Altered):
        return set(deed.places) <= {"callback", "token"}
    return not isinstance(deed, Forged)
