"""One address of ours: who may come there, by which method, and from where."""

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from onboarding.errors import (
    BadRequest,
    InvalidToken,
    MethodNotAllowed,
    TooManyTries,
)
from onboarding.frozen import dataclass
from onboarding.web.context import errors, noticing
from onboarding.web.context.carriers import check_request
from onboarding.web.context.finding import context_of
from onboarding.web.context.request_context import RequestContext
from onboarding.web.pages.call import Call, PageHandler

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from onboarding.core import Core


class AskedBy(Enum):
    """Whom an address of ours is for.

    Attributes:
        ANYBODY: Browsers by their cookie, apps by their token.
        BROWSERS: What begins and ends in one browser, by cookies of that.
        APPS: What an app asks before it has a token.
    """

    ANYBODY = auto()
    BROWSERS = auto()
    APPS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEndpoint:
    """One address of ours: a handler for each method that it knows.

    HEAD is handled as GET; servers leave out the body. Where a GET uses something up,
    what looks at links would, and so HEAD is refused there. A POST is checked before
    anything else: another site cannot cause one.

    Attributes:
        from_anywhere: Whether a POST may come from any other site as well: its address
            alone says what is done, and to whom it may be done.
        uses_up: Whether a GET uses something up, as the way back of a sign-in does.
        asked_by: Whom it is for.
    """

    core: "Core[Any]"
    get: PageHandler | None = None
    post: PageHandler | None = None
    from_anywhere: bool = False
    uses_up: bool = False
    asked_by: AskedBy = AskedBy.ANYBODY

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request.

        Raises:
            OnboardingError: Which the layer turns into a response.
        """
        context = context_of(scope, self.core)
        context.is_own = True
        noticing.notice_place(self.core, scope)
        noticing.notice_address(self.core, scope)
        if not self.from_anywhere:
            self._admit(context)
        call = Call(Request(scope, receive), context)
        match scope["method"]:
            case "GET" | "HEAD" as method if self.get and method in self._reading:
                response = await self._respond(self.get, call)
            case "POST" if self.post:
                if not self.from_anywhere:
                    check_request(context)
                if self.asked_by is AskedBy.APPS:
                    context.ask_as_app()
                response = await self._respond(self.post, call)
            case _:
                error = MethodNotAllowed("not by this method")
                response = errors.respond(context, error)
                # RFC 9110 §15.5.6: a 405 says what works.
                response.headers["allow"] = self._allowed
        await response(scope, receive, send)

    def _admit(self, context: RequestContext) -> None:
        """Hold who asks against who may; tell an app that its token is dead."""
        if not context.is_of_app:
            return
        if self.asked_by is AskedBy.BROWSERS:
            raise BadRequest("open this in a browser: it needs cookies, and no token")
        if context.account() is None and self.asked_by is AskedBy.ANYBODY:
            raise InvalidToken("the token of this request grants nothing")

    async def _respond(self, handler: PageHandler, call: Call) -> Response:
        try:
            response = await handler(call)
        except TooManyTries as error:
            call.keep_form(error)
            raise
        response.headers.append("vary", "Accept")
        return response

    @property
    def _allowed(self) -> str:
        reading = self._reading if self.get else ()
        return ", ".join([*reading, *["POST"] * bool(self.post)])

    @property
    def _reading(self) -> tuple[str, ...]:
        return ("GET",) if self.uses_up else ("GET", "HEAD")
