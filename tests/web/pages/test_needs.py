"""Needs that are more than an answer: one of several, an age, a proof, a feature."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel

from onboarding import Age, Answered, Any, Ask, Feature, Linked, Proven
from onboarding.attention.model import Attention
from onboarding.testing import RecordingMailer
from tests.web.site import Browser, Site, open_site, words

pytestmark = pytest.mark.anyio

ASK = "/welcome/ask/"
ANSWERS = "/welcome/answers"


class Reader(BaseModel):
    """Somebody who borrows books."""

    genre: Annotated[
        Literal["novel", "poem"] | None,
        Ask("What do you like to read?", why="We sort your shelf by it."),
    ] = None
    phone: Annotated[str | None, Ask("Your number?", why="We ring you.")] = None
    post: Annotated[str | None, Ask("Your address?", why="We write to you.")] = None
    born: Annotated[date | None, Ask("When were you born?", why="By law.")] = None
    town: Annotated[
        str | None,
        Ask(
            "Where do you live?",
            why="The nearest shop.",
            fresh_for=timedelta(days=10),
            valid_for=timedelta(days=20),
        ),
    ] = None


FEATURES = [
    Feature("shelf", needs=["genre"], without={"genre": "Then it is not sorted."}),
    Feature("reach", needs=[Any("phone", "post")]),
    Feature("adults", needs=[Age("born", at_least=18)]),
    Feature("letters", needs=[Proven("email")]),
    Feature("club", needs=[Linked("lamp")], after=["adults"]),
    Feature("nearby", needs=["town"]),
    Feature("stage", needs=[Answered("genre", is_in=["poem"])]),
    Feature("parcel", needs=[Any(Proven(), "phone")]),
]


@pytest.fixture(name="reading")
async def _reading() -> AsyncIterator[Site]:
    settings = {"profile": Reader, "features": FEATURES, "mailer": RecordingMailer()}
    async with open_site(**settings) as site:
        yield site


async def answer(browser: Browser, feature: str, question: str, value: str) -> str:
    """Answer one question of a feature; return where that leads."""
    form = {"feature": feature, "question": question, question: value, "next": "/there"}
    return (await browser.post(ANSWERS, form)).headers["location"]


async def state(browser: Browser, feature: str) -> str:
    """Return whether a feature is open."""
    told: str = (await browser.get_json(ASK + feature)).json()["state"]
    return told


async def test_of_several_one_is_asked_and_the_others_are_offered(
    reading: Site,
) -> None:
    """One question is one card; another way is a link; any answer opens."""
    browser = reading.browser()
    page = (await browser.get(f"{ASK}reach?next=/there")).text
    said = words(page)
    assert "Your number?" in said
    assert "One of these is enough." in said
    assert "Rather: Your address?" in said
    assert 'name="post"' not in page
    other = (await browser.get(f"{ASK}reach?next=/there&instead=post")).text
    assert 'name="post"' in other
    assert "Rather: Your number?" in words(other)
    assert await answer(browser, "reach", "post", "Oudegracht 7") == "/there"
    assert await state(browser, "reach") == "open"


async def test_a_refused_form_still_offers_the_other_way(reading: Site) -> None:
    """Also to a visitor: what stood beside the question is there with its fault."""
    for browser in (reading.browser(), reading.browser()):
        blank = {"feature": "reach", "question": "phone", "phone": ""}
        page = words((await browser.post(ANSWERS, blank)).text)
        assert "Rather: Your address?" in page
        await answer(browser, "shelf", "genre", "novel")


async def test_who_declines_one_way_is_offered_the_next(reading: Site) -> None:
    """Only a no to all of them closes the feature."""
    browser = reading.browser()
    for name, then in (("phone", "ask"), ("post", "denied")):
        no = {"feature": "reach", "question": name, "do": "decline"}
        await browser.post(ANSWERS, no)
        assert await state(browser, "reach") == then


async def test_a_way_that_is_none_is_left_alone(reading: Site) -> None:
    """What stands in an address chooses among what would do, and nothing else."""
    browser = reading.browser()
    for name in ("genre", "nothing", ""):
        page = (await browser.get(f"{ASK}reach?instead={name}")).text
        assert 'name="phone"' in page


async def test_a_proof_may_do_instead_of_an_answer(reading: Site) -> None:
    """The question is asked, and what may be proven instead is a link beside it."""
    browser = reading.browser()
    said = words((await browser.get(f"{ASK}parcel?next=/there")).text)
    assert "Your number?" in said
    assert "shown that an e-mail address is yours." in said
    link = f"{ASK}parcel?next=/there&instead=proven:email"
    assert "Your number?" not in words((await browser.get(link)).text)
    told = (await browser.get_json(ASK + "parcel")).json()
    assert (told["state"], told["instead"]) == ("ask", {"phone": []})
    assert await answer(browser, "parcel", "phone", "12") == "/there"


async def test_a_feature_that_does_without_opens(reading: Site) -> None:
    """A no opens it, and says beforehand what that means."""
    browser = reading.browser()
    said = words((await browser.get(f"{ASK}shelf?next=/there")).text)
    assert "Then it is not sorted." in said
    assert "stays closed" not in said
    no = {"feature": "shelf", "question": "genre", "do": "decline", "next": "/there"}
    assert (await browser.post(ANSWERS, no)).headers["location"] == "/there"
    assert await state(browser, "shelf") == "open"


async def test_a_feature_that_an_answer_closes_says_which(reading: Site) -> None:
    """Its page is not that of a no: it says the rule, and leads to the answer."""
    browser = reading.browser()
    where = await answer(browser, "adults", "born", "2015-05-03")
    page = await browser.get(where)
    assert page.status_code == 403
    said = words(page.text)
    assert "An answer of yours closes it." in said
    assert "It opens where you are at least 18." in said
    assert "You would rather not say" not in said
    [told] = (await browser.get_json(ASK + "adults")).json()["closed_by"]
    assert told == {"question": "born", "state": "value"}
    right = {"question": "born", "born": "1990-05-03", "next": "/there"}
    assert (await browser.post(ANSWERS, right)).headers["location"] == "/there"
    assert await state(browser, "adults") == "open"


async def test_any_test_that_closes_is_told(reading: Site) -> None:
    """Not ages alone: what the answer would have to be, in the host's words."""
    browser = reading.browser()
    where = await answer(browser, "stage", "genre", "novel")
    said = words((await browser.get(where)).text)
    assert "It opens where the answer to “What do you like to read?” is poem." in said


async def test_a_birthday_opens_by_itself(reading: Site) -> None:
    """On the day itself, and not before: nothing but the day of birth is kept."""
    browser = reading.browser()
    await answer(browser, "adults", "born", "2008-11-23")
    assert await state(browser, "adults") == "denied"
    reading.clock.advance(timedelta(days=2))
    assert await state(browser, "adults") == "open"


async def test_a_proof_comes_before_what_needs_it(reading: Site) -> None:
    """The page says what to prove, and leads to where that is done, and back."""
    browser = reading.browser()
    page = await browser.get(f"{ASK}letters?next=/there")
    said = words(page.text)
    assert "It opens once you have shown that an e-mail address is yours." in said
    assert (await browser.get_json(ASK + "letters")).json()["facts"] == ["proven:email"]
    await browser.post("/cart")
    form = (await browser.get(f"{ASK}letters?next=/there")).text
    assert 'action="/welcome/account/prove"' in form


async def test_what_comes_before_is_needed_too(reading: Site) -> None:
    """First the needs of the feature before; then a sign-in with the very provider."""
    browser = reading.browser()
    told = (await browser.get_json(ASK + "club")).json()
    assert [one["name"] for one in told["questions"]] == ["born"]
    await answer(browser, "club", "born", "1990-05-03")
    said = words((await browser.get(f"{ASK}club?next=/there")).text)
    assert "It opens once you have signed in with Lamplight ID." in said
    await browser.sign_in()
    assert await state(browser, "club") == "open"


async def test_an_answer_grows_old(reading: Site) -> None:
    """It counts, is asked for again, softly, when stale, and in the end is none."""
    browser = reading.browser()
    await answer(browser, "nearby", "town", "Utrecht")
    reading.clock.advance(timedelta(days=12))
    assert await state(browser, "nearby") == "open"
    page = (await browser.get(f"{ASK}nearby?next=/there")).text
    assert 'value="Utrecht"' in page
    account = (await browser.get("/look")).text
    lines = await reading.onboarding.store.list_of(Attention, account)
    assert [one.hard for one in lines if one.item == "question:town"][-1:] == [False]
    await answer(browser, "nearby", "town", "Utrecht")
    assert (await browser.get(f"{ASK}nearby?next=/there")).status_code == 303
    reading.clock.advance(timedelta(days=12))
    assert await state(browser, "nearby") == "open"
    reading.clock.advance(timedelta(days=21))
    assert await state(browser, "nearby") == "ask"


async def test_a_question_that_is_only_liked_may_stay_empty(reading: Site) -> None:
    """Another way met the need: nothing is missing beside it."""
    browser = reading.browser()
    await answer(browser, "reach", "post", "Oudegracht 7")
    blank = {"feature": "reach", "question": "phone", "phone": "", "next": "/there"}
    assert (await browser.post(ANSWERS, blank)).headers["location"] == "/there"
    assert await state(browser, "reach") == "open"


async def test_one_of_several_on_one_form_is_enough(reading: Site) -> None:
    """Silence about the first is nothing missing where the second is answered."""
    browser = reading.browser()
    both = {"feature": "reach", "answers": {"phone": None, "post": "Oudegracht 7"}}
    assert (await browser.post_json(ANSWERS, both)).json()["state"] == "open"
