"""Answers and purposes taken back: shown before, done once, told afterwards."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from urllib.parse import urlencode

import pytest
from pydantic import BaseModel

from onboarding.events import Entry
from onboarding.profiling.model import Ask, Feature
from tests.web.site import Browser, Site, open_site, words

pytestmark = pytest.mark.anyio

BACK = "/welcome/answers/take-back"
ACCOUNT = "/welcome/account"
ANSWERS = "/welcome/answers"


class Profile(BaseModel):
    """What the shop asks, and what for."""

    genre: Annotated[
        Literal["novel", "adventure"] | None,
        Ask(
            "What do you like to read?",
            why="We sort your shelf by it.",
            labels={"novel": "Novels", "adventure": "Adventure"},
            purpose="recommendations",
        ),
    ] = None
    hero: Annotated[
        str | None,
        Ask("Who is your hero?", why="They have friends.", purpose="recommendations"),
    ] = None
    town: Annotated[
        str | None, Ask("Where do you live?", why="The post wants it.", purpose="post")
    ] = None


FEATURES = (
    Feature("shelf", needs=["genre"], wants=["hero"], title="Your shelf"),
    Feature("post", needs=["town"], title="Post"),
)
PURPOSES = {"recommendations": "Recommending books to you", "post": "Sending books"}
TEXTS = {
    "nl": {
        "Your shelf": "Je plank",
        "Recommending books to you": "Je boeken aanraden",
        "What do you like to read?": "Wat lees je graag?",
        "Novels": "Romans",
    }
}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop that says what it asks for."""
    async with open_site(
        profile=Profile, features=FEATURES, purposes=PURPOSES, prompts=(), texts=TEXTS
    ) as site:
        yield site


@pytest.fixture
async def browser(site: Site) -> Browser:
    """Return a browser that has told all there is."""
    return await told(site.browser())


async def told(browser: Browser) -> Browser:
    """Tell all there is."""
    values = {"genre": "novel", "hero": "Ahab", "town": "Delft"}
    answer = await browser.post_json(ANSWERS, {"answers": values})
    assert answer.status_code == 200
    return browser


async def known(browser: Browser) -> dict[str, object]:
    """Return what is told of who is here, by question."""
    data = (await browser.get_json(ACCOUNT)).json()
    return {one["question"]: one["value"] for one in data["answers"]}


async def log(browser: Browser) -> list[str]:
    """Return the names of the events of who is here."""
    account = (await browser.get_json(ACCOUNT)).json()["account"]["id"]
    entries = await browser.site.onboarding.store.list_of(Entry, account)
    return [entry.name for entry in entries]


async def test_my_data_says_what_each_answer_is_for(browser: Browser) -> None:
    """Since when, from where, for what, and what uses it; and two ways on."""
    page = await browser.get(ACCOUNT)
    said = words(page.text)
    assert "What do you like to read? Novels You told us on" in said
    assert "as a guest. We sort your shelf by it." in said
    assert "For: Recommending books to you. Used by: Your shelf." in said
    assert "Change What do you like to read? Take back What do you like" in said
    assert "What it is for Recommending books to you Take back Recommending" in said
    assert f'href="{BACK}?question=genre"' in page.text
    assert f'href="{BACK}?purpose=recommendations"' in page.text
    assert 'href="/welcome/what-we-ask"' in page.text


async def test_it_is_shown_before_it_is_done(browser: Browser) -> None:
    """What goes and what closes, in words; looking changes nothing."""
    page = await browser.get(f"{BACK}?question=genre")
    said = words(page.text)
    assert "Take this back? What do you like to read? Novels" in said
    assert "This closes then: Your shelf." in said
    assert "We forget it." in said
    assert "Take it back Keep it" in said
    assert (await known(browser))["genre"] == "novel"


async def test_an_answer_is_taken_back(browser: Browser) -> None:
    """It is gone, "My data" says what closed, and the feature asks again."""
    answer = await browser.post(BACK, {"question": "genre"})
    assert (answer.status_code, answer.headers["location"]) == (303, ACCOUNT)
    said = words((await browser.get(ACCOUNT)).text)
    assert "Taken back. We know it no more, and this is closed now: Your shelf." in said
    assert await known(browser) == {"hero": "Ahab", "town": "Delft"}
    asked = (await browser.get_json("/welcome/ask/shelf")).json()
    assert (asked["state"], asked["questions"][0]["name"]) == ("ask", "genre")


async def test_a_purpose_is_taken_back(browser: Browser) -> None:
    """All that was told for it goes, nobody asks again, and the rest stays."""
    page = words((await browser.get(f"{BACK}?purpose=recommendations")).text)
    assert "Everything that you told us for this: Recommending books to you." in page
    assert "Novels" in page
    assert "Ahab" in page
    assert "Delft" not in page
    await browser.post(BACK, {"purpose": "recommendations"})
    said = words((await browser.get(ACCOUNT)).text)
    assert "We know nothing for that any more, and this is closed now: Your" in said
    assert "You took back what this was for." in said
    assert "Taken back: we know nothing for this" in said
    assert await known(browser) == {"genre": None, "hero": None, "town": "Delft"}
    assert (await browser.get("/welcome/ask/shelf")).status_code == 403


async def test_a_second_press_changes_nothing(browser: Browser) -> None:
    """Another tab was faster, or the button was pressed twice: no error, no event."""
    for sent in ({"question": "genre"}, {"purpose": "post"}):
        await browser.post(BACK, sent)
        before = await log(browser)
        assert (await browser.post(BACK, sent)).status_code == 303
        page = await browser.get(f"{BACK}?{urlencode(sent)}")
        assert page.status_code == 303
        assert await log(browser) == before


async def test_the_same_in_json(browser: Browser) -> None:
    """A preview by GET; by POST, at either address, what it says."""
    shown = (await browser.get_json(f"{BACK}?question=genre&question=hero")).json()
    told = {
        "questions": ["genre", "hero"],
        "closes": [{"feature": "shelf", "title": "Your shelf"}],
        "empties": ["genre", "hero"],
        "purpose": None,
    }
    assert shown == told | {"take_back_at": BACK}
    done = await browser.post_json(
        ANSWERS, {"do": "take_back", "questions": ["genre", "hero"]}
    )
    assert done.json() == told | {"location": ACCOUNT}
    shown = (await browser.get_json(f"{BACK}?purpose=post")).json()
    assert (shown["empties"], shown["purpose"]) == (["town"], "post")
    done = await browser.post_json(BACK, {"purpose": "post"})
    assert done.json()["closes"] == [{"feature": "post", "title": "Post"}]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"questions": []},
        {"questions": "genre"},
        {"questions": [1]},
        {"questions": ["genre"], "purpose": "post"},
        {"purpose": ["post"]},
    ],
)
async def test_what_names_nothing(browser: Browser, sent: dict[str, object]) -> None:
    """It is refused, and nothing goes."""
    before = await known(browser)
    assert (await browser.post_json(BACK, sent)).status_code == 400
    assert await known(browser) == before


async def test_a_purpose_that_is_none(browser: Browser) -> None:
    """Not found, by a page and in JSON, for a visitor too."""
    for who in (browser, browser.site.browser()):
        assert (await who.get(f"{BACK}?purpose=nothing")).status_code == 404
        assert (await who.post_json(BACK, {"purpose": "nothing"})).status_code == 404


async def test_a_visitor_has_nothing_to_take_back(site: Site) -> None:
    """They read that nothing is known of them, and become no guest by it."""
    visitor = site.browser()
    assert (await visitor.get(f"{BACK}?question=genre")).headers["location"] == ACCOUNT
    for sent in ({"question": "genre"}, {"purpose": "post"}):
        assert (await visitor.post(BACK, sent)).headers["location"] == ACCOUNT
    assert (await visitor.get_json(ACCOUNT)).json() == {"account": {"kind": "visitor"}}


async def test_nobody_takes_back_what_another_told(browser: Browser) -> None:
    """It is about who is here, and nobody else."""
    other = await told(browser.site.browser())
    await other.post(BACK, {"question": "genre"})
    assert (await known(browser))["genre"] == "novel"


async def test_a_change_that_closes_something_says_so(browser: Browser) -> None:
    """The person decides; the notice says what it means."""
    await browser.post(ANSWERS, {"question": "genre", "do": "decline"})
    said = words((await browser.get(ACCOUNT)).text)
    assert "Kept. With this answer, Your shelf is closed now." in said
    done = await browser.post_json(ANSWERS, {"do": "decline", "questions": ["town"]})
    assert done.json() == {"location": ACCOUNT, "closed": ["post"]}


async def test_a_change_that_closes_nothing_says_nothing(browser: Browser) -> None:
    """Another value for an open feature is a change, and the feature stays open."""
    await browser.post(ANSWERS, {"question": "genre", "genre": "adventure"})
    said = words((await browser.get(ACCOUNT)).text)
    assert "Kept." not in said
    assert (await known(browser))["genre"] == "adventure"


async def test_in_dutch(site: Site) -> None:
    """The host's words too, where the host translated them."""
    browser = await told(site.browser("nl"))
    said = words((await browser.get(f"{BACK}?question=genre")).text)
    assert "Dit terugnemen? Wat lees je graag? Romans" in said
    assert "Dan gaat dit dicht: Je plank." in said
    await browser.post(BACK, {"purpose": "recommendations"})
    said = words((await browser.get(ACCOUNT)).text)
    assert "en dit is nu dicht: Je plank." in said
    assert "Je boeken aanraden" in said


# ── what is published ────────────────────────────────────────────────────────


async def test_what_we_ask_is_there_for_everybody(site: Site) -> None:
    """Each question, its reason, purpose, features and how long it is kept."""
    page = await site.browser().get("/welcome/what-we-ask")
    said = words(page.text)
    assert "What we ask, and why" in said
    assert (
        "What do you like to read? We sort your shelf by it. "
        "For: Recommending books to you. Used by: Your shelf. "
        "You may leave it unsaid." in said
    )
    assert "As a guest: until you take it back, and 30 days after you were" in said
    assert "With an account: until you take it back" in said


async def test_what_we_ask_may_be_kept_by_caches(browser: Browser) -> None:
    """Nothing of who is here stands in it, and no cookie comes with it."""
    of_visitor = await browser.site.browser().get("/welcome/what-we-ask")
    of_guest = await browser.get("/welcome/what-we-ask")
    assert of_guest.text == of_visitor.text
    for answer in (of_visitor, of_guest):
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert "set-cookie" not in answer.headers
        varies = answer.headers["vary"].lower()
        assert all(n in varies for n in ("accept", "accept-language", "cookie"))


async def test_what_we_ask_in_json(site: Site) -> None:
    """The same, for programs."""
    told = (await site.browser().get_json("/welcome/what-we-ask")).json()
    assert told["questions"][0] == {
        "name": "genre",
        "question": "What do you like to read?",
        "why": "We sort your shelf by it.",
        "purpose": "Recommending books to you",
        "features": ["Your shelf"],
        "declinable": True,
        "propose": None,
    }
    assert told["kept"] == {
        "person": None,
        "guest_days": 30,
        "guest_with_contact_days": 30,
        "guest_with_orders_days": None,
    }


async def test_a_notice_waits_for_a_page_that_is_not_for_everybody(
    browser: Browser,
) -> None:
    """The published page shows none, and leaves it for the next one."""
    await browser.post(BACK, {"question": "genre"})
    assert "Taken back." not in (await browser.get("/welcome/what-we-ask")).text
    assert "Taken back." in (await browser.get(ACCOUNT)).text
