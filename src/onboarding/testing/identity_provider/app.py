"""The provider itself: five endpoints over a few dictionaries."""

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
from onboarding.testing.faults import Fault, FaultPlace, ReplyKind
from onboarding.testing.id_tokens import Json, SigningKey
from onboarding.testing.identity_provider import answers, pages
from onboarding.testing.identity_provider.authorize import read_request
from onboarding.testing.identity_provider.grants import Grant, Grants, authenticate
from onboarding.testing.identity_provider.misbehaviour import Gate, Misbehaviour
from onboarding.testing.identity_provider.model import (
    AuthorizationRefused,
    AuthorizationRequest,
    Client,
    Parameters,
    SentBack,
    TokenRefused,
)
from onboarding.testing.people import Person
from onboarding.web.context.headers import FORM_TYPE

EndpointHandler = Callable[[Request], Awaitable[Response]]

PersonChoice = Callable[[AuthorizationRequest], Person | None]


class FakeProvider:
    """An OpenID provider in memory, as strict as a real one; an ASGI app.

    It knows the authorization code flow with PKCE (S256) and nothing else. Nobody
    types a password: its page lists the people and a button chooses one.

    Args:
        issuer: Its address, without a slash at the end. Where it has a path, mount
            the app there.
        clients: The apps registered with it.
        people: Those who have an account, in the order of the page.
        clock: Where it reads the time.
        name: What it is called on its page.
        note: A sentence below the people; empty leaves it out.
        key: What it signs with. Being built costs about 50 ms of CPU for making one;
            tests that build many providers may share it.

    Attributes:
        calls: How often each endpoint was called over HTTP.

    Raises:
        ValueError: When the issuer ends with a slash or is no ``http(s)`` address,
            or two clients or people share an id.
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
        key: SigningKey | None = None,
    ) -> None:
        _check_issuer(issuer)
        self.issuer = issuer
        self.people = tuple(people)
        self.calls: Counter[FaultPlace] = Counter()
        self._clients = {client.client_id: client for client in clients}
        self._by_subject = {person.subject: person for person in people}
        if (len(self._clients), len(self._by_subject)) != (len(clients), len(people)):
            raise ValueError("two clients or two people share an id")
        self._brand = {"name": name, "note": note, "host": urlsplit(issuer).netloc}
        self._clock = clock
        self._key = key or SigningKey()
        self._grants = Grants(clock)
        self._faults = Misbehaviour()
        self._app = self._build()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""
        await self._app(scope, receive, send)

    # What tests do with it ────────────────────────────────────────────────────────

    def approve(self, url: str, person: Person | None = None) -> str:
        """Do what the page does when somebody presses a button; no HTTP.

        Args:
            url: The authorization request, as the client made it.
            person: Who continues; need not be one of ``people``. None means the
                person that ``login_hint`` names, else the first.

        Returns:
            The URL to which the browser is sent, with a code, or with an error
            when the request is unsound.

        Raises:
            AuthorizationRefused: When the browser would stay on an error page.
            ValueError: When the URL is not this provider's.
        """
        choice = _always(person) if person else self._obvious
        return self._decide(self._parameters(url), choice)

    def deny(self, url: str) -> str:
        """Do what the page does when somebody presses Cancel; as ``approve``."""
        return self._decide(self._parameters(url), _always(None))

    def misbehave(
        self, *faults: Fault, at: FaultPlace | None = None
    ) -> AbstractContextManager[object]:
        """Put faults on: until ``behave``, or while the returned context lasts.

        Args:
            faults: What it does wrong, all at once.
            at: For faults that break an endpoint, which one; ``"token"`` when None.

        Raises:
            ValueError: When ``at`` is given for a fault that breaks no endpoint.
        """
        for fault in faults:
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

    def rotate_key(self) -> None:
        """Sign with a new key from now on; the old one leaves the JWKS at once."""
        self._key = SigningKey()

    # Endpoints ────────────────────────────────────────────────────────────────────

    def _build(self) -> Starlette:
        well_known = "/.well-known/openid-configuration"
        return Starlette(
            routes=[
                self._route(well_known, "discovery", self._discovery),
                self._route("/jwks", "jwks", self._jwks),
                self._route("/authorize", "authorize", self._authorize),
                self._route("/authorize", "decide", self._chosen, "POST"),
                self._route("/token", "token", self._token, "POST"),
                self._route("/userinfo", "userinfo", self._userinfo, "GET", "POST"),
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
            return RedirectResponse(self._refused_url(refused), 303)
        except TokenRefused as refused:
            return answers.token_error(refused)

    async def _discovery(self, _: Request) -> Response:
        return self._json("discovery", answers.metadata(self.issuer))

    async def _jwks(self, _: Request) -> Response:
        return self._json("jwks", {"keys": [self._key.public_jwk()]})

    async def _authorize(self, request: Request) -> Response:
        asked = read_request(Parameters(request.url.query), self._clients)
        return pages.choose(asked, self.people, self._brand)

    async def _chosen(self, request: Request) -> Response:
        form = await _form(request)
        person = self._by_subject.get(form.get("person") or "")
        if person is None and form.get("cancel") is None:
            raise AuthorizationRefused("nobody here has this subject")
        query = Parameters(request.url.query)
        return RedirectResponse(self._decide(query, _always(person)), 303)

    async def _token(self, request: Request) -> Response:
        parameters = await _form(request)
        shown = request.headers.get("authorization")
        client = authenticate(shown, parameters, self._clients)
        access_token, grant = self._grants.redeem(client, parameters)
        id_token = self._sign(grant, access_token)
        told = answers.token_answer(grant, access_token, id_token)
        return self._json("token", told)

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.find(token) if scheme.lower() == "bearer" else None
        if grant is None:
            return answers.no_bearer(token)
        return self._json("userinfo", grant.person.claims(grant.request.scopes))

    # How they come by it ──────────────────────────────────────────────────────────

    def _json(self, place: ReplyKind, honest: Json) -> Response:
        told = self._faults.tell(place, honest)
        return JSONResponse(told, headers=answers.NO_STORE)

    def _sign(self, grant: Grant, access_token: str) -> str:
        now = self._clock()
        honest = answers.id_token_claims(self.issuer, grant, access_token, now)
        told = self._faults.tell("id_token", honest)
        return self._faults.signing()(self._key, self._key.header(), told)

    def _decide(self, parameters: Parameters, choose: PersonChoice) -> str:
        try:
            request = read_request(parameters, self._clients)
            person = choose(request)
            if person is None:
                raise _denied(request)
        except SentBack as refused:
            return self._refused_url(refused)
        code = self._grants.issue_code(request, person)
        return self._callback(request.redirect_uri, request.state, {"code": code})

    def _refused_url(self, refused: SentBack) -> str:
        why: Json = {"error": refused.error, "error_description": refused.description}
        return self._callback(refused.redirect_uri, refused.state, why)

    def _callback(self, redirect_uri: str, state: str | None, outcome: Json) -> str:
        # The issuer goes with errors too (RFC 9207 §2).
        known = {} if state is None else {"state": state}
        honest = outcome | known | {"iss": self.issuer}
        return answers.callback(redirect_uri, self._faults.tell("callback", honest))

    def _parameters(self, url: str) -> Parameters:
        address, _, query = url.partition("?")
        if address != f"{self.issuer}/authorize":
            raise ValueError(f"{address} is not where {self.issuer} authorizes")
        return Parameters(query)

    def _obvious(self, request: AuthorizationRequest) -> Person:
        hinted = (p for p in self.people if pages.is_hinted(request, p))
        return next(hinted, self.people[0])


def _always(person: Person | None) -> PersonChoice:
    return lambda _: person


def _denied(request: AuthorizationRequest) -> SentBack:
    return SentBack(
        "access_denied",
        "the person pressed Cancel",
        redirect_uri=request.redirect_uri,
        state=request.state,
    )


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"{issuer!r} is no http(s) address")
    if issuer.endswith("/") or parts.query or parts.fragment:
        raise ValueError(f"{issuer!r} must be host and path only, no slash at the end")


async def _form(request: Request) -> Parameters:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if media_type.lower() != FORM_TYPE:
        raise TokenRefused("invalid_request", f"the body must be {FORM_TYPE}")
    parameters = Parameters((await request.body()).decode(errors="replace"))
    if name := parameters.repeated():
        raise TokenRefused("invalid_request", f"{name} was sent more than once")
    return parameters
