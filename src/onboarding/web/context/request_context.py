"""One request as we see it: who is here, what to set, what to do afterwards.

The layer puts one :class:`RequestContext` at ``scope["onboarding"]``. Mounted apps,
websockets, sync endpoints, and every framework that hands the scope on see it. A
visitor without our cookie costs one object and no read.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from onboarding.accounts.model import Account, CurrentSession
from onboarding.cookies import CookieSpec
from onboarding.errors import ConfigError, OnboardingError, ResponseStarted, StoreError
from onboarding.tokens import Token
from onboarding.web.context import cookies, language
from onboarding.web.context.protection import is_from_us

if TYPE_CHECKING:
    from onboarding.core import Core
    from onboarding.web.views.renderer import Renderer

log = logging.getLogger("onboarding")

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
AfterResponse = Callable[[], Awaitable[object]]

CARRIES_HEADERS = {
    "http.response.start",
    "websocket.accept",
    "websocket.http.response.start",
}
"""Messages that begin an answer and carry headers."""

STARTS_RESPONSE = CARRIES_HEADERS | {"websocket.close"}

CACHING = b"cache-control"
PRIVATE = (CACHING, b"private, no-store")
VARY_COOKIE = (b"vary", b"Cookie")


class RequestContext:
    """Who is here, for the length of one request or one websocket.

    Attributes:
        face: How this application's pages look, speak and are answered.
        current: The live session and account of this browser, or None.
        response_started: Whether the headers of the response are sent.
        asked: Whether this page asks for something already; a page never asks twice.
        is_secret: Whether the address of this request holds a code, and must not be
            shown to any other page.
        refusals: Errors that a framework of another kind handed over; None where
            there is none, and errors of ours are simply raised.
    """

    # Defaults stand on the class: most visits set none of them, and cost nothing.
    current: CurrentSession | None = None
    response_started: bool = False
    asked: bool = False
    is_secret: bool = False
    refusals: list[OnboardingError] | None = None
    _arrived: CurrentSession | None = None
    _looked: bool = False
    _store_error: StoreError | None = None
    _language: language.LanguageChoice | None = None
    _cookies: dict[str, CookieSpec] | None = None
    _later: list[AfterResponse] | None = None

    def __init__(self, renderer: "Renderer", scope: Scope, send: Send):
        self.renderer = renderer
        self.scope = scope
        self._send = send

    @property
    def core(self) -> "Core[Any]":
        """The services."""
        return self.renderer.core

    @property
    def full_path(self) -> str:
        """The address of this request, from the root of the site."""
        query = self.scope["query_string"].decode("latin-1")
        return self.path + (f"?{query}" if query else "")

    @property
    def path(self) -> str:
        """The path of this request, as a link to it may be written.

        With one slash in front: browsers read two as the name of another host.
        """
        return "/" + quote(self.scope["path"]).lstrip("/")

    # ── who is here ──────────────────────────────────────────────────────────

    async def load_session(self, tokens: list[bytes]) -> None:
        """ActionFor out who carries the session cookie, in one read.

        A cookie that grants nothing is cleared, and so are two of one name, since
        one of them was planted. When the database cannot be read, nothing is
        cleared, and only who asks for the account learns of it.
        """
        try:
            if len(tokens) == 1:
                sessions = self.renderer.core.sessions
                current = await sessions.find(tokens[0].decode("latin-1"))
                self.current = current
                if current is not None and sessions.is_unwritten(current.session):
                    self._arrived = current
        except StoreError as error:
            self._store_error = error
            return
        if self.current is None:
            self.set_cookie(CookieSpec.clear(cookies.SESSION))

    def account(self) -> Account | None:
        """Return who is here, or None for a visitor; a look, without any read.

        Raises:
            StoreUnavailable: When it could not be read who is here.
        """
        current = self.current_session()
        return current.account if current else None

    def current_session(self) -> CurrentSession | None:
        """Return the live session and account, as :meth:`account` does."""
        self._looked = True
        if self._store_error is not None:
            raise self._store_error
        return self.current

    async def ensure_account(self, nonce: str | None = None) -> Account:
        """Return who is here, or make a guest, whose cookie goes with the answer.

        A nonce that another site sends is worth nothing: it would make this visitor
        the guest of whoever planted it there.

        Raises:
            ResponseStarted: When the headers are gone, before anything is written.
        """
        current = self.current_session()
        if current is not None:
            return current.account
        if self.response_started:
            raise ResponseStarted(
                "the answer has begun, so the guest's cookie would be lost; call "
                "ensure_account before the first byte is sent"
            )
        if nonce and not is_from_us(self.scope["headers"], self.core.origin):
            nonce = None
        welcome = await self.core.guests.ensure(None, nonce)
        account, session = welcome.account, welcome.session
        if welcome.token is not None and session is not None:
            self.start_session(
                welcome.token, CurrentSession(session=session, account=account)
            )
        return account

    def start_session(self, token: Token, current: CurrentSession | None) -> None:
        """Carry on with a session that has just begun; the browser gets its token."""
        life = self.core.sessions.policy.absolute
        self.current = current
        self.set_cookie(CookieSpec.holding(cookies.SESSION, token, life))

    def end_session(self) -> None:
        """Be a visitor from now on; the browser forgets the session."""
        self.current = None
        self.set_cookie(CookieSpec.clear(cookies.SESSION))

    # ── how to speak ─────────────────────────────────────────────────────────

    @property
    def locale(self) -> str:
        """The language of the answer, one of those that the application speaks.

        ``?lang=`` decides and is kept in a cookie, then that cookie, then
        ``Accept-Language``, then the application's first language.
        """
        if self._language is None:
            core = self.core
            self._language = language.choose(
                self.scope, core.locales, secure=core.secure
            )
            if self._language.keep:
                self.set_cookie(language.cookie(self._language.locale))
        return self._language.locale

    @locale.setter
    def locale(self, locale: str) -> None:
        self._language = language.LanguageChoice(locale)

    # ── the answer ───────────────────────────────────────────────────────────

    def set_cookie(self, spec: CookieSpec) -> None:
        """Send a cookie with the answer; the last word on a name counts."""
        if self._cookies is None:
            self._cookies = {}
        self._cookies[spec.name] = spec

    def send(self, message: Message) -> Awaitable[None]:
        """Pass a message on; the first one takes our headers along."""
        if not self.response_started and message["type"] in STARTS_RESPONSE:
            self.response_started = True
            marked = self._looked or self._cookies or self._language
            if marked and message["type"] in CARRIES_HEADERS:
                message["headers"] = self._headers(list(message.get("headers", ())))
        return self._send(message)

    def _headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Add what caches and browsers must know of this answer.

        An answer that sets or depends on a session belongs to one person: a shared
        cache that kept it would hand one person's page, or session, to another.
        """
        headers = given
        if self._cookies or self._looked:
            said = [value for name, value in given if name.lower() == CACHING]
            if self._cookies or not any(map(_is_private, said)):
                if said:
                    headers = [pair for pair in given if pair[0].lower() != CACHING]
                headers.append(PRIVATE)
            headers.append(VARY_COOKIE)
        if self._language is not None and self._language.vary:
            headers.append((b"vary", self._language.vary))
        secure = self.core.secure
        for spec in (self._cookies or {}).values():
            headers.append(cookies.line(spec, secure=secure))
        return headers

    # ── afterwards ───────────────────────────────────────────────────────────

    @property
    def is_page_view(self) -> bool:
        """Whether a person sees this answer: no HEAD, and no fetch ahead of time."""
        if self.scope.get("method") != "GET":
            return False
        return not any(
            name in {b"sec-purpose", b"purpose", b"x-moz"} and b"prefetch" in value
            for name, value in self.scope["headers"]
        )

    def after_response(self, act: AfterResponse) -> None:
        """Do something once the answer has been sent, if a person sees it."""
        if self.is_page_view:
            self._later = [*(self._later or ()), act]

    @property
    def has_more(self) -> bool:
        """Whether something was put off until the answer is out."""
        return self._arrived is not None or self._later is not None

    async def finish(self) -> None:
        """Do what was put off until the answer is out."""
        if self._arrived is not None:
            # Only a session that came along was used; a new one was merely made.
            await _quietly(self.core.sessions.touch(self._arrived.session))
        for act in self._later or ():
            await _quietly(act())


async def _quietly(act: Awaitable[object]) -> None:
    """Do something whose error concerns nobody who waits: it is logged by code."""
    try:
        await act
    except OnboardingError as error:
        log.warning("left undone after an answer: %s", error.code)


def _is_private(caching: bytes) -> bool:
    """Whether the host's own caching keeps the answer out of shared caches."""
    said = caching.lower()
    return b"private" in said or b"no-store" in said


def context_of(carrier: object) -> RequestContext:
    """Return the context of a request, a websocket, or anything with an ASGI scope.

    Args:
        carrier: An ASGI scope, or an object with one: a request of Starlette,
            FastAPI or Django, a websocket.

    Raises:
        ConfigError: When the layer has not seen it; says which line to add.
    """
    scope = getattr(carrier, "scope", carrier)
    context = scope.get("onboarding") if isinstance(scope, Mapping) else None
    if isinstance(context, RequestContext):
        return context
    raise ConfigError(
        "the onboarding layer has not seen this request; add "
        "middleware=[onboarding.middleware] to your application, or serve "
        "onboarding.around(app) (addresses named in skip= never pass the layer)"
    )
