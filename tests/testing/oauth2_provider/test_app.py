"""A plain OAuth 2 provider, honest and strict, at the addresses of the real one."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from onboarding.accounts.model import EmailTrust
from onboarding.errors import (
    BadProviderReply,
    ProviderDenied,
    ProviderError,
    ProviderUnreachable,
    SignInCancelled,
)
from onboarding.providers import Endpoints, GitHub, OpenIDConnect, Read
from onboarding.testing import (
    AuthorizationRefused,
    FakeOAuth2,
    FakeProvider,
    Fault,
    FrozenClock,
    Loopback,
    Network,
    OAuth2Switches,
    choose,
)
from onboarding.testing.faults import Replaced
from tests.testing.oauth2_provider.plain import (
    AUTHORIZE,
    CALLBACK,
    KIM,
    MAILS,
    ME,
    TOKEN,
    Plain,
    acme,
    plain,
    told_by,
)
from tests.testing.ours import Ours

pytestmark = pytest.mark.anyio

GITHUB = OAuth2Switches(
    client_auth="client_secret_post",
    pkce="optional",
    names_issuer=True,
    answer_shape="form_unless_json",
    refusal_shape="error_in_200",
)
USER = {"id": 583231, "login": "kim", "name": "Kim", "email": None}
EMAILS = [{"email": "kim@example.org", "verified": True, "primary": True}]


def ours(client: Plain) -> Ours:
    """Return our library at the other end."""
    return Ours(client.provider, client.fake.transport, client.clock)


# What we ship ───────────────────────────────────────────────────────────────────────


async def test_we_sign_somebody_in_with_what_we_ship(clock: FrozenClock) -> None:
    """GitHub's description as it is, at github.com and api.github.com."""
    github = GitHub(client_id="shop", client_secret="hush")
    fake = FakeOAuth2(
        github,
        redirect_uri="https://shop.example/welcome/callback/github",
        replies={"user": USER, "emails": EMAILS},
        clock=clock,
        switches=GITHUB,
    )
    shop = Ours(github, fake.transport, clock)
    identity = await shop.finish(fake.approve(await shop.begin()))
    assert (identity.issuer, identity.subject) == (github.issuer, "583231")
    assert (identity.email, identity.email_trust) == (
        "kim@example.org",
        EmailTrust.VERIFIED,
    )
    assert fake.calls == {"token": 1, "user": 1, "emails": 1}
    hosts = [request.url.host for request in fake.transport.requests]
    assert hosts == ["github.com", "api.github.com", "api.github.com"]


async def test_a_description_that_is_wrong_fails(clock: FrozenClock) -> None:
    """What the provider wants is no echo of what we say of it."""
    shop = plain(client_auth="client_secret_post")
    us = ours(shop)
    with pytest.raises(ProviderDenied) as caught:
        await us.finish(shop.fake.approve(await us.begin()))
    assert caught.value.reason == "invalid_client"


async def test_several_people_have_their_own_replies(clock: FrozenClock) -> None:
    """A token stands for whoever approved, and never for the one after."""
    shop = Plain()
    sam = {"me": {"id": "sam"}}
    first, second = await shop.token(), await shop.token(sam)
    assert (await shop.read(first)).json() == KIM
    assert (await shop.read(second)).json() == {"id": "sam"}


async def test_what_is_not_known_of_somebody_is_not_there() -> None:
    """No address, one that nobody checked, and a read that is not found."""
    shop = Plain()
    us = ours(shop)
    for person, trust in (
        ({"id": "u-1"}, EmailTrust.NONE),
        (KIM | {"checked": False}, EmailTrust.STATED),
    ):
        back = shop.fake.approve(await us.begin(), {"me": person})
        assert (await us.finish(back)).email_trust is trust
    shop = Plain(provider=acme(reads=(Read("me", ME), MAILS)))
    assert (await shop.read(await shop.token(), MAILS.url)).status_code == 404


async def test_cancel_is_told() -> None:
    """As `access_denied`, which our library knows."""
    shop = Plain()
    us = ours(shop)
    back = shop.fake.deny(await us.begin())
    with pytest.raises(SignInCancelled):
        await us.finish(back)


# Strict ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "stranger"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
    ],
    ids=str,
)
def test_strangers_stay(wrong: dict[str, str | None]) -> None:
    """Client and way back are compared letter by letter; nobody is sent on."""
    shop = Plain()
    with pytest.raises(AuthorizationRefused):
        shop.fake.approve(shop.url(**wrong))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "profile admin"}, "invalid_scope"),
        ({"scope": "profile,email"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"nonce": "n"}, "invalid_request"),
        ({"colour": "red"}, "invalid_request"),
    ],
    ids=str,
)
def test_an_unsound_request_is_sent_back(
    wrong: dict[str, str | None], error: str
) -> None:
    """With its error and its state; what means nothing is no exception."""
    shop = Plain()
    told = told_by(shop.fake.approve(shop.url(**wrong)))
    assert (told["error"], told["state"]) == (error, "state-1")
    assert "code" not in told


def test_what_comes_twice_is_refused() -> None:
    """RFC 6749 §3.1: two readers would each believe another one."""
    shop = Plain()
    told = told_by(shop.fake.approve(shop.url() + "&scope=email"))
    assert told["error"] == "invalid_request"
    with pytest.raises(AuthorizationRefused):
        shop.fake.approve(shop.url() + "&client_id=shop")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code": "made-up"}, "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "other"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_request"),
        ({"client_secret": "s3cret+with/signs"}, "invalid_request"),
    ],
    ids=str,
)
async def test_a_code_is_for_what_was_asked(
    wrong: dict[str, str | None], error: str
) -> None:
    """Another verifier, way back or client, two proofs at once, a stray parameter."""
    shop = Plain()
    back = shop.fake.approve(shop.url())
    answer = await shop.exchange(shop.form(back, **wrong))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_code_is_good_once_and_for_a_minute() -> None:
    """The second time kills the token of the first; late is too late."""
    shop = Plain()
    form = shop.form(shop.fake.approve(shop.url()))
    token = (await shop.exchange(form)).json()["access_token"]
    assert (await shop.read(token)).status_code == 200
    assert (await shop.exchange(form)).json()["error"] == "invalid_grant"
    assert (await shop.read(token)).status_code == 401
    form = shop.form(shop.fake.approve(shop.url()))
    shop.clock.advance(timedelta(seconds=60))
    assert (await shop.exchange(form)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"basic": False}, 401),
        ({"basic": False, "auth": ("shop", "wrong")}, 401),
        ({"params": {"colour": "red"}}, 400),
        ({"params": {"client_secret": "s3cret+with/signs"}}, 400),
    ],
    ids=str,
)
async def test_the_secret_is_shown_in_one_way(
    options: dict[str, Any], status: int
) -> None:
    """In the header, as registered; never in the address (RFC 6749 §2.3.1)."""
    shop = Plain()
    form = shop.form(shop.fake.approve(shop.url()))
    assert (await shop.exchange(form, **options)).status_code == status


# Addresses ──────────────────────────────────────────────────────────────────────────


async def test_elsewhere_nobody_answers() -> None:
    """Another host is no host; another path of a known one is not found."""
    shop = Plain()
    with pytest.raises(httpx2.ConnectError, match="nobody lives at elsewhere"):
        await shop.ask("GET", "https://elsewhere.example/")
    with pytest.raises(httpx2.ConnectError):
        await shop.ask("GET", ME.replace("https", "http"))
    assert (await shop.ask("GET", "https://acme.example/")).status_code == 404
    ports = [shop.fake.lives_at(f"https://acme.example{p}/") for p in (":443", ":444")]
    assert ports == [True, False]
    token = await shop.token()
    assert (await shop.read(token, f"{ME}/mails")).status_code == 404
    with pytest.raises(ValueError, match="is not https://acme.example/oauth"):
        shop.fake.approve("https://acme.example/oauth/other?x=1")


async def test_an_address_may_have_a_query_and_a_part_to_fill_in() -> None:
    """The query must be there, and what is in braces must not be sent as it is."""
    provider = acme(
        endpoints=Endpoints(authorization=f"{AUTHORIZE}?tenant=1", token=TOKEN),
        reads=(Read("me", f"{ME}/{{token.user_id}}?v=2&of={{client_id}}"),),
    )
    shop = Plain(provider=provider)
    with pytest.raises(AuthorizationRefused, match="tenant"):
        shop.fake.approve(shop.url())
    back = shop.fake.approve(shop.url(tenant="1"))
    token = (await shop.exchange(shop.form(back))).json()["access_token"]
    assert (await shop.read(token, f"{ME}/4711?v=2&x=1&of=shop")).json() == KIM
    for other in (
        f"{ME}/4711",
        f"{ME}/4711?v=3&of=shop",
        f"{ME}/4711?v=2&of=",
        f"{ME}/4711?v=2&of={{client_id}}",
        f"{ME}/{{token.user_id}}?v=2&of=shop",
        f"{ME}/1/2?v=2&of=shop",
    ):
        assert (await shop.read(token, other)).status_code == 404


async def test_a_network_has_many_residents(
    provider: FakeProvider, clock: FrozenClock
) -> None:
    """Each answers at its own host, an OpenID provider too."""
    shop = Plain()
    network = Network(shop.fake, provider)
    async with httpx2.AsyncClient(transport=network) as http:
        assert (await http.get(ME)).status_code == 401
        assert (await http.get(f"{provider.issuer}/jwks")).status_code == 200
        with pytest.raises(httpx2.ConnectError):
            await http.get("https://nowhere.example")
    assert len(network.requests) == 3
    assert (shop.fake.calls, provider.calls) == ({"me": 1}, {"jwks": 1})


async def test_it_works_over_real_sockets(clock: FrozenClock) -> None:
    """On loopback, its addresses being where the server listens."""
    loopback = Loopback()
    local = acme(
        issuer=loopback.url,
        endpoints=Endpoints(
            authorization=f"{loopback.url}/authorize", token=f"{loopback.url}/token"
        ),
        reads=(Read("me", f"{loopback.url}/me"),),
    )
    fake = FakeOAuth2(local, redirect_uri=CALLBACK, replies={"me": KIM}, clock=clock)
    async with loopback.serving(fake), httpx2.AsyncHTTPTransport() as way:
        us = Ours(local, way, clock)
        back = await choose(way, await us.begin(), fake.person)
        assert (await us.finish(back)).subject == "u-4711"
    assert fake.calls == dict.fromkeys(("authorize", "decide", "token", "me"), 1)


async def test_its_page_has_two_buttons() -> None:
    """Continue, and Cancel; its style sheet lies beside it."""
    shop = Plain()
    way = shop.fake.transport
    assert "code" in told_by(await choose(way, shop.url(), shop.fake.person))
    assert told_by(await choose(way, shop.url(), None))["error"] == "access_denied"
    with pytest.raises(LookupError, match="400"):
        await choose(way, shop.url(client_id="stranger"), shop.fake.person)
    unsound = await choose(way, shop.url(scope="admin"), shop.fake.person)
    assert told_by(unsound)["error"] == "invalid_scope"
    nobody = await shop.ask("POST", shop.url(), data={"person": "eve"})
    assert nobody.status_code == 400
    style = await shop.ask("GET", "https://acme.example/oauth/provider.css")
    assert style.headers["content-type"].startswith("text/css")


# Faults ─────────────────────────────────────────────────────────────────────────────

BROKEN = {
    Fault.HTML_PAGE: BadProviderReply,
    Fault.SERVER_ERROR: ProviderUnreachable,
    Fault.INVALID_JSON: BadProviderReply,
    Fault.ERROR_ANSWER: ProviderError,
    Fault.ERROR_WITHOUT_NAME: BadProviderReply,
    Fault.REDIRECT: BadProviderReply,
    Fault.HUGE_BODY: BadProviderReply,
}
TOLD = {
    Fault.MISSING_ACCESS_TOKEN: BadProviderReply,
    Fault.MISSING_TOKEN_TYPE: BadProviderReply,
    Fault.OTHER_ISSUER_IN_CALLBACK: BadProviderReply,
}


@pytest.mark.parametrize("at", ["token", "me"])
@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault.name)
async def test_what_breaks_an_address(fault: Fault, at: str) -> None:
    """Either end, the token endpoint or a read by its name; then it is well again."""
    assert {f for f in Fault if isinstance(f.value, Replaced)} <= BROKEN.keys()
    shop = Plain()
    us = ours(shop)
    with shop.fake.misbehave(fault, at=at), pytest.raises(BROKEN[fault]):
        await us.finish(shop.fake.approve(await us.begin()))
    assert (await us.finish(shop.fake.approve(await us.begin()))).subject == "u-4711"


@pytest.mark.parametrize("fault", TOLD, ids=lambda fault: fault.name)
async def test_what_is_told_wrongly(fault: Fault) -> None:
    """In the token answer, or on the way back."""
    shop = Plain()
    us = ours(shop)
    shop.fake.misbehave(fault)
    with pytest.raises(TOLD[fault]):
        await us.finish(shop.fake.approve(await us.begin()))
    shop.fake.behave()
    assert (await us.finish(shop.fake.approve(await us.begin()))).subject == "u-4711"


async def test_a_slow_read_waits_for_the_gate() -> None:
    """The caller is held up until a test opens it; nothing sleeps."""
    shop = Plain()
    token = await shop.token()
    with shop.fake.misbehave(Fault.SLOW, at="me"):
        waiting = asyncio.create_task(shop.read(token))
        await shop.fake.gate.reached.wait()
        assert not waiting.done()
    assert (await waiting).json() == KIM


NEEDS_OPENID = {
    fault
    for fault in Fault
    if fault not in {*BROKEN, *TOLD, Fault.SLOW, Fault.MISSING_ISSUER_IN_CALLBACK}
}


@pytest.mark.parametrize("fault", sorted(NEEDS_OPENID, key=lambda f: f.name))
def test_what_needs_an_id_token_is_refused(fault: Fault) -> None:
    """A fault that could change nothing would let a test pass for nothing."""
    with pytest.raises(ValueError, match="OpenID Connect"):
        Plain().fake.misbehave(fault)


def test_a_fault_needs_a_place_that_there_is() -> None:
    """A read by a wrong name, or a place for a fault that has its own."""
    with pytest.raises(ValueError, match="authorize, decide, me, token"):
        Plain().fake.misbehave(Fault.SERVER_ERROR, at="user")
    with pytest.raises(ValueError, match="a place of its own"):
        Plain().fake.misbehave(Fault.MISSING_ACCESS_TOKEN, at="token")


# Being built ────────────────────────────────────────────────────────────────────────


def test_it_is_for_plain_oauth_2() -> None:
    """Who signs ID tokens has another fake."""
    openid = OpenIDConnect(
        name="id",
        title="ID",
        issuer="https://id.example",
        client_id="shop",
        client_secret="hush",
    )
    with pytest.raises(ValueError, match="use FakeProvider"):
        FakeOAuth2(openid, redirect_uri=CALLBACK, replies={})


def test_a_reply_needs_its_read() -> None:
    """A misspelt name would be a 404 that no test asked for."""
    with pytest.raises(ValueError, match="'user'"):
        Plain(replies={"user": KIM})
    with pytest.raises(ValueError, match="'user'"):
        Plain().fake.approve(Plain().url(), {"user": KIM})


def test_a_secret_in_a_body_needs_a_body() -> None:
    """A GET has none."""
    with pytest.raises(ValueError, match="has no body"):
        OAuth2Switches(exchange_method="GET", client_auth="client_secret_post")
