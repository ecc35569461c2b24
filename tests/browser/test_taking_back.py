"""Answers and purposes taken back, at a phone and a desk, with and without script."""

from collections.abc import Callable

from tests.browser.person import Person, on_phone_and_desktop

BACK = "/welcome/answers/take-back"


def tell(somebody: Person) -> None:
    """Say what they like to read."""
    somebody.open("/recommendations")
    somebody.pick_value("genre", "ghost")
    somebody.click("button[value=answer]")
    somebody.is_at("/recommendations")


@on_phone_and_desktop
def test_an_answer_is_taken_back(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """What closes is said before and after; the shelf then asks again."""
    sam = new_person(size=size, theme=theme)
    tell(sam)
    sam.open("/welcome/account")
    sam.look("take-back-data")
    sam.follow("Take back What do you like to read?")
    sam.is_at(f"{BACK}?question=genre")
    sam.sees("This closes then: Recommendations.")
    sam.look("take-back")
    sam.press("Take it back")
    sam.is_at("/welcome/account")
    sam.sees("this is closed now: Recommendations.")
    sam.open("/recommendations")
    sam.is_at("/welcome/ask/recommendations?next=%2Frecommendations")


@on_phone_and_desktop
def test_a_purpose_is_taken_back_in_dutch(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """Nothing is asked for it again, unless somebody tells it after all."""
    sam = new_person(size=size, theme=theme, language="nl-NL")
    tell(sam)
    sam.open("/welcome/account")
    sam.follow("Terugnemen Je boeken aanraden")
    sam.is_at(f"{BACK}?purpose=recommendations")
    sam.sees("Er gaat niets dicht.")  # the shelf opens unsorted
    sam.look("take-back-purpose")
    sam.press("Neem het terug")
    sam.sees("Teruggenomen.")
    sam.look("taken-back-purpose")
    sam.follow("Toch vertellen Wat lees je graag?")
    sam.pick_value("genre", "novel")
    sam.click("button[value=answer]")
    sam.open("/recommendations")
    sam.is_at("/recommendations")


@on_phone_and_desktop
def test_what_we_ask_is_published(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """A visitor finds it at the foot of each page, and from a question."""
    sam = new_person(size=size, theme=theme)
    sam.open("/")
    sam.click("footer a[href='/welcome/what-we-ask']")
    sam.sees_heading("What we ask, and why")
    sam.sees("For: Recommending books to you. ")
    sam.look("what-we-ask")
    sam.open("/recommendations")
    sam.click("main a[href='/welcome/what-we-ask']")
    sam.is_at("/welcome/what-we-ask")


def test_by_keyboard_alone(new_person: Callable[..., Person]) -> None:
    """From "My data" to the question and back, without a pointer."""
    sam = new_person()
    tell(sam)
    sam.open("/welcome/account")
    sam.tab_to("Take back What do you like to read?")
    sam.enter()
    sam.is_at(f"{BACK}?question=genre")
    sam.tab_to("Take it back")
    sam.enter()
    sam.is_at("/welcome/account")
    sam.sees("We know it no more")


def test_without_script(new_person: Callable[..., Person]) -> None:
    """Plain links and forms, at a phone: an answer, then a purpose."""
    sam = new_person(size="phone", script=False)
    tell(sam)
    for words in ("What do you like to read?", "Recommending books to you"):
        sam.open("/welcome/account")
        sam.follow(f"Take back {words}")
        sam.press("Take it back")
        sam.sees("Taken back.")
