"""A provider that lets the browser bring a form: from another site, and in."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

import httpx2
import pytest

from onboarding.accounts.model import EmailTrust, Identity
from onboarding.providers import OpenIDConnect
from onboarding.providers import replies as read
from onboarding.providers.replies import Replies
from onboarding.testing import Fault
from tests.web.site import KIM, ORIGIN, Browser, Site, open_site, query

pytestmark = pytest.mark.anyio

FROM_THERE = {"sec-fetch-site": "cross-site", "origin": "https://id.example"}
CALLBACK = "/welcome/callback/lamp"


@dataclass(frozen=True, kw_only=True)
class Posting(OpenIDConnect):
    """Answers by a form, and tells a name there one time only, as Apple does."""

    told_once: tuple[str, ...] = ("user",)
    response_mode: Any = "form_post"

    def identity(self, replies: Replies) -> Identity:
        """Return who somebody is, called as the form says."""
        from dataclasses import replace

        told: Any = replies["callback"]
        return replace(super().identity(replies), name=read.name(told.get("user")))


@pytest.fixture
async def posting() -> AsyncIterator[Site]:
    """Open a shop whose one provider answers by a form."""
    lamp = Posting(
        name="lamp",
        title="Lamplight ID",
        issuer="https://id.example",
        client_id="shop",
        client_secret="a-secret-of-the-shop",
        email_trust=EmailTrust.VERIFIED,
    )
    async with open_site(providers=[lamp]) as site:
        yield site


async def answer_of(browser: Browser, next: str = "/look") -> dict[str, str]:
    """Begin, choose there, and return the fields that the provider posts."""
    begun = await browser.post("/welcome/sign-in/lamp", {"next": next})
    location = begun.headers["location"]
    assert query(location)["response_mode"] == "form_post"
    # What stands for the provider here answers by a query: it is the same answer.
    parts = urlsplit(location)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "response_mode"]
    plain = urlunsplit(parts._replace(query=httpx2.QueryParams(kept).__str__()))
    return query(browser.site.lamp.approve(plain, KIM))


async def post_from_there(
    browser: Browser, fields: Mapping[str, str]
) -> httpx2.Response:
    """Send the form from the provider's page: our cookies are Lax, and stay away."""
    stranger = browser.site.browser()
    return await stranger.client.post(CALLBACK, data=fields, headers=FROM_THERE)


def relayed(page: httpx2.Response) -> dict[str, str]:
    """Return what the page that goes on by itself would send."""
    found = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text
    )
    return {unescape(name): unescape(value) for name, value in found}


async def test_the_form_goes_on_to_where_the_cookies_come_along(posting: Site) -> None:
    """One page of ours in between, without a code in any address."""
    browser = posting.browser()
    fields = await answer_of(browser)
    page = await post_from_there(browser, fields)
    assert page.status_code == 200
    assert f'action="{CALLBACK}"' in page.text
    assert "data-ob-relay" in page.text
    assert relayed(page) == fields
    assert "set-cookie" not in page.headers
    assert "no-store" in page.headers["cache-control"]
    there = await browser.post(CALLBACK, relayed(page))
    assert there.headers["location"] == "/look"
    assert (await browser.get("/look")).text != "nobody"


async def test_nothing_happens_before_it_comes_from_our_own_page(posting: Site) -> None:
    """The first POST decides nothing: another site's page may send it."""
    browser = posting.browser()
    fields = await answer_of(browser)
    for _ in range(2):
        page = await browser.client.post(CALLBACK, data=fields, headers=FROM_THERE)
        assert page.status_code == 200
    assert (await browser.get("/look")).text == "nobody"
    there = await browser.post(CALLBACK, fields)
    assert there.headers["location"] == "/look"


async def test_what_a_field_holds_ends_no_page(posting: Site) -> None:
    """Whoever posts chooses names and values."""
    hostile = {'"><script>x</script>': '"><script>y</script>', "state": "s"}
    page = await post_from_there(posting.browser(), hostile)
    assert "<script>x" not in page.text
    assert "<script>y" not in page.text
    assert relayed(page) == hostile


async def test_who_answers_by_query_takes_no_form() -> None:
    """A code that another site posts is not taken."""
    async with open_site() as site:
        browser = site.browser()
        back = await browser.at_provider(KIM)
        sent = parse_qs(urlsplit(back).query)
        for headers in (FROM_THERE, {"sec-fetch-site": "same-origin"}):
            answer = await browser.client.post(CALLBACK, data=sent, headers=headers)
            assert answer.status_code == 405
        assert (await browser.get("/look")).text == "nobody"


async def test_a_form_cannot_go_round_by_a_query(posting: Site) -> None:
    """A code in an address is taken by whoever asked for that, and nobody else."""
    browser = posting.browser()
    fields = await answer_of(browser)
    page = await browser.client.post(
        f"{CALLBACK}?{httpx2.QueryParams(fields)}", data={}, headers=FROM_THERE
    )
    assert relayed(page) == {}
    assert fields["code"] not in page.text


async def name_of(site: Site, browser: Browser) -> str | None:
    """Return what the identity of who is here is called."""
    account = await site.onboarding.accounts.find((await browser.get("/look")).text)
    assert account is not None
    [link] = await site.onboarding.accounts.list_identities(account)
    return link.name


async def test_what_is_told_once_survives_a_sign_in_that_fails(posting: Site) -> None:
    """Apple never says the name again; here it is kept until it was heard."""
    browser = posting.browser()
    fields = await answer_of(browser)
    posting.lamp.misbehave(Fault.SERVER_ERROR)
    failed = await browser.post(CALLBACK, {**fields, "user": "Kim de Vries"})
    assert failed.status_code == 503
    told = [one for one in failed.headers.get_list("set-cookie") if "told" in one]
    assert len(told) == 1
    assert "Kim" not in told[0]
    posting.lamp.behave()
    there = await browser.post(CALLBACK, await answer_of(browser))
    assert there.headers["location"] == "/look"
    assert await name_of(posting, browser) == "Kim de Vries"
    assert not [c for c in browser.client.cookies if "told" in c]


async def test_nobody_plants_a_name_in_another_browser(posting: Site) -> None:
    """Only the browser that began the attempt keeps what its answer tells."""
    eve, victim = posting.browser(), posting.browser()
    fields = await answer_of(eve)
    answer = await victim.post(CALLBACK, {**fields, "user": "Silly"})
    assert not [c for c in answer.headers.get_list("set-cookie") if "told-" in c]


async def test_somebody_who_stopped_there_may_choose_again(posting: Site) -> None:
    """In the provider's own word for it."""
    browser = posting.browser()
    fields = await answer_of(browser)
    stopped = {"state": fields["state"], "error": "user_cancelled_authorize"}
    answer = await browser.post(CALLBACK, stopped)
    assert "stopped=lamp" in answer.headers["location"]
    assert answer.status_code == 303
    assert (await browser.get("/look")).text == "nobody"


async def test_a_page_of_ours_says_what_happens(posting: Site) -> None:
    """In the person's language, with a button for browsers without script."""
    fields = await answer_of(posting.browser())
    dutch = posting.browser("nl")
    page = await dutch.client.post(CALLBACK, data=fields, headers=FROM_THERE)
    assert "Een ogenblik" in page.text
    assert "<button" in page.text
    assert ORIGIN not in relayed(page).values()
