"""Tests in a browser wait for what they expect: none looks once while it arrives."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = {
    path.relative_to(TESTS).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in sorted(TESTS.rglob("*.py"))
    if "playwright" in path.read_text("utf-8") or path.is_relative_to(TESTS / "browser")
}
STORIES = [name for name in FILES if name.startswith("browser/test_")]

# Playwright answers these with what stands there now, be it the page before.
# `expect(…)` asks until it is so, and says in the end what there was instead.
IMMEDIATE = {
    *("all", "all_inner_texts", "all_text_contents", "content", "count"),
    *("element_handle", "element_handles", "evaluate_all", "get_attribute"),
    *("inner_html", "inner_text", "input_value", "query_selector"),
    *("is_checked", "is_disabled", "is_editable", "is_enabled", "is_hidden"),
    *("is_visible", "query_selector_all", "text_content", "title"),
    # Not too soon but too late, or still too soon on a busy machine.
    "wait_for_timeout",
}


def immediate(tree: ast.Module) -> list[str]:
    """Return the lines that look once: a call that does not wait, a `.url` compared."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in IMMEDIATE:
                found.add((node.lineno, ast.unparse(node)))
        elif isinstance(node, ast.Assert | ast.Compare):
            read = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            if "url" in read:
                found.add((node.lineno, ast.unparse(node)))
    return [f"{line}: {code}" for line, code in sorted(found)]


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_looked_at_once(name: str) -> None:
    """What is expected after an act is waited for: `expect`, or a verb of Person."""
    assert immediate(FILES[name]) == []


@pytest.mark.parametrize("name", STORIES)
def test_a_story_acts_through_a_person(name: str) -> None:
    """Only Person touches the page: its acts wait until the next page is there."""
    tree = FILES[name]
    assert [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "page"
    ] == []


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("assert page.locator('h1').is_visible()", True),
        ("heading = await page.locator('h1').inner_text()", True),
        ("if page.locator('li').count() == 3: act()", True),
        ("assert page.url == '/cart'", True),
        ("assert page.url.endswith('/cart')", True),
        ("expect(page).to_have_url('/cart')", False),
        ("expect(page.locator('li')).to_have_count(3)", False),
        ("page.goto(started.url)", False),
    ],
)
def test_the_habit_is_recognised(code: str, *, is_found: bool) -> None:
    """What looks once is found wherever it stands; what waits is left alone."""
    assert is_found == bool(immediate(ast.parse(code)))
