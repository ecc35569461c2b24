"""Onboarding: the one object that a host builds; Core with a face for the web."""

import functools
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Mount

from onboarding.accounts.given import id_of
from onboarding.accounts.model import Account
from onboarding.drawing import DrawsPages
from onboarding.errors import ConfigError, OnboardingError, SignInRequired
from onboarding.on_demand import P
from onboarding.web.context.carriers import check_request
from onboarding.web.context.finding import RequestLike, context_of
from onboarding.web.context.inner import Inner
from onboarding.web.context.layer import Layer, LayerMiddleware
from onboarding.web.context.lifespan import Lifespan
from onboarding.web.context.nonce import NONCE
from onboarding.web.context.unlock import HostEndpoint, unlocked

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class Onboarding(DrawsPages[P]):
    """Guests, sign-in, questions and prompts for one web application.

    Built at import, it checks everything and opens nothing. ``lifespan`` opens it;
    ``middleware`` lets every request know who is here; ``mount`` serves our pages::

        app = Starlette(
            routes=[onboarding.mount, …],
            middleware=[onboarding.middleware],
            lifespan=onboarding.lifespan,
        )

    Args:
        profile: A pydantic model whose fields carry ``Ask``, or nothing.
        settings: See ``onboarding.config.Settings``.

    Raises:
        ConfigError: When something cannot work; the message says what to write.
    """

    # ── putting it into an application ───────────────────────────────────────

    @functools.cached_property
    def pages(self) -> "ASGIApp":
        """Our pages as a bare ASGI app, to be mounted at the path of ``url``."""
        from onboarding.web.pages import pages

        return pages(self)

    @property
    def mount(self) -> Mount:
        """Our pages, ready for the routes of a Starlette app."""
        from onboarding.web.pages import PagesMount

        return PagesMount(self.path, app=self.pages, name="onboarding")

    @property
    def middleware(self) -> Middleware:
        """The layer, for ``middleware=[…]`` or ``app.add_middleware(…)``."""
        return LayerMiddleware(Layer, core=self)

    def lifespan(self, _: object = None) -> AbstractAsyncContextManager[None]:
        """Open for as long as the application lives.

        An application with a lifespan of its own writes ``async with onboarding:``
        in it instead.
        """
        return Lifespan(self)

    def around(self, app: "ASGIApp") -> "ASGIApp":
        """Wrap any ASGI app: lifespan, layer and pages in one.

        For Django, for Flask behind ``a2wsgi``, and for everything that knows
        neither middleware nor a lifespan. The inner app never sees a lifespan.
        Where it answers every exception itself, see ``refuse``.
        """
        routed = Starlette(
            routes=[self.mount, Mount("/", app=Inner(app))],
            middleware=[self.middleware],
            lifespan=self.lifespan,
        )
        return cast("ASGIApp", routed)

    # ── for handlers ─────────────────────────────────────────────────────────

    def account(self, request: RequestLike) -> Account | None:
        """Return who is here, or None for a visitor: a look, without any read.

        Usable from synchronous code. Takes a request or websocket of Starlette or
        FastAPI, a request of Django or Flask, or an ASGI scope.

        Raises:
            ConfigError: When the request never passed the layer.
        """
        return context_of(request, self).account()

    def registered(self, request: RequestLike) -> Account:
        """Return who has signed in; as ``account``, a look without any read.

        Raises:
            SignInRequired: For a visitor or a guest; the layer turns it into a page
                that leads to signing in and back, or into a problem.
        """
        account = self.account(request)
        if account is None or account.is_guest:
            raise SignInRequired("sign in first")
        return account

    async def ensure_account(
        self, request: RequestLike, *, form: Mapping[str, object] | None = None
    ) -> Account:
        """Return who is here, or make a guest: call it at the first write.

        Args:
            request: As for ``account``.
            form: What was sent, if the form has the hidden field that ``field``
                drew: with it, a form that a visitor sends twice makes one guest. A
                script sends the same nonce as the header ``Onboarding-Nonce``, and
                needs no form here. Either counts on a request of this site alone.

        Raises:
            ResponseStarted: When the response has started; nothing was written then.
        """
        nonce = (form or {}).get(NONCE)
        context = context_of(request, self)
        return await context.ensure_account(nonce if isinstance(nonce, str) else None)

    async def order_link(self, order: str | int, account: Account | None) -> str:
        """Return the address that opens an order without an account, read only.

        A secret, for the mail to whoever placed it: it works for the time that
        ``ClaimPolicy`` says, while the order belongs to this account, or to the one
        that this is merged into. By it the order may be claimed.

        Args:
            order: Its key, as ``Claim(key=…)`` names it.
            account: Whose it is; None for nobody's.

        Raises:
            ConfigError: When no orders are declared, or this is no key of one.
        """
        return self.orders.links.make(
            order, None if account is None else id_of(account)
        )

    async def mail_order_link(self, order: str | int, *, locale: str) -> None:
        """Write to whoever placed an order, with its link.

        To the address that its row holds; where that is none, nothing is written.

        Args:
            order: Its key, as ``Claim(key=…)`` names it.
            locale: In which language: ``onboarding.locale(request)``.

        Raises:
            ConfigError: When no orders are declared, there is no such order, or this
                application mails nothing.
        """
        await self.orders.mail_link(order, locale)
        self.wake_post()

    async def may_see_order(self, request: RequestLike, order: str | int) -> bool:
        """Tell whether who is here may look at an order: it is theirs, or a link's.

        Whoever opened an order link may look at that order for a while, and do
        nothing else to it.

        Raises:
            ConfigError: When no orders are declared, or this is no key of one.
        """
        from onboarding.web.context.grants import grants_of

        context = context_of(request, self)
        grants = grants_of(context)
        return await self.orders.may_see(order, context.account(), grants)

    async def require(self, request: RequestLike, feature: str) -> None:
        """Return when a feature is open for who is here; otherwise it asks.

        Raises:
            Unanswered: When questions come first; the layer turns it into their
                page, or into a problem that carries them.
            FeatureDenied: When the answers close it.
            ConfigError: When there is no such feature.
        """
        context = context_of(request, self)
        await self.profiling.require(context.account(), feature)

    def refuse(self, request: RequestLike, error: OnboardingError) -> None:
        """Answer this request with our page or problem for an error.

        For an application inside ``around`` whose framework answers every
        exception itself, as Django and Flask do: call it where such a framework lets
        you handle one, and return any response, which is dropped. With Starlette and
        FastAPI there is nothing to call; an error that is raised is enough.

        Args:
            request: As for ``account``.
            error: What was raised.

        Raises:
            ConfigError: When the application is not served by ``around``.
        """
        refusals = context_of(request, self).refusals
        if refusals is None:
            raise ConfigError(
                "refuse() is for an application inside onboarding.around(app); in "
                "Starlette and FastAPI raise the error, and it is answered"
            )
        refusals.append(error)

    def unlock(self, feature: str) -> Callable[[HostEndpoint], HostEndpoint]:
        """Decorate an endpoint that opens once its feature's questions are answered.

        The person is asked what is missing, told why, and then gets the very page
        that they asked for. Works on functions and on methods; a plain one stays
        plain, and runs in a thread as your framework runs it.

        Raises:
            ConfigError: When there is no such feature, or when the endpoint takes no
                request (FastAPI: use ``onboarding.fastapi.Dependencies``).
        """
        self.catalogue.feature(feature)

        def require(request: RequestLike) -> Coroutine[Any, Any, None]:
            return self.require(request, feature)

        return lambda endpoint: unlocked(endpoint, feature, require, self.wait)

    # ── for forms ────────────────────────────────────────────────────────────

    def check_same_site(self, request: RequestLike) -> None:
        """Return when a request comes from this very site: call it before a write.

        Without it, any page could act for whoever visits it (CSRF). Our own pages,
        and ``form``, check it by themselves.

        Raises:
            CrossSiteRequest: When another site sent it, by ``Sec-Fetch-Site`` or
                ``Origin``; or when it carries cookies and neither of these. Never for
                a request with an app's token, whose cookies count for nothing.
        """
        check_request(context_of(request, self))

    async def form(self, request: Request) -> dict[str, str]:
        """Return the fields of a form that a page of this site sent, each sent once.

        It reads forms of text fields; for files use ``request.form()`` of Starlette,
        which needs ``python-multipart``.
        With FastAPI it is a dependency: ``Depends(onboarding.form)``.

        Raises:
            CrossSiteRequest: As for ``check_same_site``.
            BodyTooLarge: When it is longer than 64 KiB.
            BodyTooSlow: When it is not all there by ``Deadlines.request``.
            UnsupportedBody: When it is no urlencoded form.
            BadRequest: When it is not well-formed, or has a field twice.
        """
        from onboarding.web.context.body import read_form

        self.check_same_site(request)
        return await read_form(request, self.deadlines)
