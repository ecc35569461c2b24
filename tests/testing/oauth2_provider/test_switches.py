"""Each way in which a provider differs from RFC 6749, and how far it goes."""

from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from onboarding.testing import AuthorizationRefused, FrozenClock, RegisteredKey, choose
from onboarding.testing.identity_provider.client_auth import JWT_BEARER
from tests.testing.oauth2_provider.plain import (
    AUTHORIZE,
    CALLBACK,
    KIM,
    TOKEN,
    Plain,
    acme,
    plain,
    told_by,
)

pytestmark = pytest.mark.anyio

SECRET = "s3cret+with/signs"
BASIC = httpx2.BasicAuth("shop", "s3cret%2Bwith%2Fsigns")
BY_BODY = {"client_id": "shop", "client_secret": SECRET}
OWN = ECKey.generate_key("P-256")
NOW = int(FrozenClock()().timestamp())


def error_of(answer: httpx2.Response) -> tuple[int, object]:
    """Return the status and the error code."""
    return answer.status_code, answer.json()["error"]


# PKCE ───────────────────────────────────────────────────────────────────────────────


async def test_pkce_may_be_refused() -> None:
    """A verifier is `invalid_client` with 401, as at LinkedIn; without one it works."""
    shop = plain(pkce="refused")
    bare = {"code_challenge": None, "code_challenge_method": None}
    for asked in ({}, bare):
        back = shop.fake.approve(shop.url(**asked))
        assert error_of(await shop.exchange(shop.form(back))) == (401, "invalid_client")
        form = shop.form(shop.fake.approve(shop.url(**asked)), code_verifier=None)
        assert (await shop.exchange(form)).status_code == 200


@pytest.mark.parametrize(
    ("asked", "shown", "status"),
    [(True, True, 200), (False, False, 200), (True, False, 400), (False, True, 400)],
)
async def test_pkce_may_be_left_to_the_client(
    asked: bool, shown: bool, status: int
) -> None:
    """Both halves or none."""
    shop = plain(pkce="optional")
    none = {} if asked else {"code_challenge": None, "code_challenge_method": None}
    back = shop.fake.approve(shop.url(**none))
    form = shop.form(back, **({} if shown else {"code_verifier": None}))
    assert (await shop.exchange(form)).status_code == status


# Client authentication ──────────────────────────────────────────────────────────────

WAYS: dict[str, dict[str, Any]] = {
    "client_secret_basic": {"auth": BASIC},
    "client_secret_post": {"data": BY_BODY},
    "client_secret_query": {"params": BY_BODY},
    "none": {"data": {"client_id": "shop"}},
}


@pytest.mark.parametrize("shown", WAYS)
@pytest.mark.parametrize("wanted", WAYS)
async def test_a_client_shows_who_it_is_in_one_way(wanted: str, shown: str) -> None:
    """The one that it is registered for; every other is `invalid_client`."""
    secret = {} if wanted == "none" else {"client_secret": SECRET}
    auth = {"client_auth": "none" if wanted == "none" else "basic"}
    provider = acme(**({"client_secret": None} | secret | auth))
    shop = plain(client_auth=wanted)
    shop = Plain(shop.switches, provider=provider)
    options = dict(WAYS[shown])
    form = shop.form(shop.fake.approve(shop.url())) | options.pop("data", {})
    answer = await shop.exchange(form, basic=False, **options)
    if shown == wanted:
        assert answer.status_code == 200, answer.text
    else:
        assert error_of(answer) == (401, "invalid_client")


@pytest.mark.parametrize("wanted", ["private_key_jwt", "apple"])
async def test_a_client_may_have_to_sign(wanted: str) -> None:
    """RFC 7523, or Apple's secret: its own key, and no other."""
    key = RegisteredKey(pem=OWN.as_pem(private=False).decode(), kid="k", team="shop")
    shop = plain(client_auth=wanted, client_key=key)
    apple = wanted == "apple"
    claims = {
        "iss": "shop",
        "sub": "shop",
        "aud": "https://appleid.apple.com" if apple else TOKEN,
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "1",
    }
    for signer, status in ((OWN, 200), (ECKey.generate_key("P-256"), None)):
        token = jwt.encode({"alg": "ES256", "kid": "k"}, claims, signer)
        signed = {"client_assertion_type": JWT_BEARER, "client_assertion": token}
        secret = {"client_id": "shop", "client_secret": token}
        form = shop.form(shop.fake.approve(shop.url())) | (secret if apple else signed)
        answer = await shop.exchange(form, basic=False)
        assert answer.status_code == (status or (400 if apple else 401))


# The token request ──────────────────────────────────────────────────────────────────


async def test_it_may_be_a_get() -> None:
    """With everything in the address, as at WeChat and QQ; a POST is not allowed."""
    shop = plain(exchange_method="GET", client_auth="client_secret_query")
    form = shop.form(shop.fake.approve(shop.url())) | BY_BODY
    assert (await shop.ask("POST", TOKEN, params=form)).status_code == 405
    strange = await shop.ask("GET", TOKEN, params=form | {"colour": "red"})
    assert error_of(strange) == (400, "invalid_request")
    assert (await shop.ask("GET", TOKEN, params=form)).status_code == 200
    assert (await plain().ask("GET", TOKEN, params=form)).status_code == 405


async def test_it_may_be_json() -> None:
    """An object of texts; a form is none, and JSON none where a form is wanted."""
    shop = plain(exchange_body="json")
    form = shop.form(shop.fake.approve(shop.url()))
    wrong: list[dict[str, Any]] = [
        {"data": form},
        {"json": [form]},
        {"json": form | {"code": 1}},
        {"content": "{", "headers": {"content-type": "application/json"}},
    ]
    for options in wrong:
        answer = await shop.ask("POST", TOKEN, auth=BASIC, **options)
        assert error_of(answer) == (400, "invalid_request")
    assert (await shop.ask("POST", TOKEN, json=form, auth=BASIC)).status_code == 200
    refused = await plain().ask("POST", TOKEN, json=form, auth=BASIC)
    assert error_of(refused) == (400, "invalid_request")


async def test_it_may_need_no_redirect_uri() -> None:
    """Then it need not be said again, and another one is refused all the same."""
    shop = plain(wants_redirect_uri=False)
    for uri, status in ((None, 200), (CALLBACK, 200), (CALLBACK + "/", 400)):
        form = shop.form(shop.fake.approve(shop.url()), redirect_uri=uri)
        assert (await shop.exchange(form)).status_code == status


# Names ──────────────────────────────────────────────────────────────────────────────


async def test_parameters_may_have_other_names() -> None:
    """`client_key` on the way there, `appid` and `secret` with the code.

    As at TikTok and WeChat. The standard's names then mean nothing.
    """
    shop = plain(
        names={"client_id": "client_key"},
        exchange_names={"client_id": "appid", "client_secret": "secret"},
        client_auth="client_secret_post",
    )
    with pytest.raises(AuthorizationRefused):
        shop.fake.approve(shop.url())
    both = told_by(shop.fake.approve(shop.url(client_key="shop")))
    assert both["error_description"] == "client_id (here client_key) means nothing here"
    asked = shop.url(client_id=None, client_key="shop")
    form = shop.form(shop.fake.approve(asked))
    named = {"appid": "shop", "secret": SECRET}
    refused = await shop.exchange(form | BY_BODY, basic=False)
    assert error_of(refused) == (400, "invalid_request")
    assert (await shop.exchange(form | named, basic=False)).status_code == 200


def test_what_comes_back_may_have_other_names() -> None:
    """`authCode`, as at DingTalk, and no `code` beside it."""
    told = told_by(
        plain(callback_names={"code": "authCode"}).fake.approve(Plain().url())
    )
    assert told.keys() == {"authCode", "state"}


async def test_more_may_come_back_and_be_wanted_again() -> None:
    """`device_id`, as at VK ID."""
    shop = plain(callback_extra={"device_id": "d-1"})
    back = shop.fake.approve(shop.url())
    assert told_by(back)["device_id"] == "d-1"
    for shown, status in ((None, 400), ("d-2", 400), ("d-1", 200)):
        form = shop.form(shop.fake.approve(shop.url()), device_id=shown)
        assert (await shop.exchange(form)).status_code == status
    strange = Plain()
    form = strange.form(strange.fake.approve(strange.url()), device_id="d-1")
    assert error_of(await strange.exchange(form)) == (400, "invalid_request")


def test_further_parameters_may_be_known() -> None:
    """Those of the description, and those that the switches name."""
    shop = plain(params=("prompt",))
    assert "code" in told_by(shop.fake.approve(shop.url(prompt="login")))
    described = Plain(provider=acme(params={"owner": "user"}))
    assert "code" in told_by(described.fake.approve(described.url(owner="user")))
    assert "error" in told_by(described.fake.approve(described.url(prompt="login")))


# The way there and back ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("scope", "ok"), [("profile,email", 1), ("profile email", 0)])
def test_scopes_may_be_joined_otherwise(scope: str, ok: int) -> None:
    """By a comma; then a space makes one scope that nobody has."""
    shop = plain(scope_separator=",")
    told = told_by(shop.fake.approve(shop.url(scope=scope)))
    assert ("code" in told, told.get("error")) == (
        (True, None) if ok else (False, "invalid_scope")
    )


def test_the_address_may_need_an_end() -> None:
    """`#wechat_redirect`: without it the browser stays."""
    shop = plain(fragment="wechat_redirect")
    with pytest.raises(AuthorizationRefused, match="#wechat_redirect"):
        shop.fake.approve(shop.url())
    assert "code" in told_by(shop.fake.approve(shop.url("#wechat_redirect")))


@pytest.mark.parametrize("by_page", [True, False])
async def test_it_may_answer_by_form(by_page: bool) -> None:
    """With `response_mode=form_post` asked for by name; a refusal goes so, too."""
    shop = plain(response_mode="form_post")
    url = shop.url(response_mode="form_post")
    if by_page:
        back = await choose(shop.fake.transport, url, shop.fake.person)
    else:
        back = shop.fake.approve(url)
    assert back == CALLBACK
    assert back.form is not None
    assert back.form.keys() == {"code", "state"}
    assert (await shop.exchange(shop.form(back))).status_code == 200
    refused = shop.fake.approve(shop.url())
    assert refused.form is not None
    assert refused.form["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, ["code", "state"]),
        ({"tells_state": False}, ["code"]),
        ({"names_issuer": True}, ["code", "iss", "state"]),
    ],
    ids=str,
)
def test_what_comes_back(switches: dict[str, Any], expected: list[str]) -> None:
    """State as the standard asks, or not at all; the issuer only where it is named."""
    shop = plain(**switches)
    assert sorted(told_by(shop.fake.approve(shop.url()))) == expected


# What the token endpoint answers ────────────────────────────────────────────────────


async def answered(shop: Plain, **headers: str) -> httpx2.Response:
    """Exchange a fresh code."""
    form = shop.form(shop.fake.approve(shop.url()))
    return await shop.exchange(form, headers=headers)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("standard", "access_token expires_in scope token_type"),
        ("untyped", "access_token expires_in scope"),
        ("camel", "accessToken expireIn scope"),
    ],
)
async def test_a_token_answer_has_its_own_words(shape: str, expected: str) -> None:
    """In JSON, with all that the standard names, or less, or otherwise."""
    answer = await answered(plain(answer_shape=shape))
    assert sorted(answer.json()) == expected.split()


async def test_a_token_answer_may_be_a_form() -> None:
    """Always, or unless JSON is asked for by name."""
    shapes = plain(answer_shape="form"), plain(answer_shape="form_unless_json")
    for shop in shapes:
        answer = await answered(shop)
        assert answer.headers["content-type"].startswith("application/x-www-form")
        assert {"access_token", "token_type"} <= parse_qs(answer.text).keys()
    asked = [await answered(shop, accept="application/json") for shop in shapes]
    assert [a.headers["content-type"].partition(";")[0] for a in asked] == [
        "application/x-www-form-urlencoded",
        "application/json",
    ]


async def test_a_token_answer_may_tell_who_somebody_is() -> None:
    """What was recorded as `token` stands beside the token (Strava, ORCID)."""
    shop = Plain(replies={"me": KIM, "token": {"athlete": {"id": 7}, "scope": "read"}})
    told = (await answered(shop)).json()
    assert (told["athlete"], told["scope"]) == ({"id": 7}, "read")
    assert told["token_type"] == "Bearer"


NOES: dict[str, tuple[int, dict[str, object]]] = {
    "standard": (400, {"error": "invalid_grant"}),
    "error_in_200": (200, {"error": "invalid_grant"}),
    "ok_false": (200, {"ok": False, "error": "invalid_grant"}),
    "errcode": (200, {"errcode": 40029}),
    "message": (400, {"status": 400}),
}


@pytest.mark.parametrize("shape", NOES)
async def test_a_no_has_its_own_words(shape: str) -> None:
    """RFC 6749 §5.2, GitHub, Slack, WeChat, Twitch."""
    shop = plain(refusal_shape=shape)
    form = shop.form(shop.fake.approve(shop.url()), code="made-up")
    answer = await shop.exchange(form)
    status, told = NOES[shape]
    assert answer.status_code == status
    assert answer.json() == answer.json() | told
    assert "access_token" not in answer.json()
    unread = await shop.read("no-token")
    assert (unread.status_code == 200) is (status == 200)


async def test_a_no_may_be_a_form() -> None:
    """Where answers are, unless JSON is asked for by name."""
    shop = plain(answer_shape="form_unless_json", refusal_shape="error_in_200")
    form = shop.form(shop.fake.approve(shop.url()), code="made-up")
    assert parse_qs((await shop.exchange(form)).text)["error"] == ["invalid_grant"]
    asked = await shop.exchange(form, headers={"accept": "application/json"})
    assert asked.json()["error"] == "invalid_grant"


def test_every_address_is_the_providers_own() -> None:
    """The client of these tests and the fake mean the same places."""
    assert Plain().url().startswith(AUTHORIZE)
