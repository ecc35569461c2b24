"""Numbers on our pages: read, refused and shown in the language of the page."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from onboarding.profiling.model import Ask, Feature
from tests.web.site import Browser, Site, open_site, words

pytestmark = pytest.mark.anyio

ANSWERS = "/welcome/answers"


class Parcel(BaseModel):
    """A number of each type."""

    weight: Annotated[
        float | None, Field(ge=0.5, le=5000), Ask("How heavy?", why="For the van.")
    ] = None
    price: Annotated[Decimal | None, Ask("How dear?", why="For the insurance.")] = None
    books: Annotated[int | None, Ask("How many?", why="For the boxes.")] = None


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Open a shop that asks for numbers."""
    names = ("weight", "price", "books")
    features = [Feature(name, needs=[name]) for name in names]
    async with open_site(profile=Parcel, features=features) as site:
        yield site


async def say(browser: Browser, name: str, typed: str) -> int:
    """Answer one question on its page, and return the status."""
    form = {"feature": name, "question": name, name: typed}
    return (await browser.post(ANSWERS, form)).status_code


async def kept(browser: Browser) -> dict[str, object]:
    """Return what is kept, by question."""
    told = (await browser.get_json("/welcome/account")).json()
    return {one["question"]: one["value"] for one in told["answers"]}


@pytest.mark.parametrize(
    ("language", "name", "typed", "value"),
    [
        ("nl", "weight", "42,5", 42.5),
        ("nl", "weight", "42.5", 42.5),
        ("nl", "weight", "1.234", 1234.0),
        ("nl", "weight", "1.234,5", 1234.5),
        ("en", "weight", "42,5", 42.5),
        ("en", "weight", "1.234", 1.234),
        ("en", "weight", "1,234", 1234.0),
        ("en", "weight", "٤٢٫٥", 42.5),
        ("nl", "weight", "4,2e1", 42.0),
        ("nl", "price", "1.234,50", "1234.50"),
        ("nl", "price", "1,10", "1.10"),
        ("en", "price", "1,234.50", "1234.50"),
        ("en", "price", "١٢", "12"),
        ("nl", "books", "1.234", 1234),
        ("nl", "books", "−3", -3),
        ("en", "books", "1 234", 1234),
        ("en", "books", "1,234", 1234),
    ],
)
async def test_numbers_are_read_in_the_language_of_the_page(
    site: Site, language: str, name: str, typed: str, value: object
) -> None:
    """A keyboard has the signs of its owner."""
    browser = site.browser(language)
    assert await say(browser, name, typed) == 303
    assert await kept(browser) == {name: value}


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *(
            ("weight", "1_000"),
            ("weight", "12 34"),
            ("weight", "1.2.3"),
            ("books", "10²"),
        ),
        *(
            ("weight", "inf"),
            ("weight", "1e400"),
            ("price", "1_0"),
            ("price", "1,23,4"),
        ),
        *(("books", "1_0"), ("books", "0x10"), ("books", "2,5"), ("books", "1٢")),
    ],
)
async def test_what_is_another_number_to_a_lenient_parser_is_refused(
    site: Site, language: str, name: str, typed: str
) -> None:
    """It is asked again, as it was typed."""
    browser = site.browser(language)
    form = {"feature": name, "question": name, name: typed}
    answer = await browser.post(ANSWERS, form)
    assert answer.status_code == 422
    said = {"2,5": "2.5"}.get(typed, typed) if language == "en" else typed
    assert f'value="{said}"' in answer.text


@pytest.mark.parametrize("told", ["42,5", "1.234,5", "1_000", "٤٢", "1 234"])
async def test_json_has_no_language(site: Site, told: str) -> None:
    """A program writes numbers as programs do, on a Dutch page as well."""
    browser = site.browser("nl")
    sent = {"feature": "price", "answers": {"price": told}}
    answer = await browser.post_json(ANSWERS, sent)
    assert answer.status_code == 422
    assert answer.json()["problem"] == "Schrijf een getal, zoals 12,5."

    for number in ("1.234", 1.234):
        sent = {"feature": "price", "answers": {"price": number}}
        assert (await browser.post_json(ANSWERS, sent)).status_code == 200
        assert await kept(browser) == {"price": "1.234"}


async def test_numbers_are_shown_in_the_language_of_the_page(site: Site) -> None:
    """In the field, in what is wrong with it, and under My data."""
    browser = site.browser("nl")
    form = {"feature": "weight", "question": "weight", "weight": "0,25"}
    refused = await browser.post(ANSWERS, form)
    assert 'value="0,25"' in refused.text
    assert "Schrijf 0,5 of meer." in words(refused.text)

    assert await say(browser, "weight", "1.234,5") == 303
    again = await browser.get(f"{ANSWERS}?question=weight")
    assert 'value="1234,5"' in again.text
    assert "1234,5" in words((await browser.get("/welcome/account")).text)
    browser.client.headers["accept-language"] = "en"
    assert "1234.5" in words((await browser.get("/welcome/account")).text)
