"""What people complain of elsewhere, over HTTP: one test a kind.

What a decision alone shows stands in ``tests/profiling/test_complaints.py``.
"""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel

from onboarding import Answered, Ask, Feature
from onboarding.accounts.model import Account
from onboarding.events import Entry
from onboarding.testing import Person
from tests.web.site import KIM, SAM, Browser, Site, open_site, query, words

pytestmark = pytest.mark.anyio

ASK, ANSWERS, ACCOUNT = "/welcome/ask/", "/welcome/answers", "/welcome/account"
SHELF = "/recommendations"
GHOST = Answered("genre", is_in=["ghost"])
INPUT = re.compile(
    r'<(?:input(?![^>]*type="hidden")|select|textarea)[^>]* name="(\w+)"'
)


class Reader(BaseModel):
    """Somebody who borrows books."""

    genre: Annotated[
        Literal["novel", "ghost"] | None,
        Ask("What do you like to read?", why="We sort your shelf by it."),
    ] = None
    lamp: Annotated[
        str | None, Ask("Which lamp?", why="It is dark.", when=GHOST, declinable=False)
    ] = None
    mood: Annotated[str | None, Ask("How are you?", why="We wonder.")] = None
    terms: Annotated[bool | None, Ask("Do you agree?", why="By law.")] = None
    born: Annotated[
        date | None, Ask("When were you born?", why="By law.", propose="birthdate")
    ] = None


class LaterReader(Reader):
    """A release later: one more question."""

    town: Annotated[str | None, Ask("Where do you live?", why="The post.")] = None


class ChangedReader(Reader):
    """A release later: one question has other answers, and says what became of old."""

    genre: Annotated[  # type: ignore[assignment]  # it is what has changed
        Literal["novel", "horror"] | None,
        Ask(
            "What do you like to read?",
            why="We sort your shelf by it.",
            version=2,
            convert={1: {"ghost": "horror", "novel": None}.get},
        ),
    ] = None
    lamp: Annotated[str | None, Ask("Which lamp?", why="It is dark.")] = None


FEATURES = (
    Feature("recommendations", needs=["genre", "lamp"], wants=["mood"], per_page=2),
    Feature("club", needs=[Answered("terms", is_in=[True])]),
    Feature("poll", needs=["terms"]),
    Feature("chat", wants=["mood"]),
    Feature("cinema", needs=["genre", "born"], per_page=2),
)


@pytest.fixture(name="reading")
async def _reading() -> AsyncIterator[Site]:
    async with open_site(profile=Reader, features=FEATURES, prompts=()) as site:
        yield site


async def say(browser: Browser, feature: str, **said: str) -> str:
    """Answer questions of a feature on its page; return where that leads."""
    form: dict[str, Any] = {"feature": feature, "question": list(said), **said}
    sent = await browser.post(ANSWERS, form | {"next": SHELF})
    assert sent.status_code == 303, words(sent.text)
    return sent.headers["location"]


async def state(browser: Browser, feature: str) -> str:
    """Return whether a feature is open."""
    told: str = (await browser.get_json(ASK + feature)).json()["state"]
    return told


async def account_of(browser: Browser) -> Account:
    """Return who is here."""
    found = await browser.site.onboarding.store.find(
        Account, (await browser.get("/look")).text
    )
    assert found is not None
    return found


async def started(browser: Browser) -> list[str]:
    """Return how the account of who is here came to be."""
    account = await account_of(browser)
    log = await browser.site.onboarding.store.list_of(Entry, account.id)
    return [one.name for one in log if one.name in {"guest_started", "registered"}]


# ── a page that is in the way ────────────────────────────────────────────────


async def test_no_page_without_anything_to_fill_in(reading: Site) -> None:
    """While a feature asks, its page has a field; where nothing is left, a way on."""
    browser = reading.browser()
    for name, value in (("genre", "ghost"), ("lamp", "oil")):
        page = (await browser.get(ASK + "recommendations")).text
        assert name in INPUT.findall(page)
        await say(browser, "recommendations", **{name: value})
    reading.clock.advance(timedelta(hours=1))
    assert (await browser.get(SHELF)).text == "shelf: ghost"


async def test_what_was_answered_before_a_sign_in_is_not_asked_after_it(
    reading: Site,
) -> None:
    """Nor after the next one, nor on another device."""
    browser = reading.browser()
    await say(browser, "recommendations", genre="novel")
    await browser.sign_in()
    assert (await browser.get(SHELF)).text == "shelf: novel"
    await browser.post("/welcome/sign-out")
    for again in (browser, reading.browser()):
        await again.sign_in()
        assert (await again.get(SHELF)).text == "shelf: novel"


async def test_a_sign_in_asks_nothing(reading: Site) -> None:
    """The first and every other one lead to where the person wanted to go."""
    browser = reading.browser()
    for _ in range(2):
        assert (await browser.sign_in(next="/kept")).headers["location"] == "/kept"
        assert (await browser.get("/kept")).status_code == 200
        await browser.post("/welcome/sign-out")


async def test_wants_alone_lock_nothing_and_come_once(reading: Site) -> None:
    """Answered or put off, they are not in the way the next time."""
    for last in ({"do": "answer", "mood": "fine"}, {"do": "snooze"}):
        browser = reading.browser()
        await browser.post("/cart")
        assert await state(browser, "chat") == "open"
        assert "mood" in INPUT.findall((await browser.get(ASK + "chat")).text)
        form = {"feature": "chat", "question": "mood", "next": "/", **last}
        await browser.post(ANSWERS, form)
        assert (await browser.get(f"{ASK}chat?next=/kept")).status_code == 303


async def test_a_want_that_was_filled_in_is_kept(reading: Site) -> None:
    """Beside the need, from one page."""
    browser = reading.browser()
    await say(browser, "recommendations", genre="novel", mood="fine")
    told = (await browser.get_json(ACCOUNT)).json()["answers"]
    assert {"genre": "novel", "mood": "fine"} == {
        a["question"]: a["value"] for a in told
    }


async def test_one_soft_question_a_visit_whatever_is_opened(reading: Site) -> None:
    """Put off, it is not there in another feature, and comes back after a rest."""
    browser = reading.browser()
    await say(browser, "recommendations", genre="novel")
    assert "mood" in INPUT.findall((await browser.get(ASK + "chat")).text)
    later = {"feature": "chat", "question": "mood", "do": "snooze"}
    await browser.post(ANSWERS, later)
    for feature in ("chat", "recommendations"):
        assert (await browser.get(ASK + feature)).status_code == 303
    reading.clock.advance(timedelta(days=15))
    assert "mood" in INPUT.findall((await browser.get(ASK + "chat")).text)


async def test_a_no_is_an_answer_and_not_a_gap(reading: Site) -> None:
    """Of yes and no, "no" is not missing; where it closes, it is not asked for ever."""
    browser = reading.browser()
    await say(browser, "poll", terms="false")
    assert await state(browser, "poll") == "open"
    assert await state(browser, "club") == "denied"
    page = await browser.get(ASK + "club")
    assert page.status_code == 403
    assert INPUT.findall(page.text) == []


# ── sign-in and sign-up ──────────────────────────────────────────────────────


async def test_who_is_known_is_asked_without_becoming_somebody_new(
    reading: Site,
) -> None:
    """The answers are theirs, and no account is made beside their own."""
    browser = reading.browser()
    await browser.sign_in()
    before = await account_of(browser)
    await say(browser, "recommendations", genre="novel")
    assert (await account_of(browser)).id == before.id
    assert "guest_started" not in await started(browser)


async def test_no_sign_in_walks_past_a_question(reading: Site) -> None:
    """What is locked stays so, after a sign-in from that very page too."""
    browser = reading.browser()
    await browser.sign_in(next=SHELF)
    locked = await browser.get(SHELF)
    assert locked.headers["location"].startswith(f"{ASK}recommendations?")
    assert (await browser.get_json(SHELF)).status_code == 409
    await browser.sign_in(provider="other", next=SHELF)
    assert (await browser.get(SHELF)).status_code == 303


async def test_nobody_is_half_made_by_leaving_a_question(reading: Site) -> None:
    """Who signed in is whole; who did not is nobody; both may do all else."""
    kim, visitor = reading.browser(), reading.browser()
    await kim.sign_in()
    for browser in (kim, visitor):
        await browser.follow(await browser.get(SHELF))  # and away
        assert (await browser.get("/kept")).status_code == 200
    whole = await account_of(kim)
    assert not whole.is_guest
    assert (await visitor.get("/look")).text == "nobody"
    again = reading.browser()
    await again.sign_in()
    assert (await account_of(again)).id == whole.id


@pytest.mark.parametrize(
    "told", [{}, {"birthdate": "0000-05-03"}, {"birthdate": 1990}, {"birthdate": None}]
)
async def test_what_a_provider_does_not_tell_is_asked(
    reading: Site, told: dict[str, object]
) -> None:
    """A claim that is missing, or no answer, fails no sign-in."""
    browser = reading.browser()
    begun = await browser.post("/welcome/sign-in/lamp", {"next": "/kept"})
    person = Person(subject="nameless", extra=told)
    back = reading.lamp.approve(begun.headers["location"], person)
    done = await browser.get(back, **{"sec-fetch-site": "cross-site"})
    assert (done.status_code, done.headers["location"]) == (303, "/kept")
    page = await browser.get(ASK + "cinema")
    assert {"genre", "born"} <= set(INPUT.findall(page.text))
    assert "says:" not in words(page.text)


# ── what has changed ─────────────────────────────────────────────────────────


async def test_who_was_here_before_a_question_is_asked_it_and_no_other(
    tmp_path: Path,
) -> None:
    """A need that a release adds asks for itself alone, once, of everybody."""
    shop = {"database": f"sqlite:///{tmp_path / 'shop.db'}", "prompts": ()}
    wider = Feature("recommendations", needs=["genre", "lamp", "town"], per_page=3)
    async with open_site(profile=Reader, features=FEATURES, **shop) as site:
        kim = site.browser()
        await kim.sign_in()
        await say(kim, "recommendations", genre="novel")
    later = {"profile": LaterReader, "features": (wider, *FEATURES[1:])}
    async with open_site(**later, **shop) as site:
        kim = site.browser()
        await kim.sign_in(KIM)
        page = await kim.follow(await kim.get(SHELF))
        assert set(INPUT.findall(page.text)) == {"town"}
        assert await say(kim, "recommendations", town="Delft") == SHELF
        assert (await kim.get(SHELF)).text == "shelf: novel"


async def test_a_question_that_changed_neither_loses_answers_nor_hides_them(
    tmp_path: Path,
) -> None:
    """What still means something counts on; what does not is asked, and is kept."""
    shop = {"database": f"sqlite:///{tmp_path / 'shop.db'}", "prompts": ()}
    async with open_site(profile=Reader, features=FEATURES, **shop) as site:
        for genre, person in (("ghost", KIM), ("novel", SAM)):
            browser = site.browser()
            await browser.sign_in(person)
            await say(browser, "cinema", genre=genre, born="1990-05-03")
    later = {"profile": ChangedReader, "features": FEATURES}
    async with open_site(**later, **shop) as site:
        for person, then, kept in ((KIM, "open", "horror"), (SAM, "ask", "novel")):
            browser = site.browser()
            await browser.sign_in(person)
            assert await state(browser, "cinema") == then
            assert f"What do you like to read? {kept}" in words(
                (await browser.get(ACCOUNT)).text
            )


async def test_what_a_provider_tells_later_overwrites_nothing(reading: Site) -> None:
    """The answer stays, and the other value waits for a press."""
    browser = reading.browser()
    for year in (1990, 1991):
        begun = await browser.post("/welcome/sign-in/lamp", {"next": "/kept"})
        told = Person(subject="kim", extra={"birthdate": f"{year}-05-03"})
        back = reading.lamp.approve(begun.headers["location"], told)
        await browser.get(back, **{"sec-fetch-site": "cross-site"})
        if year == 1990:
            await say(browser, "cinema", genre="novel", born="1990-05-03")
            await browser.post("/welcome/sign-out")
    profile = await reading.onboarding.profile(await account_of(browser))
    assert profile.born == date(1990, 5, 3)
    assert "3 May 1991" in words((await browser.get(ACCOUNT)).text)


async def test_what_is_hidden_is_not_read_and_comes_back(reading: Site) -> None:
    """Neither the host nor "My data" counts it; nothing has to be typed twice."""
    browser = reading.browser()
    for said in ({"genre": "ghost"}, {"lamp": "oil"}):
        await say(browser, "recommendations", **said)
    for genre, lamp in (("novel", None), ("ghost", "oil")):
        await browser.post(ANSWERS, {"question": "genre", "genre": genre})
        profile = await reading.onboarding.profile(await account_of(browser))
        assert (profile.genre, profile.lamp) == (genre, lamp)
        assert (await browser.get(SHELF)).text == f"shelf: {genre}"


async def test_what_does_not_apply_has_no_page_that_refuses_everything(
    reading: Site,
) -> None:
    """The page "My data" says so; it can be taken back there, and not changed."""
    browser = reading.browser()
    for said in ({"genre": "ghost"}, {"lamp": "oil"}):
        await say(browser, "recommendations", **said)
    change = f"{ANSWERS}?question=lamp"
    assert change in (await browser.get(ACCOUNT)).text
    stale = await browser.get(change)
    assert "lamp" in INPUT.findall(stale.text)
    await browser.post(ANSWERS, {"question": "genre", "genre": "novel"})
    page = (await browser.get(ACCOUNT)).text
    assert "oil" in words(page)
    assert "It does not apply at present, by your other answers" in words(page)
    assert change not in page
    assert "/take-back?question=lamp" in page
    sent = await browser.post(ANSWERS, {"question": "lamp", "lamp": "gas"})
    for answer in (sent, await browser.get(change)):
        assert (answer.status_code, answer.headers["location"]) == (303, ACCOUNT)


async def test_only_what_is_missing_is_asked(reading: Site) -> None:
    """By page and by program: one of two is known, and the other one is asked."""
    browser = reading.browser()
    await say(browser, "recommendations", genre="novel")
    page = await browser.get(ASK + "cinema")
    assert set(INPUT.findall(page.text)) == {"born"}
    assert "1 of 2 known" in page.text
    told = (await browser.get_json(ASK + "cinema")).json()
    assert [one["name"] for one in told["questions"]] == ["born"]


async def test_rules_are_looked_at_when_an_answer_arrives(reading: Site) -> None:
    """A page that was drawn before something changed is judged by what holds now."""
    browser = reading.browser()
    await say(browser, "recommendations", genre="ghost")
    stale = await browser.get(f"{ASK}recommendations?next={SHELF}")
    assert "lamp" in INPUT.findall(stale.text)
    await browser.post(ANSWERS, {"question": "genre", "genre": "novel"})
    assert await say(browser, "recommendations", lamp="oil") == SHELF
    assert (await browser.get(SHELF)).text == "shelf: novel"
    profile = await reading.onboarding.profile(await account_of(browser))
    assert profile.lamp is None


async def test_of_a_page_that_is_out_of_date_only_what_is_asked_stays(
    reading: Site,
) -> None:
    """What else is wrong with it needs another look; what is not asked needs none."""
    browser = reading.browser()
    await say(browser, "recommendations", genre="novel")
    form = {"feature": "recommendations", "question": ["lamp", "mood"], "lamp": "oil"}
    mended = await browser.post(ANSWERS, form | {"mood": "x" * 10_001, "next": SHELF})
    assert mended.status_code == 422
    assert set(INPUT.findall(mended.text)) == {"mood"}
    program = {"feature": "recommendations", "answers": {"lamp": "oil"}}
    assert (await browser.post_json(ANSWERS, program)).status_code == 422


# ── forms ────────────────────────────────────────────────────────────────────


async def test_a_hidden_need_stops_no_form(reading: Site) -> None:
    """What does not apply is not in the form, and not missed when it is sent."""
    browser = reading.browser()
    page = await browser.get(ASK + "recommendations")
    assert "lamp" not in INPUT.findall(page.text)
    assert await say(browser, "recommendations", genre="novel") == SHELF


async def test_a_form_that_meets_a_question_is_never_sent_by_us(reading: Site) -> None:
    """It says that it was not sent, leads back to its page, and replays nothing."""
    browser = reading.browser()
    locked = await browser.post(
        SHELF, {"title": "Emma"}, referer="https://shop.example/seen/7"
    )
    assert locked.status_code == 303
    back = query(locked.headers["location"])["next"]
    assert back == "/seen/7"
    page = await browser.follow(locked)
    assert "What you just filled in was not sent." in words(page.text)
    assert "Emma" not in page.text
    form = {"feature": "recommendations", "question": "genre", "genre": "novel"}
    done = await browser.post(ANSWERS, form | {"next": back})
    assert (done.status_code, done.headers["location"]) == (303, "/seen/7")
    assert (await browser.post(SHELF, {"title": "Emma"})).text == "shelf: novel"


async def test_a_program_sends_the_very_request_again(reading: Site) -> None:
    """It learns what is missing and where to say it; nothing of the first was done."""
    browser = reading.browser()
    await browser.post("/cart")
    refused = await browser.post_json(
        SHELF, {"title": "Emma"}, headers={"accept": "application/json"}
    )
    told = refused.json()
    assert (refused.status_code, told["code"]) == (409, "unanswered")
    [asked] = told["questions"]
    answers = {"feature": told["feature"], "answers": {asked["name"]: "novel"}}
    assert (await browser.post_json(told["answer_at"], answers)).status_code == 200
    again = await browser.post_json(SHELF, {"title": "Emma"})
    assert again.text == "shelf: novel"
