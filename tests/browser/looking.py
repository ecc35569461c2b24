"""A close look at the page that stands there: each function returns faults in words."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
RUN_AXE = "options => axe.run(document, options).then(found => found.violations)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = 320
"""CSS pixels at which nothing may scroll sideways (WCAG 2.2, 1.4.10)."""

SMALL_TARGETS = """() => [...document.querySelectorAll(
    'a, button, input:not([type=hidden], [aria-hidden]), textarea')]
  .filter(e => { const r = e.getBoundingClientRect();
    return r.width > 1 && (r.width < 24 || r.height < 24)
      && !e.closest('p, h2, h3, strong, .ob-skip, .ob-choice, .ob-scale') })
  .map(e => e.outerHTML.slice(0, 90))"""
"""Targets under 24 by 24 px that do not stand in a sentence (WCAG 2.2, 2.5.8)."""

MEASURES = ((320, 100), (390, 100), (1280, 100), (390, 200), (1280, 200))
"""Widths in CSS pixels, and sizes of the text in per cent, at which data must fit."""

SPILLING = """() => {
  const UNSEEN = '.ob-hidden, .ob-skip, .ob-scroll, svg, .mark';
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, e = text.parentElement;
    if (!text.data.trim() || e.closest(UNSEEN)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (let box = e; box !== document.documentElement; box = box.parentElement) {
      const r = box.getBoundingClientRect();
      if (getComputedStyle(box).display === 'inline') continue;
      for (const line of range.getClientRects())
        if (line.left < r.left - 1 || line.right > r.right + 1
            || line.top < r.top - 4 || line.bottom > r.bottom + 4)
          found.add(box.outerHTML.slice(0, 80));
    }
  }
  return [...found] }"""
"""Boxes whose text stands outside of them, be it cut off there or over another."""

MIXED = """() => {
  const other = /[\\u0590-\\u08ff]/, found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (other.test(data) && !parentElement.closest('bdi, [dir=auto], [aria-hidden]'))
      found.push(data);
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea'))
    if (other.test(field.value) && field.dir !== 'auto') found.push(field.outerHTML);
  return found }"""
"""Words of another direction that would turn the sentence that they stand in."""


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


def spilling(page: Page, when: str) -> list[str]:
    """Return the boxes that are too small for the text in them."""
    return [f"spills, {when}: {box}" for box in page.evaluate(SPILLING)]


def mixed(page: Page) -> list[str]:
    """Return names and texts in Hebrew or Arabic that are not set apart."""
    return [f"not set apart: {text[:80]}" for text in page.evaluate(MIXED)]


def enlarge(page: Page, percent: int) -> None:
    """Make the text as large as somebody's browser makes it (WCAG 2.2, 1.4.4)."""
    page.evaluate(
        "size => document.documentElement.style.fontSize = size + '%'", percent
    )


def resize(page: Page, width: int, height: int) -> None:
    """Give the window another size, and wait until the page has it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => innerWidth === width", arg=width)
