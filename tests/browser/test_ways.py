"""The side roads of a sign-in, and of one below a prefix, as a person walks them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from onboarding import Onboarding, SessionPolicy
from onboarding.accounts.model import EmailTrust
from onboarding.clock import system_clock
from onboarding.providers import Local
from onboarding.testing import Client, FakeProvider, Fault, Loopback
from onboarding.testing import Person as Subject
from tests.browser.person import Person, coming, on_phone_and_desktop
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
        fresh: How long a sign-in is fresh.
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        sends_metadata: bool = True,
        fresh: timedelta = timedelta(minutes=10),
    ) -> None:
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
            sessions=SessionPolicy(fresh=fresh),
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
def new_guest(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Let people come to an inn."""
    with coming(chromium) as come:
        yield come


NewGuest = Callable[..., Person]


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


# ── ways in one's own hands ──────────────────────────────────────────────────


@on_phone_and_desktop
def test_a_second_way_is_added_and_the_first_taken_away(
    new_guest: NewGuest, size: str, theme: str
) -> None:
    """On My data; each page says what it means, and what came of it."""
    with serving(Inn()) as inn:
        kim = new_guest(inn, size=size, theme=theme)
        kim.open("/")
        kim.press("Go on with Lamplight ID")
        kim.continue_as("Kim de Vries")
        kim.open("/welcome/sign-in")
        kim.sees_heading("Ways to sign in")
        kim.look("ways-6-to-add")
        kim.open("/welcome/account")
        kim.look("ways-7-my-data")
        kim.press("Add Harbour ID")
        kim.continue_as("Kim Twin")
        kim.sees("Added. You can sign in that way from now on, too.")
        kim.follow("Take away Lamplight ID")
        kim.sees_heading("Take Lamplight ID away?")
        kim.look("ways-8-unlink")
        kim.press("Take Lamplight ID away")
        kim.sees("Taken away. Nobody comes in here that way any more.")
        kim.sees_button("Add Lamplight ID")
        kim.look("ways-9-unlinked")
        again = new_guest(inn, size=size, theme=theme)
        again.open("/")
        again.press("Go on with Harbour ID")
        again.continue_as("Kim Twin")
        again.sees_heading("/ of registered")


def test_ways_in_dutch_and_without_script(new_guest: NewGuest) -> None:
    """Nothing is missing: plain forms and links do all of it."""
    with serving(Inn()) as inn:
        sam = new_guest(inn, script=False, language="nl-NL")
        sam.open("/welcome/sign-in")
        sam.press("Verder met Lamplight ID")
        sam.continue_as("Sam Bakker")
        sam.open("/welcome/account")
        sam.follow("Weghalen Lamplight ID")
        sam.sees("Dit is je enige weg terug.")
        sam.follow("Nog een manier toevoegen")
        sam.press("Harbour ID toevoegen")
        sam.continue_as("Kim Twin")
        sam.sees("Toegevoegd. Je kunt voortaan ook zo inloggen.")
        sam.follow("Weghalen Lamplight ID")
        sam.press("Lamplight ID weghalen")
        sam.sees("Weggehaald. Zo komt niemand hier nog binnen.")


@on_phone_and_desktop
def test_who_signed_in_a_while_ago_does_so_once_more(
    new_guest: NewGuest, size: str, theme: str
) -> None:
    """With a way that they have; what they wanted to change is as it was."""
    with serving(Inn(fresh=timedelta(microseconds=1))) as inn:
        kim = new_guest(inn, size=size, theme=theme)
        kim.open("/")
        kim.press("Go on with Lamplight ID")
        kim.continue_as("Kim de Vries")
        kim.open("/welcome/account")
        kim.press("Add Harbour ID")
        kim.sees_heading("Sign in once more")
        kim.look("ways-10-once-more")
        kim.press("Sign in with Lamplight ID")
        kim.continue_as("Kim de Vries")
        kim.sees_heading("My data")
        kim.sees("Kim de Vries")
        kim.sees_button("Add Harbour ID")
