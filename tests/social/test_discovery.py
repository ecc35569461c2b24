"""What a discovery document may say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from onboarding.accounts.model import Identity
from onboarding.errors import BadProviderReply
from onboarding.providers import Endpoints, Local, OpenIDConnect, Provider
from onboarding.providers.replies import Replies
from onboarding.social.client import SocialClient
from onboarding.social.discovery import Discovery, read_document
from onboarding.testing import FrozenClock
from tests.social.scene import Hosts

pytestmark = pytest.mark.anyio

ISSUER = "https://id.example"
PROVIDER = OpenIDConnect(
    name="id", title="ID", issuer=ISSUER, client_id="shop", client_secret="hush"
)
DOCUMENT: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": "https://tokens.example/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "authorization_response_iss_parameter_supported": True,
}


def test_a_document_names_the_endpoints() -> None:
    """They may be on other hosts; the promise of RFC 9207 is read along."""
    assert read_document(PROVIDER, DOCUMENT) == Endpoints(
        authorization=f"{ISSUER}/authorize",
        token="https://tokens.example/token",
        jwks=f"{ISSUER}/jwks",
        userinfo=f"{ISSUER}/userinfo",
        promises_iss=True,
    )


def test_userinfo_and_the_promise_are_optional() -> None:
    """Without them there is none, and any other value is no promise."""
    less = {n: v for n, v in DOCUMENT.items() if n != "userinfo_endpoint"}
    less["authorization_response_iss_parameter_supported"] = "true"
    found = read_document(PROVIDER, less)
    assert (found.userinfo, found.promises_iss) == (None, False)


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        (["RS256", "ES256"], ("RS256", "ES256")),
        (["RS256", 7, None, ["ES256"]], ("RS256",)),
        *((v, ()) for v in (None, [], "RS256", {"RS256": 1}, 7)),
        (["RS256"] * 9999, ("RS256",) * 64),
    ],
    ids=repr,
)
def test_it_says_what_it_signs_with(told: object, listed: tuple[str, ...]) -> None:
    """Texts of a list; anything else is not said."""
    document = DOCUMENT | {"id_token_signing_alg_values_supported": told}
    assert read_document(PROVIDER, document).algorithms == listed


@pytest.mark.parametrize(
    "name",
    ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"],
)
@pytest.mark.parametrize(
    "url",
    [
        *("https://169.254.169.254/latest/meta-data", "https://localhost/x"),
        *("https://127.0.0.1/x", "https://127.1/x", "https://2130706433/x"),
        *("https://10.0.0.1:8443/x", "https://[::1]/x", "https://[fd00::7]/x"),
        *("https://[::ffff:10.0.0.1]/x", "https://vault.internal/x"),
        *("https://printer.local/x", "https://redis/x", "https://LOCALHOST./x"),
    ],
)
def test_nobody_out_there_leads_us_inside(name: str, url: str) -> None:
    """By https too: a document must not send our calls to services in here (SSRF)."""
    with pytest.raises(BadProviderReply, match=f"leads inside by its {name}"):
        read_document(PROVIDER, DOCUMENT | {name: url})


@pytest.mark.parametrize(
    ("issuer", "url", "may"),
    [
        ("https://id.internal", "https://10.0.0.5/token", True),
        ("https://10.0.0.5", "https://id.internal/token", True),
        ("https://id.internal", "https://id.example/token", True),
        ("https://id.internal", "https://169.254.169.254/token", False),
        ("https://id.internal", "http://127.0.0.1/token", False),
        ("https://localhost", "https://127.0.0.1/token", True),
        ("https://localhost", "https://10.0.0.5/token", True),
    ],
)
def test_an_issuer_in_here_may_name_what_is_as_near(
    issuer: str, url: str, *, may: bool
) -> None:
    """That of a company names its own network; and none but this machine names it."""
    provider = replace(PROVIDER, issuer=issuer)
    document = DOCUMENT | {"issuer": issuer, "token_endpoint": url}
    if may:
        assert read_document(provider, document).token == url
        return
    with pytest.raises(BadProviderReply, match="token_endpoint"):
        read_document(provider, document)


@pytest.mark.parametrize("issuer", [None, "", f"{ISSUER}/", "https://eve.example", 7])
def test_it_speaks_for_its_own_issuer(issuer: object) -> None:
    """Letter by letter, the slash at the end included (Discovery §4.3)."""
    with pytest.raises(BadProviderReply, match="another issuer"):
        read_document(PROVIDER, DOCUMENT | {"issuer": issuer})


@pytest.mark.parametrize(
    "name",
    ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"],
)
@pytest.mark.parametrize(
    "url",
    [
        *(
            None,
            "",
            7,
            [],
            "id.example/x",
            "/x",
            "https://",
            "https://[::1",
            "ftp://x/",
        ),
        *("http://id.example/x", "http://127.0.0.1:6379/", "http://localhost/x"),
        *("http://[::1]/", "https://user:pw@id.example/x", "https://id.example/#x"),
        *("https://id.example/a b", "https://ïd.example/x", "javascript:alert(1)"),
        *("https://id.example:port/x", "https://id.example/\n"),
    ],
)
def test_an_address_that_must_not_be_used_is_refused(name: str, url: object) -> None:
    """Plain http, this machine, anything that is no whole https address."""
    if name == "userinfo_endpoint" and url in (None, ""):
        assert read_document(PROVIDER, DOCUMENT | {name: url}).userinfo is None
        return
    with pytest.raises(BadProviderReply, match=name):
        read_document(PROVIDER, DOCUMENT | {name: url})


def test_a_provider_on_this_machine_may_name_this_machine() -> None:
    """The demo's provider answers over plain http, on loopback alone."""
    issuer = "http://127.0.0.1:8000/id"
    local = Local(client_id="shop", client_secret="hush", issuer=issuer)
    document: dict[str, object] = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/x",
        "token_endpoint": f"{issuer}/x",
        "jwks_uri": f"{issuer}/jwks",
    }
    assert read_document(local, document).token == f"{issuer}/x"
    with pytest.raises(BadProviderReply):
        read_document(local, document | {"jwks_uri": "http://id.example/jwks"})


@given(
    st.dictionaries(
        st.sampled_from([*DOCUMENT]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.lists(st.text())
        | st.sampled_from(["https://id.example/x", "http://id.example/x", "https:/x"]),
    )
)
def test_no_document_breaks_the_reading(document: dict[str, object]) -> None:
    """Whatever stands there, it is refused by name, or read as it is and safe."""
    said = DOCUMENT | document
    try:
        found = read_document(PROVIDER, said)
    except BadProviderReply:
        return
    addresses = [found.authorization, found.token, found.jwks]
    names = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
    assert [said[name] for name in names] == addresses
    assert all(str(url).startswith("https://") for url in addresses)


class NoEndpoints(Provider):
    """A provider that forgot to say where it answers."""

    def identity(self, replies: Replies) -> Identity:
        """Return nobody."""
        raise NotImplementedError


async def test_a_provider_that_says_nothing_is_refused() -> None:
    """Neither endpoints nor OpenID Connect: there is nowhere to look."""
    mute = NoEndpoints(
        name="mute", title="M", issuer=ISSUER, client_id="c", client_secret="hush"
    )
    with pytest.raises(BadProviderReply):
        await Discovery(SocialClient(), FrozenClock()).find(mute)


@pytest.mark.parametrize("document", [None, [], "https://id.example", 7])
async def test_a_document_is_an_object(document: object) -> None:
    """Any other JSON is refused by name."""
    wire = Hosts({"id.example": JSONResponse(document)})
    with pytest.raises(BadProviderReply, match="no JSON object"):
        await Discovery(SocialClient(transport=wire), FrozenClock()).find(PROVIDER)
