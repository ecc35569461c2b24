"""The provider's page in a real browser, phone and desktop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import httpx2
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from onboarding.testing import (
    Client,
    FakeProvider,
    FrozenClock,
    Loopback,
    OpenIDSwitches,
    Person,
    SigningKey,
)
from onboarding.testing.identity_provider.model import AnswerMode
from tests.chromium import LAUNCH, PATIENCE
from tests.testing.peer import Peer, Started

pytestmark = pytest.mark.anyio

SIZES = {"phone": (360, 740), "desktop": (1280, 800)}


@pytest.fixture(scope="module")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """Yield a headless Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=chromium_path, **LAUNCH
        )
        yield chromium
        await chromium.close()


@asynccontextmanager
async def both(
    people: list[Person], clock: FrozenClock, key: SigningKey, mode: AnswerMode
) -> AsyncIterator[Started]:
    """Begin a sign-in at a shop, both sites being up."""
    shop, site = Loopback(), Loopback()
    client = Client(
        client_id="shop", client_secret="s3cret", redirect_uris=(f"{shop.url}/back",)
    )
    provider = FakeProvider(
        site.url,
        [client],
        people,
        clock,
        note="A note.",
        key=key,
        switches=OpenIDSwitches(response_mode=mode),
    )

    async def arrive(request: Request) -> PlainTextResponse:
        told = request.query_params or dict(parse_qsl((await request.body()).decode()))
        return PlainTextResponse(f"arrived with {sorted(told)} by {request.method}")

    app = Starlette(routes=[Route("/back", arrive, methods=["GET", "POST"])])
    async with shop.serving(app), site.serving(provider):
        yield Peer(site.url, client, httpx2.AsyncHTTPTransport(), clock).begin(
            login_hint="kim-1", response_mode=mode
        )


@pytest.fixture
async def started(
    people: list[Person], clock: FrozenClock, key: SigningKey
) -> AsyncIterator[Started]:
    """Yield a sign-in that was begun at a shop."""
    async with both(people, clock, key, "query") as started:
        yield started


@pytest.fixture
async def by_form(
    people: list[Person], clock: FrozenClock, key: SigningKey
) -> AsyncIterator[Started]:
    """Yield one whose answer comes by form."""
    async with both(people, clock, key, "form_post") as started:
        yield started


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_is_for_everybody(
    browser: Browser, started: Started, size: str, scheme: str
) -> None:
    """No fault of accessibility, nothing wider than the screen, nothing refused."""
    width, height = SIZES[size]
    page = await browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(started.url)
    found = await Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []


async def test_a_button_leads_back_to_the_shop(
    browser: Browser, started: Started
) -> None:
    """Enter presses the hinted button, and the page's own policy lets the way be."""
    page = await browser.new_page()
    await page.goto(started.url)
    kim = page.get_by_role("button", name="Kim de Vries")
    await expect(kim).to_be_focused(timeout=PATIENCE)
    await page.keyboard.press("Enter")
    await expect(page.locator("body")).to_have_text(
        "arrived with ['code', 'iss', 'state'] by GET", timeout=PATIENCE
    )


async def test_cancel_leads_back_as_well(browser: Browser, started: Started) -> None:
    """Cancel takes the browser to the shop with an error."""
    page = await browser.new_page()
    await page.goto(started.url)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("body")).to_contain_text("'error'", timeout=PATIENCE)


@pytest.mark.parametrize("runs", [True, False])
async def test_a_form_leads_back_with_or_without_a_script(
    browser: Browser, by_form: Started, runs: bool
) -> None:
    """The policy lets the one script run that posts; else there is a button."""
    context = await browser.new_context(java_script_enabled=runs)
    page = await context.new_page()
    await page.goto(by_form.url)
    await page.get_by_role("button", name="Kim de Vries").click()
    if not runs:
        await page.get_by_role("button", name="Continue").click()
    await expect(page.locator("body")).to_have_text(
        "arrived with ['code', 'iss', 'state'] by POST", timeout=PATIENCE
    )
    await context.close()
