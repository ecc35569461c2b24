"""ID tokens that apps bring: taken once, for the app that asked, and by one table."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from onboarding import ConfigError
from onboarding.stores import upgrade
from onboarding.testing import Person
from onboarding.testing.id_tokens import (
    Signing,
    foreign_key,
    genuine,
    hmac_with_public_key,
    key_in_header,
    unsigned,
)
from tests.web.phone import APPS, Phone
from tests.web.site import KIM, SIGNING_KEY, Site, open_site, provider

pytestmark = pytest.mark.anyio

NONCE = "/welcome/app/nonce"
ID_TOKEN = "/welcome/app/id-token"
LAMP = provider("lamp", "Lamplight ID", "id.example")
OTHER = provider("other", "Other", "other.example")
PROVIDERS = [replace(LAMP, native=("ios.shop", "android.shop")), OTHER]
LOU = Person(subject="lou", name="Lou", email="lou@example.org", email_verified=True)


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """Yield a shop whose app brings ID tokens, on either database."""
    database = "memory:"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_dsn")
        await upgrade(database)
    async with open_site(apps=APPS, providers=PROVIDERS, database=database) as site:
        yield site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Yield a shop whose app brings ID tokens of one provider."""
    async with open_site(apps=APPS, providers=PROVIDERS) as site:
        yield site


async def nonce_for(phone: Phone) -> str:
    """Ask for what the ID token is to hold."""
    told = await phone.post(NONCE, {"client_id": phone.client_id})
    assert told.status_code == 200, told.text
    assert told.json()["expires_in"] == 600
    return str(told.json()["nonce"])


def signed(
    site: Site,
    nonce: str,
    /,
    person: Person = KIM,
    sign: Signing = genuine,
    **others: Any,
) -> str:
    """Return what the SDK of a provider gives an app."""
    now = int(site.clock().timestamp())
    claims = {
        "iss": "https://id.example",
        "sub": person.subject,
        "aud": "ios.shop",
        "iat": now,
        "exp": now + 600,
        "nonce": nonce,
        "email": person.email,
        "email_verified": person.email_verified,
        **others,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    header = {"alg": SIGNING_KEY.algorithm, "kid": SIGNING_KEY.kid, "typ": "JWT"}
    return sign(SIGNING_KEY, header, told)


async def bring(
    phone: Phone, id_token: str, nonce: str, name: str = "lamp"
) -> httpx2.Response:
    """Post an ID token."""
    told = {"client_id": phone.client_id, "provider": name}
    sent = {**told, "id_token": id_token, "nonce": nonce}
    return await phone.client.post(ID_TOKEN, json=sent, headers=phone.headers())


async def come_in(phone: Phone, person: Person = KIM) -> str:
    """Sign in by an ID token; return what was done."""
    nonce = await nonce_for(phone)
    answer = await bring(phone, signed(phone.site, nonce, person), nonce)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert "no-store" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
    assert told["token_type"] == "Bearer"
    phone.token = told["access_token"]
    return str(told["how"])


# ── the table ────────────────────────────────────────────────────────────────


async def test_a_stranger_registers_and_comes_back(either: Site) -> None:
    """The second time they are the same, on another phone."""
    phone, other = Phone(either), Phone(either)
    assert "registered" == await come_in(phone)
    assert "signed_in" == await come_in(other)
    assert "nobody" != await phone.is_()
    assert await phone.is_() == await other.is_()


async def test_a_guest_of_the_app_is_upgraded(either: Site) -> None:
    """On the same id; the token of before is worth nothing."""
    phone = Phone(either)
    guest = await phone.be_guest()
    before = phone.token
    assert "upgraded" == await come_in(phone)
    assert guest == await phone.is_()
    phone.token = before
    assert "nobody" == await phone.is_()


async def test_a_guest_of_the_app_comes_to_the_account(either: Site) -> None:
    """That the same person has by the browser: one table for both."""
    browser, phone = either.browser(), Phone(either)
    await browser.sign_in(KIM)
    kim = (await browser.get("/look")).text
    guest = await phone.be_guest()
    assert "merged" == await come_in(phone)
    assert kim == await phone.is_()
    found = await either.onboarding.accounts.find(guest)
    assert found is not None
    assert kim == found.id


async def test_who_is_in_adds_a_way_after_a_fresh_sign_in(site: Site) -> None:
    """And not otherwise: a phone that was found adds nothing."""
    phone = Phone(site)
    await come_in(phone)
    assert "linked" == await come_in(phone, LOU)
    site.clock.advance(timedelta(minutes=11))
    nonce = await nonce_for(phone)
    sam = Person(subject="sam", name="Sam", email="sam@example.org")
    answer = await bring(phone, signed(site, nonce, sam), nonce)
    assert "fresh_sign_in_required" == answer.json()["code"]


async def test_an_address_of_somebody_is_confirmed_in_the_browser(site: Site) -> None:
    """No cell links on an address: the app is told how it goes on."""
    browser, phone = site.browser(), Phone(site)
    await browser.sign_in(KIM)
    nonce = await nonce_for(phone)
    same_address = Person(
        subject="kim-2", name="Kim", email=KIM.email, email_verified=True
    )
    answer = await bring(phone, signed(site, nonce, same_address), nonce)
    told = answer.json()
    assert (409, "browser_required") == (answer.status_code, told["code"])
    assert "confirm" == told["why"]
    assert "access_token" not in told


async def test_where_the_host_asks_a_merge_is_asked_in_the_browser() -> None:
    """The guest stays as they were, and their token lives."""
    settings: dict[str, Any] = {"apps": APPS, "providers": PROVIDERS, "merge": "ask"}
    async with open_site(**settings) as site:
        browser, phone = site.browser(), Phone(site)
        await browser.sign_in(KIM)
        guest = await phone.be_guest()
        await phone.answer("novel")
        nonce = await nonce_for(phone)
        answer = await bring(phone, signed(site, nonce), nonce)
        assert (409, "merge") == (answer.status_code, answer.json()["why"])
        assert guest == await phone.is_()


# ── what is no token of ours ─────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sign", [unsigned, hmac_with_public_key, foreign_key, key_in_header]
)
async def test_a_forged_token_opens_nothing(site: Site, sign: Signing) -> None:
    """The same checks as after a code exchange."""
    phone = Phone(site)
    nonce = await nonce_for(phone)
    answer = await bring(phone, signed(site, nonce, sign=sign), nonce)
    assert (400, "bad_id_token") == (answer.status_code, answer.json()["code"])
    # And the nonce is gone with it.
    answer = await bring(phone, signed(site, nonce), nonce)
    assert "sign_in_expired" == answer.json()["code"]


@pytest.mark.parametrize(
    "others",
    [
        {"aud": "shop"},  # made for the site's own code flow
        {"aud": "somebody.else"},
        {"aud": ["ios.shop", "somebody.else"]},
        {"aud": "ios.shop", "azp": "somebody.else"},
        {"aud": None},
        {"iss": "https://other.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 2**40},
        {"nonce": None},
        {"nonce": "another"},
    ],
    ids=str,
)
async def test_a_token_for_others_opens_nothing(
    site: Site, others: dict[str, Any]
) -> None:
    """OpenID Connect Core §3.1.3.7, with a list of audiences."""
    phone = Phone(site)
    nonce = await nonce_for(phone)
    answer = await bring(phone, signed(site, nonce, **others), nonce)
    assert (400, "bad_id_token") == (answer.status_code, answer.json()["code"])
    assert "nobody" == await phone.is_()


async def test_a_token_may_name_the_app_that_had_it_made(site: Site) -> None:
    """As on Android, where ``aud`` is one client id of ours and ``azp`` another."""
    phone = Phone(site)
    nonce = await nonce_for(phone)
    told = {
        "aud": "ios.shop",
        "azp": "android.shop",
        "at_hash": "of-what-we-do-not-see",
    }
    assert 200 == (await bring(phone, signed(site, nonce, **told), nonce)).status_code


# ── a nonce ──────────────────────────────────────────────────────────────────


async def test_a_token_is_taken_once(either: Site) -> None:
    """Whoever copied it comes too late."""
    phone, thief = Phone(either), Phone(either)
    nonce = await nonce_for(phone)
    token = signed(either, nonce)
    assert 200 == (await bring(phone, token, nonce)).status_code
    for _ in range(2):
        answer = await bring(thief, token, nonce)
        assert (410, "sign_in_expired") == (answer.status_code, answer.json()["code"])


async def later(phone: Phone) -> None:
    """Take too long."""
    phone.site.clock.advance(timedelta(minutes=10))


async def as_guest(phone: Phone) -> None:
    """Be somebody else by then."""
    await phone.be_guest()


async def as_another_app(phone: Phone) -> None:
    """Be another app."""
    phone.client_id = "cli"


@pytest.mark.parametrize("change", [later, as_guest, as_another_app])
async def test_a_nonce_is_for_who_asked(
    site: Site, change: Callable[[Phone], Any]
) -> None:
    """One app, one account, ten minutes."""
    phone = Phone(site)
    nonce = await nonce_for(phone)
    await change(phone)
    answer = await bring(phone, signed(site, nonce), nonce)
    assert "sign_in_expired" == answer.json()["code"]


@pytest.mark.parametrize("nonce", ["", "made-up", f"{'0' * 20}.{'a' * 43}"])
async def test_a_nonce_of_ones_own_is_none(site: Site, nonce: str) -> None:
    """Only what was given out here counts: it is what makes a token new."""
    answer = await bring(Phone(site), signed(site, nonce), nonce)
    assert "sign_in_expired" == answer.json()["code"]


# ── who may ask, and what is declared ────────────────────────────────────────


async def test_only_an_app_with_its_own_token_may_ask(site: Site) -> None:
    """In the words of OAuth; a dead token is told so."""
    phone = Phone(site)
    await phone.be_guest()
    for path in (NONCE, ID_TOKEN):
        for client_id in ("unknown", "cli", ""):
            answer = await phone.post(path, {"client_id": client_id})
            assert "invalid_client" == answer.json()["error"]
        twice = await phone.post(path, {"client_id": ["cli", "cli"]})
        assert "invalid_request" == twice.json()["error"]
        dead = Phone(site, token="dead")
        answer = await dead.post(path, {"client_id": "shop-ios"})
        assert (401, "invalid_token") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("name", ["other", "unknown"])
async def test_a_provider_that_names_no_apps_is_not_asked(
    site: Site, name: str
) -> None:
    """Its tokens are for its own code flow alone."""
    phone = Phone(site)
    nonce = await nonce_for(phone)
    answer = await bring(phone, signed(site, nonce), nonce, name)
    assert 404 == answer.status_code


async def test_without_such_a_provider_there_are_no_such_addresses() -> None:
    """Nothing is on that was not declared."""
    async with open_site(apps=APPS) as site:
        for path in (NONCE, ID_TOKEN):
            assert 404 == (await Phone(site).post(path)).status_code


async def test_tokens_that_no_app_could_bring_are_a_mistake() -> None:
    """Found when the object is built."""
    with pytest.raises(ConfigError, match="there is no app that"):
        async with open_site(providers=PROVIDERS):
            pass
    with pytest.raises(ConfigError, match="native"):
        replace(LAMP, native="ios.shop")
