"""Onboarding: the one object that a host builds; Core with a face for the web."""

import functools
import inspect
from collections.abc import Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.routing import Mount

from onboarding.accounts.model import Account
from onboarding.core import Core, P
from onboarding.errors import ConfigError, OnboardingError
from onboarding.web.context.inner import Inner
from onboarding.web.context.layer import Layer
from onboarding.web.context.request_context import context_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from markupsafe import Markup
    from starlette.types import ASGIApp

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
RequestLike = HTTPConnection | MutableMapping[str, Any] | object
"""A request, a websocket, an ASGI scope, or whatever of another framework has one."""


class Onboarding(Core[P]):
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
        settings: See :class:`onboarding.config.Settings`.

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
        return Mount(self.path, app=self.pages, name="onboarding")

    @property
    def middleware(self) -> Middleware:
        """The layer, ready for the middleware of a Starlette or FastAPI app."""
        return Middleware(Layer, core=self)

    def lifespan(self, _: object = None) -> AbstractAsyncContextManager[None]:
        """Open for as long as the application lives.

        An application with a lifespan of its own writes ``async with onboarding:``
        in it instead.
        """

        @asynccontextmanager
        async def opened() -> "AsyncIterator[None]":
            async with self:
                yield

        return opened()

    def around(self, app: "ASGIApp") -> "ASGIApp":
        """Wrap any ASGI app: lifespan, layer and pages in one.

        For Django, for Flask behind ``a2wsgi``, and for everything that knows
        neither middleware nor a lifespan. The inner app never sees a lifespan.
        Where it answers every exception itself, see :meth:`refuse`.
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
        FastAPI, a request of Django, or an ASGI scope.

        Raises:
            ConfigError: When the request never passed the layer.
        """
        return context_of(request).account()

    async def ensure_account(
        self, request: RequestLike, *, nonce: str | None = None
    ) -> Account:
        """Return who is here, or make a guest: call it at the first write.

        Args:
            request: As for :meth:`account`.
            nonce: The value of the hidden field that :meth:`field` drew, so that a
                form sent twice by a visitor makes one guest. It counts only on a
                request from our own site.

        Raises:
            ResponseStarted: When the response has started; nothing was written then.
        """
        return await context_of(request).ensure_account(nonce)

    async def require(self, request: RequestLike, feature: str) -> None:
        """Return when a feature is open for who is here; otherwise it asks.

        Raises:
            Unanswered: When questions come first; the layer turns it into their
                page, or into a problem that carries them.
            FeatureDenied: When the answers close it.
            ConfigError: When there is no such feature.
        """
        context = context_of(request)
        await self.profiling.require(context.account(), feature)

    def refuse(self, request: RequestLike, error: OnboardingError) -> None:
        """Answer this request with our page or problem for an error.

        For an application inside :meth:`around` whose framework answers every
        exception itself, as Django and Flask do: call it where such a framework lets
        you handle one, and return any response, which is dropped. With Starlette and
        FastAPI there is nothing to call; an error that is raised is enough.

        Args:
            request: As for :meth:`account`.
            error: What was raised.

        Raises:
            ConfigError: When the application is not served by :meth:`around`.
        """
        refusals = context_of(request).refusals
        if refusals is None:
            raise ConfigError(
                "refuse() is for an application inside onboarding.around(app); in "
                "Starlette and FastAPI raise the error, and it is answered"
            )
        refusals.append(error)

    def unlock(self, feature: str) -> Callable[[Endpoint], Endpoint]:
        """Decorate an endpoint that opens once its feature's questions are answered.

        The person is asked what is missing, told why, and then gets the very page
        that they asked for. Works on functions and on methods, async or not.

        Raises:
            ConfigError: When there is no such feature, or when the endpoint takes no
                request (FastAPI: use ``onboarding.fastapi.Dependencies``).
        """
        self.catalogue.feature(feature)

        def decorate(endpoint: Endpoint) -> Endpoint:
            _check_takes_request(endpoint, feature)

            @functools.wraps(endpoint)
            async def unlocked(*args: object, **kwargs: object) -> object:
                await self.require(_request_among(args, kwargs), feature)
                if inspect.iscoroutinefunction(endpoint):
                    return await endpoint(*args, **kwargs)
                return await run_in_threadpool(endpoint, *args, **kwargs)

            return cast("Endpoint", unlocked)

        return decorate

    # ── for templates ────────────────────────────────────────────────────────

    async def partial(
        self, name: str, request: RequestLike, **options: object
    ) -> "Markup":
        """Return one of our parts for a page of the host's; empty when not wanted.

        Args:
            name: ``"prompt"``, ``"keep_it"`` or ``"sign_in"``.
            request: As for :meth:`account`.
            options: See ``onboarding.web.pages.partials``.

        Raises:
            ConfigError: When there is no such part.
        """
        from onboarding.web.pages.partials import partial

        return await partial(context_of(request), name, **options)

    def field(self, request: RequestLike) -> "Markup":
        """Return the hidden field for a form by which a visitor may become a guest.

        Such a page is never cached: its nonce is for one visitor.
        """
        from onboarding.web.pages.partials import field

        return field(context_of(request))


def _check_takes_request(endpoint: Callable[..., object], feature: str) -> None:
    if not inspect.signature(endpoint).parameters:
        raise ConfigError(
            f'@onboarding.unlock("{feature}") on {endpoint.__name__}: the endpoint '
            "takes no request to look at; add a request parameter, or with FastAPI "
            "use Depends(Dependencies(onboarding).unlocked("
            f'"{feature}"))'
        )


def _request_among(args: tuple[object, ...], kwargs: dict[str, object]) -> RequestLike:
    for value in (*args, *kwargs.values()):
        if hasattr(value, "scope"):
            return value
    raise ConfigError(
        "unlock found no request among the arguments of the endpoint; with FastAPI "
        "use Depends(Dependencies(onboarding).unlocked(…))"
    )
