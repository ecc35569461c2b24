"""A shop that is signed in to at a provider behind a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from onboarding import Onboarding
from onboarding.providers import Provider
from onboarding.testing import sign_in
from onboarding.testing.identity_provider.model import WayBack
from tests.social.strict.serving import StrictProvider
from tests.social.strict.walking import Visitor

SITE = "https://shop.example"
JSON = {"accept": "application/json"}


@dataclass(frozen=True)
class StrictShop:
    """A shop that is open, with one browser at it, and one way to sign in to try.

    Attributes:
        browser: Keeps cookies.
        there: Where somebody signs in.
        callback: Where that sends browsers back to.
    """

    browser: TestClient
    there: StrictProvider
    callback: str = ""

    def by(self, name: str) -> Self:
        """Return the shop with another way to try, and a browser that is new there."""
        self.leave()
        site = str(self.browser.base_url).rstrip("/")
        return replace(self, callback=callback(name, site))

    def sign_in(self, visitor: Visitor | None = None) -> Any:
        """Sign in from button to end; return the shop's word on who that is."""
        page: Any = sign_in(
            self.browser,
            self.there,
            visitor or Visitor(),
            next="/who",
            redirect_uri=self.callback,
        )
        return page.json()

    def leave(self) -> None:
        """Make the browser one that was never here."""
        self.browser.cookies.clear()

    def begin(self) -> str:
        """Press the button, and return the authorization request."""
        at = self.callback.replace("/callback/", "/sign-in/")
        begun = self.browser.post(
            at, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False
        )
        assert begun.status_code == 303, begun.text
        return str(begun.headers["location"])

    def go(self, visitor: Visitor | None = None) -> WayBack:
        """Press the button and walk through the provider's pages; not back yet."""
        return self.there.approve(self.begin(), visitor)

    def arrive(self, back: str, **changes: str | None) -> Any:
        """Come back from the provider, with a parameter changed; None drops it."""
        parts = urlsplit(back)
        params = dict(parse_qsl(parts.query)) | changes
        query = urlencode({k: v for k, v in params.items() if v is not None})
        return self.browser.get(
            parts._replace(query=query).geturl(), headers=JSON, follow_redirects=False
        )


@contextmanager
def shop(
    there: StrictProvider, *providers: Provider, site: str = SITE
) -> Iterator[StrictShop]:
    """Open a shop with these ways to sign in, all of one provider."""
    onboarding: Onboarding[Any] = Onboarding(
        url=f"{site}/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        mailer=None,
        providers=providers,
    )

    async def who(request: Request) -> JSONResponse:
        account = onboarding.registered(request)
        [link] = await onboarding.accounts.list_identities(account)
        told = ("issuer", "subject", "email", "name")
        return JSONResponse(
            {name: getattr(link, name) for name in told}
            | {"trust": link.email_trust.name, "account": account.id}
        )

    app = Starlette(
        routes=[onboarding.mount, Route("/who", who)],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    with TestClient(app, base_url=site) as browser:
        yield StrictShop(browser, there)


def callback(name: str, site: str = SITE) -> str:
    """Return where a provider sends browsers back to; to be registered there."""
    return f"{site}/welcome/callback/{name}"
