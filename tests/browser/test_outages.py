"""A provider that does not answer, as people meet it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from onboarding.testing import Fault
from tests.browser.person import Person, coming, on_phone_and_desktop
from tests.browser.test_ways import Inn, serving

NewGuest = Callable[..., Person]


@pytest.fixture
def new_guest(chromium: Browser) -> Iterator[NewGuest]:
    """Let people come to an inn."""
    with coming(chromium) as come:
        yield come


@on_phone_and_desktop
def test_an_outage_is_told_and_another_way_leads_on(
    new_guest: NewGuest, size: str, theme: str
) -> None:
    """Of the first one on the way back, of the next one before they press."""
    with serving(Inn()) as inn:
        sam = new_guest(inn, size=size, theme=theme)
        sam.open("/welcome/sign-in?next=/checkout")
        with inn.lamplight.misbehave(Fault.SERVER_ERROR, at="token"):
            sam.press("Go on with Lamplight ID")
            sam.continue_as("Sam Bakker")
            sam.sees_heading("Lamplight ID is not answering")
            sam.look("outages-1-met")
        kim = new_guest(inn, size=size, theme=theme)
        kim.open("/checkout")
        kim.sees("Does not answer at the moment")
        kim.open("/welcome/sign-in?next=/checkout")
        kim.sees("Lamplight ID is not answering at the moment.")
        kim.sees_button("Go on with Lamplight ID Does not answer at the moment")
        kim.look("outages-2-known")
        kim.press("Go on with Harbour ID")
        kim.continue_as("Kim Twin")
        kim.sees_heading("/checkout of registered")
        sam.press("Try Lamplight ID again")
        sam.continue_as("Sam Bakker")
        sam.sees_heading("/checkout of registered")
        lou = new_guest(inn, size=size, theme=theme)
        lou.open("/welcome/sign-in")
        lou.sees_button("Go on with Lamplight ID")


def test_an_outage_in_dutch_and_without_script(new_guest: NewGuest) -> None:
    """Before anybody was sent there; the other way is a plain form."""
    with serving(Inn()) as inn:
        kim = new_guest(inn, size="phone", script=False, language="nl-NL")
        kim.open("/welcome/sign-in?next=/checkout")
        with inn.lamplight.misbehave(Fault.SERVER_ERROR, at="discovery"):
            kim.press("Verder met Lamplight ID")
            kim.sees_heading("Lamplight ID reageert niet")
        kim.follow("Alle manieren om verder te gaan")
        kim.sees_button("Verder met Lamplight ID Reageert nu niet")
        kim.press("Verder met Harbour ID")
        kim.continue_as("Kim Twin")
        kim.sees_heading("/checkout of registered")
