"""A shop with three ways to sign in, and browsers that walk through it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx2
from starlette.types import ASGIApp

from onboarding.accounts.model import CurrentSession, EmailTrust
from onboarding.accounts.outcome import SignInResult
from onboarding.cookies import CookieSpec
from onboarding.deadlines import Deadlines
from onboarding.providers import GitHub, OpenIDConnect, Provider
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.granted import TokenHandover
from onboarding.social.model import (
    AlreadyIn,
    Finished,
    HttpPolicy,
    SignInWishes,
    Started,
)
from onboarding.social.service import SocialService
from onboarding.social.waiting import WaitingIdentities
from onboarding.testing import Client, FakeProvider, FrozenClock, Person, SigningKey
from onboarding.tokens import Ids, Keys
from tests.social.github import FakeGitHub
from tests.world import World

ORIGIN = "https://shop.example"
URL = f"{ORIGIN}/welcome"
ISSUER = "https://id.example"
RIVAL = "https://rival.example"
SECRET = "s3cret/with+signs=that%travel"

KIM = Person(
    subject="kim-1", name="Kim de Vries", email="kim@example.org", email_verified=True
)
SAM = Person(subject="sam-2")


class Hosts(httpx2.AsyncBaseTransport):
    """Leads to apps by the host of the address, and remembers what was asked."""

    def __init__(self, apps: Mapping[str, ASGIApp]):
        self.requests: list[httpx2.Request] = []
        self._ways: dict[str, httpx2.ASGITransport] = {}
        for host, app in apps.items():
            self.lead(host, app)

    def lead(self, host: str, app: ASGIApp) -> None:
        """Let this app answer at a host from now on."""
        self._ways[host] = httpx2.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Hand the request to whoever answers at its host."""
        self.requests.append(request)
        if request.url.host not in self._ways:
            raise httpx2.ConnectError("nobody answers there")
        return await self._ways[request.url.host].handle_async_request(request)


def registered(name: str) -> Client:
    """Return the shop as it is registered with a provider."""
    return Client(
        client_id="shop",
        client_secret=SECRET,
        redirect_uris=(f"{URL}/callback/{name}",),
    )


def openid(name: str, issuer: str) -> OpenIDConnect:
    """Return a provider whose word about addresses counts."""
    return OpenIDConnect(
        name=name,
        title=name.title(),
        issuer=issuer,
        client_id="shop",
        client_secret=SECRET,
        email_trust=EmailTrust.VERIFIED,
    )


@dataclass
class Scene:
    """The services of a shop, and the providers at the other end of the wire."""

    world: World
    key: SigningKey
    http: HttpPolicy = field(default_factory=HttpPolicy)

    def __post_init__(self) -> None:
        """Put the shop and its providers together."""
        self.id = self._provider("id", ISSUER)
        self.rival = self._provider("rival", RIVAL)
        self.github = FakeGitHub(SECRET)
        self.wire = Hosts(
            {
                "id.example": self.id,
                "rival.example": self.rival,
                "github.com": self.github,
                "api.github.com": self.github,
            }
        )
        self.providers: dict[str, Provider] = {
            "id": openid("id", ISSUER),
            "rival": openid("rival", RIVAL),
            "github": GitHub(client_id="shop", client_secret=SECRET),
        }
        self.start()

    @property
    def clock(self) -> FrozenClock:
        """The clock of everybody."""
        return self.world.clock

    def _provider(self, name: str, issuer: str) -> FakeProvider:
        shops, people = [registered(name)], [KIM, SAM]
        return FakeProvider(issuer, shops, people, self.clock, key=self.key)

    def start(self, keys: Keys | None = None) -> None:
        """Put the services together, as each process of the shop does."""
        self.flow = CodeFlow(
            SocialClient(self.http, self.wire, clock=self.clock),
            self.clock,
            providers=self.providers,
            url=URL,
        )
        self.waiting = WaitingIdentities(
            self.world.accounts, self.world.intents, self.providers
        )
        self.social = SocialService(
            self.world.store,
            self.clock,
            Ids(self.clock),
            accounts=self.world.accounts,
            intents=self.world.intents,
            keys=keys or self.world.keys,
            flow=self.flow,
            waiting=self.waiting,
            handover=TokenHandover(None, Deadlines(), self.clock),
            origin=ORIGIN,
            home="/home",
        )

    def browser(self) -> "Browser":
        """Return a browser that nobody has used yet."""
        return Browser(self)


@dataclass
class Browser:
    """Keeps cookies, and follows redirects to providers and back."""

    scene: Scene
    cookies: dict[str, str] = field(default_factory=dict)
    session: str | None = None

    async def current(self) -> CurrentSession | None:
        """Return who this browser is now."""
        if self.session is None:
            return None
        return await self.scene.world.sessions.find(self.session)

    async def begin(
        self,
        provider: str = "id",
        next: str = "/cart",
        wishes: SignInWishes | None = None,
    ) -> Started:
        """Press the button of a provider."""
        started = await self.scene.social.begin(
            provider,
            next=next,
            current=await self.current(),
            cookies=self.cookies,
            wishes=wishes,
        )
        self.keep(started.cookies)
        return started

    async def finish(self, callback: str) -> Finished | AlreadyIn:
        """Come back from a provider, to the address it named."""
        name, params = taken_apart(callback)
        finished = await self.scene.social.finish(
            name, params, self.cookies, await self.current()
        )
        return self._arrived(finished)

    async def restart(self, callback: str) -> Started:
        """Begin once more, after coming back with a state of no attempt."""
        name, params = taken_apart(callback)
        started = await self.scene.social.restart(
            name, params, current=await self.current(), cookies=self.cookies
        )
        self.keep(started.cookies)
        return started

    async def confirm(self) -> Finished | AlreadyIn:
        """Say yes to the identity that waits."""
        finished = await self.scene.waiting.confirm(await self.current(), self.cookies)
        return self._arrived(finished)

    async def go(self, person: Person = KIM, next: str = "/cart") -> Finished:
        """Sign in with the first provider, from the button to the end."""
        started = await self.begin(next=next)
        finished = await self.finish(self.scene.id.approve(started.location, person))
        assert isinstance(finished, Finished)
        return finished

    async def sign_in(self, person: Person = KIM) -> SignInResult:
        """Sign in with the first provider, and succeed."""
        signed_in = (await self.go(person)).signed_in
        assert signed_in is not None
        return signed_in

    def keep(self, specs: tuple[CookieSpec, ...]) -> None:
        """Set and clear cookies as a browser does."""
        for spec in specs:
            self.cookies.pop(spec.name, None)
            if spec.max_age > 0:
                self.cookies[spec.name] = spec.value

    def _arrived(self, finished: Finished | AlreadyIn) -> Finished | AlreadyIn:
        if isinstance(finished, AlreadyIn):
            return finished
        self.keep(finished.cookies)
        if finished.signed_in is not None:
            self.session = finished.signed_in.new_session.token.reveal()
        return finished


def taken_apart(callback: str) -> tuple[str, dict[str, list[str]]]:
    """Return the provider and the parameters of a callback address."""
    parts = urlsplit(callback)
    return parts.path.rpartition("/")[2], parse_qs(parts.query)


def asked(location: str) -> dict[str, str]:
    """Return the parameters of an authorization request."""
    return {name: value for name, [value] in parse_qs(urlsplit(location).query).items()}
