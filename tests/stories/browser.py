"""A browser without script, and without a screen: it reads pages and presses buttons.

It finds links and buttons by their words, as a person does, sends every field of the
form, keeps cookies, follows redirects to other sites and back, and says with each
request where it comes from, as real browsers do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

VOID = {"input", "link", "meta", "br", "path", "circle", "rect"}
Fields = Mapping[str, list[str]]

SILENT = {"svg", "script", "style", "title"}


@dataclass(slots=True)
class Button:
    """A button: what it says, what it sends, and where, if not where its form goes."""

    words: str = ""
    name: str | None = None
    value: str = ""
    action: str = ""


@dataclass(slots=True)
class Form:
    """A form: where it goes, what stands in it, and how it may be sent."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads what a page shows and offers."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__()
        self.status, self.url = answer.status_code, str(answer.url)
        self.headers = answer.headers
        self.title = self.heading = self.text = self.lang = ""
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self._open: list[tuple[str, Mapping[str, str | None]]] = []
        self._words: dict[str, str] = {}
        self._form: Form | None = None
        self._by_id: dict[str, Form | None] = {}
        self._area: str | None = None
        self.feed(answer.text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in VOID:
            self._open.append((tag, said))
            self._words[tag] = ""
        if tag == "html":
            self.lang = said.get("lang") or ""
        if tag == "form":
            action = urljoin(self.url, said.get("action") or self.url)
            self._form = Form(action, (said.get("method") or "get").lower())
            self.forms.append(self._form)
        if self._form is not None and said.get("name"):
            self._note(tag, said, self._form)
        if tag == "form" and said.get("id"):
            self._by_id[said["id"] or ""] = self._form
        if tag == "br":
            self.text += " "

    def _note(self, tag: str, said: Mapping[str, str | None], form: Form) -> None:
        name = said["name"] or ""
        if tag == "textarea":
            self._area = name
            form.fields[name] = [""]
        if tag in {"input", "textarea", "select"}:
            form.names.add(name)
        is_picked = said.get("type") not in {"radio", "checkbox"} or "checked" in said
        if tag == "input" and is_picked:
            form.fields.setdefault(name, []).append(said.get("value") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        inside = [tag for tag, _ in self._open]
        if any(said.get("aria-hidden") == "true" for _, said in self._open):
            return
        for tag in inside:
            self._words[tag] += data
        if self._area and self._form is not None and "textarea" in inside:
            self._form.fields[self._area][0] += data
        if not SILENT.intersection(inside):
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            open_tag, said = self._open.pop()
            words = " ".join(self._words.get(open_tag, "").split())
            self._close(open_tag, said, words)
            if open_tag == tag:
                break
        # A name stands in <bdi>, in the middle of a sentence.
        self.text += "" if tag == "bdi" else " "

    def _close(self, tag: str, said: Mapping[str, str | None], words: str) -> None:
        if tag == "title":
            self.title = words
        if tag == "h1":
            self.heading = words
        if tag == "a" and said.get("href"):
            self.links[words] = urljoin(self.url, said["href"] or "")
        form = self._by_id.get(said.get("form") or "") or self._form
        if tag == "button" and form is not None:
            elsewhere = said.get("formaction")
            action = urljoin(self.url, elsewhere) if elsewhere else ""
            button = Button(words, said.get("name"), said.get("value") or "", action)
            form.buttons.append(button)
        if tag == "textarea":
            self._area = None
        if tag == "form":
            self._form = None


class Page(_Reader):
    """What one answer shows.

    Attributes:
        text: Everything a person can read, in order, one space where there is more.
        links: Where each link leads, by its words.
    """

    @property
    def path(self) -> str:
        """The path of the page, with its query."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def buttons(self) -> list[str]:
        """What the buttons say, in order."""
        return [button.words for form in self.forms for button in form.buttons]


class Browser:
    """One browser of one person; ``page`` is what it shows.

    Args:
        home: Where addresses without a host lead.
        language: What the person prefers.
    """

    def __init__(self, home: str, language: str = "en") -> None:
        self.home = home
        self.client = httpx2.Client(
            headers={"accept": "text/html", "accept-language": language},
            follow_redirects=False,
            trust_env=False,
            verify=False,  # there is no https here, and no list of authorities to read
        )
        self.page: Page
        self.answers: list[httpx2.Response] = []
        self._typed: dict[str, str] = {}

    def open(self, path: str) -> Page:
        """Type an address."""
        return self._go("GET", urljoin(self.home, path), {}, "none")

    def open_until(self, path: str, words: str) -> Page:
        """Open a page again and again until it says this, or does not in the end.

        What somebody saw is written down after the response has been sent to them, so
        whoever looks at once may be earlier.
        """
        page = self.open(path)
        for _ in range(99):
            if words in page.text:
                break
            page = self.open(path)
        return page

    def follow(self, words: str) -> Page:
        """Follow the link that says this."""
        assert words in self.page.links, f"{words!r} is none of {list(self.page.links)}"
        return self._go("GET", self.page.links[words], {}, "same-origin")

    def fill(self, **fields: str) -> "Browser":
        """Fill in fields by their names; the next press sends them."""
        self._typed |= fields
        return self

    def press(self, words: str, value: str | None = None) -> Page:
        """Press the button that says this, and sends this value; sends its form."""
        form, button = self._find(words, value)
        strange = self._typed.keys() - form.names
        assert not strange, f"the form of {words!r} has no {strange}"
        sent = form.fields | {name: [text] for name, text in self._typed.items()}
        if button.name:
            sent[button.name] = [button.value]
        self._typed = {}
        action = button.action or form.action
        return self._go(form.method.upper(), action, sent, "same-origin")

    def _find(self, words: str, value: str | None) -> tuple[Form, Button]:
        for form in self.page.forms:
            for button in form.buttons:
                if button.words == words and value in {None, button.value}:
                    return form, button
        raise AssertionError(f"{words!r} is none of {self.page.buttons}")

    def send(self, form: Form, fields: Fields) -> Page:
        """Send a form as it stands, perhaps once more."""
        return self._go(form.method.upper(), form.action, fields, "same-origin")

    def _go(self, method: str, url: str, fields: Fields, site: str) -> Page:
        for _ in range(12):
            answer = self._request(method, url, fields, site)
            if not answer.has_redirect_location:
                self.page = Page(answer)
                return self.page
            method, came_from, fields = "GET", url, {}
            url = urljoin(url, answer.headers["location"])
            if urlsplit(url).netloc != urlsplit(came_from).netloc:
                site = "cross-site"
        raise AssertionError(f"redirected in circles, last to {url}")

    def _request(
        self, method: str, url: str, fields: Fields, site: str
    ) -> httpx2.Response:
        headers = {"sec-fetch-site": site}
        if method == "POST":
            here = urlsplit(self.page.url)
            headers["origin"] = f"{here.scheme}://{here.netloc}"
        answer = self.client.request(
            method,
            url,
            headers=headers,
            data=dict(fields) if method == "POST" else None,
            params=fields if method == "GET" and fields else None,
        )
        self.answers.append(answer)
        return answer

    @property
    def cookies(self) -> dict[str, str]:
        """Every cookie this browser keeps for the shop, by name."""
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}

    def close(self) -> None:
        """Close it; its cookies are gone."""
        self.client.close()
