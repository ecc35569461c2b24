"""A merge that is asked, and what waits afterwards: on a phone and on a desktop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.person import Person
from tests.shop.running import RunningDemo, running_demo

DRESSES = [("phone", "light"), ("desktop", "dark")]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    """The demo as `MERGE=ask make demo` serves it."""
    with running_demo(tmp_path, merge="ask") as demo:
        yield demo


@pytest.mark.parametrize(("size", "theme"), DRESSES, ids=["phone", "desktop"])
def test_somebody_is_asked_and_takes_back_what_waits(
    new_person: Callable[..., Person], size: str, theme: str
) -> None:
    """Every page on the way is accessible, and says one thing to do."""
    kim = new_person(size=size, theme=theme)
    kim.open("/books/carmilla")
    kim.press("Add to cart")
    kim.follow("Check out")
    kim.press("Have one? Sign in")
    kim.press("Go on with Lamplight ID")
    kim.continue_as("Kim de Vries")
    kim.sees_heading("Welcome back. Shall we put this together?")
    kim.look("20-merge")
    kim.follow("Stay a guest for now")
    kim.sees_heading("Where may we send it?")
    kim.go_back()
    kim.press("Bring it along")
    kim.sees("What was set aside is under My data.")
    kim.look("20-merge-told")
    kim.open("/welcome/account")
    kim.look("20-merge-waits")
    kim.press("Take back Cart")
    kim.sees("Back with you: Cart.")
    kim.look("20-merge-taken-back")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_plan_that_changed_is_read_first(
    new_person: Callable[..., Person], size: str
) -> None:
    """It says so where a reader begins, and the buttons are those of the new plan."""
    kim = new_person(size=size)
    kim.open("/books/walden")
    kim.press("Add to cart")
    kim.open("/welcome/sign-in")
    kim.press("Go on with Lamplight ID")
    kim.continue_as("Kim de Vries")
    kim.sees_heading("Welcome back. Shall we put this together?")
    with kim.another_tab():
        kim.open("/books/carmilla")
        kim.press("Add to cart")
    kim.press("Bring it along")
    kim.sees("Something changed meanwhile; this is the plan now.")
    kim.look("20-merge-changed")
    kim.press("Keep it apart")
    kim.sees("stays apart")
