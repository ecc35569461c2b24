"""Opinions: asked at the right moment, sent, put off, and replied to."""

import pytest

from onboarding.events import Entry
from tests.web.site import Browser, Site, words

pytestmark = pytest.mark.anyio

PROMPT = "/welcome/prompt"
FIRST = "/welcome/prompt/first-order"
THANKS = "/welcome/prompt/first-order/thanks"


@pytest.fixture
async def buyer(browser: Browser) -> Browser:
    """A browser whose person has just placed an order."""
    await browser.post("/order")
    return browser


async def log(browser: Browser) -> list[str]:
    """Return the names of the events of who is here."""
    account = (await browser.get("/look")).text
    entries = await browser.site.onboarding.store.list_of(Entry, account)
    return [entry.name for entry in entries]


async def reply(browser: Browser, text: str) -> None:
    """Let the shop reply to what was said."""
    feedback = browser.site.onboarding.feedback
    (response,) = await feedback.open_responses()
    await feedback.reply(response.account_id, response.id, text=text, by="Noor <b>")


async def test_the_prompt_that_is_due(buyer: Browser) -> None:
    """A scale with words at its ends, a reason, and three buttons."""
    answer = await buyer.get(f"{PROMPT}?next=/look")
    said = words(answer.text)

    assert "How likely are you to recommend Lamplight to a friend?" in said
    assert "0: not at all 10: surely" in said
    assert answer.text.count('type="radio"') == 11
    assert "required" not in answer.text.partition("<main")[2]
    assert "Send Not now Don’t ask me this" in said
    assert "A person reads every answer" in said


async def test_the_prompt_in_dutch(site: Site) -> None:
    """The words that are fixed."""
    browser = site.browser("nl")
    await browser.post("/order")
    said = words((await browser.get(PROMPT)).text)
    assert "aanraadt aan een vriend" in said
    assert "Versturen Niet nu Vraag me dit niet meer" in said


async def test_nothing_due_leads_back(browser: Browser) -> None:
    """For a visitor, and for who said it already."""
    answer = await browser.get(f"{PROMPT}?next=/cart")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")


async def test_the_prompt_in_json(buyer: Browser) -> None:
    """What to ask and where to post; None when nothing is due."""
    told = (await buyer.get_json(PROMPT)).json()
    assert told["prompt"]["name"] == "first-order"
    assert told["prompt"]["answer_at"] == FIRST
    assert (await buyer.site.browser().get_json(PROMPT)).json() == {"prompt": None}


async def test_only_a_page_that_people_see_is_an_impression(buyer: Browser) -> None:
    """JSON callers say so themselves; HEAD and prefetch are nobody."""
    await buyer.client.head(PROMPT)
    await buyer.get(PROMPT, **{"sec-purpose": "prefetch"})
    await buyer.get_json(PROMPT)
    assert "prompt_shown" not in await log(buyer)

    await buyer.post_json(FIRST, {"do": "shown"})
    await buyer.get(PROMPT)
    assert (await log(buyer)).count("prompt_shown") == 1


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"do": "respond", "score": "6", "text": "Bent."}, id="both"),
        pytest.param({"do": "respond", "score": "0"}, id="a score alone"),
        pytest.param({"do": "respond", "text": "Bent."}, id="words alone"),
        pytest.param({"score": "10"}, id="Enter in the field"),
    ],
)
async def test_a_response_is_thanked_for(buyer: Browser, sent: dict[str, str]) -> None:
    """Score or words, either is a full answer; then one's own words back."""
    answer = await buyer.post(FIRST, sent | {"next": "/look"})
    thanks = await buyer.follow(answer)

    assert answer.headers["location"].startswith(THANKS)
    assert "Thank you, that helps" in thanks.text
    assert "If somebody replies, you find it under My data." in thanks.text
    assert sent.get("text", "") in thanks.text
    assert '<a class="ob-button" href="/look">Back to where I was</a>' in thanks.text
    assert (await buyer.get(PROMPT)).status_code == 303


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"do": "respond"}, "Pick a number, or write a line."),
        (
            {"do": "respond", "score": "", "text": "  "},
            "Pick a number, or write a line.",
        ),
        ({"do": "respond", "score": "11"}, "Pick a number from 0 to 10."),
        ({"do": "respond", "text": "x" * 2001}, "Make it shorter"),
    ],
)
async def test_nothing_said_says_what_to_do(
    buyer: Browser, sent: dict[str, str], problem: str
) -> None:
    """The same page with a summary; what was typed stays typed."""
    answer = await buyer.post(FIRST, sent | {"next": "/look"})
    assert answer.status_code == 422
    assert problem in answer.text
    assert "<title>Error: A question" in answer.text
    assert sent.get("text", "").strip() in answer.text
    assert '<input type="hidden" name="next" value="/look">' in answer.text
    assert "prompt_answered" not in await log(buyer)


@pytest.mark.parametrize(
    "sent",
    [
        {"score": "six"},
        {"score": "1e1"},
        {"score": "٣"},
        {"score": "9" * 400},
        {"score": ["1", "2"]},
        {"do": "explode"},
    ],
)
async def test_what_no_form_of_ours_sends_is_a_bad_request(
    buyer: Browser, sent: dict[str, object]
) -> None:
    """Nothing is stored."""
    answer = await buyer.post(FIRST, sent)
    assert answer.status_code == 400
    assert "prompt_answered" not in await log(buyer)


@pytest.mark.parametrize("score", [True, 6.5, "6", [6], -1, 11, 10**30])
async def test_a_score_in_json_is_a_whole_number(buyer: Browser, score: object) -> None:
    """Nothing is read into another type."""
    answer = await buyer.post_json(FIRST, {"score": score})
    assert answer.status_code in {400, 422}


async def test_not_now_and_never(buyer: Browser) -> None:
    """Each leads back, and is remembered for what it is."""
    later = await buyer.post(FIRST, {"do": "snooze", "next": "/look"})
    never = await buyer.post(FIRST, {"do": "dismiss", "next": "/look"})
    names = await log(buyer)
    assert later.headers["location"] == never.headers["location"] == "/look"
    assert {"prompt_snoozed", "prompt_dismissed"} <= set(names)
    assert (await buyer.get(PROMPT)).status_code == 303


async def test_a_prompt_that_was_never_due_is_not_found(browser: Browser) -> None:
    """Nobody answers what nobody asked; an unknown prompt is none."""
    await browser.post("/cart")
    assert (await browser.post(FIRST, {"score": "9"})).status_code == 404
    assert (
        await browser.post("/welcome/prompt/nope", {"score": "9"})
    ).status_code == 404
    assert (await browser.get(THANKS)).status_code == 404


async def test_a_visitor_was_asked_nothing(browser: Browser) -> None:
    """Without an account there is nobody to answer."""
    answer = await browser.post(FIRST, {"score": "9"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_reply_is_read_and_marked_as_seen(buyer: Browser) -> None:
    """Under one's own words; the shop knows that it was read, but not from a HEAD."""
    await buyer.post(FIRST, {"score": "6", "text": "Bent corner."})
    await reply(buyer, "A fresh copy is on its way.")
    await buyer.client.head(THANKS)
    assert "reply_seen" not in await log(buyer)

    thanks = await buyer.get(THANKS)
    said = words(thanks.text)
    assert "Your answer: 6 Bent corner." in said
    assert "<bdi>Noor &lt;b&gt;</bdi> replied, 21 November" in thanks.text
    assert "A fresh copy is on its way." in said
    assert "If somebody replies" not in said
    assert (await log(buyer)).count("reply_seen") == 1


async def test_what_was_said_is_shown_as_it_was_written(buyer: Browser) -> None:
    """Markup in it is text."""
    text = "<script>alert(1)</script>"
    await buyer.post(FIRST, {"text": text})
    thanks = await buyer.get(THANKS)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in thanks.text


async def test_a_response_in_json(buyer: Browser) -> None:
    """What was kept, and later the reply to it."""
    told = (await buyer.post_json(FIRST, {"score": 6, "text": "Bent."})).json()
    assert (told["response"]["score"], told["response"]["text"]) == (6, "Bent.")
    await reply(buyer, "Sorry.")
    later = (await buyer.get_json(THANKS)).json()["response"]
    assert later["reply"]["text"] == "Sorry."


async def test_our_script_gets_the_thanks_alone(buyer: Browser) -> None:
    """No frame, from h2 on, so that it can stand where the form stood."""
    answer = await buyer.post(FIRST, {"score": "6", "part": "1"})
    part = await buyer.follow(answer)
    assert "<html" not in part.text
    assert '<h2 tabindex="-1">Thank you, that helps</h2>' in part.text


async def test_sending_twice_is_sending_once(buyer: Browser) -> None:
    """The back button, and a second press."""
    for _ in range(2):
        await buyer.post(FIRST, {"score": "6", "text": "Bent."})
    assert (await log(buyer)).count("prompt_answered") == 1
