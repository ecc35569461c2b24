"""A command line that signs in by the browser of its person, as Chromium has it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from onboarding import App, Onboarding
from onboarding.apps.model import GUEST_GRANT
from onboarding.clock import system_clock
from onboarding.providers import Local
from onboarding.testing import Client, FakeProvider, Loopback
from onboarding.testing import Person as Subject
from onboarding.tokens import hash_secret
from tests.browser.person import Person, coming, on_phone_and_desktop
from tests.docs.serving import served

KIM = Subject(subject="kim", name="Kim de Vries", email="kim@example.org")
SECRET = "a secret of the harbour"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-0123"


class Harbour:
    """An application with a command line, a provider, and where that line listens."""

    def __init__(self) -> None:
        self.at, self.provider_at, self.line_at = Loopback(), Loopback(), Loopback()
        self.url = self.at.url
        client = Client(
            client_id="harbour",
            client_secret=SECRET,
            redirect_uris=(f"{self.url}/welcome/callback/lamplight",),
        )
        issuer = self.provider_at.url
        self.provider = FakeProvider(issuer, [client], [KIM], system_clock)
        self.onboarding = Onboarding(
            url=f"{self.url}/welcome",
            secret_key="a key for tests, of more than thirty-two bytes",
            database="memory:",
            providers=[
                Local(
                    name="lamplight",
                    title="Lamplight ID",
                    issuer=issuer,
                    client_id="harbour",
                    client_secret=SECRET,
                )
            ],
            apps=[
                App(
                    "cli",
                    redirect_uris=["http://127.0.0.1/callback"],
                    title="Harbour line",
                )
            ],
        )
        self.app = Starlette(
            routes=[Route("/", self.who), self.onboarding.mount],
            middleware=[self.onboarding.middleware],
            lifespan=self.onboarding.lifespan,
        )
        self.brought: list[dict[str, str]] = []
        self.line = Starlette(routes=[Route("/callback", self.listen)])
        self.redirect_uri = f"{self.line_at.url}/callback"

    async def who(self, request: Request) -> Response:
        """Say who is here."""
        account = self.onboarding.account(request)
        return PlainTextResponse(f"{account.kind} {account.id}" if account else "")

    async def listen(self, request: Request) -> Response:
        """Take what the browser brings."""
        self.brought.append(dict(request.query_params))
        return HTMLResponse(
            "<!doctype html><html lang=en><title>Done</title>"
            "<h1>You can close this</h1>"
        )

    def post(self, path: str, token: str = "", **said: str) -> dict[str, str]:
        """Do what the command line does."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        at = f"{self.url}/welcome/app/{path}"
        told: dict[str, str] = httpx2.post(at, data=said, headers=headers).json()
        return told

    def is_(self, token: str) -> str:
        """Return who a token is."""
        return httpx2.get(self.url, headers={"authorization": f"Bearer {token}"}).text

    def push(self, token: str) -> str:
        """Push a request; return the address that it opens."""
        return self.post(
            "push",
            token,
            client_id="cli",
            redirect_uri=self.redirect_uri,
            response_type="code",
            code_challenge=hash_secret(VERIFIER),
            code_challenge_method="S256",
            state="s-1",
        )["open_at"]


@contextmanager
def serving(harbour: Harbour) -> Iterator[Harbour]:
    """Serve all three."""
    with served(
        (harbour.provider_at, harbour.provider),
        (harbour.line_at, harbour.line),
        (harbour.at, harbour.app),
    ):
        yield harbour


@pytest.fixture
def new_person(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Let people come to the harbour."""
    with coming(chromium) as come:
        yield come


@on_phone_and_desktop
def test_a_guest_of_a_command_line_signs_in(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """By the page that it opens; the policy of that page lets the answer through."""
    with serving(Harbour()) as harbour:
        began = harbour.post("token", client_id="cli", grant_type=GUEST_GRANT)
        guest = harbour.is_(began["access_token"])
        kim = new_person(harbour, size=size, theme=theme)
        kim.open(harbour.push(began["access_token"]))
        kim.sees_heading("Sign in to Harbour line")
        kim.look("apps-1-visitor")
        kim.press("Sign in")
        kim.press("Go on with Lamplight ID")
        kim.continue_as("Kim de Vries")
        kim.sees_heading("Let Harbour line act for you?")
        kim.look("apps-2-yes-or-no")
        kim.press("Yes, let it")
        kim.sees_heading("You can close this")

        (answer,) = harbour.brought
        assert answer["state"] == "s-1"
        given = harbour.post(
            "token",
            grant_type="authorization_code",
            client_id="cli",
            redirect_uri=harbour.redirect_uri,
            code=answer["code"],
            code_verifier=VERIFIER,
        )
        now = harbour.is_(given["access_token"])
        assert now == guest.replace("guest", "registered")
