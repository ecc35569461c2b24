"""Texts from outside stay texts: on every page, in each language, and in JSON."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from markupsafe import escape
from pydantic import BaseModel

from onboarding.accounts.model import EmailTrust
from onboarding.feedback.model import Prompt
from onboarding.profiling.model import Ask, Feature
from onboarding.providers.oidc import OpenIDConnect
from onboarding.testing import Person
from tests.security.tags import Tags
from tests.security.town import come_back, sign_in, way_back
from tests.web.site import Browser, OrderPlaced, Site, open_site

pytestmark = pytest.mark.anyio

EVIL = "\"'><evil-tag onload=x>{{7*7}}{0}{provider}%s&lt;</title></script>"

HOSTILE = (
    EVIL,
    "</textarea><evil-tag>",
    "javascript:alert(1)",
    "{% include '/etc/passwd' %}",
    "account.answer",  # a key of our own sentences, with slots
    "problem.invalid_answer.what",
    "\u202eevil\u2066 \u200b\ufeff",
    "a" * 1500,
    "\u0130\u0131\u017f\ufb01 \U0001f469\u200d\U0001f680 e\u0301",
)

PAGES = (
    "/welcome/account",
    "/welcome/account/erase",
    "/welcome/sign-in",
    "/welcome/confirm",
    "/welcome/answers?question=nick",
    "/welcome/prompt/first-order/thanks",
    "/welcome/prompt/first-order/thanks?part=1",
    "/welcome/nowhere",
    "/parts?names=prompt,keep_it,sign_in",
)


class Profile(BaseModel):
    """A shop that lets people write."""

    nick: Annotated[
        str | None, Ask("What should we call you?", why="So that we can.")
    ] = None


def check(html: str) -> None:
    """Assert that nothing from outside became a part of a page."""
    tags = Tags(html)
    assert "evil-tag" not in tags.names
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert not {"style", "srcdoc"} & tags.attributes
    for address in tags.addresses:
        assert address.startswith(("/", "#", "https://")), address
        assert not address.startswith(("//", "/\\")), address


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop with questions that take any words."""
    settings: dict[str, Any] = {
        "profile": Profile,
        "features": [Feature("club", needs=["nick"], title="Club")],
        "prompts": [Prompt.nps("first-order", after=OrderPlaced)],
    }
    async with open_site(**settings) as site:
        yield site


async def fill(browser: Browser, text: str) -> None:
    """Say a text wherever people, providers and shopkeepers can say something."""
    core = browser.site.onboarding
    await browser.post("/order")
    named = Person(subject="evil", name=text, email="e@example.org")
    await sign_in(browser, named)
    await browser.post("/welcome/answers", {"question": "nick", "nick": text})
    await browser.post("/welcome/prompt/first-order", {"text": text})
    me = (await browser.get_json("/welcome/me")).json()["account"]
    account = await core.accounts.find(me)
    assert account is not None
    for said in await core.feedback.responses(account):
        await core.feedback.reply(me, said.id, text=text, by=text)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
async def test_what_people_say_stays_a_text(
    site: Site, text: str, language: str
) -> None:
    """Names, answers, opinions and replies are drawn as they are, on every page."""
    browser = site.browser(language)
    await fill(browser, text)
    for path in PAGES:
        answer = await browser.get(path)
        assert answer.status_code < 500, path
        check(answer.text)
    account = (await browser.get("/welcome/account")).text
    assert str(escape(text.strip())) in account
    told = (await browser.get_json("/welcome/account")).json()
    assert [text.strip()] == [answer["value"] for answer in told["answers"]]
    assert (await browser.post("/welcome/account/export")).status_code == 200


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_a_waiting_name_stays_a_text(site: Site, language: str) -> None:
    """The name of an identity that waits is drawn as a text on the confirm page."""
    owner = Person(subject="o", name="O", email="o@example.org", email_verified=True)
    await sign_in(site.browser(), owner)
    browser = site.browser(language)
    twin = Person(subject="t", name=EVIL, email="o@example.org", email_verified=True)
    await sign_in(browser, twin, "other")

    page = (await browser.get("/welcome/confirm")).text

    check(page)
    assert "evil-tag" in page


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("text", [EVIL, "//evil.example", "\\\\evil", "a\r\nb: c"])
async def test_what_an_address_says_stays_a_text(
    site: Site, text: str, language: str
) -> None:
    """Paths, parameters and form fields are never drawn as anything but texts."""
    browser = site.browser(language)
    await browser.post("/order")
    for path in (*PAGES, "/welcome/ask/club", "/welcome/prompt"):
        names = ("next", "back", "lang", "stopped", text)
        query = {"names": "prompt", "question": "nick", **dict.fromkeys(names, text)}
        answer = await browser.client.get(path.partition("?")[0], params=query)
        assert answer.status_code < 500
        check(answer.text)
    for path in ("guest", "answers", "prompt/first-order"):
        fields = {"email": text, "nick": text, "text": "x" * 3000, "next": text}
        answer = await browser.post(
            f"/welcome/{path}", {"question": "nick", "feature": "club", **fields}
        )
        assert answer.status_code < 500
        check(answer.text)


@pytest.mark.parametrize("field", ["error", "error_description", "iss", "code"])
async def test_what_a_provider_sends_back_stays_a_text(
    browser: Browser, field: str
) -> None:
    """The answer of a provider is shown to nobody, whatever it says."""
    back = await way_back(browser, Person(subject="p"))
    state = back.partition("state=")[2].partition("&")[0]
    callback = browser.client.build_request(
        "GET", f"/welcome/callback/lamp?state={state}", params=None
    ).url.copy_merge_params({field: EVIL, "state": state})

    answer = await come_back(browser, str(callback))

    assert answer.status_code in {400, 502}
    assert "evil-tag" not in answer.text
    check(answer.text)


async def test_a_hostile_title_stays_a_text() -> None:
    """Even what the shop calls a provider, a feature or itself is drawn as a text."""
    provider = OpenIDConnect(
        name="lamp",
        title=EVIL,
        issuer="https://id.example",
        client_id="shop",
        client_secret="a-secret-of-the-shop",
        email_trust=EmailTrust.VERIFIED,
    )
    settings: dict[str, Any] = {
        "providers": [provider],
        "name": EVIL,
        "features": [Feature("club", needs=["nick"], title=EVIL, button=EVIL)],
        "profile": Profile,
    }
    async with open_site(**settings) as site:
        browser = site.browser()
        await browser.post("/order")
        for path in (*PAGES, "/welcome/ask/club", "/welcome/prompt"):
            check((await browser.get(path)).text)
        cancelled = site.lamp.deny(
            (await browser.post("/welcome/sign-in/lamp")).headers["location"]
        )
        check((await browser.follow(await come_back(browser, cancelled))).text)
