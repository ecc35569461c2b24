"""Providers at their own addresses, as strict as those that they are made of."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from onboarding.providers import Endpoints, OpenIDConnect, Read, Steam
from onboarding.testing import (
    AuthorizationRefused,
    Client,
    FrozenClock,
    OpenIDSwitches,
    SigningKey,
)
from onboarding.testing.faults import Padded, Replaced
from onboarding.testing.recorded import (
    FaultyLine,
    RecordedCodeless,
    RecordedOpenID,
    RecordedPerson,
)
from tests.testing.ours import Ours

pytestmark = pytest.mark.anyio

KEY = SigningKey("ES256")
BACK = "https://shop.example/welcome/callback/id"
CLAIMS = {
    "iss": "https://of-that-day.example",
    "aud": "another",
    "exp": 7,
    "nonce": "of that day",
    "sub": "kim",
    "email": "kim@example.org",
}
REPLIES: dict[str, Any] = {
    "id_token": CLAIMS,
    "userinfo": {"sub": "kim", "name": "Kim"},
    "groups": {"all": ["staff"]},
    "callback": {"user": "{}"},
}
MOVED = Endpoints(
    authorization="https://login.example/go?tenant=1",
    token="https://api.example/token",
    jwks="https://keys.example/all",
    userinfo="https://api.example/me",
)


def described(**changes: Any) -> OpenIDConnect:
    """Return a provider with a read of its own."""
    usual: dict[str, Any] = {
        "name": "id",
        "title": "ID",
        "issuer": "https://id.example/",
        "client_id": "shop",
        "client_secret": "hush",
        "reads": (Read("groups", "https://api.example/groups"),),
    }
    return OpenIDConnect(**usual | changes)


def recorded(provider: OpenIDConnect, **switches: Any) -> RecordedOpenID:
    """Return the fake that plays it."""
    client = Client(client_id="shop", client_secret="hush", redirect_uris=(BACK,))
    return RecordedOpenID(
        provider,
        client=client,
        replies=REPLIES,
        clock=FrozenClock(),
        key=KEY,
        switches=OpenIDSwitches(**switches),
    )


@pytest.mark.parametrize("endpoints", [None, MOVED], ids=["found", "moved"])
async def test_it_answers_where_the_description_says(
    endpoints: Endpoints | None,
) -> None:
    """At what it publishes below an issuer with a slash, or where it moved to."""
    provider = described(endpoints=endpoints)
    fake = recorded(provider)
    us = Ours(provider, fake.transport, FrozenClock())
    begun = await us.begin()
    at = endpoints or Endpoints(authorization="https://id.example/authorize")
    assert begun.startswith(at.authorization)
    told = await us.finish(fake.approve(begun))
    assert (told.subject, told.email, told.name) == ("kim", "kim@example.org", "Kim")
    assert told.issuer == "https://id.example/"
    hosts = {request.url.host for request in fake.transport.requests}
    assert hosts == (
        {"api.example", "keys.example"} if endpoints else {"id.example", "api.example"}
    )


async def test_a_read_is_for_the_bearer_of_a_living_token() -> None:
    """As everywhere; and nobody lives where nothing is."""
    fake = recorded(described())
    async with httpx2.AsyncClient(transport=fake.transport) as http:
        refused = await http.get("https://api.example/groups")
        nothing = await http.get("https://api.example/other")
    assert (refused.status_code, nothing.status_code) == (401, 404)
    assert refused.json()["error"] == "invalid_token"


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_the_browser_brings_what_was_recorded(mode: Any) -> None:
    """Beside the code, in the address or in the form; not with a refusal."""
    fake = recorded(described(response_mode=mode), response_mode=mode)
    params = {
        "response_type": "code",
        "client_id": "shop",
        "redirect_uri": BACK,
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "response_mode": mode,
    }
    url = str(httpx2.URL("https://id.example/authorize", params=params))
    back = fake.approve(url)
    told = back.form or {n: v for n, [v] in parse_qs(urlsplit(back).query).items()}
    assert told["user"] == "{}"
    assert "user" not in str(fake.deny(url).form or fake.deny(url))


def test_claims_of_one_token_are_not_those_of_the_next() -> None:
    """A recording has the times and the nonce of its own day."""
    kim = RecordedPerson.of(REPLIES)
    assert kim.claims({"openid"}) == {"sub": "kim", "email": "kim@example.org"}
    assert kim.userinfo({"openid"}) == {"sub": "kim", "name": "Kim"}
    alone = RecordedPerson.of({"id_token": CLAIMS})
    assert alone.userinfo({"openid"}) == {"sub": "kim"}


STEAM = Steam(client_id="https://shop.example")


def codeless() -> RecordedCodeless:
    """Return a Steam."""
    told = {"state": "st-0", "openid.return_to": f"{BACK}?state=st-0", "gone": None}
    return RecordedCodeless(STEAM, redirect_uri=BACK, replies={"callback": told})


def test_the_state_stands_where_the_recorded_one_stood() -> None:
    """In whatever the provider signs."""
    assert STEAM.endpoints is not None
    asked = httpx2.URL(
        STEAM.endpoints.authorization,
        params=dict(STEAM.authorization_params(BACK, "st-9")),
    )
    back = codeless().approve(str(asked))
    assert parse_qs(urlsplit(back).query) == {
        "state": ["st-9"],
        "openid.return_to": [f"{BACK}?state=st-9"],
    }


def test_who_asks_otherwise_is_not_sent_back() -> None:
    """To another way back, or at another address."""
    assert STEAM.endpoints is not None
    other = STEAM.authorization_params("https://eve.example/back", "st-9")
    asked = httpx2.URL(STEAM.endpoints.authorization, params=dict(other))
    with pytest.raises(AuthorizationRefused):
        codeless().approve(str(asked))
    with pytest.raises(ValueError, match="is not this provider's"):
        codeless().approve("https://eve.example/?openid.mode=checkid_setup")


async def test_a_line_breaks_one_place_at_a_time() -> None:
    """And is whole again afterwards; what is spelled otherwise comes so."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"at": request.url.path})

    line = FaultyLine(
        httpx2.MockTransport(answer),
        {"me": "https://api.example/me", "team": "https://api.example/t/{me.id}"},
        lambda place, body: body.upper() if place == "team" else body,
    )
    async with httpx2.AsyncClient(transport=line) as http:
        broken = Replaced(302, "text/plain", "", location="https://elsewhere.example")
        with line.broken("me", broken):
            assert (await http.get("https://api.example/me")).status_code == 302
            assert (await http.get("https://api.example/t/7")).text == '{"AT":"/T/7"}'
        with line.broken("team", Padded(9)):
            padded = await http.get("https://api.example/t/7")
            assert padded.content.startswith(b" " * 9)
        assert (await http.get("https://api.example/me")).json() == {"at": "/me"}
    assert line.calls == {"me": 2, "team": 2}
