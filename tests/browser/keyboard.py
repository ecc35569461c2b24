"""The keyboard of somebody at a screen: Tab, Enter, and where the focus is."""

from contextlib import AbstractContextManager
from typing import Any

from playwright.sync_api import Page

FIELD = "() => document.activeElement?.name"
FOCUSED = """() => { const e = document.activeElement;
  if (!e || e === document.body) return null;
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  return { words: (e.innerText || e.value || e.name || '').replace(/\\s+/g, ' ').trim(),
    place: [...document.querySelectorAll('*')].indexOf(e),
    ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
    seen: r.width > 0 && r.height > 0 && r.bottom > 0 && r.right > 0
      && r.top < innerHeight && r.left < innerWidth } }"""


class Keyboard:
    """Keys, pressed on the page that stands there."""

    page: Page

    def leads_on(self) -> AbstractContextManager[None]:
        """Wait until the page that an act leads to has been loaded."""
        raise NotImplementedError

    def note(self, *faults: str) -> None:
        """Keep what is wrong with this page."""
        raise NotImplementedError

    def enter(self) -> None:
        """Press Enter where it leads to another page."""
        with self.leads_on():
            self.key("Enter")

    def key(self, name: str) -> None:
        """Press a key that is answered on this page."""
        self.page.keyboard.press(name)

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.page.keyboard.type(text)

    def tab(self) -> dict[str, Any] | None:
        """Press Tab once, and say where the focus is."""
        self.key("Tab")
        found: dict[str, Any] | None = self.page.evaluate(FOCUSED)
        return found

    def tab_to(self, words: str) -> None:
        """Press Tab until this is in focus; it must be seen, with a ring around it."""
        for _ in range(150):
            stop = self.tab()
            if stop and words in stop["words"]:
                if not (stop["ring"] and stop["seen"]):
                    self.note(f"no ring seen around {words!r}")
                return
        raise AssertionError(f"Tab never comes to {words!r}")

    def tab_to_field(self, name: str, *, already: bool = False) -> None:
        """Press Tab until the field of this name is in focus, unless it is already."""
        for _ in range(60):
            if not already:
                self.tab()
            if self.page.evaluate(FIELD) == name:
                return
            already = False
        raise AssertionError(f"Tab never comes to the field {name!r}")

    def check_order(self) -> None:
        """Press Tab through the page: a ring at every stop, in the order of reading."""
        stops = []
        for _ in range(200):
            stop = self.tab()
            if stop is None or (stops and stop["place"] == stops[0]["place"]):
                break
            # Within a field for a date, the browser itself says where one is.
            if not stops or stop["place"] != stops[-1]["place"]:
                stops.append(stop)
        places = [stop["place"] for stop in stops]
        turn = places.index(min(places)) if places else 0  # autofocus starts lower
        if places[turn:] + places[:turn] != sorted(places):
            self.note(f"order of the keyboard: {[s['words'] for s in stops]}")
        for stop in stops:
            if not stop["ring"]:
                self.note(f"no ring around {stop['words']!r}")
