"""A question with parts, over HTTP: one card, one answer, an error beside each part."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from pydantic import BaseModel

from onboarding import Address, Ask, Feature
from tests.web.site import Site, open_site, words

pytestmark = pytest.mark.anyio

ANSWERS = "/welcome/answers"
HOME = {"street": "Oude Delft 1", "town": "Delft", "country": "NL"}


class Buyer(BaseModel):
    """Somebody to whom things are sent."""

    home: Annotated[Address | None, Ask("Where to?", why="It is sent there.")] = None


@pytest.fixture(name="sending")
async def _sending() -> AsyncIterator[Site]:
    features = [Feature("sending", needs=["home"])]
    async with open_site(profile=Buyer, features=features) as site:
        yield site


def form(**parts: str) -> dict[str, str]:
    """Return what a page sends for some parts."""
    said = {f"home.{name}": text for name, text in parts.items()}
    return {"feature": "sending", "question": "home", "next": "/there", **said}


async def test_parts_are_kept_together_or_not_at_all(sending: Site) -> None:
    """A form without a part keeps nothing, and draws again what was typed."""
    browser = sending.browser()
    page = (await browser.post(ANSWERS, form(street="Oude Delft 1"))).text
    assert 'value="Oude Delft 1"' in page
    assert 'id="home.town-error"' in page
    assert 'id="home.country-error"' in page
    assert 'id="home.street-error"' not in page
    told = (await browser.get_json("/welcome/ask/sending")).json()
    assert told["state"] == "ask"
    sent = await browser.post(ANSWERS, form(**HOME))
    assert sent.headers["location"] == "/there"
    assert "Oude Delft 1, Delft, Netherlands" in words(
        (await browser.get("/welcome/account")).text
    )


async def test_who_says_nothing_is_told_at_each_part(sending: Site) -> None:
    """Those that may stay empty are no fault."""
    page = (await sending.browser().post(ANSWERS, form())).text
    found = re.findall(r'id="home\.(\w+)-error"', page)
    assert found == list(HOME)


async def test_the_page_draws_again_what_is_kept(sending: Site) -> None:
    """A change begins with each part as it is."""
    browser = sending.browser()
    await browser.post(ANSWERS, form(**HOME))
    page = (await browser.get(f"{ANSWERS}?question=home")).text
    assert 'value="Oude Delft 1"' in page
    assert '<option value="NL" selected>' in page


async def test_json_has_an_object_and_an_error_for_each_part(sending: Site) -> None:
    """The parts are described, and each that is wrong is named."""
    browser = sending.browser()
    asked = (await browser.get_json("/welcome/ask/sending")).json()["questions"][0]
    assert [one["name"] for one in asked["parts"] if one["required"]] == list(HOME)
    assert asked["control"]["kind"] == "parts"
    lost = {"street": "X 1", "country": "Holland"}
    answers = {"feature": "sending", "answers": {"home": lost}}
    refused = await browser.post_json(ANSWERS, answers)
    assert refused.status_code == 422
    assert [(p["question"], p["part"]) for p in refused.json()["problems"]] == [
        ("home", "town"),
        ("home", "country"),
    ]
    answers = {"feature": "sending", "answers": {"home": HOME}}
    kept = await browser.post_json(ANSWERS, answers)
    assert kept.json()["state"] == "open"
