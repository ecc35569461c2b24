"""The people who meet in the shop, and what an attacker does there."""

import sqlite3
from pathlib import Path

import httpx2

from onboarding.accounts.resources import Resource
from onboarding.testing import Person
from tests.web.site import SESSION, Browser

VERA = Person(
    subject="vera", name="Vera", email="vera@example.org", email_verified=True
)
EVE = Person(subject="eve", name="Eve", email="eve@evil.example", email_verified=True)

ORDERS = Resource.table("orders", owner="account_id")


def make_orders(path: Path) -> None:
    """Make the table that a shop keeps beside ours."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (number TEXT, account_id TEXT)")
    connection.close()


async def way_back(
    browser: Browser, person: Person, provider: str = "lamp", next: str = "/"
) -> str:
    """Press the button of a provider, say yes there, and stop before coming back."""
    begun = await browser.post(f"/welcome/sign-in/{provider}", {"next": next})
    assert begun.status_code == 303, begun.text
    at = browser.site.lamp if provider == "lamp" else browser.site.other
    return at.approve(begun.headers["location"], person)


async def come_back(browser: Browser, callback: str) -> httpx2.Response:
    """Follow a provider's redirect to the shop, as from another site."""
    return await browser.get(callback, **{"sec-fetch-site": "cross-site"})


async def sign_in(
    browser: Browser, person: Person, provider: str = "lamp", next: str = "/"
) -> httpx2.Response:
    """Sign in, and return the answer of the way back."""
    return await come_back(browser, await way_back(browser, person, provider, next))


async def who(browser: Browser) -> str:
    """Return the id of the account that a browser has, or "nobody"."""
    return (await browser.get("/look")).text


async def ways(browser: Browser) -> set[tuple[str, str]]:
    """Return the ways to sign in to the account that a browser has."""
    told = (await browser.get_json("/welcome/account")).json()
    return {(one["provider"], one["name"]) for one in told.get("identities", ())}


def bearing(browser: Browser, token: str) -> Browser:
    """Return another browser that carries a copy of somebody's session cookie."""
    other = browser.site.browser()
    other.client.cookies.set(SESSION, token, domain="shop.example", path="/")
    return other
