"""The pages that are made of code say what the code says."""

import pytest

from onboarding.config import Settings
from tests.docs import generate, named_page, provider_pages
from tests.docs.pages import DOCS

MADE = generate.pages()


@pytest.mark.parametrize("path", MADE)
def test_a_page_says_what_the_code_says(path: str) -> None:
    """`python -m tests.docs.generate` would write it as it stands."""
    assert MADE[path] == (DOCS / path).read_text(encoding="utf-8")


def test_every_setting_is_described() -> None:
    """With a default that is known, and none that is gone."""
    assert set(Settings.__annotations__) == set(generate.DEFAULTS)
    assert set(Settings.__annotations__) == set(generate.attributes(Settings))


def test_every_provider_has_its_page() -> None:
    """Each that a host may name, and no page of one that is gone."""
    described = {type(one).__name__ for one in provider_pages.PROVIDERS.values()}
    assert provider_pages.vendors() == described
    found = {path.stem for path in (DOCS / "providers").glob("*.md")}
    assert {"index", "named", *provider_pages.PROVIDERS} == found


def test_editors_know_every_name_of_the_table() -> None:
    """The list that they complete from is the table's."""
    assert named_page.names_module() == named_page.NAMES.read_text(encoding="utf-8")


def test_no_two_errors_share_a_code() -> None:
    """A program may depend on what it means."""
    codes = [error.code for error in generate.error_classes()]
    assert sorted(set(codes)) == sorted(codes)


def test_no_two_events_share_a_name() -> None:
    """The log knows them by it."""
    names = [event.name for event in generate.event_classes()]
    assert sorted(set(names)) == sorted(names)
