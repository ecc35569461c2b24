"""A browser's part of a sign-in, over any HTTP transport."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from onboarding.testing.people import Person


async def choose(
    transport: httpx2.AsyncBaseTransport, url: str, person: Person | None
) -> str:
    """Open the provider's page at ``url`` and press a button, as a browser would.

    Args:
        transport: Leads to the provider: ``httpx2.ASGITransport(app=provider)``, or
            ``httpx2.AsyncHTTPTransport()`` for one behind a real socket. It is left
            open.
        url: The authorization request, as the client made it.
        person: Whose button is pressed; None presses Cancel.

    Returns:
        The URL to which the provider sends the browser. Where it does so without a
        page (``prompt=none``, a bad request), that one.

    Raises:
        LookupError: When the page has no such button, as an error page has none.
    """
    name, value = ("cancel", "yes") if person is None else ("person", person.subject)
    browser = httpx2.AsyncClient(transport=transport, follow_redirects=False)
    page = await browser.get(url)
    if page.is_redirect:
        return page.headers["location"]
    buttons = _Buttons()
    buttons.feed(page.text)
    if (name, value) not in buttons.found:
        raise LookupError(f"{page.status_code}: no button {name}={value} on {url}")
    action = urljoin(url, buttons.action or url)
    return (await browser.post(action, data={name: value})).headers["location"]


class _Buttons(HTMLParser):
    """Collects the buttons of a page and where its form goes."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.found: set[tuple[str | None, str | None]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.action = told.get("action")
        if tag == "button":
            self.found.add((told.get("name"), told.get("value")))
