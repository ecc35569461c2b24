"""Nothing that somebody typed is lost to the language switch, with no script at all."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from html import unescape

import httpx2
import pytest

from onboarding.accounts.model import Contact
from onboarding.profiling.model import Answer
from tests.web.pages.test_contacts import give
from tests.web.site import Browser, Inbox, Site, open_site, words

pytestmark = pytest.mark.anyio


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop that can send mail, so that each page is there."""
    async with open_site(mailer=Inbox()) as site:
        yield site


async def press(
    browser: Browser,
    page: httpx2.Response,
    typed: Mapping[str, str],
    words: str = "Nederlands",
) -> httpx2.Response:
    """Press a button of the footer as a browser does, with this in its form."""
    button = re.search(rf"<button([^>]*)>{words}</button>", page.text)
    assert button, "the switch is no button"
    said = attributes(button[1])
    form = re.search(
        rf'<form([^>]*id="{said["form"]}"[^>]*)>(.*?)</form>', page.text, re.DOTALL
    )
    assert form
    inputs = [attributes(one) for one in re.findall(r"<input([^>]*)>", form[2])]
    sent: dict[str, list[str]] = {}
    for one in inputs:
        if one.get("type") == "hidden":
            sent.setdefault(one["name"], []).append(one.get("value", ""))
    sent |= {name: [text] for name, text in typed.items()}
    sent[said["name"]] = [said["value"]]
    action = said.get("formaction") or attributes(form[1])["action"]
    return await browser.post(action, sent)


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a tag."""
    return {n: unescape(v) for n, v in re.findall(r'([\w-]+)="([^"]*)"', tag)}


def shows(page: httpx2.Response, typed: Mapping[str, str]) -> None:
    """Assert that the fields of a page hold this."""
    for name, text in typed.items():
        field = rf'<input[^>]*name="{name}"[^>]*value="{re.escape(text)}"'
        area = rf'<textarea[^>]*name="{name}"[^>]*>{re.escape(text)}<'
        assert re.search(f"{field}|{area}", page.text), (name, text)


async def a_visitor(browser: Browser) -> str:
    """Be nobody."""
    del browser
    return ""


async def a_buyer(browser: Browser) -> str:
    """Have something to say."""
    await browser.post("/order")
    return ""


async def with_address(browser: Browser) -> str:
    """Have given an address, and return its page."""
    return await give(browser, "kim@exmaple.org")


async def who_waits_for_mail(browser: Browser) -> str:
    """Have asked for a letter."""
    await browser.post("/welcome/sign-in/email", {"email": "kim@example.org"})
    return ""


Who = Callable[[Browser], Awaitable[str]]

PAGES: list[tuple[Who, str, dict[str, str]]] = [
    (a_visitor, "/welcome/ask/short-books?next=/cart", {"pages": "lots"}),
    (a_visitor, "/welcome/answers?question=pages", {"pages": "250"}),
    (a_visitor, "/welcome/guest?next=/cart", {"email": "kim@"}),
    (a_visitor, "/welcome/sign-in?next=/cart&guest=no", {"email": "kim@ex"}),
    (a_buyer, "/welcome/prompt?next=/look", {"text": "A bent corner."}),
    (with_address, "", {"email": "kim@example"}),
    (who_waits_for_mail, "/welcome/prove", {"code": "12 3"}),
]


@pytest.mark.parametrize(("who", "path", "typed"), PAGES)
async def test_the_switch_carries_what_was_typed(
    browser: Browser, who: Who, path: str, typed: dict[str, str]
) -> None:
    """The page comes back in Dutch and in English again, with the text; no more."""
    path = await who(browser) or path
    page = await browser.get(path)
    before = await kept(browser)
    dutch = await press(browser, page, typed)
    assert dutch.status_code == 200
    assert 'lang="nl"' in dutch.text[:60]
    assert "aria-invalid" not in dutch.text
    shows(dutch, typed)
    english = await press(browser, dutch, typed, "English")
    shows(english, typed)
    said = words(english.text)
    for text in typed.values():
        said = said.replace(f"{text} ", "")  # a text area's
    assert said == words(page.text)
    assert await kept(browser) == before


async def kept(browser: Browser) -> list[object]:
    """Return who this browser is, and what is kept of them."""
    account = (await browser.get("/look")).text
    store = browser.site.onboarding.store
    contacts = await store.list_of(Contact, account)
    return [account, contacts, await store.list_of(Answer, account)]


@pytest.mark.parametrize(("who", "path", "typed"), PAGES)
async def test_no_address_holds_what_was_typed(
    browser: Browser, who: Who, path: str, typed: dict[str, str]
) -> None:
    """Neither a link of the page that comes back, nor where its script says it is."""
    path = await who(browser) or path
    secret = dict.fromkeys(typed, "zyx-typed")
    dutch = await press(browser, await browser.get(path), secret)
    assert "zyx-typed" in dutch.text
    addresses = re.findall(
        r'(?:href|action|formaction|data-ob-keep)="([^"]*)"', dutch.text
    )
    assert not [one for one in addresses if "zyx" in one]
    assert not [value for value in dutch.headers.values() if "zyx" in value]


async def test_a_refused_form_changes_its_language_too(browser: Browser) -> None:
    """What was wrong is said when it is sent again."""
    refused = await browser.post("/welcome/sign-in/email", {"email": "kim@"})
    assert refused.status_code == 422
    dutch = await press(browser, refused, {"email": "kim@x"})
    assert dutch.status_code == 200
    shows(dutch, {"email": "kim@x"})


async def test_a_number_stays_the_number_that_was_typed(site: Site) -> None:
    """It is read in the language of the page it was typed on."""
    browser = site.browser("nl")
    page = await browser.get("/welcome/answers?question=pages")
    english = await press(browser, page, {"pages": "1.500"}, "English")
    shows(english, {"pages": "1500"})


async def test_the_choice_of_a_language_stays(browser: Browser) -> None:
    """As it does by a link."""
    page = await browser.get("/welcome/guest")
    await press(browser, page, {"email": ""})
    assert 'lang="nl"' in (await browser.get("/welcome/account")).text[:60]


async def test_a_language_that_nobody_speaks_sends_nothing_either(
    browser: Browser,
) -> None:
    """The switch never keeps anything, whatever it is told."""
    sent = {"email": "kim@example.org", "onboarding-language": "fr"}
    answer = await browser.post("/welcome/guest", sent)
    assert (answer.status_code, browser.session) == (200, None)
    assert 'lang="en"' in answer.text[:60]


async def test_another_site_cannot_press_it(browser: Browser) -> None:
    """It is a POST like any other."""
    sent = {"email": "kim@example.org", "onboarding-language": "nl"}
    answer = await browser.post(
        "/welcome/guest", sent, **{"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_a_page_with_nothing_to_type_has_a_link(browser: Browser) -> None:
    """It can be opened in another tab."""
    page = await browser.get("/welcome/account")
    assert 'hreflang="nl">Nederlands</a>' in page.text
