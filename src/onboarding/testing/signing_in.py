"""A whole sign-in at a host's application, for its tests: one call does it."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypedDict, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx2

from onboarding.testing.browsing import PageForm
from onboarding.testing.identity_provider.model import WayBack

Who_contra = TypeVar("Who_contra", contravariant=True)
Someone = TypeVar("Someone")


class Approves(Protocol[Who_contra]):
    """What both fakes are to a sign-in: ``FakeProvider`` and ``FakeOAuth2``."""

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Where it may send browsers back to."""

    def approve(self, url: str, person: Who_contra | None = None, /) -> WayBack:
        """Let the client in, and return where the browser goes."""


def sign_in(
    client: httpx2.Client,
    provider: Approves[Someone],
    person: Someone | None = None,
    *,
    next: str | None = None,
    redirect_uri: str | None = None,
) -> httpx2.Response:
    """Sign somebody in at your application, as a browser does from button to end.

    It presses the provider's button on your site, approves at the provider, comes back
    and follows every redirect. What a browser would not send, it does not send: a
    provider that posts the browser back gets no cookie of yours along.

    Args:
        client: A browser at your application: Starlette's ``TestClient``, or an
            ``httpx2.Client``. It keeps the session.
        provider: The fake at the other end.
        person: Who signs in: a ``Person`` at a ``FakeProvider``, replies at a
            ``FakeOAuth2``. None means the first, or what was recorded.
        next: Where to go afterwards; the account's page (``…/me``) when None.
        redirect_uri: Which way back, where several are registered with the provider.

    Returns:
        The last response: that of ``next``, or a page or problem that says why not.

    Raises:
        AssertionError: When the button itself is answered by something else; with the
            status and the body.
        ValueError: When it is not clear which way back is meant.
    """
    steps = _steps(provider, person, next, redirect_uri)
    step = _first(steps)
    while True:
        with _cookies(client, step):
            response = client.request(step.method, step.url, **step.options())
        try:
            step = steps.send(response)
        except StopIteration:
            return response


async def sign_in_async(
    client: httpx2.AsyncClient,
    provider: Approves[Someone],
    person: Someone | None = None,
    *,
    next: str | None = None,
    redirect_uri: str | None = None,
) -> httpx2.Response:
    """Do as ``sign_in`` with an ``httpx2.AsyncClient``."""
    steps = _steps(provider, person, next, redirect_uri)
    step = _first(steps)
    while True:
        with _cookies(client, step):
            response = await client.request(step.method, step.url, **step.options())
        try:
            step = steps.send(response)
        except StopIteration:
            return response


class _Options(TypedDict):
    data: Mapping[str, str] | None
    headers: dict[str, str]
    follow_redirects: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One request of the browser; redirects are followed by further ones."""

    method: str
    url: str
    data: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    brings_cookies: bool = True

    def options(self) -> _Options:
        return {
            "data": self.data,
            "headers": dict(self.headers),
            "follow_redirects": False,
        }


def _steps(
    provider: Approves[Someone],
    person: Someone | None,
    wanted: str | None,
    redirect_uri: str | None,
) -> Generator[_Step, httpx2.Response, None]:
    ours = redirect_uri or _only(provider.redirect_uris)
    site, callback, name = ours.rpartition("/callback/")
    if not callback:
        raise ValueError(f"{ours} is no way back to an application of this library")
    aim = wanted or f"{urlsplit(site).path}/me"
    button = f"{site}/sign-in/{name}"
    begun = yield _Step("POST", button, {"next": aim}, _own(site))
    if begun.status_code != 303:
        raise AssertionError(f"{button} answered {begun.status_code}: {begun.text}")
    there = begun.headers["location"]
    back = provider.approve(there, person)
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    if back.form is None:
        answer = yield _Step("GET", back, headers=foreign)
    else:
        foreign["origin"] = _origin(there)
        # Our cookies are Lax: no browser sends them along with another site's POST.
        answer = yield _Step("POST", back, back.form, foreign, brings_cookies=False)
        form = PageForm.of(answer)
        if form.fields.get("state") == back.form.get("state"):
            # A page of ours that posts the same once more, from our own site.
            again = urljoin(back, form.action or back)
            answer = yield _Step("POST", again, form.fields, _own(site))
    while answer.has_redirect_location:
        url = urljoin(str(answer.url), answer.headers["location"])
        answer = yield _Step("GET", url, headers=foreign)


def _first(steps: Iterator[_Step]) -> _Step:
    return next(steps)


def _only(redirect_uris: tuple[str, ...]) -> str:
    if len(redirect_uris) != 1:
        known = ", ".join(redirect_uris) or "none"
        raise ValueError(f"say which with redirect_uri=…; registered are: {known}")
    return redirect_uris[0]


def _own(site: str) -> dict[str, str]:
    return {"origin": _origin(site), "sec-fetch-site": "same-origin"}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def _cookies(client: httpx2.Client | httpx2.AsyncClient, step: _Step) -> Iterator[None]:
    """Leave the cookies at home, where the step brings none; new ones are kept."""
    if step.brings_cookies:
        yield
        return
    kept, client.cookies = client.cookies, httpx2.Cookies()
    try:
        yield
    finally:
        kept.update(client.cookies)
        client.cookies = kept
