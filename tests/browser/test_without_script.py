"""The shop where no script runs: nothing is missing."""

from collections.abc import Callable

import pytest

from tests.browser.person import ADDRESS, Person


@pytest.mark.parametrize("language", ["en-GB", "nl-NL"])
def test_the_whole_story(new_person: Callable[..., Person], language: str) -> None:
    """Buying, keeping, being asked and answered: all of it works with plain forms.

    In either language, found by what the forms send and not by what they say.
    """
    sam = new_person(script=False, language=language)
    sam.open("/books/moby-dick")
    sam.page.locator("button[name=book]").click()
    sam.page.locator("a[href='/checkout']").click()
    sam.page.locator("main form button").click()
    assert sam.page.locator("[aria-invalid=true]").count() == len(ADDRESS)
    sam.fill(**ADDRESS)
    sam.page.locator("main form button").click()
    assert sam.path == "/orders/2041/placed"

    sam.page.locator("form[action$='/sign-in/lamplight'] button").click()
    sam.continue_as("Mira Jansen")
    assert sam.path == "/orders/2041"
    sam.page.locator("[name=score][value='9']").check()
    sam.page.locator("button[value=respond]").click()
    assert "/thanks" in sam.path

    sam.open("/recommendations")
    sam.page.locator("[name=genre][value=ghost]").check()
    sam.page.locator("button[value=answer]").click()
    assert sam.path == "/recommendations"

    noor = new_person(script=False, language=language)
    noor.open("/shopkeeper/responses")
    noor.fill(text="Thank you, Mira.")
    noor.page.locator("main form button").click()
    sam.open("/welcome/account")
    sam.page.locator("a[href*='/thanks']").click()
    assert "Thank you, Mira." in sam.text
