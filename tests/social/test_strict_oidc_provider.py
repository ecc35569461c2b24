"""Whole sign-ins with npm's `oidc-provider`, over real sockets.

It is certified by the OpenID Foundation, and shares neither code nor language with us.
Each way to sign in is declared here and registered there; where the two differ, it
refuses, or we do. PKCE is required; one of its issuers takes pushed requests alone.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc.jwk import ECKey, OKPKey

from onboarding.providers import ClientKey, Local
from tests.social.strict.node import running
from tests.social.strict.serving import StrictProvider
from tests.social.strict.shop import SITE, StrictShop, callback, shop
from tests.social.strict.walking import Visitor

Settings = Mapping[str, Any]
OTHER_SITE = "https://other.example"
SECRET = "a-secret-of-the-shop-as-long-as-real-ones"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
PEM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
ES256 = ec.generate_private_key(ec.SECP256R1()).private_bytes(*PEM).decode()
EDDSA = ed25519.Ed25519PrivateKey.generate().private_bytes(*PEM).decode()


def by_key(alg: str, public: Mapping[str, Any]) -> Settings:
    """Return a client as it is registered that signs who it is."""
    return {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": alg,
        "client_secret": None,
        "jwks": {"keys": [{**public, "kid": "key-1", "use": "sig"}]},
    }


def with_key(alg: Any, pem: str) -> Settings:
    """Return the same as it is declared."""
    key = ClientKey(pem, "key-1", alg)
    return {
        "client_auth": "private_key_jwt",
        "client_secret": None,
        "client_key": key,
    }


# What is registered there, by client id.
CLIENTS: dict[str, Settings] = {
    **{f"by-{alg}": {"id_token_signed_response_alg": alg} for alg in ALGORITHMS},
    "usual": {},
    "post": {"token_endpoint_auth_method": "client_secret_post"},
    "secret-jwt": {"token_endpoint_auth_method": "client_secret_jwt"},
    "key-jwt": by_key("ES256", ECKey.import_key(ES256).as_dict(private=False)),
    "eddsa-jwt": by_key("EdDSA", OKPKey.import_key(EDDSA).as_dict(private=False)),
    "public": {"token_endpoint_auth_method": "none", "client_secret": None},
    "signed-userinfo": {"userinfo_signed_response_alg": "RS256"},
    "all-eddsa": {
        "userinfo_signed_response_alg": "EdDSA",
        "id_token_signed_response_alg": "EdDSA",
    },
    "ours": {"subject_type": "pairwise"},
    "ours-too": {"subject_type": "pairwise"},
    "theirs": {"subject_type": "pairwise"},
}

# What is declared here, by the way's name: of which client, and how.
SIGNED: dict[str, tuple[str, Settings]] = {
    alg.lower(): (f"by-{alg}", {"algorithms": (alg,)}) for alg in ALGORITHMS
}
WAYS: dict[str, tuple[str, Settings]] = {
    "usual": ("usual", {}),
    "post": ("post", {"client_auth": "post"}),
    "secret-jwt": ("secret-jwt", {"client_auth": "client_secret_jwt"}),
    "key-jwt": ("key-jwt", with_key("ES256", ES256)),
    "eddsa-jwt": ("eddsa-jwt", with_key("EdDSA", EDDSA)),
    "public": ("public", {"client_auth": "none", "client_secret": None}),
    "form-post": ("usual", {"response_mode": "form_post"}),
    "signed-userinfo": ("signed-userinfo", {"signs_userinfo": True}),
    "all-eddsa": ("all-eddsa", {"signs_userinfo": True, "algorithms": ("EdDSA",)}),
}
MISTAKES: dict[str, tuple[str, Settings]] = {
    **{
        f"not-{alg.lower()}": (
            f"by-{alg}",
            {"algorithms": tuple(one for one in ALGORITHMS if one != alg)},
        )
        for alg in ALGORITHMS
    },
    "awaits-a-jwt": ("usual", {"signs_userinfo": True}),
    "awaits-json": ("signed-userinfo", {"signs_userinfo": False}),
    "without-pkce": ("usual", {"pkce": False, "reasons": {"pkce": "to be refused"}}),
    "another-secret": ("usual", {"client_secret": "quite another one"}),
}
SECTORS: dict[str, tuple[str, Settings]] = {
    client_id: (client_id, {}) for client_id in ("ours", "ours-too", "theirs")
}
ALL = SIGNED | WAYS | MISTAKES | SECTORS


def registered(client_id: str) -> dict[str, Any]:
    """Return a client as it is registered there, for each way that is declared."""
    site = OTHER_SITE if client_id == "theirs" else SITE
    usual = {
        "client_id": client_id,
        "client_secret": SECRET,
        "redirect_uris": [
            callback(name, site) for name, (used, _) in ALL.items() if used == client_id
        ],
    }
    told = {**usual, **CLIENTS[client_id]}
    return {name: value for name, value in told.items() if value is not None}


def declared(there: StrictProvider, name: str) -> Local:
    """Return a way to sign in there as the shop declares it."""
    client_id, settings = ALL[name]
    usual = {"issuer": there.issuer, "client_id": client_id, "client_secret": SECRET}
    return Local(**{"name": name, **usual, **settings})


@pytest.fixture(scope="module")
def served(
    oidc_provider: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[StrictProvider]]:
    """Yield the provider's two issuers; the second takes pushed requests alone."""
    log = tmp_path_factory.mktemp("oidc-provider") / "log"
    clients = [registered(client_id) for client_id in CLIENTS]
    told = [{"port": 0, "pushed": one, "clients": clients} for one in (False, True)]
    with running(oidc_provider, log, *told) as issuers:
        yield issuers


@pytest.fixture(scope="module")
def sending(served: list[StrictProvider]) -> Iterator[StrictShop]:
    """Yield a shop that sends its requests with the browser."""
    ways = [declared(served[0], name) for name in SIGNED | WAYS | MISTAKES]
    with shop(served[0], *ways) as opened:
        yield opened


@pytest.fixture(scope="module")
def pushing(served: list[StrictProvider]) -> Iterator[StrictShop]:
    """Yield a shop that has to push them."""
    with shop(served[1], *(declared(served[1], name) for name in WAYS)) as opened:
        yield opened


@pytest.fixture
def usual(sending: StrictShop) -> StrictShop:
    """Return the shop with the usual way to sign in."""
    return sending.by("usual")


def check_signing_in(opened: StrictShop) -> None:
    """Sign in twice, from two browsers: it is the same person, and all is known."""
    first, again = (signed_in_anew(opened) for _ in range(2))
    told = {name: first[name] for name in ("issuer", "subject", "email", "name")}
    assert told == {
        "issuer": opened.there.issuer,
        "subject": "kim",
        "email": "kim@example.org",
        "name": "Kim de Vries",
    }
    assert first == again


def signed_in_anew(opened: StrictShop, name: str = "kim") -> Any:
    """Sign in from a browser that was never there."""
    opened.leave()
    return opened.sign_in(Visitor(name))


@pytest.mark.parametrize("name", SIGNED | WAYS)
def test_somebody_signs_in_and_comes_back(sending: StrictShop, name: str) -> None:
    """Algorithm, client authentication, response mode and userinfo fit together."""
    check_signing_in(sending.by(name))


@pytest.mark.parametrize("name", WAYS)
def test_the_same_where_requests_must_be_pushed(pushing: StrictShop, name: str) -> None:
    """Whoever pushes shows who they are as at the token endpoint (RFC 9126 §2)."""
    check_signing_in(pushing.by(name))


def test_a_request_that_is_not_pushed_is_refused_there(
    sending: StrictShop, pushing: StrictShop
) -> None:
    """Requests are pushed because they have to be, and nothing of them is sent."""
    pushed = parse_qs(urlsplit(pushing.by("usual").begin()).query)
    assert pushed.keys() == {"client_id", "request_uri"}
    sent = sending.by("usual").begin()
    moved = sent.replace(sending.there.issuer, pushing.there.issuer)
    answer = httpx2.get(moved, trust_env=False, follow_redirects=False)
    said = answer.text + answer.headers.get("location", "")
    assert "invalid_request" in said
    assert "Pushed" in said


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_another_algorithm_than_declared_is_refused(
    sending: StrictShop, alg: str
) -> None:
    """It does sign so: a shop that is told of the others alone believes nothing."""
    opened = sending.by(f"not-{alg.lower()}")
    assert opened.arrive(opened.go()).json()["code"] == "bad_id_token"


@pytest.mark.parametrize(
    ("name", "code"),
    [("awaits-a-jwt", "bad_id_token"), ("awaits-json", "bad_provider_reply")],
)
def test_userinfo_is_signed_where_it_is_declared_and_nowhere_else(
    sending: StrictShop, name: str, code: str
) -> None:
    """A JWT is no JSON, and JSON is no JWT: neither is taken for the other."""
    opened = sending.by(name)
    assert opened.arrive(opened.go()).json()["code"] == code


def test_a_request_without_pkce_is_refused_there(sending: StrictShop) -> None:
    """PKCE is required there, and our challenge is what lets the others in."""
    opened = sending.by("without-pkce")
    back = opened.go()
    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]
    assert opened.arrive(back).json()["code"] == "provider_denied"


def test_another_secret_is_refused_there(sending: StrictShop) -> None:
    """What shows who we are is really looked at."""
    opened = sending.by("another-secret")
    assert opened.arrive(opened.go()).json()["code"] == "provider_denied"


def test_a_pairwise_subject_is_one_for_each_sector(
    served: list[StrictProvider],
) -> None:
    """Two clients of one site know somebody by one subject, another site by another."""
    there, subjects = served[0], {}
    for name in SECTORS:
        site = OTHER_SITE if name == "theirs" else SITE
        with shop(there, declared(there, name), site=site) as opening:
            opened = opening.by(name)
            first, again, sam = (
                signed_in_anew(opened, who) for who in ("kim", "kim", "sam")
            )
        assert first == again
        assert first["subject"] not in {"kim", sam["subject"]}
        subjects[name] = first["subject"]
    assert subjects["ours"] == subjects["ours-too"] != subjects["theirs"]


def test_whoever_stops_there_may_choose_again(usual: StrictShop) -> None:
    """Its refusal is the person's, and no error of anybody."""
    answer = usual.arrive(usual.go(Visitor(allows=False)))
    assert answer.json()["code"] == "sign_in_cancelled"
    assert usual.sign_in()["subject"] == "kim"


def test_an_address_that_is_not_checked_there_is_only_stated(usual: StrictShop) -> None:
    """`email_verified` is false for one of its people."""
    told = usual.sign_in(Visitor("sam"))
    assert (told["email"], told["trust"]) == ("sam@example.org", "STATED")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"iss": None}, "bad_provider_reply"),
        ({"iss": "https://rival.example"}, "bad_provider_reply"),
        ({"code": "another-code"}, "provider_denied"),
        ({"code": None}, "bad_provider_reply"),
        ({"state": None}, "state_mismatch"),
        ({"error": "server_error"}, "provider_denied"),
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


def test_its_keys_may_change_between_two_sign_ins(
    oidc_provider: Path, tmp_path: Path
) -> None:
    """A shop that knows its old keys looks once more, and lets the same person in."""
    told = {"port": 0, "pushed": False, "clients": [registered("ours")]}
    with ExitStack() as closing:
        with running(oidc_provider, tmp_path / "old", told) as [there]:
            opening = closing.enter_context(shop(there, declared(there, "ours")))
            opened = opening.by("ours")
            first, old = signed_in_anew(opened), published_keys(there)
        port = urlsplit(there.issuer).port
        with running(oidc_provider, tmp_path / "new", told | {"port": port}) as [there]:
            again, new = signed_in_anew(opened), published_keys(there)
    assert old & new == set()
    assert first == again


def published_keys(there: StrictProvider) -> set[str]:
    """Return what it calls the keys that it signs with."""
    answer = httpx2.get(f"{there.issuer}/jwks", trust_env=False)
    return {key["kid"] for key in answer.json()["keys"]}
