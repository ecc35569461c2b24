"""What a provider says, or the shop knows: shown, and one press makes it an answer."""

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from onboarding.accounts.model import Account
from onboarding.events import Entry
from onboarding.profiling.model import Answer, Ask, Feature, Source
from onboarding.profiling.proposal import Proposal
from onboarding.segments.model import Answered
from onboarding.testing import Person
from tests.web.site import KIM, Browser, Genre, Site, open_site, words

pytestmark = pytest.mark.anyio

ASK = "/welcome/ask/shelf"
ANSWERS = "/welcome/answers"
ACCOUNT = "/welcome/account"
DAY = {"birthdate": "1990-05-03"}
BORN = replace(KIM, extra=DAY)
FORM = {
    "feature": "shelf",
    "question": ["genre", "birthday"],
    "next": "/recommendations",
}
BUTTON = re.compile(r'name="(onboarding-\w+)" value="(\w+) ([\w-]{43})"')


class Reader(BaseModel):
    """What this shop asks."""

    genre: Annotated[
        Genre | None,
        Ask("What do you read?", why="For the shelf.", labels={"novel": "Novels"}),
    ] = None
    birthday: Annotated[
        date | None, Ask("When is your birthday?", why="A gift.", propose="birthdate")
    ] = None
    portrait: Annotated[
        str | None,
        Field(max_length=500),
        Ask(
            "A picture of you?",
            why="For reviews.",
            propose="picture",
            unused="Shown beside a review.",
        ),
    ] = None


SHELF = Feature("shelf", needs=["genre"], wants=["birthday"], title="Shelf")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop whose provider is asked what the birthday is."""
    async with open_site(profile=Reader, features=[SHELF]) as site:
        yield site


async def sign_in(browser: Browser, person: Person) -> None:
    """Sign in as whom the provider says all that of, whatever it said before."""
    begun = await browser.post("/welcome/sign-in/lamp", {"next": "/"})
    back = browser.site.lamp.approve(begun.headers["location"], person)
    done = await browser.get(back, **{"sec-fetch-site": "cross-site"})
    assert done.status_code == 303, done.text


async def account_of(browser: Browser) -> Account:
    """Return who is here."""
    found = await browser.site.onboarding.accounts.find(
        (await browser.get_json(ACCOUNT)).json()["account"]["id"]
    )
    assert found is not None
    return found


async def rows(browser: Browser) -> list[Proposal]:
    """Return what is kept of what others say of who is here."""
    account = await account_of(browser)
    return await browser.site.onboarding.store.list_of(Proposal, account.id)


async def said(browser: Browser) -> dict[str, Answer]:
    """Return what is known of who is here."""
    account = await account_of(browser)
    found = await browser.site.onboarding.store.list_of(Answer, account.id)
    return {one.question: one for one in found}


async def log(browser: Browser) -> list[tuple[str, Any]]:
    """Return the events about proposals of who is here, and what they tell."""
    account = await account_of(browser)
    entries = await browser.site.onboarding.store.list_of(Entry, account.id)
    return [(e.name, dict(e.data)) for e in entries if "proposal" in e.name]


async def come(site: Site, person: Person = BORN) -> Browser:
    """Sign in as somebody whose provider says all that."""
    browser = site.browser()
    await sign_in(browser, person)
    return browser


async def button(
    browser: Browser, path: str = ASK, *, yes: bool = True
) -> dict[str, str]:
    """Return what a button about a proposal sends."""
    found = BUTTON.findall((await browser.get(path)).text)
    name = "onboarding-accept" if yes else "onboarding-refuse"
    return {n: f"{question} {digest}" for n, question, digest in found if n == name}


# ── before the press ─────────────────────────────────────────────────────────


async def test_a_proposal_is_shown_and_counts_for_nothing(site: Site) -> None:
    """Who says what, in words, with two buttons; no answer, no profile, no event."""
    browser = await come(site)
    page = await browser.get(ASK)
    assert "Lamplight ID says: 3 May 1990. Is that right?" in words(page.text)
    assert "Yes, that’s right" in words(page.text)
    account = await account_of(browser)
    assert await said(browser) == {}
    assert (await site.onboarding.profile(account)).birthday is None
    assert await log(browser) == []
    assert " checked" not in page.text
    assert 'value="1990-05-03"' not in page.text


async def test_a_proposal_in_dutch(site: Site) -> None:
    """The day is written as people there do."""
    browser = site.browser("nl")
    await sign_in(browser, BORN)
    text = words((await browser.get(ASK)).text)
    assert "Lamplight ID zegt: 3 mei 1990. Klopt dat? Ja, dat klopt" in text


async def test_enter_does_not_take_a_proposal(site: Site) -> None:
    """The first button of the form answers: it is what a browser presses on Enter."""
    browser = await come(site)
    page = (await browser.get(ASK)).text
    form = page[page.index('id="onboarding-form"') :]
    first = re.search(r'<(?:button|input[^>]*"submit")[^>]*>', form)
    assert first
    assert 'name="do" value="answer"' in first[0]


async def test_a_later_sign_in_writes_nothing_new(site: Site) -> None:
    """What is known already stays as it is."""
    browser = await come(site)
    before = await rows(browser)
    assert [(p.question, p.value, p.provider, p.issuer) for p in before] == [
        ("birthday", "1990-05-03", "lamp", "https://id.example")
    ]
    site.clock.advance(timedelta(days=1))
    again = site.browser()
    await sign_in(again, BORN)
    assert await rows(again) == before


async def test_what_no_question_asks_for_is_not_kept(site: Site) -> None:
    """Neither as a proposal nor in what waits for a word of somebody."""
    person = replace(KIM, extra={**DAY, "gender": "x", "zoneinfo": "Europe/Oslo"})
    browser = await come(site, person)
    told = (await browser.post(f"{ACCOUNT}/export")).text
    assert "1990-05-03" in told
    assert "Oslo" not in told


@pytest.mark.parametrize(
    "claim",
    [
        {"birthdate": "0000-05-03"},
        {"birthdate": "1990"},
        {"birthdate": ["1990-05-03"]},
        {"birthdate": "1990-05-03\x00"},
        {"picture": "https://x.example/" + "x" * 5_000},
        {"picture": "javascript:alert(1)"},
        {"picture": "https://x.example/" + "x" * 600},
    ],
    ids=[
        *("no year", "a year", "a list", "control characters"),
        *("far too long", "a script", "longer than the model wants"),
    ],
)
async def test_a_claim_that_is_no_answer_is_dropped(
    site: Site, claim: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever comes with it comes in all the same; no log says what it was."""
    with caplog.at_level(logging.DEBUG):
        browser = await come(site, replace(KIM, extra=claim))
    assert await rows(browser) == []
    [value] = claim.values()
    assert str(value)[:24] not in caplog.text or len(str(value)) < 5


async def test_no_value_reaches_a_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when it comes nor when it is taken."""
    with caplog.at_level(logging.DEBUG, logger="onboarding"):
        browser = await come(site)
        await browser.post(ANSWERS, FORM | await button(browser))
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("onboarding")]
    assert not [line for line in ours if "1990" in line]
    assert "1990" not in repr(await rows(browser))


async def test_a_provider_that_floods_leaves_one_row(site: Site) -> None:
    """Whatever it says each time: the newest takes the place of the one before."""
    for day in range(1, 9):
        browser = await come(site, replace(KIM, extra={"birthdate": f"1990-05-0{day}"}))
    assert [p.value for p in await rows(browser)] == ["1990-05-08"]


async def test_what_is_not_said_any_more_is_not_proposed(site: Site) -> None:
    """A provider that takes its word back leaves nothing here."""
    await come(site)
    assert await rows(await come(site, KIM)) == []


# ── yes ──────────────────────────────────────────────────────────────────────


async def test_one_press_makes_it_the_answer(site: Site) -> None:
    """It tells from where it is, and is as good as any."""
    browser = await come(site)
    answer = await browser.post(ANSWERS, FORM | await button(browser))
    assert answer.headers["location"].startswith(ASK)  # the genre is still to be said
    told = (await said(browser))["birthday"]
    assert (told.value, told.source, told.via) == ("1990-05-03", Source.PERSON, "lamp")
    assert told.feature == "shelf"
    assert await log(browser) == [
        ("proposal_accepted", {"question": "birthday", "origin": "lamp"})
    ]
    [row] = await rows(browser)
    assert (row.is_open, row.value) == (False, None)
    text = words((await browser.get(ACCOUNT)).text)
    assert "Lamplight ID said so, and you confirmed it on 21 November." in text


async def test_what_else_was_typed_is_answered_with_it(site: Site) -> None:
    """A press beside one question loses nothing of the other."""
    browser = await come(site)
    sent = FORM | await button(browser) | {"genre": "novel"}
    answer = await browser.post(ANSWERS, sent)
    assert answer.headers["location"] == "/recommendations"
    assert {n: a.value for n, a in (await said(browser)).items()} == {
        "genre": "novel",
        "birthday": "1990-05-03",
    }


async def test_pressed_twice_is_pressed_once(site: Site) -> None:
    """The second goes on where the first went."""
    browser = await come(site)
    sent = FORM | await button(browser)
    for _ in range(2):
        assert (await browser.post(ANSWERS, sent)).status_code == 303
    assert len(await log(browser)) == 1


# ── no ───────────────────────────────────────────────────────────────────────


async def test_a_wrong_one_is_never_asked_twice(site: Site) -> None:
    """The question stays; the value is gone, and no later sign-in brings it back."""
    browser = await come(site)
    press = await button(browser, yes=False)
    page = await browser.post(
        ANSWERS, FORM | press | {"genre": "novel", "onboarding-back": "/"}
    )
    assert page.status_code == 200
    assert "When is your birthday?" in words(page.text)
    assert "Is that right?" not in words(page.text)
    assert 'value="novel" checked' in page.text  # what was typed stays typed
    for person in (replace(KIM, extra={"birthdate": "1991-01-01"}), BORN):
        browser = await come(site, person)
    assert await button(browser) == {}
    assert [p.value for p in await rows(browser)] == [None]
    assert await said(browser) == {}
    assert await log(browser) == [
        ("proposal_refused", {"question": "birthday", "origin": "lamp"})
    ]


async def test_another_provider_does_not_bring_it_back(site: Site) -> None:
    """It is the value that is wrong, whoever says it."""
    browser = await come(site)
    await browser.post(ANSWERS, FORM | await button(browser, yes=False))
    account = await account_of(browser)
    await site.onboarding.profiling.propose(
        account, "birthday", "1990-05-03", because="your card"
    )
    assert await button(browser) == {}


async def test_an_answer_of_their_own_settles_it(site: Site) -> None:
    """Whoever types another day has said so: the one beside it is gone for good."""
    browser = await come(site)
    await browser.post(ANSWERS, FORM | {"birthday": "1990-05-04", "genre": "novel"})
    assert [p.is_open for p in await rows(await come(site))] == [False]
    assert "3 May 1990" not in words((await browser.get(ACCOUNT)).text)


async def test_who_would_rather_not_say_is_not_told_what_others_say(site: Site) -> None:
    """Not of what is there, and not of what comes."""
    browser = await come(site)
    await browser.post(ANSWERS, {"question": "birthday", "do": "decline"})
    browser = await come(site, replace(KIM, extra={"birthdate": "1991-01-01"}))
    assert [p.is_open for p in await rows(browser)] == [False]


# ── beside an answer ─────────────────────────────────────────────────────────


async def test_another_value_asks_whether_the_answer_is_still_right(site: Site) -> None:
    """Under My data; it overwrites nothing until its button is pressed."""
    browser = await come(site, KIM)
    await browser.post(ANSWERS, {"question": "birthday", "birthday": "1990-05-04"})
    browser = await come(site)
    text = words((await browser.get(ACCOUNT)).text)
    assert "When is your birthday? Lamplight ID says: 3 May 1990." in text
    assert "You told us otherwise. Is your answer still right?" in text
    assert (await said(browser))["birthday"].value == "1990-05-04"
    press = await button(browser, ACCOUNT)
    sent = {"question": "birthday", "next": ACCOUNT, **press}
    assert (await browser.post(ANSWERS, sent)).headers["location"] == ACCOUNT
    assert (await said(browser))["birthday"].value == "1990-05-03"


async def test_to_keep_the_answer_is_one_press_too(site: Site) -> None:
    """And leads back to My data, where nothing asks any more."""
    browser = await come(site, KIM)
    await browser.post(ANSWERS, {"question": "birthday", "birthday": "1990-05-04"})
    browser = await come(site)
    press = await button(browser, ACCOUNT, yes=False)
    answer = await browser.post(
        ANSWERS, {"question": "birthday", "next": ACCOUNT, **press}
    )
    assert "still right" not in words((await browser.follow(answer)).text)
    assert (await said(browser))["birthday"].value == "1990-05-04"


async def test_what_they_say_themselves_is_not_proposed(site: Site) -> None:
    """It is no news."""
    browser = await come(site, KIM)
    await browser.post(ANSWERS, {"question": "birthday", "birthday": "1990-05-03"})
    assert await rows(await come(site)) == []


# ── what the shop knows ──────────────────────────────────────────────────────


async def test_what_the_shop_knows_takes_the_same_road(site: Site) -> None:
    """With what it is known by, and with it in the answer."""
    browser = await come(site, KIM)
    account = await account_of(browser)
    propose = site.onboarding.profiling.propose
    await propose(account, "genre", "novel", because="your last orders")
    text = words((await browser.get(ASK)).text)
    assert "From your last orders: Novels. Is that right?" in text
    await browser.post(ANSWERS, FORM | await button(browser))
    told = (await said(browser))["genre"]
    assert (told.value, told.via, told.because) == ("novel", None, "your last orders")
    assert "From your last orders; you confirmed it" in words(
        (await browser.get(ACCOUNT)).text
    )
    assert await log(browser) == [
        ("proposal_accepted", {"question": "genre", "origin": "application"})
    ]


async def test_a_guest_takes_along_what_was_proposed_and_refused(site: Site) -> None:
    """Into the account that they turn out to have."""
    await come(site, KIM)
    browser = site.browser()
    await browser.post(ANSWERS, {"question": "portrait", "portrait": "none"})
    guest = await account_of(browser)
    propose = site.onboarding.profiling.propose
    await propose(guest, "genre", "novel", because="your cart")
    await browser.post(
        ANSWERS, {"question": "genre", **await button(browser, yes=False)}
    )
    await propose(guest, "birthday", "1980-01-01", because="your card")
    await sign_in(browser, KIM)
    account = await account_of(browser)
    assert account.id != guest.id
    await propose(account, "genre", "novel", because="your cart")
    found = await site.onboarding.profiling.proposals(account)
    assert {name: p.value for name, p in found.items()} == {"birthday": "1980-01-01"}


# ── JSON ─────────────────────────────────────────────────────────────────────


async def test_the_same_in_json(site: Site) -> None:
    """Beside each question; taken by which it is, and refused likewise."""
    browser = await come(site)
    told = (await browser.get_json(ASK)).json()
    [proposed] = told["wants"][0]["proposals"]
    assert (proposed["value"], proposed["provider"]) == ("1990-05-03", "lamp")
    assert proposed["words"] == "3 May 1990"
    assert "proposals" not in told["questions"][0]
    alone = (await browser.get_json(f"{ANSWERS}?question=birthday")).json()
    assert alone["questions"][0]["proposals"] == [proposed]

    one = {"question": "birthday", "proposal": proposed["proposal"], "feature": "shelf"}
    headers = {"accept": "application/json"}
    answer = await browser.client.post(
        ANSWERS,
        json={"do": "accept", **one},
        headers=headers | {"sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 200
    assert answer.json()["state"] == "ask"
    assert (await said(browser))["birthday"].value == "1990-05-03"


async def test_a_refusal_in_json(site: Site) -> None:
    """And once more is no error."""
    browser = await come(site)
    told = (await browser.get_json(ASK)).json()
    digest = told["wants"][0]["proposals"][0]["proposal"]
    sent = {"do": "refuse", "question": "birthday", "proposal": digest}
    for _ in range(2):
        answer = await browser.post_json(ANSWERS, sent)
        assert answer.status_code < 400, answer.text
    assert [p.is_open for p in await rows(browser)] == [False]


async def test_an_acceptance_that_is_sent_twice(site: Site) -> None:
    """With a key it is done once: what was said in between stays."""
    browser = await come(site)
    [shown] = (await browser.get_json(ASK)).json()["wants"][0]["proposals"]
    sent = {"do": "accept", "question": "birthday", "proposal": shown["proposal"]}
    key = {"idempotency-key": '"once"'}
    first = await browser.post_json(ANSWERS, sent, headers=key)
    assert first.json() == {"location": ACCOUNT, "closed": []}
    await browser.post_json(ANSWERS, {"answers": {"birthday": "1991-01-01"}})
    again = await browser.post_json(ANSWERS, sent, headers=key)
    assert again.json() == first.json()
    assert (await said(browser))["birthday"].value == "1991-01-01"
    # Without one it is about what is proposed now, and that is nothing.
    late = await browser.post_json(ANSWERS, sent)
    assert late.status_code == 404


@pytest.mark.parametrize("is_json", [True, False], ids=["json", "page"])
async def test_what_an_acceptance_closes_is_told(*, is_json: bool) -> None:
    """As of every answer: another value may close what was open."""
    novels = Feature("novels", needs=[Answered("genre", is_in=["novel"])])
    async with open_site(profile=Reader, features=[SHELF, novels]) as site:
        browser = await come(site)
        await browser.post_json(ANSWERS, {"answers": {"genre": "novel"}})
        account = await account_of(browser)
        propose = site.onboarding.profiling.propose
        await propose(account, "genre", "adventure", because="your last orders")
        found = await button(browser, ACCOUNT)
        if is_json:
            name, digest = found["onboarding-accept"].split()
            sent = {"do": "accept", "question": name, "proposal": digest}
            told = await browser.post_json(ANSWERS, sent)
            assert told.json()["closed"] == ["novels"]
            return
        sent = {"question": "genre", "next": ACCOUNT, **found}
        page = await browser.follow(await browser.post(ANSWERS, sent))
        assert "With this answer, Novels is closed now." in words(page.text)


# ── attacks ──────────────────────────────────────────────────────────────────

SAM = Person(subject="sam", name="Sam", extra={"birthdate": "1980-01-01"})


@pytest.mark.parametrize("verb", ["accept", "refuse"])
async def test_nobody_settles_what_is_proposed_to_somebody_else(
    site: Site, verb: str
) -> None:
    """What another page has shown means nothing here."""
    kim = await come(site)
    press = (await button(kim))["onboarding-accept"]
    sam = await come(site, SAM)
    answer = await sam.post(ANSWERS, FORM | {f"onboarding-{verb}": press})
    assert answer.status_code == 200  # the page, with what is proposed to Sam
    assert "1 January 1980" in words(answer.text)
    assert await said(sam) == {}
    assert [p.is_open for p in await rows(kim)] == [True]
    assert [p.is_open for p in await rows(sam)] == [True]


async def test_only_what_was_shown_is_taken(site: Site) -> None:
    """A newer value is not accepted unseen: the page shows it, and asks."""
    browser = await come(site)
    press = await button(browser)
    await come(site, replace(KIM, extra={"birthdate": "1991-01-01"}))
    answer = await browser.post(ANSWERS, FORM | press)
    assert answer.status_code == 200
    assert "1 January 1991" in words(answer.text)
    assert await said(browser) == {}


@pytest.mark.parametrize(
    "press",
    [
        "",
        "birthday",
        "birthday x",
        f"genre {'x' * 43}",
        f"birthday {'x' * 43}",
        "é" * 50,
    ],
)
async def test_a_made_up_press_takes_nothing(site: Site, press: str) -> None:
    """It is refused, or answered with the page as it is."""
    browser = await come(site)
    answer = await browser.post(ANSWERS, FORM | {"onboarding-accept": press})
    assert answer.status_code in {200, 400}
    assert await said(browser) == {}
    assert await log(browser) == []


async def test_a_feature_takes_its_own_questions_only(site: Site) -> None:
    """What is proposed to another question is not taken, as its answer would not be."""
    picture = "https://x.example/kim.png"
    browser = await come(site, replace(KIM, picture=picture))
    [row] = [p for p in await rows(browser) if p.question == "portrait"]
    answer = await browser.post(
        ANSWERS,
        FORM | {"onboarding-accept": f"portrait {row.digest}"},
    )
    assert answer.headers["location"].startswith(ASK)  # what it does ask
    assert await said(browser) == {}
    assert [p.is_open for p in await rows(browser)] == [True]


async def test_looking_changes_nothing(site: Site) -> None:
    """A link that somebody sends presses no button."""
    browser = await come(site)
    press = (await button(browser))["onboarding-accept"].replace(" ", "+")
    await browser.get(f"{ASK}?onboarding-accept={press}")
    await browser.get(
        f"{ANSWERS}?question=birthday&do=accept&onboarding-accept={press}"
    )
    assert await said(browser) == {}


async def test_a_form_of_another_site_takes_nothing(site: Site) -> None:
    """As with every other POST."""
    browser = await come(site)
    sent = FORM | await button(browser)
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert (await browser.post(ANSWERS, sent, **elsewhere)).status_code == 403
    assert await said(browser) == {}


async def test_a_visitor_is_proposed_nothing(site: Site) -> None:
    """And does not become a guest by trying."""
    browser = site.browser()
    sent = FORM | {"onboarding-accept": f"birthday {'x' * 43}"}
    assert (await browser.post(ANSWERS, sent)).status_code == 200
    assert (await browser.get_json(ACCOUNT)).json()["account"]["kind"] == "visitor"


# ── my data ──────────────────────────────────────────────────────────────────


async def test_my_data_tells_it_and_an_erasure_takes_it(site: Site) -> None:
    """Who says what since when; nothing is left afterwards."""
    browser = await come(site)
    account = await account_of(browser)
    [told] = (await browser.post(f"{ACCOUNT}/export")).json()["proposals"]
    assert told == {
        "question": "birthday",
        "open": True,
        "value": "1990-05-03",
        "provider": "lamp",
        "issuer": "https://id.example",
        "verified": False,
        "proposed_at": site.clock().isoformat(),
    }
    await site.onboarding.data.erase(account.id)
    assert await site.onboarding.store.list_of(Proposal, account.id) == []


async def test_what_we_ask_says_what_is_proposed(site: Site) -> None:
    """Which claim is shown beside which question, before anybody signs in."""
    page = await site.browser().get("/welcome/what-we-ask")
    told = (await site.browser().get_json("/welcome/what-we-ask")).json()["questions"]
    assert words(page.text).count("It counts once you say yes.") == 2
    assert {one["name"]: one["propose"] for one in told} == {
        "genre": None,
        "birthday": "birthdate",
        "portrait": "picture",
    }
