"""The wire: what leaves, what may come back, and what is left of it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onboarding.errors import (
    BadProviderReply,
    ProviderDenied,
    ProviderError,
    ProviderUnreachable,
)
from onboarding.providers import Endpoints, GitHub, OpenIDConnect, Provider, Read
from onboarding.providers.base import ClientAuth
from onboarding.social.attempt import Attempt
from onboarding.social.blame import Asked
from onboarding.social.client import SocialClient
from onboarding.social.messages import (
    authorization_params,
    authorization_url,
    token_request,
)
from onboarding.social.model import HttpPolicy
from onboarding.social.token_responses import Tokens
from onboarding.testing import Loopback
from tests.social.scene import Hosts, asked

pytestmark = pytest.mark.anyio

BACK = "https://shop.example/welcome/callback/id"
ATTEMPT = Attempt(state="st-0", verifier="v" * 43, nonce="n-0")
ENDPOINTS = Endpoints(
    authorization="https://id.example/authorize", token="https://id.example/token"
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOKENS = {"access_token": "a-token", "token_type": "Bearer"}


def provider(auth: ClientAuth = "basic", **params: str) -> OpenIDConnect:
    """Return a provider whose client shows itself in this way."""
    return OpenIDConnect(
        name="id",
        title="ID",
        issuer="https://id.example",
        client_id="sh:op",
        client_secret=None if auth == "none" else "h&u s+h%",
        client_auth=auth,
        params=params,
    )


class Recorder:
    """Answers always alike, and keeps what it was asked."""

    def __init__(self, body: str | bytes = "{}", status: int = 200, **headers: str):
        self.answer = (body, status, headers)
        self.asked: list[tuple[Request, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI app."""
        request = Request(scope, receive)
        self.asked.append((request, (await request.body()).decode()))
        body, status, headers = self.answer
        await Response(body, status, headers)(scope, receive, send)


def client(app: Recorder) -> SocialClient:
    """Return a client that reaches only this app."""
    return SocialClient(transport=Hosts({"id.example": app}))


async def exchange(app: Recorder, asking: Provider | None = None) -> Tokens:
    """Exchange a code there."""
    return await exchanged(client(app), asking or provider())


async def exchanged(through: SocialClient, asking: Provider) -> Tokens:
    """Exchange a code through this client."""
    request = token_request(
        asking,
        ENDPOINTS.token,
        ATTEMPT,
        redirect_uri=BACK,
        now=NOON,
        values={"code": "c-0"},
    )
    return await through.exchange(asking, ENDPOINTS.token, request)


def way_there(asking: Provider, endpoints: Endpoints) -> str:
    """Return where a browser goes."""
    params = authorization_params(asking, ATTEMPT, BACK)
    return authorization_url(asking, endpoints.authorization, params)


# ── what leaves ──────────────────────────────────────────────────────────────


def test_the_way_there_carries_the_attempt_and_nothing_secret() -> None:
    """PKCE with S256, state, nonce, and our address; no verifier and no secret."""
    url = way_there(provider(prompt="select_account"), ENDPOINTS)
    assert url.startswith("https://id.example/authorize?")
    assert asked(url) == {
        "response_type": "code",
        "client_id": "sh:op",
        "redirect_uri": BACK,
        "scope": "openid email profile",
        "state": "st-0",
        "nonce": "n-0",
        # SHA-256 of the verifier (RFC 7636 §4.2), made with another tool.
        "code_challenge": "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM",
        "code_challenge_method": "S256",
        "prompt": "select_account",
    }


def test_who_signs_no_tokens_gets_no_nonce() -> None:
    """Plain OAuth 2 knows none."""
    github = GitHub(client_id="shop", client_secret="hush")
    assert github.endpoints is not None
    url = way_there(github, github.endpoints)
    assert "nonce" not in asked(url)
    assert asked(url)["code_challenge_method"] == "S256"


@pytest.mark.parametrize(
    "query", ["?code_challenge_method=plain", "?state=theirs", "?client_id=x&a=b"]
)
def test_a_published_address_must_not_set_what_we_set(query: str) -> None:
    """Twice is ambiguous, and a provider could weaken PKCE so."""
    published = Endpoints(authorization=ENDPOINTS.authorization + query, token="x")
    with pytest.raises(BadProviderReply):
        way_there(provider(), published)


def test_a_published_address_keeps_its_own_query() -> None:
    """Some providers have one."""
    published = Endpoints(authorization="https://id.example/a?tenant=7", token="x")
    url = way_there(provider(), published)
    assert asked(url)["tenant"] == "7"


@pytest.mark.parametrize(
    ("auth", "header", "body"),
    [
        # base64 of "sh%3Aop:h%26u+s%2Bh%25" (RFC 6749 §2.3.1)
        ("basic", "Basic c2glM0FvcDpoJTI2dStzJTJCaCUyNQ==", ""),
        ("post", None, "&client_id=sh%3Aop&client_secret=h%26u%20s%2Bh%25"),
        ("none", None, "&client_id=sh%3Aop"),
    ],
)
async def test_the_secret_is_shown_in_one_way(
    auth: ClientAuth, header: str | None, body: str
) -> None:
    """In the header, form-encoded; in the body; or not at all."""
    app = Recorder(json.dumps(TOKENS))
    await exchange(app, provider(auth))
    [(request, sent)] = app.asked
    assert request.headers.get("authorization") == header
    assert sent == (
        "grant_type=authorization_code&code=c-0"
        "&redirect_uri=https%3A%2F%2Fshop.example%2Fwelcome%2Fcallback%2Fid"
        f"{body}&code_verifier={'v' * 43}"
    )
    assert request.method == "POST"
    assert request.url.query == ""


async def test_every_call_says_what_it_can_read() -> None:
    """JSON, uncompressed: a small compressed body may hold gigabytes."""
    app = Recorder(json.dumps(TOKENS))
    await exchange(app)
    read = Read("user", "https://id.example/user")
    request = read.request("id", {"access_token": "a-token"})
    await client(app).ask(Asked("id", "user"), request)
    for request, _ in app.asked:
        assert request.headers["accept"] == "application/json"
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["user-agent"] == "onboarding"
    assert app.asked[1][0].headers["authorization"] == "Bearer a-token"


async def test_cookies_of_a_provider_go_no_further() -> None:
    """What it sets in one person's call is not sent along with the next one's."""
    app = Recorder(json.dumps(TOKENS), **{"set-cookie": "who=kim; Path=/"})
    shared = client(app)
    for _ in range(2):
        await exchanged(shared, provider())
        await shared.read("id", "https://id.example/user")
    assert not any("cookie" in request.headers for request, _ in app.asked)


# ── what may come back ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "tokens",
    [
        *({}, {"access_token": "a"}, {"token_type": "Bearer"}),
        *({**TOKENS, "access_token": v} for v in (None, "", 7, ["a"], "a\nb", "é")),
        *(
            {**TOKENS, "token_type": v}
            for v in (None, "", "mac", "user", 7, ["bearer"])
        ),
        *([], None, "text", 7),
    ],
    ids=repr,
)
async def test_what_is_no_token_answer_is_refused(tokens: object) -> None:
    """RFC 6749 §5.1: both parts, of the right type, fit to stand in a header."""
    with pytest.raises(BadProviderReply):
        await exchange(Recorder(json.dumps(tokens)))


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
async def test_the_type_may_be_written_in_any_case(kind: str) -> None:
    """RFC 6749 §5.1."""
    app = Recorder(json.dumps({**TOKENS, "token_type": kind}))
    assert await exchange(app)


@pytest.mark.parametrize(
    "beside",
    [
        *({"error": v} for v in (None, "", " ", False, 0, [], {})),
        *({"expires_in": v} for v in ("3600.5", 3600.5, "soon", "", None, -1, [], {})),
        *({"expires_at": v} for v in ("tomorrow", 1e300, None, {"a": 1}, [3600])),
        *({"scope": v} for v in (None, ["openid"], 7)),
        {"error": None, "error_description": None, "error_uri": 7},
        {"expires_at": "x", "expires_in": "3600.5"},
        {"refresh_token": None, "id_token": None},
    ],
    ids=repr,
)
async def test_what_decides_nothing_costs_no_sign_in(beside: dict[str, object]) -> None:
    """Good tokens are good, whatever stands beside them."""
    for body in (json.dumps({**TOKENS, **beside}), json.dumps({**beside, **TOKENS})):
        for text in (body, f"\ufeff{body}", f"\n{body} "):
            found = await exchange(Recorder(text))
            assert found["access_token"] == "a-token"


@pytest.mark.parametrize("error", [None, "", False])
async def test_a_refusal_without_a_word_is_one(error: object) -> None:
    """The status says it, or that there are no tokens."""
    told = json.dumps({**TOKENS, "error": error})
    with pytest.raises(ProviderDenied):
        await exchange(Recorder(told, 400))
    with pytest.raises(ProviderDenied):
        await exchange(Recorder(json.dumps({"error": error})))


@pytest.mark.parametrize("status", [200, 400, 401])
async def test_an_error_of_the_token_endpoint_is_named(status: int) -> None:
    """Also with a 200, as GitHub has it; its sentence is not repeated."""
    told = {"error": "invalid_grant", "error_description": "code c-0 is hush"}
    with pytest.raises(ProviderDenied) as caught:
        await exchange(Recorder(json.dumps(told), status))
    assert caught.value.reason == "invalid_grant"
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("error", [None, 7, {"a": 1}, ["x"], "call 0900", ""])
async def test_an_error_that_is_no_word_stays_unknown(error: object) -> None:
    """Whatever stands there, it is a refusal."""
    with pytest.raises(ProviderDenied) as caught:
        await exchange(Recorder(json.dumps({"error": error})))
    assert caught.value.reason in {"unknown", "oauth_error"}


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["access_token", "token_type", "expires_in", "expires_at", "error", "scope"]
        ),
        HOSTILE,
    )
)
def test_no_token_answer_breaks_anything(told: dict[str, object]) -> None:
    """A bearer token is used as it came; anything else is refused by our errors."""
    said = {**TOKENS, **told}
    try:
        found = asyncio.run(exchange(Recorder(json.dumps(said))))
    except ProviderError:
        return
    assert isinstance(found["access_token"], str)
    assert said["access_token"] == found["access_token"]
    assert "bearer" == str(found["token_type"]).lower()


@given(
    st.binary(max_size=200) | HOSTILE.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([200, 204, 301, 302, 404, 429, 500]),
)
def test_no_reading_breaks_anything(body: bytes, status: int) -> None:
    """The JSON of a 200 is read as it is; the rest is refused with an error of ours."""
    app = Recorder(body, status, location="https://elsewhere.example/")
    try:
        found = asyncio.run(client(app).read("id", "https://id.example/user"))
    except ProviderError:
        return
    assert 200 == status
    assert repr(json.loads(body)) == repr(found)  # by repr: NaN is not itself


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, BadProviderReply),
        (401, BadProviderReply),
        (404, BadProviderReply),
        (429, ProviderUnreachable),
        (500, ProviderUnreachable),
        (503, ProviderUnreachable),
    ],
)
async def test_a_status_is_their_fault_or_their_day_off(
    status: int, error: type[ProviderError]
) -> None:
    """Too busy and down are worth another try; the rest is not."""
    with pytest.raises(ProviderError) as caught:
        await client(Recorder("no", status)).read("id", "https://id.example/user")
    assert type(caught.value) is error
    with pytest.raises(ProviderError) as caught:
        await exchange(Recorder("no", status))
    assert type(caught.value) is error


@pytest.mark.parametrize("told", ['{"message": "slow down"}', json.dumps(TOKENS)])
@pytest.mark.parametrize(
    ("status", "error"),
    [(401, BadProviderReply), (404, BadProviderReply), (429, ProviderUnreachable)],
)
async def test_a_refusal_is_one_whatever_stands_beside_it(
    status: int, error: type[ProviderError], told: str
) -> None:
    """Gateways answer in JSON of their own; tokens come with a success alone."""
    with pytest.raises(ProviderError) as caught:
        await exchange(Recorder(told, status))
    assert type(caught.value) is error
    assert str(status) in caught.value.reason


async def test_only_the_statuses_that_a_read_names_are_no_error() -> None:
    """Who may have nothing to tell answers 404, or 403; whatever else is an error."""
    there, asked_there = "https://id.example/emails", Asked("id", "emails")
    request = Read("emails", there).request("id", {"access_token": "a"})
    for status in (403, 404):
        silent = client(Recorder("", status))
        assert await silent.ask(asked_there, request, statuses=(403, 404)) is None
        with pytest.raises(BadProviderReply):
            await silent.ask(asked_there, request, statuses=(410,))


async def test_deeply_nested_json_is_refused() -> None:
    """It would end the process's patience, not ours."""
    with pytest.raises(BadProviderReply):
        await client(Recorder("[" * 100_000)).read("id", "https://id.example/user")
    with pytest.raises(BadProviderReply):
        await exchange(Recorder("[" * 100_000))


async def test_nobody_there_is_unreachable() -> None:
    """A host that does not answer, without a word about where it is."""
    nobody = SocialClient(transport=Hosts({}))
    with pytest.raises(ProviderUnreachable):
        await nobody.read("id", "https://id.example/user")
    with pytest.raises(ProviderUnreachable):
        await exchanged(nobody, provider())


# ── over real sockets ────────────────────────────────────────────────────────


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """Send white space for as long as somebody listens."""
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await receive()  # the request
    gone = asyncio.create_task(receive())
    while not gone.done():
        part = {"type": "http.response.body", "body": b" " * 4096, "more_body": True}
        await send(part)


async def test_a_huge_answer_is_cut_off() -> None:
    """It would never end: the connection is given up at the limit."""
    async with Loopback().serving(endless) as url:
        real = SocialClient(HttpPolicy(limit=100_000))
        with pytest.raises(BadProviderReply, match="too large"):
            await real.read("id", f"{url}/user")
        await real.close()


async def test_silence_has_an_end() -> None:
    """A host that accepts and then says nothing is given up."""
    place = Loopback()  # it listens, and nobody serves
    policy = HttpPolicy(read=timedelta(milliseconds=30))
    real = SocialClient(policy)
    with pytest.raises(ProviderUnreachable):
        await real.read("id", f"{place.url}/user")
    await real.close()

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer nobody."""

    async with place.serving(nothing):
        pass


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the machine lead none of our calls elsewhere."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    app = Recorder('{"a": 1}')
    async with Loopback().serving(app) as url:
        real = SocialClient()
        assert await real.read("id", f"{url}/user") == {"a": 1}
        await real.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_takes_no_code_and_no_token_elsewhere(status: int) -> None:
    """Whoever can make a provider redirect would read code, secret and token."""
    elsewhere = Recorder(json.dumps(TOKENS))
    there = Recorder("", status, location="https://elsewhere.example/token")
    hosts = {"id.example": there, "elsewhere.example": elsewhere}
    led = SocialClient(transport=Hosts(hosts))
    with pytest.raises(ProviderError):
        await exchanged(led, provider())
    request = Read("user", "https://id.example/user").request(
        "id", {"access_token": "a-token"}
    )
    with pytest.raises(ProviderError):
        await led.ask(Asked("id", "user"), request)
    assert len(there.asked) == 2
    assert elsewhere.asked == []


async def test_the_environment_names_no_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever may set a variable could else vouch for every provider.

    A file that is read would have to hold certificates; this one is not read.
    """
    private = tmp_path / "private.pem"
    private.write_text("no certificate", "utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(private))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    app = Recorder('{"a": 1}')
    async with Loopback().serving(app) as url:
        real = SocialClient()
        assert await real.read("id", f"{url}/user") == {"a": 1}
        await real.close()


async def test_a_proxy_is_used_when_it_is_given() -> None:
    """The call arrives there, with the whole address of where it should go."""
    proxy = Recorder('{"by": "proxy"}')
    async with Loopback().serving(proxy) as url:
        real = SocialClient(HttpPolicy(proxy=url))
        assert await real.read("id", "http://id.example/user") == {"by": "proxy"}
        await real.close()
    assert proxy.asked[0][0].headers["host"] == "id.example"


async def test_a_warm_client_works_and_closes_twice() -> None:
    """Warmed in a thread, used here, closed, and opened again by the next call."""
    app = Recorder('{"a": 1}')
    async with Loopback().serving(app) as url:
        real = SocialClient()
        await asyncio.to_thread(real.warm)
        assert await real.read("id", url) == {"a": 1}
        await real.close()
        await real.close()
        assert await real.read("id", url) == {"a": 1}
        await real.close()


async def test_a_lent_transport_is_left_open() -> None:
    """It belongs to whoever lent it."""
    hosts = Closing({"id.example": Recorder('{"a": 1}')})
    borrower = SocialClient(transport=hosts)
    await borrower.read("id", "https://id.example/user")
    await borrower.close()
    assert not hosts.closed


class Closing(Hosts):
    """Tells whether it was closed."""

    closed = False

    async def aclose(self) -> None:
        """Remember it."""
        self.closed = True
