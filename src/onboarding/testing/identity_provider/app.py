"""The provider itself: six endpoints over a desk that decides."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from onboarding.clock import Clock
from onboarding.testing.faults import OF_PUBLISHED_KEYS, Fault, FaultPlace
from onboarding.testing.identity_provider import answers, pages
from onboarding.testing.identity_provider.desk import Desk, PersonChoice, check_people
from onboarding.testing.identity_provider.forms import read_call, read_form
from onboarding.testing.identity_provider.misbehaviour import Gate, Misbehaviour
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    AuthorizationRequest,
    Client,
    Parameters,
    SentBack,
    TokenRefused,
    WayBack,
)
from onboarding.testing.identity_provider.switches import OpenIDSwitches
from onboarding.testing.network import Network, is_below, same_place
from onboarding.testing.people import Person
from onboarding.testing.signing import SigningAlgorithm, SigningKey

EndpointHandler = Callable[[Request], Awaitable[Response]]


class FakeProvider:
    """An OpenID provider in memory, as strict as a real one; an ASGI app.

    It knows the authorization code flow with PKCE (S256) and nothing else. Nobody
    types a password: its page lists the people and a button chooses one.

    Args:
        issuer: Its address; a slash at the end is part of its name, as at Auth0. Where
            it has a path, mount the app there; ``transport`` leads there as it is.
        clients: The apps registered with it.
        people: Those who have an account, in the order of the page.
        clock: Where it reads the time.
        name: What it is called on its page.
        note: A sentence below the people; empty leaves it out.
        algorithm: What signs its ID tokens: that of ``key``, else RS256. With HS256 the
            client's secret is the key, as at LINE, and none is published.
        key: What it signs with. An RSA key costs about 50 ms of CPU; tests that build
            many providers may share one.
        switches: In what it differs from a usual provider.

    Attributes:
        transport: Leads to it: for ``Onboarding(transport=…)`` and ``SocialClient``.
        calls: How often each endpoint was called over HTTP.

    Raises:
        ValueError: When the issuer is no ``http(s)`` address of host and path, two
            clients or people share an id, or the key is for another algorithm.
    """

    def __init__(
        self,
        issuer: str,
        clients: Sequence[Client],
        people: Sequence[Person],
        clock: Clock,
        *,
        name: str = "Fake ID",
        note: str = "",
        algorithm: SigningAlgorithm | None = None,
        key: SigningKey | None = None,
        switches: OpenIDSwitches | None = None,
    ) -> None:
        _check_issuer(issuer)
        check_people(people, clients)
        self.issuer = issuer
        self.people = tuple(people)
        self.clients = tuple(clients)
        self.calls: Counter[FaultPlace] = Counter()
        self.transport = Network(self)
        self._by_subject = {person.subject: person for person in people}
        self._brand = {"name": name, "note": note, "host": urlsplit(issuer).netloc}
        self._faults = Misbehaviour()
        self._switches = switches or OpenIDSwitches()
        self._desk = Desk(
            issuer,
            {client.client_id: client for client in clients},
            clock,
            key=_key(algorithm, key),
            switches=self._switches,
            faults=self._faults,
        )
        self._app = self._build()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""
        path = urlsplit(self.issuer).path.removesuffix("/")
        if path and not scope.get("root_path") and is_below(path, scope.get("path")):
            # Asked at its whole address, with nobody who mounted it there.
            scope = {**scope, "root_path": path}
        await self._app(scope, receive, send)

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Where it may send browsers back to."""
        return tuple(uri for one in self.clients for uri in one.redirect_uris)

    def lives_at(self, url: str) -> bool:
        """Whether an address is its own, or below it."""
        asked, own = urlsplit(url), urlsplit(self.issuer)
        below = own.path.removesuffix("/")
        return same_place(asked, own) and is_below(below, asked.path)

    # What tests do with it ────────────────────────────────────────────────────────

    def approve(self, url: str, person: Person | None = None) -> WayBack:
        """Do what the page does when somebody presses a button; no HTTP.

        Args:
            url: The authorization request, as the client made it.
            person: Who continues; need not be one of ``people``. None means the
                person that ``login_hint`` names, else the first.

        Returns:
            The URL to which the browser is sent, with a code, or with an error
            when the request is unsound; with ``form_post``, and the form beside it.

        Raises:
            AuthorizationRefused: When the browser would stay on an error page.
            ValueError: When the URL is not this provider's.
        """
        choice = _always(person) if person else self._obvious
        return self._desk.decide(self._parameters(url), choice)

    def deny(self, url: str) -> WayBack:
        """Do what the page does when somebody presses Cancel; as ``approve``."""
        return self._desk.decide(self._parameters(url), _always(None))

    def misbehave(
        self, *faults: Fault, at: FaultPlace | None = None
    ) -> AbstractContextManager[object]:
        """Put faults on: until ``behave``, or while the returned context lasts.

        Args:
            faults: What it does wrong, all at once.
            at: For faults that break an endpoint, which one; ``"token"`` when None.

        Raises:
            ValueError: When ``at`` is given for a fault that breaks no endpoint, or the
                fault is one of published keys and there are none.
        """
        for fault in faults:
            if fault in OF_PUBLISHED_KEYS and not self._desk.key.is_public:
                raise ValueError(f"{fault.name} needs a published key: HS256 has none")
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

    def rotate_key(self, key: SigningKey | None = None) -> None:
        """Sign with a new key from now on; the old one leaves the JWKS at once.

        It is made up when None. With HS256 nothing changes: it is the client's secret.
        """
        self._desk.key = key or SigningKey(self._desk.key.algorithm)

    # Endpoints ────────────────────────────────────────────────────────────────────

    def _build(self) -> Starlette:
        well_known = "/.well-known/openid-configuration"
        pushed = self._route("/pushed", "pushed", self._push, "POST")
        return Starlette(
            routes=[
                self._route(well_known, "discovery", self._discovery),
                self._route("/jwks", "jwks", self._jwks),
                self._route("/authorize", "authorize", self._authorize),
                self._route("/authorize", "decide", self._chosen, "POST"),
                self._route("/token", "token", self._token, "POST"),
                self._route("/userinfo", "userinfo", self._userinfo, "GET", "POST"),
                *([pushed] if self._switches.pushed_requests else []),
                *pages.assets(),
            ],
        )

    def _route(
        self, path: str, endpoint: FaultPlace, handler: EndpointHandler, *methods: str
    ) -> Route:
        async def answer(request: Request) -> Response:
            self.calls[endpoint] += 1
            return await self._faults.answer(
                endpoint, partial(self._honest, handler, request)
            )

        return Route(path, answer, methods=methods or ("GET",))

    async def _honest(self, handler: EndpointHandler, request: Request) -> Response:
        try:
            return await handler(request)
        except AuthorizationRefused as refused:
            return pages.refusal(str(refused), self._brand)
        except SentBack as refused:
            return self._send_back(self._desk.refuse(refused))
        except TokenRefused as refused:
            return answers.token_error(refused)

    async def _discovery(self, _: Request) -> Response:
        return _json(self._desk.discovery())

    async def _jwks(self, _: Request) -> Response:
        return _json(self._desk.jwks())

    async def _push(self, request: Request) -> Response:
        return _json(self._desk.push(await read_call(request)), 201)

    async def _authorize(self, request: Request) -> Response:
        asked = self._desk.read(self._desk.parameters(request.url.query))
        return pages.choose(asked, self.people, self._brand)

    async def _chosen(self, request: Request) -> Response:
        form = await read_form(request)
        person = self._by_subject.get(form.get("person") or "")
        if person is None and form.get("cancel") is None:
            raise AuthorizationRefused("nobody here has this subject")
        shown = self._desk.parameters(request.url.query)
        return self._send_back(self._desk.decide(shown, _always(person)))

    def _send_back(self, back: WayBack) -> Response:
        if back.form is not None:
            return pages.post_back(back, back.form, self._brand)
        return RedirectResponse(back, 303)

    async def _token(self, request: Request) -> Response:
        return _json(self._desk.exchange(await read_call(request)))

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = self._desk.grants.find(token) if scheme.lower() == "bearer" else None
        if known is None:
            return answers.no_bearer(token)
        told = self._desk.userinfo(known)
        if isinstance(told, str):
            return Response(told, media_type="application/jwt")
        return _json(told)

    # How they come by it ──────────────────────────────────────────────────────────

    def _parameters(self, url: str) -> Parameters:
        address, _, query = url.partition("?")
        if address != f"{self.issuer.removesuffix('/')}/authorize":
            raise ValueError(f"{address} is not where {self.issuer} authorizes")
        return self._desk.parameters(query)

    def _obvious(self, request: AuthorizationRequest) -> Person:
        hinted = (p for p in self.people if pages.is_hinted(request, p))
        return next(hinted, self.people[0])


def _always(person: Person | None) -> PersonChoice:
    return lambda _: person


def _json(told: object, status: int = 200) -> Response:
    return JSONResponse(told, status, answers.NO_STORE)


def _key(algorithm: SigningAlgorithm | None, key: SigningKey | None) -> SigningKey:
    made = key or SigningKey(algorithm or "RS256")
    if algorithm not in {None, made.algorithm}:
        raise ValueError(f"algorithm={algorithm!r}, and a key for {made.algorithm}")
    return made


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"{issuer!r} is no http(s) address")
    if parts.query or parts.fragment:
        raise ValueError(f"{issuer!r} must be host and path only")
