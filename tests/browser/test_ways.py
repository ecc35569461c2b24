"""The side roads of a sign-in, and of one below a prefix, as a person walks them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from onboarding import Onboarding
from onboarding.accounts.model import EmailTrust
from onboarding.clock import system_clock
from onboarding.providers import Local
from onboarding.testing import Client, FakeProvider, Fault, Loopback
from onboarding.testing import Person as Subject
from tests.browser.person import Person, coming
from tests.docs.serving import served

KIM = Subject(
    subject="kim", name="Kim de Vries", email="kim@example.org", email_verified=True
)
SAM = Subject(subject="sam", name="Sam Bakker")
TWIN = Subject(
    subject="kim-2", name="Kim Twin", email="kim@example.org", email_verified=True
)
SECRET = "a secret of the inn"


class Inn:
    """An application with our pages, and two providers that it signs people in with.

    Args:
        prefix: The path below which it stands, told to it by its server.
        sends_metadata: Whether browsers send Fetch Metadata, as all of today's do.
    """

    def __init__(self, prefix: str = "", *, sends_metadata: bool = True) -> None:
        self.prefix, self._sends_metadata = prefix, sends_metadata
        self.at, *self.providers_at = Loopback(), Loopback(), Loopback()
        self.url = self.at.url
        self.lamplight = self._provider(0, "lamplight", "Lamplight ID", KIM, SAM)
        self.harbour = self._provider(1, "harbour", "Harbour ID", TWIN)
        self.onboarding = Onboarding(
            url=f"{self.url}{prefix}/welcome",
            secret_key="a key for tests, of more than thirty-two bytes",
            database="memory:",
            providers=[
                Local(
                    name=name,
                    title=title,
                    issuer=self.providers_at[number].url,
                    client_id="inn",
                    client_secret=SECRET,
                    email_trust=EmailTrust.VERIFIED,
                )
                for number, name, title in (
                    (0, "lamplight", "Lamplight ID"),
                    (1, "harbour", "Harbour ID"),
                )
            ],
            name="The Inn",
            home=f"{prefix}/",
        )
        self.app = Starlette(
            routes=[
                Route("/", self.room),
                Route("/checkout", self.room),
                self.onboarding.mount,
            ],
            middleware=[self.onboarding.middleware],
            lifespan=self.onboarding.lifespan,
        )

    def _provider(
        self, number: int, name: str, title: str, *people: Subject
    ) -> FakeProvider:
        client = Client(
            client_id="inn",
            client_secret=SECRET,
            redirect_uris=(f"{self.url}{self.prefix}/welcome/callback/{name}",),
        )
        issuer = self.providers_at[number].url
        return FakeProvider(issuer, [client], people, system_clock, name=title)

    async def room(self, request: Request) -> Response:
        """Say where one is, and who one is."""
        account = self.onboarding.account(request)
        who = "nobody" if account is None else account.kind.value
        sign_in = await self.onboarding.partial("sign_in", request)
        return HTMLResponse(
            f"<!doctype html><html lang=en><title>The Inn</title>"
            f"<h1>{request.url.path} of {who}</h1>{sign_in}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, as a server does that was told the prefix."""
        if scope["type"] == "http":
            scope["root_path"] = self.prefix
            if not self._sends_metadata:
                scope["headers"] = [
                    (name, value)
                    for name, value in scope["headers"]
                    if not name.startswith(b"sec-fetch-")
                ]
        await self.app(scope, receive, send)


@contextmanager
def serving(inn: Inn) -> Iterator[Inn]:
    """Serve an inn and its providers."""
    apps: list[tuple[Loopback, ASGIApp]] = [(inn.at, inn)]
    apps += zip(inn.providers_at, (inn.lamplight, inn.harbour), strict=True)
    with served(*reversed(apps)):
        yield inn


@pytest.fixture
def new_guest(chromium: Browser) -> Iterator[Callable[[Inn], Person]]:
    """Let people come to an inn."""
    with coming(chromium) as come:
        yield come


NewGuest = Callable[[Inn], Person]


def test_every_side_road_leads_where_one_wanted_to_go(new_guest: NewGuest) -> None:
    """Stopping, another language, an error of the provider, and then a second go."""
    with serving(Inn()) as inn:
        kim = new_guest(inn)
        kim.open("/checkout")
        kim.press("Go on with Lamplight ID")
        kim.press("Cancel")
        kim.sees("You stopped at Lamplight ID. Nothing changed.")
        kim.press("Nederlands")
        kim.look("ways-1-stopped")
        with inn.lamplight.misbehave(Fault.WRONG_NONCE):
            kim.press("Verder met Lamplight ID")
            kim.continue_as("Kim de Vries")
            kim.sees("Lamplight ID kon je niet inloggen")
        kim.look("ways-2-failed")
        kim.press("Lamplight ID opnieuw proberen")
        kim.continue_as("Kim de Vries")
        kim.sees_heading("/checkout of registered")


def test_going_back_to_the_provider_and_choosing_again(new_guest: NewGuest) -> None:
    """Who is signed in by that very attempt goes on, and reads of no error."""
    with serving(Inn()) as inn:
        kim = new_guest(inn)
        kim.open("/checkout")
        kim.press("Go on with Lamplight ID")
        for _ in range(2):
            kim.continue_as("Kim de Vries")
            kim.sees_heading("/checkout of registered")
            kim.go_back()
        kim.press("Cancel")
        kim.sees_heading("/checkout of registered")


def test_somebody_else_than_the_owner_finds_a_way(new_guest: NewGuest) -> None:
    """The page says who is signed in, and leads to the yes that works."""
    with serving(Inn()) as inn:
        owner = new_guest(inn)
        owner.open("/")
        owner.press("Go on with Lamplight ID")
        owner.continue_as("Kim de Vries")
        owner.sees_heading("/ of registered")

        kim = new_guest(inn)
        kim.open("/checkout")
        kim.press("Go on with Harbour ID")
        kim.continue_as("Kim Twin")
        kim.sees_heading("Is this you?")
        kim.press("Sign in with Lamplight ID")
        kim.continue_as("Sam Bakker")
        kim.sees("You are signed in as Sam Bakker.")
        kim.look("ways-3-somebody-else")
        kim.press("Sign out, and show that it is you")
        kim.press("Sign in with Lamplight ID")
        kim.continue_as("Kim de Vries")
        kim.sees("You are signed in as Kim de Vries.")
        kim.look("ways-4-owner")
        kim.press("Yes, add Harbour ID")
        kim.sees_heading("/checkout of registered")


def test_the_button_of_our_own_error_page_works(new_guest: NewGuest) -> None:
    """Also in a browser that sends no Fetch Metadata: it sends an origin of ours."""
    with serving(Inn(sends_metadata=False)) as inn:
        kim = new_guest(inn)
        kim.open("/checkout")
        with inn.lamplight.misbehave(Fault.WRONG_NONCE):
            kim.press("Go on with Lamplight ID")
            kim.continue_as("Kim de Vries")
            kim.sees("Lamplight ID could not sign you in")
        kim.press("Try Lamplight ID again")
        kim.continue_as("Kim de Vries")
        kim.sees_heading("/checkout of registered")


def test_a_sign_in_below_a_prefix(new_guest: NewGuest) -> None:
    """Pages, styles and redirects are all found below it."""
    with serving(Inn(prefix="/inn")) as inn:
        kim = new_guest(inn)
        kim.open("/inn/welcome/sign-in?next=/inn/checkout")
        kim.look("ways-5-below-a-prefix")
        kim.press("Go on with Lamplight ID")
        kim.continue_as("Kim de Vries")
        kim.sees_heading("/inn/checkout of registered")
        kim.open("/inn/welcome/account")
        kim.press("Sign out")
        kim.sees_heading("/inn/ of nobody")
