"""Somebody at a screen: clicks, types, and looks closely at every page.

A page arrives some time after the click that leads to it. So an act that leads on waits
for the next page to be there, and what is expected of a page is waited for: nothing
here looks once and hopes (``test_habits.py``).
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Request, expect
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.device import Device
from tests.browser.keyboard import Keyboard
from tests.browser.looking import (
    MEASURES,
    NARROW,
    RULES,
    axe_faults,
    enlarge,
    mixed,
    resize,
    sideways,
    small_targets,
    spilling,
)
from tests.chromium import PATIENCE

SCREENSHOTS = Path(__file__).with_name("screenshots")
SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
on_phone_and_desktop = pytest.mark.parametrize(
    ("size", "theme"),
    [("phone", "light"), ("desktop", "dark")],
    ids=["phone", "desktop"],
)
ADDRESS = {
    "email": "sam@example.org",
    "name": "Sam Bakker",
    "street": "Oudegracht 7",
    "postcode": "3511 AB",
    "town": "Utrecht",
}


class Place(Protocol):
    """Something that is served at an address."""

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""


class Person(Keyboard, Device):
    """One person with a browser window.

    Args:
        size: ``phone`` (360 by 740) or ``desktop`` (1280 by 800).
        theme: ``light`` or ``dark``.
        script: Whether JavaScript runs.

    Attributes:
        faults: What was wrong with the pages so far, in words.
    """

    def __init__(
        self,
        chromium: Browser,
        demo: Place,
        *,
        size: str = "desktop",
        theme: str = "light",
        script: bool = True,
        language: str = "en-GB",
    ) -> None:
        width, height = SIZES[size]
        self.size, self.theme, self._demo = size, theme, demo
        self._context = chromium.new_context(
            base_url=demo.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",  # or colours are looked at half-way
            java_script_enabled=script,
            locale=language,
        )
        self._context.set_default_timeout(PATIENCE)
        self.faults: list[str] = []
        self.page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.note(f"script: {error}"))
        self.page.on("request", self._watch)

    def leave(self) -> None:
        """Close the window."""
        self._context.close()

    @contextmanager
    def another_tab(self) -> Iterator[None]:
        """Act in another tab of the same browser, and come back to this one."""
        before, self.page = self.page, self._context.new_page()
        try:
            yield
        finally:
            self.page.close()
            self.page = before

    # ── faults ───────────────────────────────────────────────────────────────

    def note(self, *faults: str) -> None:
        """Keep what is wrong with this page."""
        where = f"{self.page.url} ({self.size}, {self.theme})"
        self.faults += [f"{where}: {fault}" for fault in faults]

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium reports the status of a page that was opened as an error, too.
        is_status = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not is_status:
            self.note(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        here = ("http://127.0.0.1:", "http://localhost:", "data:")
        if not request.url.startswith(here):
            self.note(f"outside address: {request.url}")

    # ── acting ───────────────────────────────────────────────────────────────

    @contextmanager
    def leads_on(self) -> Iterator[None]:
        """Wait until the page that an act leads to has been loaded.

        Every page before it was waited for, so the next to be loaded is that page.
        """
        before = self.page.url
        try:
            with self.page.expect_event("load"):
                yield
        except TooLate as error:
            raise AssertionError(f"no page came after {before}: {error}") from error

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(path)

    def go_back(self) -> None:
        """Press the browser's Back."""
        with self.leads_on():
            self.page.go_back()

    def press_enter(self, name: str) -> None:
        """Press Enter in a field, which sends its form."""
        with self.leads_on():
            self.page.locator(f"[name='{name}']").press("Enter")

    def follow(self, words: str) -> None:
        """Click a link by its words."""
        with self.leads_on():
            self.page.get_by_role("link", name=words, exact=True).first.click()

    def press(self, words: str, nth: int = 0) -> None:
        """Click a button that leads to another page, by its words."""
        with self.leads_on():
            self.press_here(words, nth)

    def press_here(self, words: str, nth: int = 0) -> None:
        """Click a button that is answered on this page, by its words."""
        self.page.get_by_role("button", name=words, exact=True).nth(nth).click()

    def click(self, selector: str) -> None:
        """Click what leads to another page, in whatever language it is."""
        with self.leads_on():
            self.page.locator(selector).click()

    def fill(self, **fields: str) -> None:
        """Type into fields, found by their names."""
        for name, text in fields.items():
            self.page.locator(f"[name='{name}']:not([type=hidden])").fill(text)

    def write(self, selector: str, text: str, nth: int = 0) -> None:
        """Type into one of several fields alike, whatever their names are."""
        self.page.locator(selector).nth(nth).fill(text)

    def pick(self, words: str) -> None:
        """Choose a radio button by its label."""
        self.page.get_by_role("radio", name=words).first.check()

    def pick_value(self, name: str, value: str) -> None:
        """Choose a radio button by what it sends."""
        self.page.locator(f"[name='{name}'][value='{value}']").check()

    def choose(self, name: str, words: str) -> None:
        """Choose an option of a list by its words."""
        self.page.locator(f"[name='{name}']").select_option(label=words)

    def continue_as(self, name: str) -> None:
        """Pick a person at an identity provider."""
        with self.leads_on():
            self.page.get_by_role("button", name=f"Continue as {name}").click()

    # ── expecting ────────────────────────────────────────────────────────────

    def is_at(self, path: str) -> None:
        """Expect this address, below the shop."""
        expect(self.page).to_have_url(self._demo.url + path, timeout=PATIENCE)

    def sees_heading(self, words: str) -> None:
        """Expect these words as the one heading of the first level."""
        expect(self.page.locator("h1")).to_have_text(words, timeout=PATIENCE)

    def sees(self, words: str) -> None:
        """Expect that these words can be read on the page."""
        expect(self.page.locator("body")).to_contain_text(
            words, use_inner_text=True, timeout=PATIENCE
        )

    def finds(self, path: str, words: str) -> None:
        """Open an address again until these words can be read there.

        For what is written after the answer that a page waits for, as mail is: a page
        that came too soon would go on without it for ever.
        """
        end = time.monotonic() + PATIENCE
        self.open(path)
        while not self._can_read(words) and time.monotonic() < end:
            self.open(path)
        self.sees(words)

    def _can_read(self, words: str) -> bool:
        try:
            expect(self.page.locator("body")).to_contain_text(
                words, use_inner_text=True, timeout=200
            )
        except AssertionError:
            return False
        return True

    def sees_button(self, words: str) -> None:
        """Expect a button with these words."""
        button = self.page.get_by_role("button", name=words, exact=True)
        expect(button).to_be_visible(timeout=PATIENCE)

    def sees_no_button(self, words: str) -> None:
        """Expect no button with these words."""
        button = self.page.get_by_role("button", name=words, exact=True)
        expect(button).to_be_hidden(timeout=PATIENCE)

    def sees_field(self, name: str, typed: str) -> None:
        """Expect that this stands in a field."""
        field = self.page.locator(f"[name='{name}']")
        expect(field).to_have_value(typed, timeout=PATIENCE)

    def sees_written(self, selector: str, *texts: str) -> None:
        """Expect these texts in the fields that are alike, and no field more."""
        fields = self.page.locator(selector)
        expect(fields).to_have_count(len(texts), timeout=PATIENCE)
        for place, text in enumerate(texts):
            expect(fields.nth(place)).to_have_value(text, timeout=PATIENCE)

    def sees_lines(self, count: int) -> None:
        """Expect this many texts of people, each with the lines that they wrote."""
        texts = self.page.locator(".ob-words")
        expect(texts).to_have_count(count, timeout=PATIENCE)
        for text in range(count):
            expect(texts.nth(text)).to_have_css(
                "white-space-collapse", "preserve-breaks", timeout=PATIENCE
            )

    def sees_picked(self, words: str) -> None:
        """Expect that the radio button with this label is chosen."""
        radio = self.page.get_by_role("radio", name=words, exact=True)
        expect(radio).to_be_checked(timeout=PATIENCE)

    def sees_picked_value(self, name: str, value: str) -> None:
        """Expect that the radio button that sends this is chosen."""
        radio = self.page.locator(f"[name='{name}'][value='{value}']")
        expect(radio).to_be_checked(timeout=PATIENCE)

    def sees_faulty_fields(self, count: int) -> None:
        """Expect this many fields that are marked as faulty."""
        faulty = self.page.locator("[aria-invalid=true]")
        expect(faulty).to_have_count(count, timeout=PATIENCE)

    def has_focus_on(self, heading: str) -> None:
        """Expect the focus of the keyboard on the heading with these words."""
        place = self.page.get_by_role("heading", name=heading, exact=True)
        expect(place).to_be_focused(timeout=PATIENCE)

    # ── looking ──────────────────────────────────────────────────────────────

    def look(self, name: str) -> None:
        """Look closely at this page, and keep a picture of it.

        On the phone also in the other theme, and at 320 px.
        """
        self.note(*axe_faults(self.page, RULES))
        self.note(*small_targets(self.page))
        self.note(*sideways(self.page, "as it is"))
        self._picture(f"{name}-{self.size}-{self.theme}")
        if self.size == "phone":
            self._look_otherwise()

    def measure(self, name: str) -> None:
        """Expect that nothing spills out, at each width and with the text twice as big.

        Keeps a picture of each.
        """
        self.note(*mixed(self.page))
        for width, zoom in MEASURES:
            resize(self.page, width, 800)
            enlarge(self.page, zoom)
            when = f"{width} px, text {zoom} %"
            self.note(*sideways(self.page, when), *spilling(self.page, when))
            self._picture(f"{name}-{width}-{zoom}")
        enlarge(self.page, 100)
        width, height = SIZES[self.size]
        resize(self.page, width, height)

    def _look_otherwise(self) -> None:
        other = "dark" if self.theme == "light" else "light"
        self.page.emulate_media(color_scheme=other)
        self.note(*axe_faults(self.page, ["color-contrast"]))
        self.page.emulate_media(color_scheme=self.theme)
        width, height = SIZES[self.size]
        resize(self.page, NARROW, height)
        self.note(*sideways(self.page, f"{NARROW} px"))
        resize(self.page, width, height)

    def _picture(self, name: str) -> None:
        if "CI" in os.environ:  # where nobody looks at it
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@contextmanager
def coming(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Let people come in; whoever met a fault of a page fails the test."""
    came: list[Person] = []

    def come(place: Place, **settings: str) -> Person:
        came.append(Person(chromium, place, **settings))
        return came[-1]

    yield come
    for person in came:
        person.leave()
    faults = [fault for person in came for fault in person.faults]
    assert not faults, "\n".join(faults)
