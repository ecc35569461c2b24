"""Whole sign-ins with django-oauth-toolkit, over real sockets.

Most identity providers that a Python team runs by itself are one of it. It is set as
strict as it goes: PKCE by S256, an issuer in each response, all of RFC 9700.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from onboarding.providers import Local
from tests.social.strict.serving import StrictProvider, serving
from tests.social.strict.shop import StrictShop, callback, shop
from tests.social.strict.walking import Visitor

SERVER = Path(__file__).parent / "strict/django_provider/server.py"
SECRET = "a-secret-of-the-shop-as-long-as-real-ones"

# What is registered there, by client id.
CLIENTS: dict[str, dict[str, Any]] = {
    "usual": {"algorithm": "RS256"},
    "secret-signs": {"algorithm": "HS256", "hash_client_secret": False},
}

# What is declared here, by the way's name: of which client, and how.
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "basic": ("usual", {}),
    "post": ("usual", {"client_auth": "post"}),
    "secret-signs": ("secret-signs", {"algorithms": ("HS256",)}),
}
MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "without-pkce": ("usual", {"pkce": False, "reasons": {"pkce": "to be refused"}}),
    "another-secret": ("usual", {"client_secret": "quite another one"}),
    "not-by-secret": ("secret-signs", {}),
}
ALL = WAYS | MISTAKES


def registered(client_id: str) -> dict[str, Any]:
    """Return a client as it is registered there, for each way that is declared."""
    ways = [callback(name) for name, (used, _) in ALL.items() if used == client_id]
    usual = {"client_id": client_id, "client_secret": SECRET, "name": "Shop"}
    return {**usual, "redirect_uris": " ".join(ways), **CLIENTS[client_id]}


def declared(issuer: str, name: str) -> Local:
    """Return a way to sign in there as the shop declares it."""
    client_id, settings = ALL[name]
    usual = {"issuer": issuer, "client_id": client_id, "client_secret": SECRET}
    return Local(**{"name": name, **usual, **settings})


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictShop]:
    """Yield a shop with all ways to sign in there; the provider is running."""
    log = tmp_path_factory.mktemp("django") / "log"
    told = {"clients": [registered(client_id) for client_id in CLIENTS]}
    with serving([sys.executable, str(SERVER)], told, log) as [issuer]:
        ways = [declared(issuer, name) for name in ALL]
        with shop(StrictProvider(issuer), *ways) as opened:
            yield opened


@pytest.fixture
def usual(opened: StrictShop) -> StrictShop:
    """Return the shop with the usual way to sign in."""
    return opened.by("basic")


@pytest.mark.parametrize("name", WAYS)
def test_somebody_signs_in_and_comes_back(opened: StrictShop, name: str) -> None:
    """Client authentication, signature and userinfo fit together, twice the same."""
    used = opened.by(name)
    first = used.sign_in()
    used.leave()
    again = used.sign_in()
    told = ("issuer", "email", "name", "trust")
    assert [first[name] for name in told] == [
        used.there.issuer,
        "kim@example.org",
        "Kim Jansen",
        "VERIFIED",
    ]
    assert first == again


def test_two_people_are_two_accounts(usual: StrictShop) -> None:
    """And an address that is not checked there is only stated."""
    kim = usual.sign_in()
    usual.leave()
    sam = usual.sign_in(Visitor("sam"))
    assert sam["trust"] == "STATED"
    assert {kim["subject"], kim["account"]} & {sam["subject"], sam["account"]} == set()


def test_a_request_without_pkce_is_refused_there(opened: StrictShop) -> None:
    """PKCE is required there, and our challenge is what lets the others in."""
    used = opened.by("without-pkce")
    back = used.go()
    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]
    assert used.arrive(back).json()["code"] == "provider_denied"


def test_another_secret_is_refused_there(opened: StrictShop) -> None:
    """What shows who we are is really looked at."""
    used = opened.by("another-secret")
    assert used.arrive(used.go()).json()["code"] == "provider_denied"


def test_a_secret_signs_where_that_is_declared_and_nowhere_else(
    opened: StrictShop,
) -> None:
    """HS256 is signed with what both sides know: by default it proves nothing."""
    used = opened.by("not-by-secret")
    assert used.arrive(used.go()).json()["code"] == "bad_id_token"


def test_whoever_stops_there_may_choose_again(usual: StrictShop) -> None:
    """Its refusal is the person's, and no error of anybody."""
    answer = usual.arrive(usual.go(Visitor(allows=False)))
    assert answer.json()["code"] == "sign_in_cancelled"
    assert usual.sign_in()["name"] == "Kim Jansen"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"iss": None}, "bad_provider_reply"),
        ({"iss": "https://rival.example"}, "bad_provider_reply"),
        ({"code": "another-code"}, "provider_denied"),
        ({"state": None}, "state_mismatch"),
    ],
    ids=str,
)
def test_a_callback_that_was_tampered_with_is_refused(
    usual: StrictShop, changed: dict[str, str | None], code: str
) -> None:
    """Each response names its issuer (RFC 9207), and nothing of it can be changed."""
    back = usual.go()
    assert parse_qs(urlsplit(back).query).keys() == {"code", "state", "iss"}
    assert usual.arrive(back, **changed).json()["code"] == code
    assert usual.browser.get("/who").status_code == 401


def test_a_code_of_another_attempt_is_refused_there(usual: StrictShop) -> None:
    """PKCE binds a code to the browser that asked for it; a thief is not let in."""
    stolen = parse_qs(urlsplit(usual.go(Visitor("sam"))).query)["code"][0]
    answer = usual.arrive(usual.go(), code=stolen)
    assert answer.json()["code"] == "provider_denied"
    assert usual.browser.get("/who").status_code == 401
