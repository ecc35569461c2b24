"""The demo with a clock that stands still, and browsers to walk through it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onboarding.testing import FrozenClock
from tests.shop.running import RunningDemo, running_demo
from tests.stories.browser import Browser


@pytest.fixture
def clock() -> FrozenClock:
    """A Saturday at noon; moves when a story says so."""
    return FrozenClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture
def demo(tmp_path: Path, clock: FrozenClock) -> Iterator[RunningDemo]:
    """The shop and its two identity providers, as `make demo` serves them."""
    with running_demo(tmp_path, clock) as demo:
        yield demo


@pytest.fixture
def asking(tmp_path: Path, clock: FrozenClock) -> Iterator[Browser]:
    """A fresh browser in a shop that asks first: `MERGE=ask make demo`."""
    with running_demo(tmp_path, clock, merge="ask") as demo:
        browser = Browser(demo.url, "en")
        yield browser
        browser.close()


@pytest.fixture
def new_browser(demo: RunningDemo) -> Iterator[Callable[..., Browser]]:
    """Open browsers that know nothing of each other; all are closed at the end."""
    opened: list[Browser] = []

    def open_one(language: str = "en") -> Browser:
        opened.append(Browser(demo.url, language))
        return opened[-1]

    yield open_one
    for browser in opened:
        browser.close()


@pytest.fixture
def browser(new_browser: Callable[..., Browser]) -> Browser:
    """A fresh browser of somebody who was never here."""
    return new_browser()
