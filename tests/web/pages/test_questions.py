"""The questions of a feature: asked, answered, put off, and left unsaid."""

import re
from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import BaseModel

from onboarding.events import Entry
from onboarding.profiling.model import Ask, Feature
from tests.web.site import Browser, Site, open_site, query, words

pytestmark = pytest.mark.anyio

ASK = "/welcome/ask/recommendations"
ANSWERS = "/welcome/answers"
GENRE = {"feature": "recommendations", "question": "genre", "next": "/recommendations"}


async def log(browser: Browser) -> list[str]:
    """Return the names of the events of who is here."""
    account = (await browser.get("/look")).text
    entries = await browser.site.onboarding.store.list_of(Entry, account)
    return [entry.name for entry in entries]


async def answers(browser: Browser) -> dict[str, object]:
    """Return what is known of who is here, by question."""
    told = (await browser.get_json("/welcome/account")).json()
    return {one["question"]: (one["reply"], one["value"]) for one in told["answers"]}


# ── asking ───────────────────────────────────────────────────────────────────


async def test_the_page_asks_one_thing_and_says_why(browser: Browser) -> None:
    """Question, choices and why; nothing is chosen; no is a button beside yes."""
    answer = await browser.get(f"{ASK}?next=/recommendations&back=/")
    said = words(answer.text)

    assert "Recommendations One question, then it opens" in said
    assert "Why we ask. We sort your shelf by it." in said
    assert said.index("Open my shelf") < said.index("Not now")
    assert "I’d rather not say" in said
    assert "Recommendations stays closed and everything else stays open" in said
    assert " checked" not in answer.text
    assert 'aria-describedby="genre-why"' in answer.text


async def test_the_page_in_dutch(site: Site) -> None:
    """The host's sentences too, where the host translated them."""
    said = words((await site.browser("nl").get(ASK)).text)
    assert "Aanbevelingen Eén vraag, dan gaat het open" in said
    assert "Wat lees je graag?" in said
    assert "Waarom we dit vragen. We ordenen er je plank mee." in said
    assert "Open mijn plank Niet nu Dat zeg ik liever niet" in said


async def test_wants_stand_below_needs(browser: Browser) -> None:
    """If you like: they never stand between a person and an open feature."""
    said = words((await browser.get(ASK)).text)
    assert said.index("What do you like to read?") < said.index("If you like")
    assert said.index("If you like") < said.index("When is your birthday?")


async def test_questions_in_json(browser: Browser) -> None:
    """The same decision, with a JSON Schema of each answer."""
    told = (await browser.get_json(ASK)).json()
    assert told["state"] == "ask"
    assert [one["name"] for one in told["questions"]] == ["genre"]
    assert [one["name"] for one in told["wants"]] == ["birthday"]
    assert told["answer_at"] == ANSWERS
    assert told["questions"][0]["control"]["options"][0] == {
        "value": "novel",
        "label": "Novels",
        "hint": "people and their trouble",
    }


async def test_an_unknown_feature_is_not_found(browser: Browser) -> None:
    """Also one that looks like a path."""
    for feature in ("nope", "..%2F..", "recommendations%00"):
        assert (await browser.get(f"/welcome/ask/{feature}")).status_code == 404


async def test_a_visitor_who_looks_stays_a_visitor(browser: Browser) -> None:
    """Drawing a question makes nobody a guest."""
    answer = await browser.get(ASK)
    assert "set-cookie" not in answer.headers
    assert browser.session is None


async def test_an_impression_is_one_for_each_visit(browser: Browser) -> None:
    """Recorded after the answer, for people only: no HEAD, no fetch ahead of time."""
    await browser.post("/cart")
    await browser.client.head(ASK)
    await browser.get(ASK, **{"sec-purpose": "prefetch;prerender"})
    assert "question_shown" not in await log(browser)

    await browser.get(ASK)
    await browser.get(ASK)
    assert (await log(browser)).count("question_shown") == 2  # a need and a want


# ── answering ────────────────────────────────────────────────────────────────


async def test_an_answer_opens_the_page_that_was_wanted(browser: Browser) -> None:
    """The visitor becomes a guest with the first answer, and goes on."""
    locked = await browser.get("/recommendations")
    page = await browser.follow(locked)
    assert query(str(page.url))["next"] == "/recommendations"
    answer = await browser.post(ANSWERS, GENRE | {"genre": "novel"})
    opened = await browser.follow(answer)

    assert answer.headers["location"] == "/recommendations"
    assert opened.text == "shelf: novel"
    assert "feature_unlocked" in await log(browser)


async def test_who_keeps_no_cookies_is_told_why_it_asks_again(site: Site) -> None:
    """An answer of a browser that drops every cookie is lost, and the page says so."""
    asked = f"https://shop.example{ASK}?next=/recommendations"
    for came, sent, is_told in (
        (asked, {}, True),
        ("https://shop.example/welcome/answers", {}, True),
        (asked, {"cookie": "theirs=1"}, False),
        ("https://shop.example/", {}, False),
    ):
        answer = await site.browser().get("/recommendations", referer=came, **sent)
        page = await site.browser().follow(answer)
        assert is_told is ("Your browser keeps no cookies" in page.text)


async def test_an_answer_in_json(browser: Browser) -> None:
    """Programs get the next decision, never a redirect."""
    sent = {"feature": "recommendations", "answers": {"genre": "novel"}}
    answer = await browser.post_json(ANSWERS, sent)
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert (await browser.get("/recommendations")).text == "shelf: novel"


async def test_parallel_answers_of_one_page_make_one_guest(browser: Browser) -> None:
    """The page of a visitor carries a nonce; pressed twice, it is one guest."""
    html = (await browser.get(ASK)).text
    nonce = html.partition('name="onboarding-nonce" value="')[2].partition('"')[0]
    sent = GENRE | {"genre": "novel", "onboarding-nonce": nonce}
    await browser.post(ANSWERS, sent)
    first = (await browser.get("/look")).text
    browser.client.cookies.clear()
    await browser.post(ANSWERS, sent)
    assert nonce
    assert (await browser.get("/look")).text == first


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "Answer this one, or press “Not now”."),
        ({"genre": ""}, "Answer this one, or press “Not now”."),
        ({"genre": "cooking"}, "Choose one of these."),
        ({"genre": ["novel", "adventure"]}, "Choose one of these."),
        ({"genre": "<script>"}, "Choose one of these."),
    ],
)
async def test_an_answer_that_does_not_fit_says_what_to_do(
    browser: Browser, value: dict[str, object], problem: str
) -> None:
    """The same page, a summary that leads to the field, and nothing stored."""
    answer = await browser.post(ANSWERS, GENRE | value)

    assert answer.status_code == 422
    assert "<title>Error: Questions for Recommendations" in answer.text
    assert f'<a href="#genre">{problem}</a>' in answer.text
    assert f'id="genre-error">{problem}</p>' in answer.text
    assert 'id="genre"' in answer.text
    assert "autofocus" in answer.text
    assert '<input type="hidden" name="next" value="/recommendations">' in answer.text
    assert "<script>" not in answer.text
    assert "set-cookie" not in answer.headers
    assert browser.session is None


@pytest.mark.parametrize("do", ["answer", "decline"])
async def test_nobody_becomes_a_guest_by_a_slip_of_the_pen(
    browser: Browser, do: str
) -> None:
    """Where nothing can be kept there is nobody to keep it for; in JSON too."""
    sent = {"feature": "short-books", "question": "pages", "pages": "many", "do": do}
    told = {"feature": "short-books", "answers": {"pages": "many"}, "do": do}
    for answer in (
        await browser.post(ANSWERS, sent),
        await browser.post_json(ANSWERS, told),
    ):
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers


async def test_blank_wants_make_nobody_a_guest(browser: Browser) -> None:
    """Who has nothing to say is led on as before."""
    sent = {"feature": "recommendations", "question": "birthday", "birthday": ""}
    answer = await browser.post(ANSWERS, sent)
    assert answer.headers["location"].startswith(ASK)
    assert browser.session is None


class Note(BaseModel):
    """What only words can say."""

    motto: Annotated[str | None, Ask("Your motto?", why="It stands on the card.")] = (
        None
    )


async def test_a_blank_answer_opens_nothing() -> None:
    """Neither a form nor JSON gets through with what nobody can see."""
    settings = {"profile": Note, "features": [Feature("card", needs=["motto"])]}
    async with open_site(**settings) as site:
        browser = site.browser()
        await browser.post("/cart")
        for blank in ("\u200b", "\u2060 ", "\u2800", "\u3164", "\u2068\u2069"):
            form = {"feature": "card", "question": "motto", "motto": blank}
            told = {"feature": "card", "answers": {"motto": blank}}
            assert (await browser.post(ANSWERS, form)).status_code == 422
            assert (await browser.post_json(ANSWERS, told)).status_code == 422
            assert await answers(browser) == {}


async def test_what_was_typed_stays_typed(browser: Browser) -> None:
    """One bad answer loses none of the others, and none of itself."""
    sent = {
        "feature": "recommendations",
        "question": ["genre", "birthday"],
        "genre": "novel",
        "birthday": "yesterday",
    }
    answer = await browser.post(ANSWERS, sent)

    assert answer.status_code == 422
    assert "Write a day, as in 2001-12-31." in answer.text
    assert 'value="yesterday"' in answer.text
    assert 'value="novel" checked' in answer.text
    assert await answers(browser) == {"genre": ("value", "novel")}


async def test_what_does_not_fit_in_json(browser: Browser) -> None:
    """Every problem with its question, and what was kept all the same."""
    sent = {
        "feature": "recommendations",
        "answers": {"genre": "novel", "birthday": "yesterday"},
    }
    answer = await browser.post_json(ANSWERS, sent)
    told = answer.json()

    assert answer.status_code == 422
    assert told["code"] == "invalid_answer"
    assert told["problems"] == [
        {"question": "birthday", "problem": "Write a day, as in 2001-12-31."}
    ]
    assert told["saved"] == ["genre"]


async def test_a_feature_takes_its_own_questions_only(browser: Browser) -> None:
    """What was not asked cannot be set (mass assignment)."""
    await browser.post("/cart")
    sent = {"feature": "recommendations", "answers": {"pages": 100}}
    answer = await browser.post_json(ANSWERS, sent)
    assert answer.json()["problems"][0]["problem"] == "This question is not asked here."
    assert await answers(browser) == {}


async def test_needs_follow_one_another(browser: Browser) -> None:
    """One a page: the second comes after the first, and says how far one is."""
    short = {"feature": "short-books", "next": "/cart"}
    first = await browser.get("/welcome/ask/short-books?next=/cart")
    answer = await browser.post(ANSWERS, short | {"question": "pages", "pages": "100"})
    second = await browser.follow(answer)
    done = await browser.post(ANSWERS, short | {"question": "mood", "mood": "4"})

    assert "2 questions, then it opens" in first.text
    assert "0 of 2 known" in first.text
    assert "1 of 2 known" in second.text
    assert 'type="radio"' in second.text
    assert done.headers["location"] == "/cart"


async def test_nothing_to_ask_leads_on(browser: Browser) -> None:
    """Who opens the questions of an open feature is brought to it."""
    await browser.post(ANSWERS, GENRE | {"genre": "novel"})
    await browser.get(ASK)  # the want is asked once, and then rests
    browser.site.clock.advance(timedelta(days=1))
    answer = await browser.get(f"{ASK}?next=/recommendations")
    assert answer.headers.get("location") == "/recommendations"


# ── not now, and rather not ──────────────────────────────────────────────────


async def test_not_now_leads_back_and_stores_nothing(browser: Browser) -> None:
    """A visitor stays one; the feature asks again when it is opened again."""
    sent = GENRE | {"do": "snooze", "onboarding-back": "/cart"}
    answer = await browser.post(ANSWERS, sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")
    assert browser.session is None
    assert (await browser.get("/recommendations")).status_code == 303


async def test_not_now_of_a_guest_is_remembered(browser: Browser) -> None:
    """As an event, and so that wants rest."""
    await browser.post("/cart")
    await browser.post(ANSWERS, GENRE | {"do": "snooze"})
    assert "question_snoozed" in await log(browser)


async def test_rather_not_closes_and_can_be_taken_back(browser: Browser) -> None:
    """The page says what stays closed, and offers to tell after all."""
    answer = await browser.post(ANSWERS, GENRE | {"do": "decline"})
    closed = await browser.follow(answer)
    locked = await browser.follow(await browser.get("/recommendations"))

    for page in (closed, locked):
        assert page.status_code == 403
        assert "Recommendations stays closed for now" in page.text
        assert "Tell after all" in page.text

    href = closed.text.partition('<a href="/welcome/answers?')[2].partition('"')[0]
    page = await browser.get("/welcome/answers?" + href.replace("&amp;", "&"))
    told = await browser.post(
        ANSWERS, {"question": "genre", "genre": "novel", "next": "/recommendations"}
    )
    assert "What do you like to read?" in page.text
    assert (await browser.follow(told)).text == "shelf: novel"


async def test_what_must_be_said_cannot_be_left_unsaid(browser: Browser) -> None:
    """No button for it, and no way around the button."""
    page = await browser.get("/welcome/ask/short-books")
    sent = {"feature": "short-books", "question": "pages", "do": "decline"}
    answer = await browser.post(ANSWERS, sent)
    assert "I’d rather not say" not in page.text
    assert answer.status_code == 422
    assert "This one cannot be left unsaid here" in answer.text


async def test_rather_not_in_json(browser: Browser) -> None:
    """Programs name the questions."""
    sent = {"feature": "recommendations", "do": "decline", "questions": ["genre"]}
    answer = await browser.post_json(ANSWERS, sent)
    assert answer.json()["state"] == "denied"


# ── changing one's mind ──────────────────────────────────────────────────────


async def test_an_answer_can_be_changed(browser: Browser) -> None:
    """The page shows what was said, and leads back to "My data"."""
    await browser.post(ANSWERS, GENRE | {"genre": "novel"})
    page = await browser.get(f"{ANSWERS}?question=genre")
    answer = await browser.post(ANSWERS, {"question": "genre", "genre": "adventure"})

    assert 'value="novel" checked' in page.text
    assert "Keep this answer" in page.text
    assert answer.headers["location"] == "/welcome/account"
    assert (await browser.get("/recommendations")).text == "shelf: adventure"


async def test_an_unknown_question_is_not_found(browser: Browser) -> None:
    """There is nothing to change."""
    assert (await browser.get(f"{ANSWERS}?question=nope")).status_code == 404
    assert (await browser.get(ANSWERS)).status_code == 404


async def test_what_was_said_in_json(browser: Browser) -> None:
    """The question, with the value that stands."""
    await browser.post(ANSWERS, GENRE | {"genre": "novel"})
    told = (await browser.get_json(f"{ANSWERS}?question=genre")).json()
    assert told["value"] == "novel"


@pytest.mark.parametrize("field", ["next", "onboarding-back"])
async def test_no_answer_leads_elsewhere(browser: Browser, field: str) -> None:
    """A planted way back is home."""
    acts = {"next": "answer", "onboarding-back": "snooze"}
    sent = GENRE | {"genre": "novel", "do": acts[field], field: "//evil.example"}
    answer = await browser.post(ANSWERS, sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_second_tab_changes_nothing_twice(browser: Browser) -> None:
    """The same answer sent again is the same answer."""
    for _ in range(2):
        answer = await browser.post(ANSWERS, GENRE | {"genre": "novel"})
        assert answer.headers["location"] == "/recommendations"
    assert (await log(browser)).count("question_answered") == 1


async def who_said_both(site: Site, name: str, one: str, other: str) -> Browser:
    """Say something as a person, and something else as a guest who is that person."""
    kim, guest = site.browser("nl"), site.browser("nl")
    await kim.sign_in()
    await kim.post(ANSWERS, {"question": name, name: one})
    await guest.post(ANSWERS, {"question": name, name: other})
    await guest.sign_in()
    guest.client.headers["accept-language"] = "en"
    return guest


@pytest.mark.parametrize(
    "page",
    ["account?", "answers?question={}&next=/look&"],
    ids=["my data", "the question"],
)
@pytest.mark.parametrize(
    "said",
    [
        ("genre", "novel", "adventure", "adventure"),
        ("pages", "200", "1.500", 1500),
        ("birthday", "1990-05-01", "1991-05-01", "1991-05-01"),
    ],
    ids=["a choice", "a number", "a day"],
)
@pytest.mark.parametrize("language", ["en", "nl"])
async def test_what_was_said_otherwise_is_taken_with_one_press(
    site: Site, said: tuple[str, str, str, object], page: str, language: str
) -> None:
    """On either page, in either language, as an answer like any other."""
    name, one, other, taken = said
    browser = await who_said_both(site, name, one, other)
    shown = await browser.get(f"/welcome/{page.format(name)}lang={language}")
    word = {"en": "Use this", "nl": "Gebruik dit"}[language]
    forms = re.findall(r"<form[^>]*>.*?</form>", shown.text, re.DOTALL)
    (form,) = [one for one in forms if word in one]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert 'action="/welcome/answers"' in form
    answer = await browser.post(ANSWERS, sent)
    led = "/look" if "next" in page else "/welcome/account"
    assert (answer.status_code, answer.headers["location"]) == (303, led)
    assert await answers(browser) == {name: ("value", taken)}
    assert word not in (await browser.get("/welcome/account")).text


async def test_what_a_guest_said_otherwise_waits_for_the_person(site: Site) -> None:
    """Kim likes novels, and said adventure as a guest: Kim says which it is."""
    guest = await who_said_both(site, "genre", "novel", "adventure")

    assert await answers(guest) == {"genre": ("value", "novel")}
    page = words((await guest.get("/welcome/account")).text)
    assert "you also said: adventure" in page.lower()
    told = (await guest.get_json("/welcome/answers?question=genre")).json()
    assert (told["value"], told["suggested"]) == ("novel", ["adventure"])

    await guest.post("/welcome/answers", {"question": "genre", "genre": "adventure"})
    assert await answers(guest) == {"genre": ("value", "adventure")}
    assert "you also said" not in (await guest.get("/welcome/account")).text
