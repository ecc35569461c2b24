"""The shopkeeper writes several replies on one page, and loses none of them."""

from collections.abc import Callable

import pytest

from onboarding.testing import FrozenClock
from tests.shop.crowd import walk
from tests.shop.running import RunningDemo
from tests.stories.browser import Browser
from tests.stories.steps import (
    continue_as,
    give_opinion,
    waiting,
    write_reply,
    written,
)

PAGE = "/shopkeeper/responses"
ONE, TWO, THREE = "To the first.", "Two\nlines & <more>", "To the third."


@pytest.fixture
def buyers(new_browser: Callable[[], Browser]) -> list[Browser]:
    """Three people who have said how it was."""
    people = [new_browser() for _ in range(3)]
    for person in people:
        give_opinion(person)
    return people


@pytest.fixture
def noor(buyers: list[Browser], new_browser: Callable[[], Browser]) -> Browser:
    """Who has written to all three of them, and has sent nothing yet."""
    assert len(buyers) == 3
    noor = new_browser()
    noor.open(PAGE)
    write(noor)
    return noor


def write(noor: Browser) -> None:
    """Write to all three."""
    for response, text in zip(waiting(noor), (ONE, TWO, THREE), strict=True):
        write_reply(noor, text, response)


def test_a_reply_that_is_sent_leaves_the_others_written(noor: Browser) -> None:
    """Whichever is sent; the rest can be sent from there."""
    first, second, third = waiting(noor)
    page = noor.press("Reply", second)
    assert page.status == 200
    assert "Sent. It stands under their data now." in page.text
    assert written(noor) == {first: ONE, third: THREE}
    noor.press("Reply", third)
    assert written(noor) == {first: ONE}
    noor.press("Reply", first)
    assert "No open response." in noor.page.text
    page = noor.open(f"{PAGE}?state=answered")
    for text in (ONE, "Two lines & <more>", THREE):
        assert text in page.text


def test_another_language_leaves_them_written(noor: Browser) -> None:
    """There and back; nothing is sent by it."""
    ids = waiting(noor)
    page = noor.press("Nederlands")
    assert (page.status, page.lang) == (200, "nl")
    assert "Open (3)" in page.links
    assert written(noor) == dict(zip(ids, (ONE, TWO, THREE), strict=True))
    noor.press("English")
    assert written(noor) == dict(zip(ids, (ONE, TWO, THREE), strict=True))


def test_a_sign_in_leaves_them_written(noor: Browser) -> None:
    """Until one of them is sent: what that page shows is the newer of the two."""
    ids = waiting(noor)
    noor.press("Sign in")
    noor.press("Go on with Lamplight ID")
    page = continue_as(noor, "Kim de Vries")
    assert page.path == PAGE
    assert written(noor) == dict(zip(ids, (ONE, TWO, THREE), strict=True))
    assert "onboarding-typed" in noor.cookies
    noor.press("Reply", ids[0])
    assert written(noor) == {ids[1]: TWO, ids[2]: THREE}
    assert "onboarding-typed" not in noor.cookies


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Thank you. " * 200, "Make your reply shorter: 2,000 characters fit."),
        ("   ", "Write a line before you send it."),
    ],
    ids=["too long", "empty"],
)
def test_a_reply_that_is_refused_leaves_all_of_them_written(
    noor: Browser, text: str, advice: str
) -> None:
    """The one that does not fit is not cut off, and nothing was sent."""
    first, second, third = waiting(noor)
    page = write_reply(noor, text, second).press("Reply", second)
    assert page.status == 422
    assert page.links[advice].endswith(f"#reply-{second}")
    assert written(noor) == {first: ONE, second: text, third: THREE}
    assert noor.open(PAGE).links["Open (3)"]


def test_a_reply_that_is_sent_again_says_the_same(noor: Browser) -> None:
    """As by reloading the page that says so."""
    form = next(form for form in noor.page.forms if form.action.endswith(PAGE))
    first, second, third = waiting(noor)
    texts = {f"text-{first}": [ONE], f"text-{second}": [TWO], f"text-{third}": [THREE]}
    for _ in range(2):
        page = noor.send(form, {**texts, "reply": [second]})
        assert (page.status, "Sent." in page.text) == (200, True)
        assert written(noor) == {first: ONE, third: THREE}


def test_a_reply_to_what_was_answered_meanwhile_is_not_lost(
    noor: Browser, new_browser: Callable[[], Browser]
) -> None:
    """It stands below the one that was faster, and takes nothing of its place."""
    first, second, third = waiting(noor)
    other = new_browser()
    other.open(PAGE)
    write_reply(other, "I was faster.", second).press("Reply", second)
    page = noor.press("Reply", second)
    assert page.status == 422
    assert "Somebody has replied to this meanwhile." in page.links
    assert "I was faster." in page.text
    assert written(noor) == {second: TWO, first: ONE, third: THREE}
    assert "Open (2)" in page.links
    assert "I was faster." in noor.open(f"{PAGE}?state=answered").text


def test_a_reply_to_what_was_erased_meanwhile_says_so(
    noor: Browser, buyers: list[Browser], new_browser: Callable[[], Browser]
) -> None:
    """There is nobody to tell it to; what was written to the others stays."""
    before = dict(zip(waiting(noor), (ONE, TWO, THREE), strict=True))
    buyers[1].open("/welcome/account")
    buyers[1].follow("Erase…")
    buyers[1].press("Yes, erase my data")
    colleague = new_browser()
    colleague.open(PAGE)
    # All three were given in one moment: which of them it was, nobody can count.
    [gone] = set(before) - set(waiting(colleague))
    page = noor.press("Reply", gone)
    assert page.status == 422
    assert "What you replied to has been erased meanwhile." in page.text
    assert written(noor) == {id: text for id, text in before.items() if id != gone}


def test_a_page_holds_no_more_than_a_form_can_carry(
    demo: RunningDemo, clock: FrozenClock, new_browser: Callable[[], Browser]
) -> None:
    """All of those that it shows can be written to at once, at full length."""
    demo.do(walk(demo.shop, clock, 60))
    noor = new_browser()
    page = noor.open(PAGE)
    assert "The 20 that wait longest. Others follow as you reply." in page.text
    ids = waiting(noor)
    assert len(ids) == 20
    for response in ids:
        write_reply(noor, "Thank you. " * 180, response)
    assert noor.press("Reply", ids[0]).status == 200
    assert len(waiting(noor)) == 20
    assert sorted(written(noor).values()) == ["", *["Thank you. " * 180] * 19]


def test_an_order_by_phone_stays_written_as_well(
    new_browser: Callable[[], Browser],
) -> None:
    """In another language, and through a sign-in; until it is written down."""
    noor = new_browser()
    noor.open("/shopkeeper/phone")
    noor.fill(street="Singel 1").press("Nederlands")
    assert noor.page.lang == "nl"
    assert noor.page.forms[0].fields["street"] == ["Singel 1"]
    noor.press("English")
    noor.press("Sign in")
    noor.press("Go on with Lamplight ID")
    assert continue_as(noor, "Kim de Vries").path == "/shopkeeper/phone"
    assert noor.page.forms[0].fields["street"] == ["Singel 1"]
    noor.fill(
        email="kim@example.org",
        name="Kim",
        postcode="3511 AB",
        town="Utrecht",
        book="walden",
    ).press("Write the order down")
    assert "Order 2041 is in." in noor.page.text
    assert "onboarding-typed" not in noor.cookies
