"""A browser's part of a sign-in, over any HTTP transport."""

from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import httpx2

from onboarding.testing.identity_provider.model import WayBack
from onboarding.testing.people import Person


async def choose(
    transport: httpx2.AsyncBaseTransport, url: str, person: Person | None
) -> WayBack:
    """Open the provider's page at ``url`` and press a button, as a browser would.

    Args:
        transport: Leads to the provider: ``httpx2.ASGITransport(app=provider)``, or
            ``httpx2.AsyncHTTPTransport()`` for one behind a real socket. It is left
            open.
        url: The authorization request, as the client made it.
        person: Whose button is pressed; None presses Cancel.

    Returns:
        The URL to which the provider sends the browser, and the form that it posts
        there, if it does. Where it does so without asking (``prompt=none``, a bad
        request), that one.

    Raises:
        LookupError: When the page has no such button, as an error page has none.
    """
    name, value = ("cancel", "yes") if person is None else ("person", person.subject)
    browser = httpx2.AsyncClient(transport=transport, follow_redirects=False)
    page = await browser.get(url)
    if (back := _way_back(page)) is not None:
        return back
    form = PageForm.of(page)
    if (name, value) not in form.buttons:
        raise LookupError(f"{page.status_code}: no button {name}={value} on {url}")
    chosen = await browser.post(urljoin(url, form.action or url), data={name: value})
    back = _way_back(chosen)
    if back is None:
        raise LookupError(f"{chosen.status_code}: {url} sends nobody back")
    return back


def _way_back(page: httpx2.Response) -> WayBack | None:
    """Return where a page sends the browser on; None where it waits for a choice."""
    if page.is_redirect:
        return WayBack(page.headers["location"])
    form = PageForm.of(page)
    return WayBack(form.action, form.fields) if form.action and form.fields else None


class PageForm(HTMLParser):
    """What a browser finds in a page of one form.

    Attributes:
        action: Where the form goes; None means the page itself.
        buttons: Name and value of each button.
        fields: The hidden fields.
    """

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.buttons: set[tuple[str | None, str | None]] = set()
        self.fields: dict[str, str] = {}

    @classmethod
    def of(cls, page: httpx2.Response) -> Self:
        """Read a page."""
        form = cls()
        form.feed(page.text)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what a form is made of; the parser calls it."""
        told = dict(attrs)
        if tag == "form":
            self.action = told.get("action")
        if tag == "button":
            self.buttons.add((told.get("name"), told.get("value")))
        if tag == "input" and told.get("type") == "hidden":
            self.fields[told.get("name") or ""] = told.get("value") or ""
