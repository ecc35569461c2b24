"""Who may ask for a sign-in, and how."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from onboarding.testing import (
    AuthorizationRefused,
    FakeProvider,
    Person,
    SigningKey,
)
from tests.testing.peer import Peer
from tests.testing.wire import CALLBACK, ISSUER, ask_token, changed, exchange, get, told

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "stranger"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": CALLBACK.replace("https", "http")},
        {"redirect_uri": "https://other.example/back?tab=1"},
    ],
    ids=str,
)
async def test_strangers_are_never_sent_on(
    provider: FakeProvider, peer: Peer, wrong: dict[str, str | None]
) -> None:
    """An unknown client or redirect URI ends on a page, with no way to elsewhere."""
    url = changed(peer.begin().url, **wrong)
    response = await get(provider, url.removeprefix(ISSUER))
    assert response.status_code == 400
    assert "location" not in response.headers
    assert 'href="http' not in response.text
    with pytest.raises(AuthorizationRefused):
        provider.approve(url)


async def test_a_way_back_named_twice_is_no_way_back(
    provider: FakeProvider, peer: Peer
) -> None:
    """Two redirect URIs or two clients leave the browser on the error page."""
    url = peer.begin().url
    for more in "&client_id=shop", f"&redirect_uri={CALLBACK}":
        with pytest.raises(AuthorizationRefused, match="more than once"):
            provider.approve(url + more)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile email"}, "invalid_scope"),
        ({"request": "ey.ey.ey"}, "request_not_supported"),
        ({"request_uri": "https://shop.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
    ],
    ids=str,
)
async def test_unsound_requests_are_sent_back_with_the_reason(
    provider: FakeProvider, peer: Peer, wrong: dict[str, str | None], error: str
) -> None:
    """A flaw of the request comes back as an error, with state and issuer."""
    started = peer.begin()
    url = changed(started.url, **wrong)
    response = await get(provider, url.removeprefix(ISSUER))
    assert response.status_code == 303
    location = response.headers["location"]
    assert location.partition("?")[0] == CALLBACK
    back = told(location)
    assert (back["error"], back["state"], back["iss"]) == (error, started.state, ISSUER)
    assert "code" not in back
    assert location == provider.approve(url)


async def test_nothing_is_said_twice(provider: FakeProvider, peer: Peer) -> None:
    """A parameter that comes twice makes the request unsound (RFC 6749 §3.1)."""
    back = told(provider.approve(peer.begin().url + "&nonce=again"))
    assert back["error"] == "invalid_request"


@pytest.mark.parametrize(
    "harmless",
    [
        {"prompt": "login consent"},
        {"max_age": "0"},
        {"display": "popup"},
        {"ui_locales": "nl"},
        {"response_mode": "query"},
        {"login_hint": ""},
    ],
    ids=str,
)
def test_what_need_not_be_obeyed_is_tolerated(
    provider: FakeProvider, peer: Peer, harmless: dict[str, str]
) -> None:
    """Parameters that change nothing here do no harm."""
    assert "code" in told(provider.approve(changed(peer.begin().url, **harmless)))


def test_state_and_nonce_are_up_to_the_client(
    provider: FakeProvider, peer: Peer
) -> None:
    """State comes back letter by letter, and not at all when there was none."""
    url = peer.begin().url
    assert told(provider.approve(changed(url, state="ä&=+ %")))["state"] == "ä&=+ %"
    assert "state" not in told(provider.approve(changed(url, state=None)))


async def test_without_a_nonce_the_id_token_has_none(
    provider: FakeProvider, peer: Peer, kim: Person, key: SigningKey
) -> None:
    """The provider does not make up a nonce."""
    started = peer.begin()
    callback = provider.approve(changed(started.url, nonce=None), kim)
    answer = (await ask_token(provider, exchange(started, callback))).json()
    token = jwt.decode(answer["id_token"], KeySet([key.jwk]), algorithms=["RS256"])
    assert "nonce" not in token.claims


@pytest.mark.parametrize(
    ("hint", "subject"),
    [("sam-2", "sam-2"), ("KIM@example.org", "kim-1"), ("nobody", "kim-1")],
)
async def test_a_hint_picks_a_person(
    provider: FakeProvider, peer: Peer, hint: str, subject: str
) -> None:
    """With nobody named, the hinted person continues, else the first."""
    started = peer.begin(login_hint=hint)
    claims = await peer.finish(started, provider.approve(started.url))
    assert claims["sub"] == subject


def test_a_cancelled_sign_in_is_denied(provider: FakeProvider, peer: Peer) -> None:
    """Cancel comes back as access_denied, with state and issuer, without a code."""
    started = peer.begin()
    back = told(provider.deny(started.url))
    assert back.pop("error_description")
    assert back == {"error": "access_denied", "state": started.state, "iss": ISSUER}


def test_approving_is_for_requests_to_this_provider(
    provider: FakeProvider, peer: Peer
) -> None:
    """A test that sends the browser elsewhere learns it at once."""
    url = peer.begin().url.replace("id.example", "id.elsewhere")
    with pytest.raises(ValueError, match="elsewhere"):
        provider.approve(url)
