"""The shopkeeper sees where people stop, and what they say."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onboarding.testing import FrozenClock
from tests.shop.crowd import walk
from tests.shop.running import RunningDemo, running_demo
from tests.stories.browser import Browser
from tests.stories.steps import buy, choose, continue_as, sign_in


def test_the_path_counts_people(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """Three with a cart (Kim among them), two at the checkout, one order, kept."""
    buyer, leaver, noor = browser, new_browser(), new_browser()
    choose(leaver, "Walden")
    leaver.follow("Check out")
    buy(buyer, "Dracula")
    buyer.press("Keep it with Lamplight ID")
    continue_as(buyer, "Mira Jansen")
    page = noor.open("/shopkeeper/funnel")
    assert page.heading == "The path to an order"
    assert "Too few to judge: 3 so far." in page.text
    for step in (
        "Filled a cart 3",
        "Opened checkout 2",
        "Gave an address 1",
        "Placed the order 1",
        "Kept it by signing in 1",
    ):
        assert step in page.text
    assert "%" not in page.text


def test_a_merged_person_counts_once(
    browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """A guest who turns out to be Kim does not make two people of Kim."""
    buy(browser, "Dracula")
    sign_in(browser, "Lamplight ID", "Kim de Vries")
    page = new_browser().open("/shopkeeper/funnel")
    assert "Filled a cart 1" in page.text
    assert "Placed the order 1" in page.text


def test_a_period_can_be_chosen(
    clock: FrozenClock, browser: Browser, new_browser: Callable[[], Browser]
) -> None:
    """What is older than the period is not counted in it."""
    noor = new_browser()
    choose(browser, "Walden")
    clock.advance(timedelta(days=8))
    assert "Filled a cart 2" in noor.open("/shopkeeper/funnel").text
    page = noor.follow("7 days")
    assert "Nobody has filled a cart in this time." in page.text
    assert noor.open("/shopkeeper/funnel?days=forever").status == 200


def test_with_enough_people_the_page_judges(
    demo: RunningDemo, clock: FrozenClock, browser: Browser
) -> None:
    """It opens with the finding, draws it, and has the same in numbers."""
    demo.do(walk(demo.shop, clock, 80))
    page = browser.open("/shopkeeper/funnel")
    assert "most people stop before “Opened checkout”: 21 of 81." in page.text
    assert "21 did not get here (26%). Look here first." in page.text
    assert "Filled a cart 81 100%" in page.text
    assert "Opened checkout 60 74% 2 mins" in page.text


def test_a_score_needs_enough_answers(
    demo: RunningDemo, clock: FrozenClock, browser: Browser
) -> None:
    """Under thirty there is no figure; then there is one with its range."""
    page = browser.open("/shopkeeper/nps")
    assert "Not enough yet: 0 of 30 answers." in page.text
    demo.do(walk(demo.shop, clock, 40))
    page = browser.open("/shopkeeper/nps")
    assert "Not enough yet: 20 of 30 answers." in page.text
    assert "%" not in page.text.replace("95%", "")
    demo.do(walk(demo.shop, clock, 40))
    page = browser.open("/shopkeeper/nps")
    assert "Somewhere between" in page.text
    # The figure and both ends of its range are signed alike.
    found = re.search(
        r"between ([−+]\d+|0) and ([−+]\d+|0)\..* ([−+]\d+) −100", page.text
    )
    assert found, page.text
    low, figure, high = (int(n.replace("−", "-")) for n in found.group(1, 3, 2))
    assert low < figure < high
    assert "About 120 more answers would halve that range." in page.text


@pytest.mark.parametrize("page", ["", "/responses", "/funnel", "/nps"])
def test_switched_off_it_is_not_there(tmp_path: Path, page: str) -> None:
    """Without the switch the addresses do not exist."""
    clock = FrozenClock(datetime(2026, 11, 21, tzinfo=UTC))
    with running_demo(tmp_path / "off", clock, is_kept=False) as demo:
        browser = Browser(demo.url)
        assert browser.open(f"/shopkeeper{page}").status == 404
        browser.close()


def test_a_prefetch_of_the_checkout_counts_for_nobody(
    demo: RunningDemo, browser: Browser
) -> None:
    """A browser that looks ahead has not opened the checkout."""
    choose(browser, "Walden")
    looks = [{"sec-purpose": "prefetch"}, {}]
    counted = []
    for headers in looks:
        browser.client.get(f"{demo.url}/checkout", headers=headers)
        page = browser.open("/shopkeeper/funnel")
        counted.append("Opened checkout 1" in page.text)
    assert counted == [False, True]
