"""What an application draws: parts and whole pages in our frame, and its letters."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from starlette.responses import HTMLResponse

from onboarding.core import Core
from onboarding.on_demand import P
from onboarding.urls import safe_next
from onboarding.web.context import language
from onboarding.web.context.finding import RequestLike, context_of
from onboarding.web.context.letters import DrawsLetters

if TYPE_CHECKING:
    from markupsafe import Markup

    from onboarding.web.views.notices import Notice


class DrawsPages(DrawsLetters, Core[P]):
    """The part of ``Onboarding`` that is for templates."""

    async def partial(
        self,
        name: Literal["prompt", "keep_it", "sign_in", "notice", "claim"],
        request: RequestLike,
        *,
        id: str | None = None,
        next: str | None = None,
        form: str | None = None,
    ) -> "Markup":
        """Return one of our parts for a page of the host's; empty when not wanted.

        Args:
            name: Which part.
            request: As for ``account``.
            id: What every id in it begins with; by default its name.
            next: The path of this site to go to afterwards: by default this page.
            form: For ``keep_it``, ``sign_in`` and ``claim``: the id of a form of yours
                in the page at ``next``. What stands in it comes along, and ``typed``
                returns it afterwards. Place the part below the form: Enter in a field
                presses the first button that belongs to it.

        Raises:
            ConfigError: When there is no such part, or it has no button for a form.
        """
        from onboarding.web.pages.partials import partial

        context = context_of(request, self)
        return await partial(context, name, id=id, next=next, form=form)

    def notice(self, request: RequestLike) -> "Notice | None":
        """Return what became of the last act, for the page that follows it; once.

        Signing in, keeping what a guest did, merging, linking, erasing and signing out
        leave one. It waits for five minutes, for a page that a person sees. Our own
        pages and those of ``render`` that extend ``onboarding/_base.html`` show it.
        """
        from onboarding.web.context.notices import take_notice

        return take_notice(context_of(request, self))

    def locale(self, request: RequestLike) -> str:
        """Return the language of the response, such as ``"en"``.

        ``?lang=`` decides and is kept in a cookie, then that cookie, then
        ``Accept-Language``, then English.
        """
        return context_of(request, self).locale

    def switches_language(
        self, request: RequestLike, form: Mapping[str, object]
    ) -> bool:
        """Tell whether the language switch sent a form, and respond in its language.

        Then show the form again, with what was typed, by ``render``: nothing in it is
        to be checked or kept yet.

        Args:
            request: As for ``account``.
            form: What ``form`` returned.
        """
        asked = form.get(language.LANGUAGE_FIELD)
        return language.switch(context_of(request, self), asked)

    async def typed(self, request: RequestLike, form: str) -> dict[str, str]:
        """Return what this browser typed into a form of this page, to be shown again.

        Where somebody left the page by a button of ``onboarding/_door.html`` or of a
        ``partial``, to sign in, or you kept it by ``keep_typed``: for half an hour,
        until ``forget_typed``. Otherwise nothing.

        Args:
            request: As for ``account``.
            form: The id of the form: what ``typed_form`` names.
        """
        from onboarding.web.context.typed import find_typed

        found = await find_typed(context_of(request, self), form)
        return {name: found.text(name) for name in found.fields} if found else {}

    async def keep_typed(
        self,
        request: RequestLike,
        form: str,
        fields: Mapping[str, object],
        *,
        at: str,
    ) -> None:
        """Keep what was sent in a form, so that ``typed`` returns it on its page.

        Where a POST cannot be done before something else is, and that leads to another
        page: before you raise ``SignInRequired``, mostly, which then leads back to
        ``at``. It is kept for this browser alone, sealed, instead of the form that it
        left before. Passwords and tokens are left out, by their names, and what the
        field ``onboarding-unkept`` of the form names; so is what is no text.

        Args:
            request: As for ``account``.
            form: The id of the form in its page.
            fields: What ``form`` returned.
            at: The path of the page that has the form.

        Raises:
            BodyTooLarge: When it has more than 16,384 characters or 200 fields.
            BadRequest: When it holds a character that no text has.
            TooManyTries: When this client has had too much kept of late.
            ResponseStarted: When the headers are sent: the cookie would be lost.
        """
        from onboarding.web.context.typed import keep_typed

        texts = {n: [said] for n, said in fields.items() if isinstance(said, str)}
        at = safe_next(at, self.origin, self.home)
        await keep_typed(context_of(request, self), texts, id=form, at=at)

    async def forget_typed(self, request: RequestLike, form: str) -> None:
        """Forget what ``typed`` returns, since the form was sent and is done with.

        Args:
            request: As for ``account``.
            form: The id of the form.
        """
        from onboarding.web.context.typed import forget_typed

        await forget_typed(context_of(request, self), form)

    def render(
        self,
        request: RequestLike,
        template: str,
        values: Mapping[str, object] | None = None,
        *,
        status: int = 200,
        at: str | None = None,
    ) -> HTMLResponse:
        """Return a page of the host's, drawn as our own pages are.

        Args:
            request: As for ``account``.
            template: Its name in the folder of ``templates=``. It may extend
                ``onboarding/_base.html``, and use ``t``, ``url``, ``static``, ``site``,
                ``home``, ``help_url``, ``languages``, ``account``, ``here`` (its path),
                ``at`` and ``notice()``.
            values: What else it may use.
            status: The HTTP status.
            at: Of a form that a POST is answered with: the path of its page.

        Raises:
            jinja2.TemplateNotFound: When there is no such template.
        """
        from onboarding.web.context import responses

        context = context_of(request, self)
        return responses.page(context, template, values or {}, status=status, at=at)

    def is_page_view(self, request: RequestLike) -> bool:
        """Tell whether a person sees the response: a GET, and no prefetch or HEAD."""
        return context_of(request, self).is_page_view

    def field(self, request: RequestLike) -> "Markup":
        """Return the hidden field for a form by which a visitor may become a guest.

        Such a page is never cached: its nonce is for one visitor.
        """
        from onboarding.web.pages.partials import field

        return field(context_of(request, self))
