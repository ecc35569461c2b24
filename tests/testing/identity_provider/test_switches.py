"""Each way in which an OpenID provider may differ from the usual one."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from joserfc.jws import deserialize_compact

from onboarding.testing import (
    AuthorizationRefused,
    Client,
    FakeProvider,
    Fault,
    FrozenClock,
    OpenIDSwitches,
    Person,
    SigningKey,
    WayBack,
    choose,
)
from tests.testing.peer import Peer, Started
from tests.testing.wire import CALLBACK, ISSUER, ask_token, changed, exchange, get, told

pytestmark = pytest.mark.anyio


@dataclass
class Kit:
    """What builds a provider with these switches."""

    client: Client
    people: list[Person]
    clock: FrozenClock
    key: SigningKey

    def fake(self, **switches: Any) -> FakeProvider:
        """Return it."""
        return FakeProvider(
            ISSUER,
            [self.client],
            self.people,
            self.clock,
            key=self.key,
            switches=OpenIDSwitches(**switches),
        )

    def claims(self, token: str) -> dict[str, Any]:
        """Return what a token says, whose signature is checked."""
        signed = deserialize_compact(token, self.key.jwk, algorithms=["RS256"])
        found: dict[str, Any] = json.loads(signed.payload)
        return found


@pytest.fixture
def kit(
    client: Client, people: list[Person], clock: FrozenClock, key: SigningKey
) -> Kit:
    """Return the makings of a provider."""
    return Kit(client, people, clock, key)


async def document(fake: FakeProvider) -> dict[str, Any]:
    """Return the discovery document."""
    found: dict[str, Any] = (
        await get(fake, "/.well-known/openid-configuration")
    ).json()
    return found


def posted(form: dict[str, str] | None, started: Started) -> dict[str, str]:
    """Return a good token request for what came in a form."""
    assert form is not None
    return {
        "grant_type": "authorization_code",
        "code": form["code"],
        "redirect_uri": CALLBACK,
        "code_verifier": started.verifier,
    }


# The ID token ───────────────────────────────────────────────────────────────────────


async def test_it_may_keep_the_nonce_to_itself(kit: Kit, peer: Peer) -> None:
    """Without `nonce` the ID token has all but that."""
    fake, started = kit.fake(nonce=False), peer.begin()
    answer = await ask_token(fake, exchange(started, fake.approve(started.url)))
    claims = kit.claims(answer.json()["id_token"])
    assert "nonce" not in claims
    assert claims["sub"] == "kim-1"


async def test_its_issuer_may_be_a_template(kit: Kit, peer: Peer) -> None:
    """Discovery and keys name the template, a token the tenant of its person."""
    template = "https://id.example/{tenantid}/v2.0"
    fake, started = kit.fake(tenant_issuer=template), peer.begin()
    kim = Person(subject="kim", extra={"tid": "t-1"})
    answer = await ask_token(fake, exchange(started, fake.approve(started.url, kim)))
    claims = kit.claims(answer.json()["id_token"])
    assert (claims["iss"], claims["tid"]) == ("https://id.example/t-1/v2.0", "t-1")
    assert (await document(fake))["issuer"] == template
    [shown] = (await get(fake, "/jwks")).json()["keys"]
    assert shown["issuer"] == template
    with pytest.raises(ValueError, match="needs extra"):
        fake.approve(peer.begin().url, Person(subject="of no tenant"))


# PKCE ───────────────────────────────────────────────────────────────────────────────


async def test_it_may_refuse_pkce(kit: Kit, peer: Peer) -> None:
    """A verifier is answered with 401 `invalid_client`; without one all goes well."""
    fake = kit.fake(pkce="refused")
    assert "code_challenge_methods_supported" not in await document(fake)
    started = peer.begin()
    form = exchange(started, fake.approve(started.url))
    refused = await ask_token(fake, form)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    form = exchange(started, fake.approve(started.url), code_verifier=None)
    assert (await ask_token(fake, form)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "shown", "status"),
    [(True, True, 200), (False, False, 200), (True, False, 400), (False, True, 400)],
)
async def test_it_may_leave_pkce_to_the_client(
    kit: Kit, peer: Peer, asked: bool, shown: bool, status: int
) -> None:
    """Both or neither: a verifier without its challenge was robbed of it."""
    fake, started = kit.fake(pkce="optional"), peer.begin()
    url = started.url
    if not asked:
        url = changed(url, code_challenge=None, code_challenge_method=None)
    more = {} if shown else {"code_verifier": None}
    answer = await ask_token(fake, exchange(started, fake.approve(url), **more))
    assert answer.status_code == status


# The way back ───────────────────────────────────────────────────────────────────────


async def test_it_may_not_name_itself_on_the_way_back(kit: Kit, peer: Peer) -> None:
    """Without `iss` discovery does not promise it either."""
    fake = kit.fake(names_issuer=False)
    assert told(fake.approve(peer.begin().url)).keys() == {"code", "state"}
    promised = "authorization_response_iss_parameter_supported"
    assert promised not in await document(fake)


@pytest.mark.parametrize("by_hand", [True, False])
async def test_it_may_answer_with_a_form(kit: Kit, peer: Peer, by_hand: bool) -> None:
    """The browser posts what else stands in the address, which then says nothing."""
    fake = kit.fake(response_mode="form_post")
    started = peer.begin(response_mode="form_post")
    person = kit.people[0]
    if by_hand:
        back = fake.approve(started.url, person)
    else:
        way = httpx2.ASGITransport(app=fake)
        back = await choose(way, started.url, person)
    assert (back, back.form and back.form.keys()) == (
        CALLBACK,
        {"code", "state", "iss"},
    )
    assert back.form is not None
    assert back.form["state"] == started.state
    answer = await ask_token(fake, posted(dict(back.form), started))
    assert answer.status_code == 200


async def test_its_form_goes_to_the_client_alone(kit: Kit, peer: Peer) -> None:
    """The page's policy runs the one script that posts, and lets it post there only."""
    fake, started = (
        kit.fake(response_mode="form_post"),
        peer.begin(response_mode="form_post"),
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=fake)) as http:
        page = await http.post(started.url, data={"person": "kim-1"})
    policy = page.headers["content-security-policy"]
    assert "form-action https://shop.example" in policy
    assert "script-src 'sha256-" in policy
    assert f'action="{CALLBACK}"' in page.text


@pytest.mark.parametrize(
    ("mode", "asked"), [("query", "form_post"), ("form_post", None), ("query", "web")]
)
def test_it_answers_in_its_own_way_only(
    kit: Kit, peer: Peer, mode: str, asked: str | None
) -> None:
    """A request for another way is told so; none asked is the query."""
    fake = kit.fake(response_mode=mode)
    back = fake.approve(changed(peer.begin().url, response_mode=asked))
    outcome = told(back) if back.form is None else back.form
    assert outcome["error"] == "invalid_request"


def test_a_refusal_goes_by_form_as_well(kit: Kit, peer: Peer) -> None:
    """Cancel is told in the form, with the state."""
    fake = kit.fake(response_mode="form_post")
    started = peer.begin(response_mode="form_post")
    back = fake.deny(started.url)
    assert back.form is not None
    assert back.form["error"] == "access_denied"
    assert back.form["state"] == started.state


async def test_a_name_may_be_told_once_and_by_form(kit: Kit, peer: Peer) -> None:
    """`user` comes at the first consent, never again, and no token has the name."""
    fake = kit.fake(response_mode="form_post", tells_name_once=True)
    started = peer.begin(response_mode="form_post", scope="openid profile name email")
    first, second = fake.approve(started.url), fake.approve(started.url)
    assert first.form is not None
    assert json.loads(first.form["user"]) == {
        "name": {"firstName": "Kim", "lastName": "de Vries"},
        "email": "kim@example.org",
    }
    assert second.form is not None
    assert "user" not in second.form
    answer = await ask_token(fake, posted(dict(second.form), started))
    claims = kit.claims(answer.json()["id_token"])
    assert "name" not in claims
    assert claims["email"] == "kim@example.org"


@pytest.mark.parametrize(("plus", "error"), [(True, None), (False, "invalid_scope")])
def test_a_plus_may_be_a_plus(
    kit: Kit, peer: Peer, plus: bool, error: str | None
) -> None:
    """Where `+` is no space, `openid+email` is one scope that nobody has."""
    fake = kit.fake(plus_is_space=plus)
    url = peer.begin().url.replace("%20", "+")
    assert "openid+profile" in url
    assert told(fake.approve(url)).get("error") == error
    assert "error" not in told(fake.approve(url.replace("+", "%20")))


# Userinfo ───────────────────────────────────────────────────────────────────────────


async def test_userinfo_may_be_signed(kit: Kit, peer: Peer) -> None:
    """It is a token then, of the same key, that names issuer and audience."""
    fake, started = kit.fake(signed_userinfo=True), peer.begin()
    answer = await ask_token(fake, exchange(started, fake.approve(started.url)))
    bearer = f"Bearer {answer.json()['access_token']}"
    info = await get(fake, "/userinfo", authorization=bearer)
    assert info.headers["content-type"] == "application/jwt"
    claims = kit.claims(info.text)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, "shop", "kim-1")
    assert (await document(fake))["userinfo_signing_alg_values_supported"] == ["RS256"]
    with fake.misbehave(Fault.USERINFO_OF_SOMEONE_ELSE):
        info = await get(fake, "/userinfo", authorization=bearer)
    assert kit.claims(info.text)["sub"] == "someone-else"


# Pushed requests ────────────────────────────────────────────────────────────────────


async def push(fake: FakeProvider, url: str, **auth: Any) -> httpx2.Response:
    """Push the parameters of a request as the shop."""
    form = {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
    transport = httpx2.ASGITransport(app=fake)
    shown = {"auth": ("shop", "s3cret")} | auth
    async with httpx2.AsyncClient(transport=transport, **shown) as http:
        return await http.post(f"{ISSUER}/pushed", data=form)


def short(uri: str, client_id: str = "shop") -> str:
    """Return what the browser is sent with after a push."""
    query = urlencode({"client_id": client_id, "request_uri": uri})
    return f"{ISSUER}/authorize?{query}"


async def test_a_pushed_request_signs_somebody_in(kit: Kit, peer: Peer) -> None:
    """The browser brings its name alone; page, code and verifier work as ever."""
    fake, started = kit.fake(pushed_requests=True), peer.begin()
    known = await document(fake)
    assert known["require_pushed_authorization_requests"] is True
    assert known["pushed_authorization_request_endpoint"] == f"{ISSUER}/pushed"
    pushed = await push(fake, started.url)
    assert (pushed.status_code, pushed.json()["expires_in"]) == (201, 60)
    url = short(pushed.json()["request_uri"])
    back = await choose(httpx2.ASGITransport(app=fake), url, kit.people[0])
    assert told(back)["state"] == started.state
    assert (await ask_token(fake, exchange(started, back))).status_code == 200
    with pytest.raises(AuthorizationRefused, match="used"):
        fake.approve(url)


async def test_what_was_not_pushed_stays(kit: Kit, peer: Peer) -> None:
    """Plain parameters, a made-up name, another's, or one too old: no way back."""
    fake, started = kit.fake(pushed_requests=True), peer.begin()
    uri = (await push(fake, started.url)).json()["request_uri"]
    wrong = (started.url, short("urn:made-up"), short(uri, "other"))
    for url in (*wrong, short(uri) + "&scope=openid", f"{ISSUER}/authorize?"):
        with pytest.raises(AuthorizationRefused):
            fake.approve(url)
    kit.clock.advance(timedelta(seconds=60))
    with pytest.raises(AuthorizationRefused, match="too old"):
        fake.approve(short(uri))


async def test_a_push_is_checked_at_once(kit: Kit, peer: Peer) -> None:
    """By the client's secret, its way back, and all that a request must be."""
    fake, url = kit.fake(pushed_requests=True), peer.begin().url
    stranger = await push(fake, url, auth=("shop", "wrong"))
    assert (stranger.status_code, stranger.json()["error"]) == (401, "invalid_client")
    for wrong in (
        {"code_challenge": None},
        {"redirect_uri": "https://eve.example"},
        {"request_uri": "urn:x"},
    ):
        answer = await push(fake, changed(url, **wrong))
        assert answer.status_code == 400
        assert answer.json()["error"] in {
            "invalid_request",
            "request_uri_not_supported",
        }


# Being built ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wrong",
    [{"tells_name_once": True}, {"tenant_issuer": "https://id.example/common"}],
    ids=str,
)
def test_contradictions_are_refused(wrong: dict[str, Any]) -> None:
    """A name needs a form to stand in, a template a place for the tenant."""
    with pytest.raises(ValueError, match=r"needs|must hold"):
        OpenIDSwitches(**wrong)


def test_a_way_back_is_an_address() -> None:
    """It is the text of the address, so that whoever needs no form sees none."""
    back = WayBack("https://shop.example/back?code=1")
    assert (back, back.form) == ("https://shop.example/back?code=1", None)
    assert WayBack("https://shop.example/back", {"code": "1"}).form == {"code": "1"}
