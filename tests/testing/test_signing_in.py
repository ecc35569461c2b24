"""One call signs somebody in at a host's application, as a browser would."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from onboarding import Onboarding
from onboarding.providers import GitHub, OpenIDConnect
from onboarding.testing import (
    Client,
    FakeOAuth2,
    FakeProvider,
    Fault,
    FrozenClock,
    Network,
    OAuth2Switches,
    OpenIDSwitches,
    Person,
    SigningKey,
    sign_in,
    sign_in_async,
)

pytestmark = pytest.mark.anyio

SITE = "https://shop.example"
BACK = f"{SITE}/welcome/callback/id"
KIM = Person(subject="kim", name="Kim", email="kim@example.org", email_verified=True)
SAM = Person(subject="sam", name="Sam")
KEY = SigningKey("EdDSA")
OPENID = OpenIDConnect(
    name="id",
    title="ID",
    issuer="https://id.example",
    client_id="shop",
    client_secret="hush",
)
GITHUB = GitHub(client_id="shop", client_secret="hush")
USER = {"id": 1, "login": "kim", "name": "Kim"}


def openid(clock: FrozenClock, *backs: str, **switches: Any) -> FakeProvider:
    """Return the OpenID provider."""
    shop = Client(
        client_id="shop", client_secret="hush", redirect_uris=backs or (BACK,)
    )
    return FakeProvider(
        OPENID.issuer,
        [shop],
        [KIM, SAM],
        clock,
        key=KEY,
        switches=OpenIDSwitches(**switches),
    )


def plain(clock: FrozenClock) -> FakeOAuth2:
    """Return the other one."""
    return FakeOAuth2(
        GITHUB,
        redirect_uri=f"{SITE}/welcome/callback/github",
        replies={"user": USER, "emails": []},
        clock=clock,
        switches=OAuth2Switches(client_auth="client_secret_post", names_issuer=True),
    )


def shop(clock: FrozenClock, *fakes: FakeProvider | FakeOAuth2) -> Starlette:
    """Return an application with both ways to sign in."""
    onboarding = Onboarding(
        url=f"{SITE}/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        mailer=None,
        clock=clock,
        providers=[OPENID, GITHUB],
        transport=Network(*fakes),
    )
    return Starlette(
        routes=[onboarding.mount],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )


@pytest.fixture
def fakes(clock: FrozenClock) -> tuple[FakeProvider, FakeOAuth2]:
    """Return both providers."""
    return openid(clock), plain(clock)


@pytest.fixture
def browser(
    fakes: tuple[FakeProvider, FakeOAuth2], clock: FrozenClock
) -> Iterator[TestClient]:
    """Yield a browser at the shop."""
    with TestClient(shop(clock, *fakes), base_url=SITE) as browser:
        yield browser


def test_somebody_is_in_at_the_end(
    browser: TestClient, fakes: tuple[FakeProvider, FakeOAuth2]
) -> None:
    """With either fake, at the account's page, and the browser keeps the session."""
    there = sign_in(browser, fakes[0], SAM)
    assert (there.url.path, there.json()["kind"]) == ("/welcome/me", "registered")
    assert browser.get("/welcome/me").json()["kind"] == "registered"
    browser.cookies.clear()
    assert sign_in(browser, fakes[1]).json()["kind"] == "registered"
    assert fakes[1].calls == {"token": 1, "user": 1, "emails": 1}


def test_it_is_the_person_that_was_named(
    browser: TestClient, fakes: tuple[FakeProvider, FakeOAuth2]
) -> None:
    """The same person is the same account, another one another; None is the first."""

    def who(*args: Any) -> object:
        browser.cookies.clear()
        return sign_in(browser, *args).json()["account"]

    ids = [who(fakes[0], KIM), who(fakes[0], SAM), who(fakes[0])]
    ids += [who(fakes[1], {"user": USER | {"id": 2}}), who(fakes[1])]
    assert ids[0] == ids[2]
    assert len(set(ids)) == 4


def test_it_ends_where_one_wanted_to_go(
    browser: TestClient, fakes: tuple[FakeProvider, FakeOAuth2]
) -> None:
    """`next`, on the site."""
    there = sign_in(browser, fakes[0], KIM, next="/welcome/sign-in?next=%2Fx")
    assert there.request.url.path == "/x"


async def test_an_async_client_does_as_well(
    fakes: tuple[FakeProvider, FakeOAuth2], clock: FrozenClock
) -> None:
    """Through the application's ASGI interface."""
    app = shop(clock, *fakes)
    way = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=way, base_url=SITE) as browser,
    ):
        for fake in fakes:
            there = await sign_in_async(browser, fake)
            assert there.json()["kind"] == "registered"


def test_what_goes_wrong_is_the_last_response(
    browser: TestClient, fakes: tuple[FakeProvider, FakeOAuth2]
) -> None:
    """A problem of ours, for the test to look at."""
    with fakes[0].misbehave(Fault.SERVER_ERROR):
        assert sign_in(browser, fakes[0], KIM).status_code == 503
    assert browser.get("/welcome/me").json()["kind"] == "visitor"


def test_a_button_that_is_not_there_is_told(
    browser: TestClient, clock: FrozenClock
) -> None:
    """With the address and what it answered."""
    lost = openid(clock, f"{SITE}/welcome/callback/lost")
    with pytest.raises(AssertionError, match="sign-in/lost answered 404"):
        sign_in(browser, lost, KIM)


def test_the_way_back_must_be_clear(clock: FrozenClock) -> None:
    """One of several is named; none, or a foreign one, is no way back."""
    several = openid(clock, "https://other.example/welcome/callback/id", BACK)
    with TestClient(shop(clock, several), base_url=SITE) as browser:
        with pytest.raises(ValueError, match="say which"):
            sign_in(browser, several, KIM)
        there = sign_in(browser, several, KIM, redirect_uri=BACK)
        assert there.json()["kind"] == "registered"
        with pytest.raises(ValueError, match="no way back"):
            sign_in(browser, openid(clock, f"{SITE}/done"), KIM)


# By form ────────────────────────────────────────────────────────────────────────────


class Posted:
    """A host whose provider answers by form: it posts once more from its own page."""

    def __init__(self, fake: FakeProvider, *, relays: bool) -> None:
        self.cookies: list[set[str]] = []
        self.forms: list[dict[str, str]] = []
        self.fake, self.relays = fake, relays
        self.app = Starlette(
            routes=[
                Route("/welcome/sign-in/id", self.begin, methods=["POST"]),
                Route("/welcome/callback/id", self.back, methods=["POST"]),
                Route("/welcome/me", self.me),
            ]
        )

    async def begin(self, request: Request) -> Response:
        """Send the browser on."""
        query = {
            "response_type": "code",
            "response_mode": "form_post",
            "client_id": "shop",
            "redirect_uri": BACK,
            "scope": "openid",
            "state": "s-1",
        }
        answer = RedirectResponse(
            f"{self.fake.issuer}/authorize?{urlencode(query)}", 303
        )
        answer.set_cookie("attempt", "1", samesite="lax", secure=True)
        return answer

    async def back(self, request: Request) -> Response:
        """Take the browser back: at the second time with its cookie."""
        form = dict(parse_qsl((await request.body()).decode()))
        self.cookies.append(set(request.cookies))
        self.forms.append(form)
        if self.relays and not request.cookies:
            fields = "".join(
                f'<input type="hidden" name="{name}" value="{value}">'
                for name, value in form.items()
            )
            page = HTMLResponse(f'<form method="post" action="">{fields}</form>')
            page.set_cookie("seen", "1", secure=True)
            return page
        return RedirectResponse("/welcome/me", 303)

    async def me(self, request: Request) -> Response:
        """Tell who is there."""
        return HTMLResponse(f"cookies: {sorted(request.cookies)}")


@pytest.mark.parametrize("relays", [True, False])
def test_a_form_brings_no_lax_cookie(clock: FrozenClock, relays: bool) -> None:
    """As in a browser: the provider's POST comes without, our own once more with it."""
    fake = openid(clock, pkce="optional", response_mode="form_post")
    host = Posted(fake, relays=relays)
    browser = TestClient(host.app, base_url=SITE)
    there = sign_in(browser, fake, KIM)
    seen = ["attempt", "seen"] if relays else ["attempt"]
    assert there.text == f"cookies: {seen}"
    assert host.cookies == ([set(), {"attempt", "seen"}] if relays else [set()])
    assert all(form == host.forms[0] for form in host.forms)
    assert host.forms[0].keys() == {"code", "state", "iss"}
