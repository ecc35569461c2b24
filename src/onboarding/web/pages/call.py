"""One request at one of our own pages, and the ways to respond to it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from onboarding.accounts.model import Account
from onboarding.attention.rules import visit_of
from onboarding.cookies import OURS
from onboarding.errors import (
    BadRequest,
    TooManyTries,
)
from onboarding.jsonvalue import JsonValue
from onboarding.limiting.model import LimitedAct
from onboarding.locales.texts import Texts
from onboarding.urls import safe_next
from onboarding.web.context import body, cookies, language, responses
from onboarding.web.context.body import Body
from onboarding.web.context.buttons import buttons_of
from onboarding.web.context.limiting import limit
from onboarding.web.context.negotiation import wants_json
from onboarding.web.context.protection import are_texts
from onboarding.web.context.request_context import RequestContext
from onboarding.web.context.responses import SAFE_HEADERS
from onboarding.web.context.typed import (
    FORM,
    find_typed,
    forget_typed,
    keep_typed,
    without_secrets,
)
from onboarding.web.views.questions import describe_questions
from onboarding.web.views.sign_in import SignInButton

if TYPE_CHECKING:
    from onboarding.accounts.typed import TypedForm
    from onboarding.core import Core

PART_POLICY = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"
}
"""A part is no page: who opens its address sees words, and nothing runs or loads."""

PageHandler = Callable[["Call"], Awaitable[Response]]


class Call:
    """A request at a page of ours: who is here, what was sent, how to respond."""

    def __init__(self, request: Request, context: RequestContext):
        self.request = request
        self.context = context
        self._sent: Body | None = None

    @property
    def core(self) -> "Core[Any]":
        """The services."""
        return self.context.core

    @property
    def texts(self) -> Texts:
        """Everything the pages say, in the language of this request."""
        return self.context.texts

    @property
    def account(self) -> Account | None:
        """Who is here, or None for a visitor."""
        return self.context.account()

    @property
    def registered(self) -> Account | None:
        """Who has signed in, or None for a visitor or a guest."""
        account = self.account
        return account if account and not account.is_guest else None

    @property
    def wants_json(self) -> bool:
        """Whether to respond in JSON."""
        return self.context.is_of_app or wants_json(self.request.scope)

    @property
    def cookies(self) -> dict[str, str]:
        """Our cookies by their name without prefix; doubled ones are left out.

        None for an app, to which they mean nothing.
        """
        if self.context.is_of_app:
            return {}
        return cookies.jar(self.request.scope["headers"], self.core.cookie_names)

    @property
    def visit(self) -> str:
        """What the ledger of attention calls this visit; a visitor has none yet."""
        current = self.context.current_session()
        return visit_of(current.session.id, self.core.clock()) if current else ""

    def new_nonce(self) -> str | None:
        """Return a nonce for a form of a visitor's; who is here needs none."""
        return None if self.account else self.core.guests.new_nonce()

    def query(self, name: str) -> str | None:
        """Return a parameter of the address, or None where it does not stand there."""
        found = self.request.query_params.get(name)
        return found or None

    def param(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def local(self, path: str | None, home: str | None = None) -> str:
        """Return a return path if it stays on this site, else home."""
        return safe_next(path, self.core.origin, home or self.core.home)

    def url(self, path: str, **query: str | None) -> str:
        """Return the address of one of our pages."""
        return self.context.renderer.url(path, **query)

    def describe(self, names: Iterable[str]) -> list[Mapping[str, JsonValue]]:
        """Return questions as JSON, in the language of this request."""
        descriptions = self.core.profiling.descriptions
        return describe_questions(names, texts=self.texts, descriptions=descriptions)

    def buttons(self) -> list[SignInButton]:
        """Return a button for each provider; see ``buttons.buttons_of``."""
        return buttons_of(self.context)

    async def body(self) -> Body:
        """Read what was sent; see ``onboarding.web.context.body.read``."""
        self._sent = await body.read(self.request, self.core.deadlines)
        return self._sent

    async def pressed(self) -> Body:
        """Read what a button of ours sends, which may stand in a form of the host's.

        Its address names that form then, and the page that has it. What stands in the
        form is kept for when that page is shown again, and it is where to go
        afterwards; what the button itself has to say stands in its address.

        Raises:
            BadRequest: When that holds what no field of a form could.
        """
        sent = await self.body()
        form = self.query("form")
        if form is None:
            return sent
        if not are_texts(self.request.query_params.values()):
            raise BadRequest("the address holds a character that no text has")
        at = language.path_in_any(self.local(self.query("at")))
        await keep_typed(self.context, sent.form, id=form, at=at)
        ours = {n: said for n, said in sent.form.items() if n.startswith(f"{OURS}-")}
        said = {name: [text] for name, text in self.request.query_params.items()}
        return Body(form={**ours, **said, "next": [at]})

    def switches_language(self, sent: Body) -> bool:
        """Tell whether the language switch sent a form; go on in its language.

        What was typed is read before: in the language in which it was typed.
        """
        values = sent.form.get(language.LANGUAGE_FIELD)
        return language.switch(self.context, values[0] if values else None)

    async def limit(self, act: LimitedAct, contact: str | None = None) -> None:
        """Count what is about to be done; see ``onboarding.web.context.limiting``."""
        await limit(self.context, act, contact)

    async def may_write(self, address: str) -> bool:
        """Tell whether a mailbox may get one more letter; if not, nobody is told so."""
        return await self.core.limits.take_contact(LimitedAct.LETTER, address)

    def keep_form(self, error: TooManyTries) -> None:
        """Let the page of an error offer to send again what was sent."""
        if self._sent is not None:
            fields = without_secrets(self._sent.form)
            error.keep({name: values[0] for name, values in fields.items()})

    async def typed(self) -> "TypedForm | None":
        """Return what was typed into the form of this page before a sign-in."""
        return await find_typed(self.context, FORM)

    async def forget_typed(self) -> None:
        """Forget it, since the form was sent."""
        await forget_typed(self.context, FORM)

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        at: str | None = None,
        **values: object,
    ) -> Response:
        """Respond with a page; see ``responses.page``."""
        return responses.page(self.context, template, values, status=status, at=at)

    def part(self, template: str, **values: object) -> Response:
        """Respond with a part of a page, for our own script."""
        html: Markup = self.context.part(template, values)
        return HTMLResponse(html, headers=SAFE_HEADERS | PART_POLICY)

    def json(self, value: Mapping[str, object], status: int = 200) -> Response:
        """Respond with a JSON object."""
        return JSONResponse(value, status, SAFE_HEADERS)

    def go(self, path: str) -> Response:
        """Respond with a 303 to a page, or to callers of JSON with its ``location``.

        JSON callers never get a redirect: ``fetch`` follows it out of sight, and to
        another site it fails.
        """
        if self.wants_json:
            return self.json({"location": path})
        return responses.redirect(path)
