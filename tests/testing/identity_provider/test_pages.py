"""What a browser sees of the provider."""

import re
from pathlib import Path

import httpx2
import pytest

from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    Person,
    SigningKey,
    choose,
)
from onboarding.testing.identity_provider import pages
from tests.testing.peer import Peer
from tests.testing.wire import CALLBACK, ISSUER

pytestmark = pytest.mark.anyio


async def page(provider: FakeProvider, url: str) -> httpx2.Response:
    """Open a page of the provider."""
    transport = httpx2.ASGITransport(app=provider)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.get(url)


def buttons(html: str) -> list[str]:
    """Return the words on each button."""
    found = re.findall(r"<button[^>]*>(.*?)</button>", html, re.DOTALL)
    bare = [re.sub(r'<span class="initial".*?</span>|<[^>]+>', "", b) for b in found]
    return [" ".join(words.split()) for words in bare]


async def test_each_person_is_a_button_that_says_who_they_are(
    client: Client, clock: FrozenClock, key: SigningKey, peer: Peer
) -> None:
    """Name, address and what is known of it stand on the button, and Cancel is last."""
    people = [
        Person(subject="1", name="Kim", email="kim@example.org", email_verified=True),
        Person(subject="2", name="Lee", email="lee@example.org", email_verified=False),
        Person(subject="3", email="pat@example.org"),
        Person(subject="4"),
    ]
    provider = FakeProvider(ISSUER, [client], people, clock, key=key)
    assert buttons((await page(provider, peer.begin().url)).text) == [
        "Continue as Kim · kim@example.org, verified",
        "Continue as Lee · lee@example.org, not verified",
        "Continue as pat@example.org · pat@example.org, not said if verified",
        "Continue as 4 · no email address",
        "Cancel",
    ]


async def test_a_hinted_person_stands_first(provider: FakeProvider, peer: Peer) -> None:
    """`login_hint` moves a person up, under the one filled button, with the focus."""
    html = (await page(provider, peer.begin(login_hint="sam-2").url)).text
    assert buttons(html)[0].startswith("Continue as sam-2")
    assert html.count("autofocus") == html.count('class="hinted"') == 1
    assert "autofocus" not in (await page(provider, peer.begin().url)).text


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("openid", "only a number that stands for you"),
        ("openid profile", "your name."),
        ("openid email", "your email address"),
        ("openid profile email address", "your name and email address"),
    ],
)
async def test_the_page_says_who_asks_for_what(
    provider: FakeProvider, peer: Peer, scope: str, words: str
) -> None:
    """The client's host and what it wants to know stand above the people."""
    html = (await page(provider, peer.begin(scope=scope).url)).text
    assert "<strong>shop.example</strong> would like to know" in html
    assert words in html


async def test_the_page_carries_its_brand_and_note(
    client: Client, clock: FrozenClock, key: SigningKey, kim: Person, peer: Peer
) -> None:
    """Name, note and own address are shown, with their special characters tamed."""
    provider = FakeProvider(
        ISSUER, [client], [kim], clock, name="Lamp & Light", note="<b>Free</b>", key=key
    )
    html = (await page(provider, peer.begin().url)).text
    assert "<title>Who is there? · Lamp &amp; Light</title>" in html
    assert "&lt;b&gt;Free&lt;/b&gt;" in html
    assert "id.example" in html


async def test_the_page_runs_nothing_and_leads_to_the_client_only(
    provider: FakeProvider, peer: Peer
) -> None:
    """The policy allows its own style and a form that ends at the client, no more."""
    response = await page(provider, peer.begin().url)
    directives = dict(
        part.strip().split(" ", 1)
        for part in response.headers["content-security-policy"].split(";")
    )
    assert directives == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self' https://shop.example",
    }
    assert "<script" not in response.text
    assert " style=" not in response.text
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"


async def test_an_app_without_a_host_may_be_led_to_as_well(
    clock: FrozenClock, key: SigningKey, kim: Person
) -> None:
    """A redirect URI with a scheme of its own is named in the policy by that scheme."""
    app = Client(client_id="app", client_secret="s", redirect_uris=("org.shop:/back",))
    provider = FakeProvider(ISSUER, [app], [kim], clock, key=key)
    peer = Peer(ISSUER, app, httpx2.ASGITransport(app=provider), clock)
    response = await page(provider, peer.begin().url)
    assert "form-action 'self' org.shop:" in response.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["provider.css", "provider.svg"])
async def test_style_and_icon_come_from_the_provider(
    provider: FakeProvider, name: str
) -> None:
    """What the page links to is served beside it."""
    response = await page(provider, f"{ISSUER}/{name}")
    assert response.status_code == 200
    assert (
        response.content == (Path(pages.__file__).parent / "pages" / name).read_bytes()
    )


async def test_a_provider_may_live_under_a_path(
    client: Client, clock: FrozenClock, key: SigningKey, kim: Person
) -> None:
    """With a path in the issuer the same app is mounted there, and all works."""
    issuer = "https://shop.example/id"
    provider = FakeProvider(issuer, [client], [kim], clock, key=key)
    transport = httpx2.ASGITransport(app=provider, root_path="/id")
    peer = Peer(issuer, client, transport, clock)
    started = peer.begin()
    callback = await choose(transport, started.url, kim)
    assert (await peer.finish(started, callback))["iss"] == issuer


async def test_pressing_a_button_that_is_not_there_is_a_mistake(
    transport: httpx2.AsyncBaseTransport, peer: Peer
) -> None:
    """Neither a stranger nor an error page has a button."""
    url = peer.begin().url
    with pytest.raises(LookupError, match="stranger"):
        await choose(transport, url, Person(subject="stranger"))
    with pytest.raises(LookupError, match="400"):
        await choose(transport, url.replace("client_id=shop", "client_id=x"), None)


async def test_cancel_is_a_button(
    transport: httpx2.AsyncBaseTransport, peer: Peer
) -> None:
    """Pressing Cancel sends the browser back with access_denied."""
    back = await choose(transport, peer.begin().url, None)
    assert back.startswith(f"{CALLBACK}?error=access_denied&")


async def test_no_page_is_needed_where_none_is_shown(
    transport: httpx2.AsyncBaseTransport, peer: Peer, kim: Person
) -> None:
    """A request that is sent back at once is followed without a button."""
    back = await choose(transport, peer.begin(prompt="none").url, kim)
    assert back.startswith(f"{CALLBACK}?error=login_required&")


async def test_a_made_up_person_gets_no_code(
    transport: httpx2.AsyncBaseTransport, peer: Peer
) -> None:
    """Posting a subject that nobody has, or nothing at all, ends on the error page."""
    url = peer.begin().url
    async with httpx2.AsyncClient(transport=transport) as http:
        for form in {"person": "stranger"}, {"anything": "else"}:
            response = await http.post(url, data=form)
            assert response.status_code == 400
            assert "location" not in response.headers
