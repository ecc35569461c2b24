"""A close look at the page that stands there: each function returns faults in words."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
RUN_AXE = "options => axe.run(document, options).then(found => found.violations)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = 320
"""CSS pixels at which nothing may scroll sideways (WCAG 2.2, 1.4.10)."""

SMALL_TARGETS = """() => [...document.querySelectorAll(
    'a, button, input:not([type=hidden]), textarea')]
  .filter(e => { const r = e.getBoundingClientRect();
    return r.width > 1 && (r.width < 24 || r.height < 24)
      && !e.closest('p, h2, h3, strong, .ob-skip, .ob-choice, .ob-scale') })
  .map(e => e.outerHTML.slice(0, 90))"""
"""Targets under 24 by 24 px that do not stand in a sentence (WCAG 2.2, 2.5.8)."""


def axe_faults(page: Page, rules: list[str]) -> list[str]:
    """Return what axe finds by these rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    return [
        f"axe {item['id']} ({item['impact']}): "
        + "; ".join(node["html"][:120] for node in item["nodes"][:3])
        for item in page.evaluate(RUN_AXE, options)
    ]


def small_targets(page: Page) -> list[str]:
    """Return the targets that are too small for a finger."""
    return [f"small target: {target}" for target in page.evaluate(SMALL_TARGETS)]


def sideways(page: Page, when: str) -> list[str]:
    """Return a fault if the page scrolls sideways."""
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"scrolls sideways, {when}"] if is_wide else []


def resize(page: Page, width: int, height: int) -> None:
    """Give the window another size, and wait until the page has it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)
