"""Rows, asked and answered in the shapes that the providers' documentation shows."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.errors import BadProviderReply, ProviderDenied
from onboarding.providers import Provider, named
from onboarding.social.attempt import Attempt
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.rules import read_response
from onboarding.testing import FrozenClock
from tests.social.scene import Hosts

pytestmark = pytest.mark.anyio

ATTEMPT = Attempt(state="st-0", verifier="v" * 43, nonce="n-0")
TOKENS = {"access_token": "a-1", "token_type": "bearer", "expires_in": 3600}
ID: dict[str, Any] = {"client_id": "shop", "client_secret": "hush-hush"}


class Answers:
    """Answers by the path that is asked, and keeps what was asked there."""

    def __init__(self, answers: Mapping[str, object]):
        self._answers = answers
        self.asked: dict[str, Request] = {}
        self.bodies: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""
        request = Request(scope, receive)
        path = request.url.path
        self.asked[path] = request
        self.bodies[path] = (await request.body()).decode()
        told = self._answers.get(path)
        text = told if isinstance(told, str) else json.dumps(told)
        await Response(text, 200 if path in self._answers else 404)(
            scope, receive, send
        )


async def come_back(
    provider: Provider, answers: Mapping[str, object], **brought: str
) -> tuple[Identity, Answers]:
    """Come back from a provider that answers so; return who it is, and what it saw."""
    app = Answers(answers)
    ends = provider.endpoints
    assert ends is not None
    urls = [ends.token, *(read.url for read in provider.reads)]
    flow = CodeFlow(
        SocialClient(transport=Hosts({urlsplit(u).hostname or "": app for u in urls})),
        FrozenClock(),
        providers={provider.name: provider},
        url="https://shop.example/welcome",
    )
    params = {"state": ["st-0"], **{name: [v] for name, v in brought.items()}}
    code = provider.names.get("code", "code")
    response = read_response({code: ["c-0"], **params}, code)
    return await flow.fetch_identity(provider, response, ATTEMPT), app


async def test_yandex_calls_its_tokens_oauth() -> None:
    """And makes pictures of an id; its addresses come without a word."""
    told = {
        "id": "1000034426",
        "login": "ivan",
        "client_id": "4760187d81bc4b7799476b42b5103713",
        "display_name": "ivan",
        "real_name": "Ivan Ivanov",
        "default_email": "test@yandex.ru",
        "emails": ["test@yandex.ru"],
        "default_avatar_id": "131652443",
    }
    answers = {"/token": TOKENS, "/info": told}
    identity, app = await come_back(named("yandex", **ID), answers)
    assert app.asked["/info"].headers["authorization"] == "OAuth a-1"
    assert (identity.subject, identity.name) == ("1000034426", "Ivan Ivanov")
    assert (identity.email, identity.email_trust) == (
        "test@yandex.ru",
        EmailTrust.STATED,
    )
    assert identity.picture == (
        "https://avatars.yandex.net/get-yapic/131652443/islands-200"
    )


async def test_reddit_is_told_who_calls() -> None:
    """By a User-Agent of one's own, at every call; it has no address to give."""
    agent = {"User-Agent": "web:my-shop:v1 (by /u/kim)"}
    told = {"id": "abc12", "name": "kim_reads", "icon_img": "https://i.example/k.png"}
    answers = {"/api/v1/access_token": TOKENS, "/api/v1/me": told}
    identity, app = await come_back(named("reddit", **ID, headers=agent), answers)
    seen = {asked.headers["user-agent"] for asked in app.asked.values()}
    assert seen == set(agent.values())
    assert (identity.subject, identity.email) == ("abc12", None)


async def test_dropbox_is_asked_by_a_post_of_nothing() -> None:
    """A type of content without content is refused there."""
    told = {
        "account_id": "dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc",
        "name": {"display_name": "Franz Ferdinand", "given_name": "Franz"},
        "email": "franz@dropbox.example",
        "email_verified": True,
        "profile_photo_url": "https://dl.example/photo",
    }
    path = "/2/users/get_current_account"
    answers = {"/oauth2/token": TOKENS, path: told}
    identity, app = await come_back(named("dropbox", **ID), answers)
    assert (app.asked[path].method, app.bodies[path]) == ("POST", "")
    assert "content-type" not in app.asked[path].headers
    assert identity.email_trust is EmailTrust.VERIFIED
    assert identity.name == "Franz Ferdinand"


PERSON = {
    "object": "user",
    "id": "d40e767c-d7af-4b18-a86d-55c61f1e39a4",
    "name": "Avo Cado",
    "avatar_url": "https://secure.example/avo.png",
    "type": "person",
    "person": {"email": "avo@example.org"},
}


async def test_notion_says_whose_bot_it_is() -> None:
    """Asked with a version, and exchanged with JSON."""
    bot = {"owner": {"type": "user", "user": PERSON}, "workspace_name": "Cado's"}
    answers = {
        "/v1/oauth/token": TOKENS,
        "/v1/users/me": {"object": "user", "id": "bot-1", "type": "bot", "bot": bot},
    }
    identity, app = await come_back(named("notion", **ID), answers)
    assert identity.subject == PERSON["id"]
    assert identity.email == "avo@example.org"
    assert app.asked["/v1/users/me"].headers["notion-version"] == "2022-06-28"
    exchange = app.asked["/v1/oauth/token"]
    assert exchange.headers["content-type"] == "application/json"
    assert exchange.headers["authorization"].startswith("Basic ")
    assert json.loads(app.bodies["/v1/oauth/token"])["code"] == "c-0"


async def test_a_bot_that_a_workspace_owns_is_nobody() -> None:
    """Neither the bot nor the workspace is who came."""
    bot = {"owner": {"type": "workspace", "workspace": True}}
    answers = {
        "/v1/oauth/token": TOKENS,
        "/v1/users/me": {"object": "user", "id": "bot-1", "type": "bot", "bot": bot},
    }
    with pytest.raises(BadProviderReply):
        await come_back(named("notion", **ID), answers)


async def test_patreon_tells_the_attributes_that_are_listed() -> None:
    """JSON:API; an address that it has not checked proves nothing."""
    attributes = {
        "email": "kim@example.org",
        "full_name": "Kim de Vries",
        "image_url": "https://c8.example/kim.jpg",
        "is_email_verified": False,
    }
    path = "/api/oauth2/v2/identity"
    answers = {
        "/api/oauth2/token": TOKENS,
        path: {"data": {"attributes": attributes, "id": "12345689", "type": "user"}},
    }
    identity, app = await come_back(named("patreon", **ID), answers)
    assert "is_email_verified" in app.asked[path].query_params["fields[user]"]
    assert (identity.subject, identity.email_trust) == ("12345689", EmailTrust.STATED)


async def test_stack_exchange_answers_a_form() -> None:
    """And its people have one number in the whole network."""
    item = {
        "account_id": 291652,
        "user_id": 593944,
        "display_name": "kim",
        "profile_image": "https://www.gravatar.example/kim",
    }
    answers = {
        "/oauth/access_token": "access_token=a-1&expires=86400",
        "/2.1/me": {"items": [item], "has_more": False},
    }
    provider = named("stackexchange", **ID, key="my-key((")
    identity, app = await come_back(provider, answers)
    assert identity.subject == "291652"
    asked = app.asked["/2.1/me"]
    assert asked.query_params["key"] == "my-key(("
    assert asked.query_params["access_token"] == "a-1"
    assert "authorization" not in asked.headers


async def test_strava_says_who_it_is_beside_the_token() -> None:
    """Nothing is read."""
    athlete = {
        "id": 1234567890987654321,
        "username": "marianne_t",
        "firstname": "Marianne",
        "lastname": "Teutenberg",
        "profile": "https://xxxxxx.example/large.jpg",
    }
    answers = {"/oauth/token": {**TOKENS, "athlete": athlete}}
    identity, app = await come_back(named("strava", **ID), answers)
    assert (identity.subject, identity.name) == (
        "1234567890987654321",
        "Marianne Teutenberg",
    )
    assert list(app.asked) == ["/oauth/token"]


async def test_etsy_is_asked_who_it_is_and_then_about_them() -> None:
    """With a key beside the token, and no secret."""
    answers = {
        "/v3/public/oauth/token": TOKENS,
        "/v3/application/users/me": {"user_id": 12345678, "shop_id": 1},
        "/v3/application/users/12345678": {
            "user_id": 12345678,
            "primary_email": "kim@example.org",
            "first_name": "Kim",
            "last_name": "de Vries",
            "image_url_75x75": "https://i.example/75.jpg",
        },
    }
    identity, app = await come_back(
        named("etsy", client_id="shop", key="key:shared"), answers
    )
    assert (identity.subject, identity.name) == ("12345678", "Kim de Vries")
    read = app.asked["/v3/application/users/12345678"]
    assert read.headers["x-api-key"] == "key:shared"
    sent = parse_qs(app.bodies["/v3/public/oauth/token"])
    assert sent["code_verifier"] == [ATTEMPT.verifier]
    assert "client_secret" not in sent


@pytest.mark.parametrize(
    ("verified", "trust"),
    [
        (1, EmailTrust.VERIFIED),
        *((said, EmailTrust.STATED) for said in (0, 2, True, 1.0, "1", None)),
    ],
)
async def test_zoom_says_yes_with_a_number(verified: object, trust: EmailTrust) -> None:
    """With that one, and with nothing that is like it."""
    told = {
        "id": "KdYKjnimT4KPd8FFgQt9FQ",
        "first_name": "Jane",
        "last_name": "Dev",
        "email": "jane.dev@example.org",
        "verified": verified,
    }
    answers = {"/oauth/token": TOKENS, "/v2/users/me": told}
    identity, _ = await come_back(named("zoom", **ID), answers)
    assert (identity.email, identity.email_trust) == ("jane.dev@example.org", trust)


BITBUCKET = {
    "username": "tutorials",
    "uuid": "{c788b2da-b7a2-404c-9e26-d3f077557007}",
    "account_id": "557058:c0b72ad0",
    "display_name": "tutorials account",
    "links": {"avatar": {"href": "https://bitbucket.example/avatar/32/"}},
}


async def test_bitbucket_has_its_addresses_elsewhere() -> None:
    """The primary one counts; where they may not be read there is none."""
    second = {"email": "b@example.org", "is_primary": False, "is_confirmed": True}
    first = {"email": "a@example.org", "is_primary": True, "is_confirmed": True}
    answers: dict[str, object] = {
        "/site/oauth2/access_token": TOKENS,
        "/2.0/user": BITBUCKET,
        "/2.0/user/emails": {"values": [second, first]},
    }
    identity, _ = await come_back(named("bitbucket", **ID), answers)
    assert (identity.email, identity.email_trust) == (
        "a@example.org",
        EmailTrust.VERIFIED,
    )
    assert identity.subject == BITBUCKET["uuid"]
    assert identity.username == "tutorials"
    del answers["/2.0/user/emails"]
    identity, _ = await come_back(named("bitbucket", **ID), answers)
    assert (identity.email, identity.email_trust) == (None, EmailTrust.NONE)


async def test_linear_is_asked_in_its_own_language() -> None:
    """GraphQL, by POST."""
    viewer = {"id": "u-1", "name": "Kim", "email": "kim@example.org", "avatarUrl": None}
    answers = {"/oauth/token": TOKENS, "/graphql": {"data": {"viewer": viewer}}}
    identity, app = await come_back(named("linear", **ID), answers)
    assert "viewer" in json.loads(app.bodies["/graphql"])["query"]
    assert app.asked["/graphql"].headers["content-type"] == "application/json"
    assert (identity.subject, identity.picture) == ("u-1", None)


async def test_a_mastodon_is_the_server_that_was_named() -> None:
    """The same number at another one is somebody else."""
    found = []
    for domain in ("mastodon.social", "masto.example"):
        told = {
            "id": "14715",
            "username": "trwnh",
            "display_name": "",
            "avatar_static": "",
        }
        answers = {"/oauth/token": TOKENS, "/api/v1/accounts/verify_credentials": told}
        provider = named("mastodon", **ID, domain=domain)
        identity, app = await come_back(provider, answers)
        assert {asked.url.hostname for asked in app.asked.values()} == {domain}
        assert identity.name == "trwnh"
        found.append((identity.issuer, identity.subject))
    assert found == [
        ("https://mastodon.social", "14715"),
        ("https://masto.example", "14715"),
    ]


async def test_wechat_is_exchanged_by_get_and_refuses_with_200() -> None:
    """With names of its own, and an id for all applications of one account."""
    token = {"access_token": "a-1", "openid": "o-1", "scope": "snsapi_login"}
    answers: dict[str, object] = {
        "/sns/oauth2/access_token": token,
        "/sns/userinfo": {"openid": "o-1", "unionid": "u-1", "nickname": "金"},
    }
    identity, app = await come_back(named("wechat", **ID), answers)
    assert (identity.subject, identity.name) == ("u-1", "金")
    exchange = app.asked["/sns/oauth2/access_token"]
    assert exchange.method == "GET"
    assert exchange.query_params["appid"] == "shop"
    assert exchange.query_params["secret"] == "hush-hush"
    assert app.asked["/sns/userinfo"].query_params["openid"] == "o-1"
    answers["/sns/oauth2/access_token"] = {"errcode": 40029, "errmsg": "invalid code"}
    with pytest.raises(ProviderDenied):
        await come_back(named("wechat", **ID), answers)
    answers["/sns/oauth2/access_token"] = token
    answers["/sns/userinfo"] = {"openid": "o-1", "nickname": "金"}
    with pytest.raises(BadProviderReply):
        await come_back(named("wechat", **ID), answers)


async def test_dingtalk_speaks_camel_case() -> None:
    """Its code has another name on the way back than in the exchange."""
    token = {"accessToken": "a-1", "refreshToken": "r-1", "expireIn": 7200}
    answers = {
        "/v1.0/oauth2/userAccessToken": token,
        "/v1.0/contact/users/me": {"openId": "o-1", "unionId": "u-1", "nick": "Kim"},
    }
    identity, app = await come_back(named("dingtalk", **ID), answers)
    assert identity.subject == "o-1"
    sent = json.loads(app.bodies["/v1.0/oauth2/userAccessToken"])
    wanted = {
        "clientId": "shop",
        "clientSecret": "hush-hush",
        "code": "c-0",
        "grantType": "authorization_code",
    }
    assert sent == sent | wanted
    read = app.asked["/v1.0/contact/users/me"]
    assert read.headers["x-acs-dingtalk-access-token"] == "a-1"
    assert "authorization" not in read.headers


async def test_vk_takes_along_the_device_that_the_browser_brought() -> None:
    """And is asked about the person by a POST."""
    person = {"user_id": "1234567890", "first_name": "Ivan", "last_name": "I."}
    answers = {
        "/oauth2/auth": {**TOKENS, "token_type": "Bearer", "user_id": 1234567890},
        "/oauth2/user_info": {"user": {**person, "email": "ivan@example.org"}},
    }
    identity, app = await come_back(named("vk", **ID), answers, device_id="d-1")
    assert identity.subject == "1234567890"
    assert parse_qs(app.bodies["/oauth2/auth"])["device_id"] == ["d-1"]
    assert parse_qs(app.bodies["/oauth2/user_info"]) == {
        "access_token": ["a-1"],
        "client_id": ["shop"],
    }
    with pytest.raises(BadProviderReply, match="device_id"):
        await come_back(named("vk", **ID), answers)


async def test_shopify_signs_in_who_works_in_a_shop() -> None:
    """From the token response, under the shop that was named."""
    person = {
        "id": 902541635,
        "first_name": "John",
        "last_name": "Smith",
        "email": "john@example.com",
        "email_verified": True,
        "account_owner": True,
    }
    token = {"access_token": "a-1", "scope": "read_products", "associated_user": person}
    provider = named("shopify", **ID, domain="my-shop.myshopify.com")
    identity, _ = await come_back(provider, {"/admin/oauth/access_token": token})
    assert (identity.issuer, identity.subject) == (
        "https://my-shop.myshopify.com",
        "902541635",
    )
    assert identity.email_trust is EmailTrust.VERIFIED


async def test_deezer_calls_everything_otherwise() -> None:
    """Permissions, application, secret; and a token response that is a form."""
    answers: dict[str, object] = {
        "/oauth/access_token.php": "access_token=a-1&expires=3600",
        "/user/me": {"id": 5, "name": "kim", "email": "kim@example.org"},
    }
    identity, app = await come_back(named("deezer", **ID), answers)
    asked = app.asked["/oauth/access_token.php"]
    assert (asked.query_params["app_id"], asked.query_params["secret"]) == (
        "shop",
        "hush-hush",
    )
    assert identity.subject == "5"
    answers["/oauth/access_token.php"] = "wrong code"
    with pytest.raises(BadProviderReply, match="no access token"):
        await come_back(named("deezer", **ID), answers)
