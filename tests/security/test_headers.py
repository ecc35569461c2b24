"""What every answer of ours says to browsers and caches, whatever was asked."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from starlette.routing import Mount, Route

from onboarding.web.pages import routes
from tests.security.town import VERA, sign_in
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio

NAMES = {
    "{provider}": ("lamp", "nope"),
    "{feature}": ("recommendations", "short-books", "nope"),
    "{prompt}": ("first-order", "nope"),
    "{rest:path}": ("nope",),
}


def addresses(site: Site) -> Iterator[str]:
    """Yield every address that the routes know, filled with names that are, or not."""
    for route in routes(site.onboarding):
        if isinstance(route, Mount):
            yield f"/welcome{route.path}/onboarding.css"
            continue
        assert isinstance(route, Route)
        slot = next((slot for slot in NAMES if slot in route.path), "{}")
        for name in NAMES.get(slot, ("",)):
            yield f"/welcome{route.path.replace(slot, name)}"


async def answers(site: Site, browser: Browser) -> AsyncIterator[httpx2.Response]:
    """Yield what every address says to every way of asking."""
    query = "?question=genre&next=/cart&part=1"
    for address in addresses(site):
        for accept in ("text/html", "application/json"):
            yield await browser.get(address + query, accept=accept)
            for body in ({}, {"email": "a@b.example", "score": "9", "do": "answer"}):
                yield await browser.post(address, body, accept=accept)
            yield await browser.client.post(address, headers={"accept": accept})
            yield await browser.client.delete(address, headers={"accept": accept})


@pytest.mark.parametrize("who", ["visitor", "guest", "registered"])
async def test_every_answer_is_sent_with_care(site: Site, who: str) -> None:
    """Nothing is sniffed, framed, cached for others, or told to other sites."""
    browser = site.browser()
    if who != "visitor":
        await browser.post("/order")
    if who == "registered":
        await sign_in(browser, VERA)

    kinds = set()
    async for answer in answers(site, browser):
        if "/static/" in str(answer.url):
            assert "set-cookie" not in answer.headers
            continue
        kind = answer.headers.get("content-type", "").partition(";")[0]
        kinds.add(kind)
        assert answer.status_code < 500
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "DENY" == answer.headers["x-frame-options"]
        # One page tells everybody the same, and looks at nobody.
        is_alike = "/what-we-ask" in str(answer.url) and answer.is_success
        kept = "public, max-age=300" if is_alike else "private, no-store"
        assert kept == answer.headers["cache-control"]
        assert not (is_alike and "set-cookie" in answer.headers)
        assert answer.headers["referrer-policy"] in {"same-origin", "strict-origin"}
        if kind == "text/html":
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            if "/callback/" in str(answer.url) and answer.request.method == "GET":
                assert "strict-origin" == answer.headers["referrer-policy"]
    assert {"text/html", "application/json", "application/problem+json"} <= kinds


async def test_the_policy_lets_forms_go_to_providers_alone(browser: Browser) -> None:
    """Where forms may lead is this site and the providers, by their origins."""
    page = await browser.get("/welcome/sign-in")
    policy = page.headers["content-security-policy"]
    (action,) = [d for d in policy.split("; ") if d.startswith("form-action")]
    assert "form-action 'self' https://id.example https://other.example" == action


async def test_a_part_of_a_page_runs_nothing_by_itself(browser: Browser) -> None:
    """Whoever opens the address of a part sees words in an empty frame."""
    await browser.post("/order")
    await browser.post("/welcome/prompt/first-order", {"text": "<b>fine</b>"})
    part = await browser.get("/welcome/prompt/first-order/thanks?part=1")
    assert "<html" not in part.text
    assert "&lt;b&gt;fine" in part.text
    assert "sandbox" in part.headers["content-security-policy"]
