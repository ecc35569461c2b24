"""What a thief gets who copies the database, reads the logs, or looks at addresses."""

import logging
import sqlite3
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from onboarding.testing import Fault, Person
from onboarding.tokens import Token
from tests.security.town import VERA, bearing, come_back, sign_in, way_back, who
from tests.web.site import KEY, SESSION, URL, Browser, Site

pytestmark = pytest.mark.anyio

PERSONAL = ("vera@example.org", "Vera", "vera.typed@example.net", "a late parcel")


def contents(database: Path) -> str:
    """Return every value of every row of every table, as a dump would have it."""
    connection = sqlite3.connect(database)
    dump = "\n".join(connection.iterdump())
    connection.close()
    return dump


def secrets_of(browser: Browser) -> set[str]:
    """Return what a browser holds that must stay there: its cookies' secrets."""
    values = {cookie.value or "" for cookie in browser.client.cookies.jar}
    secrets = {value.partition(".")[2] for value in values}
    return {secret for secret in secrets if len(secret) > 20}


async def walk(site: Site) -> tuple[Browser, set[str]]:
    """Do all that leaves a secret somewhere, and return every secret."""
    browser = site.browser()
    told = (await browser.get_json("/welcome/me")).json()
    await browser.post("/cart", {"onboarding-nonce": told["nonce"]})
    found = {told["nonce"]} | secrets_of(browser)
    await browser.post("/welcome/guest", {"email": "vera.typed@example.net"})
    await browser.post("/order")
    back = await way_back(browser, VERA)
    found |= secrets_of(browser)
    query = dict(parse_qsl(urlsplit(back).query))
    found |= {query["code"], query["state"]}
    await come_back(browser, back)
    found |= secrets_of(browser)
    await browser.post("/welcome/prompt/first-order", {"text": "a late parcel"})
    twin = Person(subject="t", name="T", email=VERA.email, email_verified=True)
    other = site.browser()
    await sign_in(other, twin, "other")
    found |= secrets_of(other)
    return browser, found


async def test_a_copy_of_the_database_opens_nothing(site: Site, database: Path) -> None:
    """No session, attempt, waiting identity, code, state, nonce or key stands in it."""
    _, found = await walk(site)
    assert 7 <= len(found)
    dump = contents(database)
    for secret in (*found, KEY, "a-secret-of-the-shop"):
        assert secret not in dump


async def test_what_is_stored_of_a_session_is_no_token(
    site: Site, database: Path
) -> None:
    """Each column of the sessions, put together in any way, is nobody's cookie."""
    browser, _ = await walk(site)
    assert "nobody" != await who(browser)
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT id, secret_hash FROM onboarding_sessions")
    stolen = [f"{id}.{digest}" for id, digest in rows]
    connection.close()
    assert stolen
    for token in stolen:
        assert Token.parse(token) is not None  # of the right shape, and yet
        assert "nobody" == await who(bearing(site.browser(), token))


async def test_a_waiting_identity_cannot_be_taken_with_what_is_stored(
    site: Site, database: Path
) -> None:
    """The stored hash of a waiting identity is not the cookie that confirms it."""
    owner, _ = await walk(site)
    connection = sqlite3.connect(database)
    rows = connection.execute(
        "SELECT id, secret_hash FROM onboarding_intents"
    ).fetchall()
    connection.close()
    assert rows
    for id, digest in rows:
        thief = site.browser()
        thief.client.cookies.set(
            "__Host-onboarding-confirm", f"{id}.{digest}", domain="shop.example"
        )
        answer = await thief.get("/welcome/confirm")
        assert answer.headers["location"] == "/welcome/sign-in"
    told = (await owner.get_json("/welcome/account")).json()
    assert 1 == len(told["identities"])


async def test_the_log_holds_no_secret_and_nobody(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole visit, its mistakes included, leaves codes and references alone."""
    caplog.set_level(logging.DEBUG)
    browser, found = await walk(site)
    unlucky = site.browser()
    back = await way_back(unlucky, VERA)
    found |= {dict(parse_qsl(urlsplit(back).query))["code"]} | secrets_of(unlucky)
    with site.lamp.misbehave(Fault.ERROR_ANSWER):
        assert 400 == (await come_back(unlucky, back)).status_code
    await browser.get("/welcome/callback/lamp?state=made-up-state&code=made-up-code")
    await browser.post("/welcome/guest", {"email": "wrong-typed-words"})

    # The browser of this test is an httpx2 client as well, and logs where it goes.
    said = [
        record.getMessage()
        for record in caplog.records
        if record.name != "httpx2" or URL not in record.getMessage()
    ]
    assert any("refused: provider_denied (400)" in line for line in said)
    for word in (*found, *PERSONAL, KEY, "made-up", "wrong-typed", "a-secret-of"):
        assert word not in "\n".join(said)


async def test_no_address_holds_a_session(site: Site) -> None:
    """Where an answer leads never holds a token; only a provider sees the state."""
    browser = site.browser()
    answers, secrets = list[httpx2.Response](), set[str]()
    for step in (
        browser.post("/order"),
        sign_in(browser, VERA, next="/cart"),
        browser.post("/welcome/sign-in/lamp"),
        browser.get("/welcome/account"),
        browser.post("/welcome/sign-out"),
    ):
        answers.append(await step)
        secrets |= secrets_of(browser)
    assert 3 <= len(secrets)
    for answer in answers:
        for secret in secrets:
            assert secret not in answer.headers.get("location", "")
            assert secret not in answer.text


async def test_a_look_at_a_value_shows_no_secret(site: Site) -> None:
    """repr() of what services hand around holds no secret, address or name."""
    core = site.onboarding
    welcome = await core.guests.start()
    secret = welcome.token.secret
    current = await core.sessions.find(welcome.token.reveal())
    assert current is not None
    contact = await core.guests.give_contact(welcome.account, "vera@example.org")
    started = await core.social.begin("lamp", current=current)
    browser = site.browser()
    await sign_in(browser, VERA)
    me = (await browser.get_json("/welcome/me")).json()["account"]
    account = await core.accounts.find(me)
    assert account is not None
    links = await core.accounts.list_identities(account)
    shown = repr(
        (welcome, current, contact, started, account, links, core.keys, core.providers)
    )
    hidden = (
        *(
            secret,
            started.cookie.value,
            KEY,
            "a-secret-of-the-shop",
            "vera@example.org",
        ),
        *("Vera", started.location, current.session.secret_hash),
    )
    for word in hidden:
        assert word not in shown


@pytest.mark.parametrize(
    "path",
    [
        "/welcome/callback/lamp?code=SECRET&state=SECRET",
        "/welcome/callback/lamp?code=SECRET&code=SECRET",
        "/welcome/callback/SECRET",
        "/welcome/ask/SECRET",
        "/welcome/answers?question=SECRET",
        "/welcome/prompt/SECRET/thanks",
        "/welcome/SECRET",
    ],
)
async def test_an_error_repeats_nothing_of_the_request(
    browser: Browser, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Page, problem and log of a refusal hold nothing that was sent but the address."""
    caplog.set_level(logging.DEBUG, logger="onboarding")
    await browser.post("/order")
    page = await browser.get(path)
    told = await browser.get_json(path)

    assert page.status_code >= 400 <= told.status_code
    assert "SECRET" not in told.text
    assert "SECRET" not in page.text.replace(path.replace("&", "&amp;"), "")
    assert "SECRET" not in "".join(r.getMessage() for r in caplog.records)


async def test_the_callback_is_told_to_no_other_page(browser: Browser) -> None:
    """A page at such an address sends no path as referrer, and links nowhere away."""
    await browser.post("/order")
    answer = await browser.get("/welcome/callback/lamp?code=c-o-d-e&state=s-t-a-t-e")
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert "c-o-d-e" not in answer.text
    assert SESSION not in answer.text
