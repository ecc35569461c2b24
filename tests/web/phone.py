"""An app on somebody's phone, or a command line: no cookies, and a token of its own."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from onboarding import App
from onboarding.apps.model import GUEST_GRANT
from onboarding.tokens import hash_secret
from tests.web.site import ORIGIN, Browser, Site, query

CALLBACK = "https://shop.example/app/callback"
AUTHORIZE = "/welcome/app/authorize"
PUSH = "/welcome/app/push"
TOKEN = "/welcome/app/token"
REVOKE = "/welcome/app/revoke"

APPS = (
    App("shop-ios", redirect_uris=[CALLBACK], title="Lamplight for iOS"),
    App("cli", redirect_uris=["http://127.0.0.1/callback", "http://[::1]/callback"]),
)


@dataclass
class Phone:
    """Does what an app does, as RFC 8252 has it.

    Attributes:
        token: The token that it holds, if any.
    """

    site: Site
    client_id: str = "shop-ios"
    redirect_uri: str = CALLBACK
    verifier: str = "a-verifier-of-forty-three-characters-or-more-0123"
    state: str | None = "s-1"
    token: str | None = None
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        """Start without a token."""
        transport = httpx2.ASGITransport(app=self.site.app)
        self.client = httpx2.AsyncClient(transport=transport, base_url=ORIGIN)

    def headers(self) -> dict[str, str]:
        """Return what goes with every request of the app."""
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask for something."""
        return await self.client.get(path, headers=self.headers() | headers)

    async def post(
        self, path: str, data: dict[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """Send a form."""
        given = self.headers() | headers
        return await self.client.post(path, data=data or {}, headers=given)

    async def answer(self, genre: str) -> None:
        """Answer a question, in JSON."""
        told = {"answers": {"genre": genre}}
        sent = await self.client.post(
            "/welcome/answers", json=told, headers=self.headers()
        )
        assert sent.status_code == 200, sent.text

    async def is_(self) -> str:
        """Return who the shop takes this app for."""
        return (await self.get("/look")).text

    async def be_guest(self) -> str:
        """Begin as a guest; return the account's id."""
        told = {"grant_type": GUEST_GRANT, "client_id": self.client_id}
        given = await self.client.post(TOKEN, data=told)
        assert given.status_code == 200, given.text
        self.token = given.json()["access_token"]
        return await self.is_()

    def asks(self, **others: str | None) -> dict[str, str]:
        """Return what it asks a person for."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": hash_secret(self.verifier),
            "code_challenge_method": "S256",
            "state": self.state,
            **others,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def address(self, **others: str | None) -> str:
        """Return the address that it opens, with everything in it."""
        return f"{AUTHORIZE}?{urlencode(self.asks(**others))}"

    async def push(self, **others: str | None) -> str:
        """Push what it asks for, and return the address that it opens."""
        pushed = await self.post(PUSH, self.asks(**others))
        assert pushed.status_code == 201, pushed.text
        return str(pushed.json()["open_at"]).removeprefix(ORIGIN)

    async def send_code(self, code: str, **others: str | None) -> httpx2.Response:
        """Show a code and the verifier."""
        told = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": self.verifier,
            **others,
        }
        sent = {name: value for name, value in told.items() if value is not None}
        return await self.client.post(TOKEN, data=sent)

    async def redeem(self, location: str) -> str:
        """Go on with what the browser brought; return who the app is now."""
        answer = query(location)
        assert answer.get("state") == self.state
        given = await self.send_code(answer["code"])
        assert given.status_code == 200, given.text
        self.token = given.json()["access_token"]
        return await self.is_()


async def allowed(browser: Browser, address: str, do: str = "allow") -> str:
    """Press a button of the page that an app opened; return where the browser goes."""
    pressed = await browser.post(address, {"do": do})
    assert pressed.status_code == 303, pressed.text
    return str(pressed.headers["location"])


async def code_for(phone: Phone, browser: Browser) -> str:
    """Return a code that somebody's browser would bring to the app."""
    return query(await allowed(browser, phone.address()))["code"]
