"""A real browser at the really running demo."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.person import Person, coming
from tests.chromium import LAUNCH
from tests.shop.running import RunningDemo, running_demo


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for a file of tests; each person in it has cookies of their own.

    No longer than that: it keeps an event loop in this thread, where async tests of
    other files start their own.
    """
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path, **LAUNCH)
        yield browser
        browser.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    """The demo as `make demo` serves it, in which nothing has happened yet."""
    with running_demo(tmp_path) as demo:
        yield demo


@pytest.fixture
def new_person(chromium: Browser, demo: RunningDemo) -> Iterator[Callable[..., Person]]:
    """Let people come to the demo."""
    with coming(chromium) as come:
        yield partial(come, demo)
