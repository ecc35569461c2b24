"""A person with a browser, on the pages of a provider that we did not write."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx2

from onboarding.testing.identity_provider.model import WayBack

MOST_PAGES = 12
"""Pages and redirects of one visit; the longest here has eight."""


@dataclass(frozen=True)
class Visitor:
    """Who opens the provider's pages, and whether they let the shop in.

    Attributes:
        name: What they type as their name there.
        allows: Whether they say yes; else they press Cancel at the first chance.
    """

    name: str = "kim"
    allows: bool = True

    def typed(self, name: str) -> str | None:
        """Return what they type into a field, or None where there is nothing to."""
        return {"login": self.name, "username": self.name, "password": "secret"}.get(
            name
        )


@dataclass
class Form:
    """A form of a page.

    Attributes:
        action: Where it goes; empty means the page itself.
        fields: The value of each field, before anybody types.
        buttons: Label, name and value of each button, in order.
    """

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a person can press on a page: its forms, and its links by their text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._link: str | None = None

    @classmethod
    def of(cls, response: httpx2.Response) -> Self:
        """Read a page."""
        page = cls()
        page.feed(response.text)
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what can be pressed or typed into."""
        told = {name: value or "" for name, value in attrs}
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "form":
            self.forms.append(Form(told.get("action", "")))
        if tag == "a":
            self._link = told.get("href")
        if not self.forms or tag not in {"input", "button"}:
            return
        if tag == "button" or told.get("type") == "submit":
            self.forms[-1].buttons.append((value, name, value))
        elif name:
            self.forms[-1].fields[name] = value

    def handle_data(self, data: str) -> None:
        """Take down what a link is called."""
        if self._link is not None and data.strip():
            self.links[data.strip(" []\n")] = self._link
            self._link = None


def walk(url: str, visitor: Visitor) -> WayBack:
    """Open an address of a provider and go on until it sends the browser away.

    Args:
        url: The authorization request.
        visitor: Who does.

    Returns:
        Where the browser is sent, and the form that it posts there, if it does.

    Raises:
        LookupError: When a page leads nowhere, as an error page does.
    """
    with httpx2.Client(trust_env=False, follow_redirects=False) as browser:
        page = browser.get(url)
        for _ in range(MOST_PAGES):
            if page.has_redirect_location:
                target, sent = urljoin(str(page.url), page.headers["location"]), None
            else:
                target, sent = _choose(page, visitor)
            if urlsplit(target).netloc != urlsplit(url).netloc:
                return WayBack(target, sent)
            if sent is None:
                page = browser.get(target)
            else:
                page = browser.post(target, data=sent, headers=_from(url))
    raise LookupError(f"{url} leads in a circle")


def _choose(
    page: httpx2.Response, visitor: Visitor
) -> tuple[str, dict[str, str] | None]:
    """Return where the visitor goes from a page, and what they send there."""
    shown = Page.of(page)
    if not visitor.allows and "Cancel" in shown.links:
        return urljoin(str(page.url), shown.links["Cancel"]), None
    if not shown.forms:
        raise LookupError(f"{page.status_code}: {page.text}")
    [form] = shown.forms
    sent = {
        name: value or visitor.typed(name) or "" for name, value in form.fields.items()
    }
    # Yes is the last button, and Cancel the one before it.
    presses = form.buttons[-1:] if visitor.allows else form.buttons[:1]
    sent |= {name: value for _, name, value in presses if name}
    return urljoin(str(page.url), form.action), sent


def _from(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {"origin": f"{parts.scheme}://{parts.netloc}"}
