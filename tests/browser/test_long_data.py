"""Whatever people are called and write: every page holds it, and can be read.

axe sees no overflow. So each page is measured at 320 and 390 px and on a desktop, and
with the text at 200 % (WCAG 2.2, 1.4.4 and 1.4.10).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from examples.shop.demo import Vouching
from onboarding.testing import Person as Known
from tests.browser.long import ARABIC_LINES, HEBREW, LONG, LONG_LINES, NAME, TEXT
from tests.browser.person import Person
from tests.shop.running import RunningDemo, running_demo


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    """The demo, whose providers know people with long names and other scripts."""
    vouching = {
        "lamplight": Vouching("Lamplight ID", [LONG, HEBREW]),
        "harbour": Vouching("Harbour ID", [LONG, HEBREW]),
    }
    with running_demo(tmp_path, vouching=vouching) as demo:
        yield demo


@pytest.mark.parametrize(
    ("name", "known", "lines"),
    [("long", LONG, LONG_LINES), ("script", HEBREW, ARABIC_LINES)],
    ids=["long", "script"],
)
def test_every_page_holds_what_people_write(
    new_person: Callable[..., Person], name: str, known: Known, lines: dict[str, str]
) -> None:
    """Nothing scrolls sideways or spills out; lines and directions are kept."""
    sam = new_person()
    sam.open("/books/moby-dick")
    sam.press("Add to cart")
    sam.follow("Check out")
    sam.fill(**lines | {"name": NAME})
    sam.press("Place order: €12.50")
    sam.measure(f"{name}-1-checkout-error")
    sam.fill(**lines)
    sam.press("Place order: €12.50")
    sam.measure(f"{name}-2-placed")
    sam.press("Keep it with Lamplight ID")
    sam.measure(f"{name}-3-provider")
    sam.continue_as(str(known.name))
    sam.measure(f"{name}-4-order")
    sam.pick("6")
    sam.fill(text=TEXT)
    sam.press_here("Send")
    sam.sees("Thank you, that helps")
    sam.measure(f"{name}-5-thanks-in-place")
    sam.open("/orders")
    sam.measure(f"{name}-6-orders")

    noor = new_person()
    noor.open("/shopkeeper")
    noor.measure(f"{name}-7-responses")
    noor.write("textarea", TEXT)
    noor.press("Reply")
    noor.open("/shopkeeper/responses?state=answered")
    noor.sees_lines(2)
    noor.measure(f"{name}-8-answered")

    sam.open("/welcome/account")
    sam.measure(f"{name}-9-account")
    sam.follow("Read the reply How likely are you to recommend Lamplight to a friend?")
    sam.sees_lines(2)
    sam.measure(f"{name}-10-thanks")
    sam.open("/welcome/account/erase")
    sam.measure(f"{name}-11-erase")

    lou = new_person()
    lou.open("/welcome/sign-in")
    lou.press("Go on with Harbour ID")
    lou.continue_as(str(known.name))
    lou.sees_heading("Is this you?")
    lou.measure(f"{name}-12-confirm")
