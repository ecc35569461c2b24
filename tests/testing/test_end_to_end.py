"""What a provider may have otherwise, said by us and demanded by a strict fake."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from starlette.applications import Starlette
from starlette.testclient import TestClient

from onboarding import Onboarding
from onboarding.accounts.model import Identity
from onboarding.providers import (
    ClientKey,
    Endpoints,
    OAuth2,
    OpenIDConnect,
    Provider,
    ProviderRequest,
    Read,
)
from onboarding.providers.replies import Replies
from onboarding.testing import (
    Client,
    FakeOAuth2,
    FakeProvider,
    FrozenClock,
    Network,
    OAuth2Switches,
    OpenIDSwitches,
    Person,
    ReadSwitches,
    RegisteredKey,
    SigningKey,
    sign_in,
)

SITE = "https://shop.example"
SECRET = "a-secret-of-the-shop-as-long-as-real-ones"
ME = "https://api.odd.example/me"
ENDPOINTS = Endpoints(
    authorization="https://odd.example/a", token="https://api.odd.example/t"
)
KEY = ec.generate_private_key(ec.SECP256R1())
OURS = ClientKey(
    KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "key-1",
    "ES256",
)
THEIRS = RegisteredKey(
    pem=KEY.public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode(),
    kid="key-1",
)


@dataclass(frozen=True, kw_only=True)
class Odd(OAuth2):
    """A provider that reads one profile, or finds somebody in the token response."""

    name: str = "odd"
    title: str = "Odd"
    issuer: str = "https://odd.example"
    client_id: str = "shop"
    client_secret: Any = SECRET
    scopes: tuple[str, ...] = ("profile", "email")
    endpoints: Endpoints = ENDPOINTS
    reads: tuple[Read, ...] = (Read("me", ME),)

    def identity(self, replies: Replies) -> Identity:
        """Return whoever was told of."""
        told: Any = replies.get("me") or replies["token"]
        return Identity(provider=self.name, issuer=self.issuer, subject=str(told["id"]))


class Camel(Odd):
    """Answers as DingTalk does."""

    def parse_token_response(self, body: bytes) -> object:
        """Return it in the standard's words."""
        told: Any = super().parse_token_response(body)
        return {"access_token": told.get("accessToken"), **told}


class Formed(Odd):
    """Answers as Stack Exchange does."""

    def parse_token_response(self, body: bytes) -> object:
        """Return the names and values of a form."""
        return dict(parse_qsl(body.decode()))


class Proving(Odd):
    """Wants `appsecret_proof`, as Facebook may."""

    def prepare(self, request: ProviderRequest, access_token: str) -> ProviderRequest:
        """Return the request with the proof."""
        key, token = SECRET.encode(), access_token.encode()
        proof = hmac.new(key, token, hashlib.sha256).hexdigest()
        return request._replace(url=f"{request.url}?appsecret_proof={proof}")


@dataclass(frozen=True, kw_only=True)
class Tenants(OpenIDConnect):
    """Has an issuer for each tenant, as Microsoft does."""

    template: ClassVar[str] = "https://id.example/{tenantid}/v2.0"

    def accepted_issuers(self, claims: Any) -> tuple[str, ...]:
        """Return that of the tenant."""
        return (self.template.replace("{tenantid}", str(claims.get("tid"))),)

    def is_discovered_issuer(self, issuer: object) -> bool:
        """Tell whether it is the template."""
        return issuer == self.template

    def _issuer(self, claims: Any) -> str:
        return self.accepted_issuers(claims)[0]


def reading(*args: Any, **options: Any) -> dict[str, Any]:
    """Return a description with one read."""
    return {"reads": (Read("me", *(args or (ME,)), **options),)}


def needs(**switches: Any) -> dict[str, Any]:
    """Return what that read needs."""
    return {"reads": {"me": ReadSwitches(**switches)}}


# By name: our description, and the facts.
PLAIN: dict[str, tuple[type[Odd], dict[str, Any], dict[str, Any]]] = {
    "usual": (Odd, {}, {}),
    "no-pkce": (
        Odd,
        {"pkce": False, "reasons": {"pkce": "a verifier is answered with 401"}},
        {"pkce": "refused"},
    ),
    "post": (Odd, {"client_auth": "post"}, {"client_auth": "client_secret_post"}),
    "public": (
        Odd,
        {"client_auth": "none", "client_secret": None},
        {"client_auth": "none"},
    ),
    "secret-jwt": (
        Odd,
        {"client_auth": "client_secret_jwt"},
        {"client_auth": "client_secret_jwt"},
    ),
    "key-jwt": (
        Odd,
        {
            "client_auth": "private_key_jwt",
            "client_secret": None,
            "client_key": OURS,
        },
        {"client_auth": "private_key_jwt", "client_key": THEIRS},
    ),
    "query": (
        Odd,
        {"client_auth": "post", "exchange_call": "query"},
        {"client_auth": "client_secret_query", "exchange_method": "GET"},
    ),
    "json": (Odd, {"exchange_call": "json"}, {"exchange_body": "json"}),
    "tiktok": (
        Odd,
        {
            "names": {"client_id": "client_key"},
            "client_auth": "post",
            "scope_separator": ",",
        },
        {
            "names": {"client_id": "client_key"},
            "exchange_names": {"client_id": "client_key"},
            "client_auth": "client_secret_post",
            "scope_separator": ",",
        },
    ),
    "dingtalk": (
        Odd,
        {"names": {"code": "authCode"}},
        {
            "callback_names": {"code": "authCode"},
            "exchange_names": {"code": "authCode"},
        },
    ),
    "vk": (
        Odd,
        {"exchange_params": {"device_id": "{callback.device_id}"}},
        {"callback_extra": {"device_id": "d-1"}},
    ),
    "wechat": (
        Odd,
        {
            "names": {"client_id": "appid", "client_secret": "secret"},
            "client_auth": "post",
            "exchange_call": "query",
            "says_token_type": False,
            "endpoints": replace(
                ENDPOINTS, authorization="https://odd.example/a#wechat_redirect"
            ),
        },
        {
            "names": {"client_id": "appid"},
            "exchange_names": {"client_id": "appid", "client_secret": "secret"},
            "client_auth": "client_secret_query",
            "exchange_method": "GET",
            "answer_shape": "untyped",
            "fragment": "wechat_redirect",
            "wants_redirect_uri": False,
        },
    ),
    "camel": (Camel, {"says_token_type": False}, {"answer_shape": "camel"}),
    "formed": (Formed, {}, {"answer_shape": "form"}),
    "form-post": (
        Odd,
        {"response_mode": "form_post"},
        {"response_mode": "form_post"},
    ),
    "yandex": (Odd, reading(scheme="OAuth"), needs(scheme="OAuth")),
    "shopify": (
        Odd,
        reading(scheme=None, headers={"X-Token": "{access_token}"}),
        needs(place_name="X-Token", scheme=""),
    ),
    "mailru": (
        Odd,
        reading(f"{ME}?access_token={{access_token}}", scheme=None),
        needs(place="query"),
    ),
    "hubspot": (
        Odd,
        reading(f"{ME}/{{access_token}}", scheme=None),
        needs(place="path"),
    ),
    "posted": (
        Odd,
        reading(method="POST", scheme=None, body={"access_token": "{access_token}"}),
        needs(method="POST", place="body"),
    ),
    "linear": (
        Odd,
        reading(
            method="POST",
            headers={"Content-Type": "application/json"},
            body='{"query": "{ viewer { id } }"}',
        ),
        needs(method="POST", body={"query": "{ viewer { id } }"}),
    ),
    "twitch": (
        Odd,
        reading(headers={"Client-Id": "{client_id}"}),
        needs(headers={"Client-Id": "shop"}),
    ),
    "token-says-where": (Odd, reading(f"{ME}/{{token.user_id}}"), {}),
    "token-says-who": (Odd, {"reads": ()}, {}),
    "proof": (Proving, {}, needs(proof=True)),
}
OPENID: dict[str, tuple[type[OpenIDConnect], dict[str, Any], dict[str, Any]]] = {
    "usual": (OpenIDConnect, {}, {}),
    "linkedin": (
        OpenIDConnect,
        {
            "pkce": False,
            "echoes_nonce": False,
            "reasons": {"pkce": "answers 401", "echoes_nonce": "never did"},
        },
        {"nonce": False, "pkce": "refused"},
    ),
    "apple": (
        OpenIDConnect,
        {"response_mode": "form_post", "told_once": ("user",)},
        {
            "response_mode": "form_post",
            "tells_name_once": True,
            "plus_is_space": False,
            "names_issuer": False,
        },
    ),
    "signed-userinfo": (
        OpenIDConnect,
        {"signs_userinfo": True},
        {"signed_userinfo": True},
    ),
    "pushed": (OpenIDConnect, {}, {"pushed_requests": True}),
    "tenants": (
        Tenants,
        {},
        {"tenant_issuer": Tenants.template, "names_issuer": False},
    ),
}
KIM = Person(subject="kim", name="Kim", extra={"tid": "t-1"})


def arrive(provider: Provider, fake: FakeProvider | FakeOAuth2) -> str:
    """Sign somebody in at a shop, and return what the account then is."""
    network: Network = fake.transport
    onboarding: Onboarding[Any] = Onboarding(
        url=f"{SITE}/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        mailer=None,
        clock=FrozenClock(),
        providers=[provider],
        transport=network,
    )
    shop = Starlette(
        routes=[onboarding.mount],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    with TestClient(shop, base_url=SITE) as browser:
        page: Any = sign_in(browser, fake)
        assert page.headers["content-type"] == "application/json", page.text
        kind: str = page.json()["kind"]
    return kind


@pytest.mark.parametrize("name", PLAIN)
def test_a_description_gets_in_where_it_is_true(name: str) -> None:
    """Plain OAuth 2: what we say otherwise is what the provider has otherwise."""
    kind, described, switches = PLAIN[name]
    provider = kind(**described)
    profile = {"me": {"id": 7}} if provider.reads else {}
    fake = FakeOAuth2(
        provider,
        redirect_uri=f"{SITE}/welcome/callback/odd",
        replies=profile | {"token": {"user_id": "u-1", "id": 7}},
        clock=FrozenClock(),
        switches=OAuth2Switches(**switches),
    )
    assert arrive(provider, fake) == "registered"


def openid(
    kind: type[OpenIDConnect], described: dict[str, Any], **fake: Any
) -> tuple[OpenIDConnect, FakeProvider]:
    """Return our description of an OpenID provider, and the provider."""
    usual: dict[str, Any] = {
        "name": "odd",
        "title": "Odd",
        "issuer": "https://id.example",
        "client_id": "shop",
        "client_secret": SECRET,
    }
    provider = kind(**usual | described)
    signs = provider.client_key is not None
    client = Client(
        client_id="shop",
        client_secret="" if signs else SECRET,
        redirect_uris=(f"{SITE}/welcome/callback/odd",),
        auth="private_key_jwt" if signs else "client_secret_basic",
        key=THEIRS if signs else None,
    )
    return provider, FakeProvider(
        provider.issuer, [client], [KIM], FrozenClock(), **fake
    )


@pytest.mark.parametrize("name", OPENID)
def test_an_openid_description_gets_in_where_it_is_true(name: str) -> None:
    """The same for what Apple, LinkedIn, Microsoft and others do."""
    kind, described, switches = OPENID[name]
    known = {"key": SigningKey("EdDSA"), "switches": OpenIDSwitches(**switches)}
    assert arrive(*openid(kind, described, **known)) == "registered"


def test_a_shared_secret_signs_where_it_was_agreed() -> None:
    """HS256, as at LINE."""
    named = {"algorithms": ("HS256",)}
    assert arrive(*openid(OpenIDConnect, named, algorithm="HS256")) == "registered"


def test_we_sign_who_we_are_to_an_openid_provider() -> None:
    """`private_key_jwt`, also where the request is pushed."""
    signs = {
        "client_auth": "private_key_jwt",
        "client_secret": None,
        "client_key": OURS,
    }
    pushed = OpenIDSwitches(pushed_requests=True)
    known = {"key": SigningKey("EdDSA"), "switches": pushed}
    assert arrive(*openid(OpenIDConnect, signs, **known)) == "registered"
