"""Every look of a question in a real browser, with plain forms and the keyboard."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Annotated

import pytest
from playwright.sync_api import Browser
from pydantic import BaseModel, Field, HttpUrl, PastDate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from onboarding import (
    Address,
    Ask,
    Consent,
    Country,
    Email,
    Feature,
    LongText,
    Money,
    Onboarding,
    Phone,
)
from onboarding.testing import Loopback
from tests.browser.person import Person, coming, on_phone_and_desktop
from tests.docs.serving import served

WHY = "So that we know."


class Genre(StrEnum):
    """What people read."""

    NOVEL = "novel"
    GHOST = "ghost"


class Reader(BaseModel):
    """A question of each look."""

    town: Annotated[str | None, Ask("Where do you read?", WHY)] = None
    story: Annotated[LongText | None, Ask("What is your story?", WHY)] = None
    books: Annotated[int | None, Ask("How many books?", WHY)] = None
    weight: Annotated[Decimal | None, Ask("How heavy?", WHY)] = None
    budget: Annotated[Decimal | None, Money("EUR"), Ask("How dear?", WHY)] = None
    news: Annotated[bool | None, Ask("Any news?", WHY)] = None
    born: Annotated[PastDate | None, Ask("When were you born?", WHY)] = None
    genre: Annotated[Genre | None, Ask("Which one?", WHY)] = None
    genres: Annotated[set[Genre] | None, Ask("Which ones?", WHY)] = None
    mail: Annotated[Email | None, Ask("Which address?", WHY)] = None
    phone: Annotated[str | None, Phone("NL"), Ask("Which number?", WHY)] = None
    land: Annotated[Country | None, Ask("Which country?", WHY)] = None
    site: Annotated[HttpUrl | None, Ask("Which site?", WHY)] = None
    home: Annotated[Address | None, Ask("Where do you live?", WHY)] = None
    terms: Annotated[Consent | None, Ask("I agree to all that.", WHY)] = None
    likely: Annotated[int | None, Field(ge=0, le=10), Ask("How likely?", WHY)] = None


NAMES = list(Reader.model_fields)
ALL = "every look"


@pytest.fixture
def place() -> Iterator[Loopback]:
    """Serve an application with one page that asks everything."""
    at = Loopback()
    onboarding = Onboarding(
        url=f"{at.url}/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database="memory:",
        profile=Reader,
        features=[Feature("all", needs=NAMES, per_page=len(NAMES))],
    )

    @onboarding.unlock("all")
    async def everything(request: Request) -> Response:
        assert request
        return PlainTextResponse(ALL)

    app = Starlette(
        routes=[Route("/", everything), onboarding.mount],
        middleware=[onboarding.middleware],
        lifespan=onboarding.lifespan,
    )
    with served((at, app)):
        yield at


@pytest.fixture
def new_reader(chromium: Browser, place: Loopback) -> Iterator[Callable[..., Person]]:
    """Let people come to that page."""
    with coming(chromium) as come:
        yield partial(come, place)


def write_all(sam: Person) -> None:
    """Fill in every field, with a Dutch page's number signs."""
    for name, text in TYPED.items():
        sam.write(f"[name='{name}']", text)
    for name, value in PICKED.items():
        sam.pick_value(name, value)


TYPED = {
    "town": "Delft",
    "story": "Long ago\nit began.",
    "books": "12",
    "weight": "1.234,5",
    "budget": "12,50",
    "born": "1990-12-31",
    "mail": "sam@example.org",
    "phone": "06 12345678",
    "site": "example.org",
    "home.street": "Oude Delft 1",
    "home.town": "Delft",
}
PICKED = {"news": "true", "genre": "ghost", "genres": "novel", "terms": "true"}


def choose_all(sam: Person, land: str) -> None:
    """Write into every field and choose in every list, but the country of the parts."""
    write_all(sam)
    sam.choose("land", land)
    sam.pick_value("likely", "9")


@on_phone_and_desktop
def test_each_look_can_be_used_by_everybody(
    new_reader: Callable[..., Person], size: str, theme: str
) -> None:
    """Empty, filled in and refused, in Dutch: nothing is hidden, small or unnamed."""
    sam = new_reader(size=size, theme=theme, language="nl-NL")
    sam.open("/")
    sam.look("looks")
    choose_all(sam, "België")
    sam.click("button[value=answer]")
    sam.sees_faulty_fields(1)
    sam.look("looks-faulty")
    sam.check_order()


def test_each_look_works_without_a_script(new_reader: Callable[..., Person]) -> None:
    """What is missing is said beside its part, and what was typed stays."""
    sam = new_reader(script=False, size="phone", language="nl-NL")
    sam.open("/")
    choose_all(sam, "België")
    sam.click("button[value=answer]")
    sam.sees_faulty_fields(1)
    sam.sees_field("home.street", "Oude Delft 1")
    sam.press("English")
    sam.sees_field("home.street", "Oude Delft 1")
    sam.sees_field("budget", "12.50")
    sam.choose("home.country", "Netherlands")
    sam.click("button[value=answer]")
    sam.sees(ALL)
    sam.open("/welcome/account")
    for words in ("Belgium", "+31 6 12345678", "€12.50", "31 December 1990"):
        sam.sees(words)
    sam.sees("Oude Delft 1, Delft, Netherlands")
