"""What providers have otherwise than the standards: said in data, and kept to."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from onboarding.accounts.model import Identity
from onboarding.errors import BadIdToken, BadProviderReply, ConfigError, ProviderDenied
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
from onboarding.social.attempt import Attempt
from onboarding.social.blame import Asked
from onboarding.social.client import SocialClient
from onboarding.social.code_flow import CodeFlow
from onboarding.social.id_token import IdTokens
from onboarding.social.messages import (
    authorization_params,
    authorization_url,
    pushed_request,
    token_request,
)
from onboarding.social.rules import AuthorizationResponse, read_response
from onboarding.social.token_responses import read_pushed, read_tokens
from onboarding.testing import FrozenClock, SigningKey
from onboarding.testing.id_tokens import genuine
from tests.social.scene import Hosts, asked
from tests.social.test_client import ATTEMPT, BACK, ENDPOINTS, NOON, Recorder

pytestmark = pytest.mark.anyio

ISSUER = "https://id.example"
KEYS = Endpoints(
    authorization=f"{ISSUER}/a", token=f"{ISSUER}/t", jwks=f"{ISSUER}/keys"
)


@dataclass(frozen=True, kw_only=True)
class Quirky(OAuth2):
    """Somebody with an API of their own."""

    name: str = "quirky"
    title: str = "Quirky"
    issuer: str = ISSUER
    client_id: str = "shop"
    client_secret: Any = "hush-hush"
    endpoints: Endpoints = ENDPOINTS

    def identity(self, replies: Replies) -> Identity:
        """Return whoever the token response names."""
        token: Any = replies["token"]
        return Identity(
            provider=self.name, issuer=self.issuer, subject=str(token["open_id"])
        )


def openid(**changes: Any) -> OpenIDConnect:
    """Return a provider of OpenID Connect."""
    known: dict[str, Any] = {
        "name": "id",
        "title": "ID",
        "issuer": ISSUER,
        "client_id": "shop",
        "client_secret": "a-channel-secret-of-32-characters",
    }
    return OpenIDConnect(**(known | changes))


def sent(provider: Provider, **values: object) -> ProviderRequest:
    """Return the token request of a provider."""
    return token_request(
        provider,
        ENDPOINTS.token,
        ATTEMPT,
        redirect_uri=BACK,
        now=NOON,
        values={"code": "c-0", **values},
    )


def form(request: ProviderRequest) -> dict[str, str]:
    """Return the fields of a body."""
    return {name: value for name, [value] in parse_qs(request.body).items()}


# ── the way there ────────────────────────────────────────────────────────────


def test_without_pkce_no_challenge_and_no_verifier_leave() -> None:
    """LinkedIn answers 401 to a verifier unless PKCE was enabled for the app."""
    plain = Quirky(pkce=False, reasons={"pkce": "it answers 401 to a verifier"})
    assert not {"code_challenge", "code_challenge_method"} & set(
        authorization_params(plain, ATTEMPT, BACK)
    )
    assert "code_verifier" not in form(sent(plain))
    assert plain.weakened() == {"pkce=False": "it answers 401 to a verifier"}


@pytest.mark.parametrize("name", ["pkce", "echoes_nonce"])
def test_no_check_goes_without_a_reason(name: str) -> None:
    """Whoever turns one off writes why, and doctor prints it."""
    with pytest.raises(ConfigError, match="say why"):
        Quirky(**{name: False})
    with pytest.raises(ConfigError, match="say why"):
        Quirky(**{name: False}, reasons={name: " "})


def test_parameters_have_the_names_that_the_provider_has_for_them() -> None:
    """TikTok says client_key everywhere, and separates scopes by commas."""
    tiktok = Quirky(
        names={"client_id": "client_key"},
        client_auth="post",
        scopes=("user.info.basic", "video.list"),
        scope_separator=",",
    )
    params = authorization_params(tiktok, ATTEMPT, BACK)
    assert (params["client_key"], params["scope"]) == (
        "shop",
        "user.info.basic,video.list",
    )
    assert "client_id" not in params
    assert form(sent(tiktok))["client_key"] == "shop"


@pytest.mark.parametrize("name", ["state", "redirect_uri", "anything"])
def test_what_binds_an_answer_to_its_attempt_is_not_renamed(name: str) -> None:
    """Nor what is no parameter of ours."""
    with pytest.raises(ConfigError, match="must not rename"):
        Quirky(names={name: "x"})


def test_no_parameter_of_a_plug_in_wins_over_ours() -> None:
    """Not under a name that the provider has for it either."""
    sly = Quirky(names={"client_id": "client_key"}, params={"client_key": "eve"})
    assert authorization_params(sly, ATTEMPT, BACK)["client_key"] == "shop"
    with pytest.raises(ConfigError, match="params must not set code"):
        Quirky(exchange_params={"code": "{callback.x}"})


def test_spaces_go_as_percent_20() -> None:
    """Cognito reads no plus between scopes."""
    url = authorization_url(
        openid(), KEYS.authorization, authorization_params(openid(), ATTEMPT, BACK)
    )
    assert "scope=openid%20email%20profile" in url


def test_a_fragment_stays_at_the_end() -> None:
    """WeChat wants #wechat_redirect."""
    url = authorization_url(Quirky(), f"{ISSUER}/a#wechat_redirect", {"state": "s"})
    assert url == f"{ISSUER}/a?state=s#wechat_redirect"


def test_form_post_is_asked_for() -> None:
    """And nothing is where a query is usual."""
    posting = openid(response_mode="form_post")
    assert authorization_params(posting, ATTEMPT, BACK)["response_mode"] == "form_post"
    assert "response_mode" not in authorization_params(openid(), ATTEMPT, BACK)


@pytest.mark.parametrize(
    "query", ["?response_mode=query", "?code_challenge_method=plain"]
)
def test_an_endpoint_gets_round_no_setting(query: str) -> None:
    """Not even round one that is not sent."""
    plain = openid(pkce=False, reasons={"pkce": "for this test"})
    with pytest.raises(BadProviderReply):
        authorization_url(
            plain,
            KEYS.authorization + query,
            authorization_params(plain, ATTEMPT, BACK),
        )


def test_an_attempt_may_wish_for_something() -> None:
    """A fresh sign-in, or a hint; it cannot replace what binds the attempt."""
    wishes = {"prompt": "login", "max_age": "0", "state": "eve"}
    params = authorization_params(openid(), replace(ATTEMPT, wishes=wishes), BACK)
    assert (params["prompt"], params["max_age"]) == ("login", "0")
    assert params["state"] == ATTEMPT.state


# ── the token request ────────────────────────────────────────────────────────


def test_a_token_request_may_be_json() -> None:
    """DingTalk and Notion want it so."""
    request = sent(Quirky(exchange_call="json", client_auth="post"))
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body)["client_secret"] == "hush-hush"


def test_a_token_request_may_be_a_query() -> None:
    """WeChat takes it by GET, with names of its own."""
    names = {"client_id": "appid", "client_secret": "secret"}
    request = sent(Quirky(exchange_call="query", client_auth="post", names=names))
    assert (request.method, request.body) == ("GET", "")
    assert asked(request.url)["secret"] == "hush-hush"


def test_a_token_request_takes_along_what_the_browser_brought() -> None:
    """VK's device_id; without it nothing is sent."""
    vk = Quirky(exchange_params={"device_id": "{callback.device_id}"})
    assert form(sent(vk, callback={"device_id": "d-1"}))["device_id"] == "d-1"
    with pytest.raises(BadProviderReply, match="device_id"):
        sent(vk, callback={})


def test_what_was_renamed_may_go_along_under_its_usual_name_too() -> None:
    """DingTalk brings an authCode, and wants it back as the code."""
    dingtalk = Quirky(
        exchange_call="json",
        client_auth="post",
        names={"code": "authCode", "client_secret": "clientSecret"},
        exchange_params={"code": "{code}", "clientId": "{client_id}"},
    )
    told = json.loads(sent(dingtalk, client_id="shop").body)
    assert (told["code"], told["clientId"]) == ("c-0", "shop")
    assert told["clientSecret"] == "hush-hush"


def test_headers_of_a_provider_go_with_every_call() -> None:
    """Reddit wants to know who calls; ours stay as they are."""
    reddit = Quirky(headers={"User-Agent": "web:shop:1", "Authorization": "eve"})
    assert sent(reddit).headers["User-Agent"] == "web:shop:1"
    assert sent(reddit).headers["Authorization"].startswith("Basic ")


def pem(key: Any) -> str:
    """Return a private key as a provider hands it out."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


EC_KEY = ec.generate_private_key(ec.SECP256R1())


def test_a_client_may_sign_with_its_key() -> None:
    """private_key_jwt: about this endpoint, from now for minutes, used once."""
    signing = Quirky(
        client_secret=None,
        client_auth="private_key_jwt",
        client_key=ClientKey(pem(EC_KEY), kid="k-1", algorithm="ES256"),
    )
    one, other = (form(sent(signing)) for _ in range(2))
    public = ECKey.import_key(
        EC_KEY.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
    )
    token = jwt.decode(one["client_assertion"], public, algorithms=["ES256"])
    assert token.header["kid"] == "k-1"
    at = int(NOON.timestamp())
    assert token.claims == token.claims | {
        "iss": "shop",
        "sub": "shop",
        "aud": ENDPOINTS.token,
        "iat": at,
        "exp": at + 300,
    }
    assert one["client_assertion"] != other["client_assertion"]
    assert "client_secret" not in one


def test_a_client_may_sign_with_its_secret() -> None:
    """client_secret_jwt: the secret itself stays here."""
    secret = "a-secret-of-more-than-32-characters"
    signing = Quirky(client_secret=secret, client_auth="client_secret_jwt")
    request = sent(signing)
    assertion = form(request)["client_assertion"]
    jwt.decode(assertion, OctKey.import_key(secret), algorithms=["HS256"])
    assert secret not in request.body
    with pytest.raises(ConfigError, match="too few to sign"):
        Quirky(client_auth="client_secret_jwt")


@pytest.mark.parametrize(
    ("text", "algorithm"),
    [
        ("no key", "ES256"),
        (pem(EC_KEY), "RS256"),
        (pem(rsa.generate_private_key(65537, 2048)), "ES256"),
        (
            EC_KEY.public_key()
            .public_bytes(
                serialization.Encoding.PEM,
                serialization.PublicFormat.SubjectPublicKeyInfo,
            )
            .decode(),
            "ES256",
        ),
    ],
    ids=["no key", "another kind", "another kind too", "the public one"],
)
def test_a_key_that_cannot_sign_is_found_at_the_start(
    text: str, algorithm: Any
) -> None:
    """And not at somebody's first click."""
    with pytest.raises(ConfigError, match="no private key"):
        Quirky(
            client_secret=None,
            client_auth="private_key_jwt",
            client_key=ClientKey(text, algorithm=algorithm),
        )


def test_a_key_shows_nowhere() -> None:
    """Neither in repr nor in the fields."""
    key = ClientKey(pem(EC_KEY), algorithm="ES256")
    key.check()
    assert "PRIVATE" not in f"{key!r} {key} {vars(key)}"


# ── the token response ───────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Camel(Quirky):
    """Calls everything otherwise, and refuses with status 200."""

    def parse_token_response(self, body: bytes) -> object:
        """Return it in the words of the standard."""
        told = json.loads(body)
        if told.get("errcode"):
            return {"error": "invalid_grant"}
        return told | {"access_token": told.get("accessToken")}


def test_a_token_response_may_speak_otherwise() -> None:
    """CamelCase without a type; an error with status 200."""
    camel = Camel(says_token_type=False)
    told = json.dumps({"accessToken": "a-1", "openId": "o"}).encode()
    assert read_tokens(camel, Asked("id"), 200, told)["access_token"] == "a-1"
    with pytest.raises(ProviderDenied):
        read_tokens(camel, Asked("id"), 200, b'{"errcode": 40029}')
    with pytest.raises(BadProviderReply, match="no bearer token"):
        read_tokens(Camel(), Asked("id"), 200, told)
    mac = json.dumps({"accessToken": "a", "token_type": "mac"}).encode()
    with pytest.raises(BadProviderReply, match="no bearer token"):
        read_tokens(camel, Asked("id"), 200, mac)


def test_a_pushed_request_is_named() -> None:
    """RFC 9126 §2.2; whatever else comes is refused."""
    request = pushed_request(Quirky(), f"{ISSUER}/par", {"state": "s"}, NOON)
    assert form(request) == {"state": "s"}
    assert request.headers["Authorization"].startswith("Basic ")
    named = b'{"request_uri": "urn:x:1", "expires_in": 60}'
    assert read_pushed(Asked("id"), 201, named) == "urn:x:1"
    for body in (b"", b"{}", b'{"request_uri": 7}', b'{"request_uri": "a\\nb"}'):
        with pytest.raises(BadProviderReply):
            read_pushed(Asked("id"), 201, body)
    with pytest.raises(ProviderDenied):
        read_pushed(Asked("id"), 400, b'{"error": "invalid_request"}')


# ── the whole way ────────────────────────────────────────────────────────────


def flow(provider: Provider, app: Recorder) -> CodeFlow:
    """Return the code flow of one provider, all of whose hosts are one app."""
    return CodeFlow(
        SocialClient(transport=Hosts({"id.example": app})),
        FrozenClock(),
        providers={provider.name: provider},
        url="https://shop.example/welcome",
    )


async def test_oauth_without_a_read_takes_who_it_is_from_the_token_response() -> None:
    """Stripe and Strava say it there. Its tokens are kept from the mapping."""
    seen: list[Replies] = []

    @dataclass(frozen=True, kw_only=True)
    class Told(Quirky):
        def identity(self, replies: Replies) -> Identity:
            seen.append(replies)
            return super().identity(replies)

    answer = {"access_token": "a", "refresh_token": "r", "token_type": "Bearer"}
    app = Recorder(json.dumps(answer | {"open_id": "o-1"}))
    response = AuthorizationResponse(code="c-0", others={"user": "Kim"})
    identity = await flow(Told(), app).fetch_identity(Told(), response, ATTEMPT)
    assert identity.subject == "o-1"
    assert seen == [
        {
            "callback": {"user": "Kim"},
            "token": {"token_type": "Bearer", "open_id": "o-1"},
        }
    ]


async def test_a_read_may_ask_for_what_was_answered_before() -> None:
    """And may be signed by a pure function of the plug-in."""

    @dataclass(frozen=True, kw_only=True)
    class Signed(Quirky):
        reads: tuple[Read, ...] = (
            Read("user", f"{ISSUER}/users/{{token.open_id}}", statuses=(404,)),
        )

        def prepare(
            self, request: ProviderRequest, access_token: str
        ) -> ProviderRequest:
            return request._replace(url=f"{request.url}?proof={access_token}-proof")

    answer = {"access_token": "a", "token_type": "Bearer", "open_id": "o/1"}
    app = Recorder(json.dumps(answer))
    response = AuthorizationResponse(code="c-0")
    await flow(Signed(), app).fetch_identity(Signed(), response, ATTEMPT)
    [_, (read, _)] = app.asked
    assert read.scope["raw_path"] == b"/users/o%2F1"
    assert read.url.query == "proof=a-proof"


async def test_a_provider_without_a_code_is_asked_about_what_came() -> None:
    """OpenID 2.0, as Steam has it: no token, and a read that checks.

    What came has dots in its names, and what is answered is no JSON.
    """

    @dataclass(frozen=True, kw_only=True)
    class Checked(Quirky):
        exchanges_code = False
        reads: tuple[Read, ...] = (
            Read(
                "check",
                f"{ISSUER}/check",
                method="POST",
                body={"openid.sig": "{callback.openid.sig}"},
                scheme=None,
            ),
        )

        def authorization_params(self, redirect_uri: str, state: str) -> dict[str, str]:
            return {"return_to": f"{redirect_uri}?state={state}"}

        def parse_reply(self, name: str, body: bytes) -> object:
            assert name == "check"
            return dict([body.decode().split(":")])

        def identity(self, replies: Replies) -> Identity:
            said: Any = replies["check"]
            return Identity(
                provider=self.name, issuer=self.issuer, subject=said["claimed"]
            )

    checked = Checked(client_secret=None)
    app = Recorder("claimed:7")
    there = await flow(checked, app).authorization_url(checked, ATTEMPT)
    assert asked(there) == {
        "return_to": f"{flow(checked, app).redirect_uri(checked)}?state=st-0"
    }
    response = read_response({"state": ["st-0"], "openid.sig": ["s-1"]})
    identity = await flow(checked, app).fetch_identity(checked, response, ATTEMPT)
    assert identity.subject == "7"
    [(request, body)] = app.asked
    assert ("authorization" in request.headers, body) == (False, "openid.sig=s-1")
    with pytest.raises(BadProviderReply):
        await flow(checked, Recorder("no pair")).fetch_identity(
            checked, response, ATTEMPT
        )


async def test_a_pushed_request_goes_first_where_it_must() -> None:
    """Then the browser carries nothing but its name (RFC 9126 §4)."""
    pushing = replace(ENDPOINTS, pushed=f"{ISSUER}/par", requires_pushed=True)
    provider = Quirky(endpoints=pushing)
    app = Recorder('{"request_uri": "urn:x:1"}', 201)
    there = await flow(provider, app).authorization_url(provider, ATTEMPT)
    assert asked(there) == {"client_id": "shop", "request_uri": "urn:x:1"}
    [(_, body)] = app.asked
    assert "state=st-0" in body


async def test_no_identity_is_under_an_issuer_that_nobody_accepts() -> None:
    """A mapping that names another provider's people is refused."""

    @dataclass(frozen=True, kw_only=True)
    class Sly(Quirky):
        def identity(self, replies: Replies) -> Identity:
            return replace(super().identity(replies), issuer="https://other.example")

    told = {"access_token": "a", "token_type": "Bearer", "open_id": "1"}
    app = Recorder(json.dumps(told))
    with pytest.raises(BadProviderReply, match="somebody else"):
        await flow(Sly(), app).fetch_identity(
            Sly(), AuthorizationResponse(code="c"), ATTEMPT
        )


# ── ID tokens ────────────────────────────────────────────────────────────────

CLOCK = FrozenClock()
T = int(CLOCK().timestamp())
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": "shop",
    "sub": "kim",
    "exp": T + 60,
    "iat": T,
    "nonce": "n-0",
}
KEY = SigningKey()


async def check(
    provider: Provider,
    token: str,
    endpoints: Endpoints = KEYS,
    attempt: Attempt = ATTEMPT,
) -> object:
    """Return whom an ID token is about."""
    app = Recorder(json.dumps({"keys": [KEY.public_jwk()]}))
    checker = IdTokens(SocialClient(transport=Hosts({"id.example": app})), CLOCK)
    claims = await checker.check(
        provider, endpoints, token, attempt=attempt, access_token="a"
    )
    return claims["sub"]


def by_secret(provider: Provider, claims: dict[str, object] = CLAIMS) -> str:
    """Sign with the client secret."""
    key = OctKey.import_key(provider.secret or "")
    return jwt.encode({"alg": "HS256"}, claims, key, ["HS256"])


async def test_a_secret_signs_where_that_is_declared_and_nowhere_else() -> None:
    """LINE signs with the channel secret; at any other, that proves nothing."""
    line = openid(algorithms=("HS256", "ES256"))
    assert await check(line, by_secret(line)) == "kim"
    with pytest.raises(BadIdToken):
        await check(openid(), by_secret(openid()))


async def test_no_public_key_is_taken_for_a_secret() -> None:
    """Whoever can download it could sign (RFC 8725 §2.1)."""
    line = openid(algorithms=("HS256", "RS256"))
    public = OctKey.import_key(json.dumps(KEY.public_jwk()))
    forged = jwt.encode({"alg": "HS256", "kid": "x"}, CLAIMS, public, ["HS256"])
    with pytest.raises(BadIdToken):
        await check(line, forged)


async def test_only_what_was_declared_signs() -> None:
    """A provider that signs ES256 alone never signs RS256."""
    token = genuine(KEY, KEY.header(), CLAIMS)
    assert await check(openid(algorithms=("RS256",)), token) == "kim"
    with pytest.raises(BadIdToken):
        await check(openid(algorithms=("ES256",)), token)


async def test_what_discovery_names_signs_and_nothing_else() -> None:
    """Core §3.1.3.7, number 7; a document that names nothing leaves our list."""
    token = genuine(KEY, KEY.header(), CLAIMS)
    named = replace(KEYS, algorithms=("RS256", "none"))
    assert await check(openid(), token, named) == "kim"
    with pytest.raises(BadIdToken):
        await check(openid(), token, replace(KEYS, algorithms=("ES256", "none")))


async def test_a_nonce_that_is_never_said_is_needed_by_none() -> None:
    """LinkedIn's tokens have none; one that is there must be ours all the same."""
    silent = openid(echoes_nonce=False, reasons={"echoes_nonce": "it never does"})
    bare = {name: value for name, value in CLAIMS.items() if name != "nonce"}
    assert await check(silent, genuine(KEY, KEY.header(), bare)) == "kim"
    with pytest.raises(BadIdToken):
        await check(openid(), genuine(KEY, KEY.header(), bare))
    with pytest.raises(BadIdToken):
        await check(silent, genuine(KEY, KEY.header(), {**bare, "nonce": "another"}))


@pytest.mark.parametrize("auth_time", [None, "now", T - 361, float("inf")])
async def test_who_must_have_signed_in_of_late_has(auth_time: object) -> None:
    """auth_time is checked where an age was asked for (number 13), with leeway."""
    fresh = replace(ATTEMPT, max_age=timedelta(minutes=5))
    stale = genuine(KEY, KEY.header(), {**CLAIMS, "auth_time": auth_time})
    with pytest.raises(BadIdToken):
        await check(openid(), stale, attempt=fresh)
    young = genuine(KEY, KEY.header(), {**CLAIMS, "auth_time": T - 359})
    assert await check(openid(), young, attempt=fresh) == "kim"
    assert await check(openid(), stale) == "kim"


@dataclass(frozen=True, kw_only=True)
class Tenants(OpenIDConnect):
    """An issuer for each tenant, as Microsoft has it."""

    def accepted_issuers(self, claims: Any) -> tuple[str, ...]:
        """Return the one of the tenant that the token names."""
        return (f"https://id.example/{claims.get('tid')}",)

    def is_discovered_issuer(self, issuer: object) -> bool:
        """One document is for all."""
        return issuer == "https://id.example/{tenantid}"


async def test_an_issuer_may_be_a_rule_over_claims() -> None:
    """It is the one of this tenant, letter by letter."""
    tenants = Tenants(
        name="t", title="T", issuer=ISSUER, client_id="shop", client_secret="hush"
    )
    claims = {**CLAIMS, "tid": "t-1", "iss": "https://id.example/t-1"}
    assert await check(tenants, genuine(KEY, KEY.header(), claims)) == "kim"
    for iss in (ISSUER, "https://id.example/t-2", "https://id.example/None"):
        with pytest.raises(BadIdToken):
            await check(tenants, genuine(KEY, KEY.header(), {**claims, "iss": iss}))


async def test_signed_userinfo_is_checked_as_an_id_token_is() -> None:
    """Who signed it, and for whom (Core §5.3.2)."""
    signing = openid(signs_userinfo=True)
    app = Recorder(json.dumps({"keys": [KEY.public_jwk()]}))
    checker = IdTokens(SocialClient(transport=Hosts({"id.example": app})), CLOCK)
    good = {"iss": ISSUER, "aud": "shop", "sub": "kim", "email": "kim@example.org"}
    body = genuine(KEY, KEY.header(), good).encode()
    assert (await checker.check_userinfo(signing, KEYS, body))["sub"] == "kim"
    stranger = SigningKey()
    for told in (
        genuine(KEY, KEY.header(), good | {"aud": "another"}),
        genuine(KEY, KEY.header(), good | {"iss": "https://other.example"}),
        genuine(stranger, KEY.header(), good),
        json.dumps(good),
        "",
        "é" * 20,
    ):
        with pytest.raises(BadIdToken):
            await checker.check_userinfo(signing, KEYS, told.encode())
