"""The context of a request: its session, its language, and what goes into its response.

The layer puts one ``RequestContext`` at ``scope["onboarding"]``. Mounted apps,
websockets, sync endpoints, and every framework that hands the scope on see it. A
visitor without our cookie costs one object and no read.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from onboarding.accounts.model import Account, CurrentSession, NewSession
from onboarding.cookies import CookieSpec
from onboarding.errors import (
    InvalidToken,
    OnboardingError,
    ResponseStarted,
    StoreError,
)
from onboarding.log_lines import log_line
from onboarding.web.context import cookies, language, noticing
from onboarding.web.context.headers import (
    CARRIES_HEADERS,
    STARTS_RESPONSE,
    GivenHeaders,
    Headers,
    is_prefetch,
    make_private,
)
from onboarding.web.context.paths import path_as_sent

if TYPE_CHECKING:
    from markupsafe import Markup
    from starlette.types import Message, Scope, Send

    from onboarding.core import Core
    from onboarding.locales.texts import Texts
    from onboarding.web.views.renderer import Renderer

log = logging.getLogger("onboarding")

AfterResponse = Callable[[], Awaitable[object]]


class RequestContext:
    """Who makes a request or opens a websocket, and what goes with its response.

    Attributes:
        core: The services.
        renderer: Draws our templates.
        scope: The ASGI scope of the request, as it came to the layer.
        current: The live session and account of this browser or app, or None.
        is_of_app: Whether an app asks, by a token of its own or at an address for apps:
            cookies mean nothing then, neither those that come nor those that go.
        response_started: Whether the headers of the response are sent.
        asked: Whether this page asks for something already; a page asks once.
        part_form: The id of the form in a part of ours that this page shows, or empty.
        next: Where the sign-in of this request was to lead, a path here, or None.
        is_own: Whether a page of ours has answered it.
        is_secret: Whether the address of this request holds a code: no page shows it.
        refusals: Errors handed to ``onboarding.refuse``; None where the application
            raises them instead.
        later: What is to be done once the response is sent, or None.
        store_error: Why it could not be read who is here, or None.
    """

    # Slots, and everything set at once: faster for every request than defaults on the
    # class, which are looked up again and again.
    __slots__ = (
        *("core", "renderer", "scope", "current", "response_started", "asked"),
        *("next", "is_own", "is_secret", "later", "refusals", "part_form"),
        *("is_of_app", "store_error", "_send", "_looked", "_language", "_cookies"),
    )

    def __init__(
        self, core: "Core[Any]", renderer: "Renderer", scope: "Scope", send: "Send"
    ):
        self.core = core
        self.renderer = renderer
        # A copy: the scope holds this object, and two that hold each other are there
        # until the garbage collector runs, which costs more than all else here.
        self.scope: Scope = {**scope}
        self.current: CurrentSession | None = None
        self.response_started = False
        self.asked = False
        self.part_form = ""
        self.next: str | None = None
        self.is_own = False
        self.is_of_app = False
        self.is_secret = False
        self.refusals: list[OnboardingError] | None = None
        self.later: list[AfterResponse] | None = None
        self._send = send
        self._looked = False
        self.store_error: StoreError | None = None
        self._language: language.LanguageChoice | None = None
        self._cookies: dict[str, CookieSpec] | None = None

    @property
    def path(self) -> str:
        """The path of this request, as a link to it may be written.

        With one slash in front: browsers read two as the name of another host.
        """
        return "/" + path_as_sent(self.scope).lstrip("/")

    @property
    def query(self) -> str:
        """The query string of this request, without ``?``."""
        encoded: bytes = self.scope["query_string"]
        return encoded.decode("latin-1")

    @property
    def full_path(self) -> str:
        """The path of this request, with its query string."""
        return self.path + (f"?{self.query}" if self.query else "")

    # ── the session ──────────────────────────────────────────────────────────

    def account(self) -> Account | None:
        """Return who is here, or None for a visitor; a look, without any read.

        Raises:
            StoreUnavailable: When it could not be read who is here.
        """
        self._looked = True  # as in current_session, for one call less
        if self.store_error is not None:
            raise self.store_error
        return None if self.current is None else self.current.account

    def current_session(self) -> CurrentSession | None:
        """Return the live session and account, as ``account`` does."""
        self._looked = True
        if self.store_error is not None:
            raise self.store_error
        return self.current

    async def ensure_account(self, nonce: str | None = None) -> Account:
        """Return who is here, or make a guest, whose cookie goes with the response.

        Args:
            nonce: The value of the form field ``NONCE``; without one, the header
                of this name counts. Either counts only on a request of our own site.

        Raises:
            InvalidToken: When an app asks with a token that grants nothing: its answer
                could carry no other.
            ResponseStarted: When the headers are sent, before anything is written.
            TooManyGuests: When too many were made; nothing is written then either.
        """
        current = self.current_session()
        if current is not None:
            return current.account
        if self.is_of_app:
            raise InvalidToken("the token of this request grants nothing")
        if self.response_started:
            raise ResponseStarted(
                "the response has started, so the guest's cookie would be lost; call "
                "ensure_account before the first byte is sent"
            )
        from onboarding.web.context.first_write import start_guest

        new = await start_guest(self, nonce)
        self.start_session(new)
        return new.account

    def ask_as_app(self) -> None:
        """Let a browser's session count for nothing in this request."""
        if not self.is_of_app:
            self.is_of_app, self.current, self._cookies = True, None, None

    def start_session(self, new: NewSession) -> None:
        """Go on with a new session; the browser gets its token."""
        life = self.core.sessions.policy.absolute
        self.current = new.current
        noticing.notice_address(self.core, self.scope)
        self.set_cookie(CookieSpec.holding(cookies.SESSION, new.token, life))

    def end_session(self) -> None:
        """Go on as a visitor; the browser forgets the session."""
        self.current = None
        self.set_cookie(CookieSpec.clear(cookies.SESSION))

    # ── language, and what is drawn in it ────────────────────────────────────

    @property
    def locale(self) -> str:
        """The language of the response, one of those that the application speaks.

        ``?lang=`` decides and is kept in a cookie, then that cookie, then
        ``Accept-Language``, then the application's first language.
        """
        if self._language is None:
            core = self.core
            self._language = language.choose(
                self.scope, core.locales, core.cookie_names
            )
            if self._language.keep:
                self.set_cookie(language.cookie(self._language.locale))
        return self._language.locale

    def speak(self, locale: str) -> None:
        """Respond in this language from now on, and let the browser keep it."""
        self._language = language.LanguageChoice(locale)
        self.set_cookie(language.cookie(locale))

    @property
    def texts(self) -> "Texts":
        """Everything the pages say, in the language of the response."""
        return self.renderer.texts(self.locale)

    def part(self, template: str, values: Mapping[str, object]) -> "Markup":
        """Draw a part of a page, without a frame."""
        return self.renderer.render(template, values, locale=self.locale)

    # ── the response ─────────────────────────────────────────────────────────

    def set_cookie(self, spec: CookieSpec) -> None:
        """Send a cookie with the response; the last value of a name counts.

        To an app goes none: a session would be taken out of the hand that holds it.
        """
        if self.is_of_app:
            return
        if self._cookies is None:
            self._cookies = {}
        self._cookies[spec.name] = spec

    def sets_cookie(self, name: str) -> bool:
        """Tell whether the response sets a cookie, or clears it."""
        return self._cookies is not None and name in self._cookies

    def send(self, message: "Message") -> Awaitable[None]:
        """Pass an ASGI message on; the one with the headers takes ours along."""
        # Twice a response at least: the second time, one comparison.
        if not self.response_started and message["type"] in STARTS_RESPONSE:
            self.response_started = True
            if self.scope["path"].startswith(self.core.path) and not self.is_own:
                status = message.get("status", 0)
                noticing.notice_unserved(self.core, self.scope, status)
            marked = self._looked or self._cookies or self._language
            if marked and message["type"] in CARRIES_HEADERS:
                message["headers"] = self._headers(message.get("headers", ()))
        return self._send(message)

    def _headers(self, given: GivenHeaders) -> Headers:
        """Add what caches and browsers must know of this response."""
        if self._looked or self._cookies:
            headers = make_private(given, sets_cookie=bool(self._cookies))
        else:
            headers = list(given)
        if self._language is not None and self._language.vary:
            headers.append((b"vary", self._language.vary))
        if self._cookies:
            names = self.core.cookie_names
            for spec in self._cookies.values():
                headers.append(cookies.line(spec, names))
        return headers

    # ── after the response ───────────────────────────────────────────────────

    @property
    def is_page_view(self) -> bool:
        """Whether a person sees the response: no POST, no HEAD, and no prefetch."""
        scope = self.scope
        return scope.get("method") == "GET" and not is_prefetch(scope["headers"])

    def after_response(self, act: AfterResponse) -> None:
        """Do something once the response is sent, if this is a page view."""
        if self.is_page_view:
            self.later = [*(self.later or ()), act]

    async def finish(self) -> None:
        """Do what was put off until the response is sent."""
        for act in self.later or ():
            await _logged(act())

    def end(self) -> None:
        """Let the server's part go, which holds the scope, for the same reason."""
        self._send = _sent


def _sent(_: "Message") -> Awaitable[None]:
    raise RuntimeError("the response is over; nothing can be sent any more")


async def _logged(act: Awaitable[object]) -> None:
    """Await something whose failure nobody waits for: it is logged by its code."""
    try:
        await act
    except OnboardingError as error:
        log.warning(
            "failed after the response was sent: %s, %s", error.code, log_line(error)
        )
