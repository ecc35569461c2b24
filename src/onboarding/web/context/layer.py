"""The layer: ASGI middleware that finds the session of a request, once.

It is plain ASGI, so that mounted apps, websockets and any framework inside see
the same context; and it is the place where an error of ours that host code raised
becomes a page with a way on, without the host registering anything.
"""

from collections.abc import Awaitable
from time import monotonic
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware
from starlette.routing import Mount

from onboarding.deadlines import ENDS
from onboarding.errors import ConfigError, OnboardingError
from onboarding.web.context import cookies
from onboarding.web.context.carriers import (
    load_by_cookie,
    load_by_token,
    tokens_in,
)
from onboarding.web.context.finding import ONE_LAYER
from onboarding.web.context.letters import renderer_of
from onboarding.web.context.paths import path_below, whole_path
from onboarding.web.context.request_context import RequestContext

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from onboarding.core import Core

NOT_OPEN = (
    "this Onboarding was never opened; add lifespan=onboarding.lifespan to your "
    "application, or write `async with onboarding:` in a lifespan of your own (that of "
    "a mounted application never runs)"
)


LAYER = "onboarding.layer"
"""Where the scope of a lifespan says which layer it has passed."""


class LayerMiddleware(Middleware):
    """The layer as an item of ``middleware=``, which ``add_middleware`` takes as well.

    ``app.add_middleware`` calls what it is given with the application inside; an item
    of the list it cannot call.
    """

    __name__ = "Layer"
    """What Starlette calls it when it shows an application's middleware."""

    def __call__(self, app: "ASGIApp", /) -> "ASGIApp":
        """Return the application inside the layer."""
        return self.cls(app, *self.args, **self.kwargs)


class Layer:
    """ASGI middleware that puts a ``RequestContext`` at ``scope["onboarding"]``.

    For a request without our cookie nothing is read, and no cookie is set. An error
    of ours is answered if the response has not started; afterwards it can only be
    raised on. A 500 of the host's own carries no cookie, because the server's
    error handler stands outside every layer: a guest made by that request is an
    orphan, and is purged.

    Args:
        app: The application inside.
        core: The services.

    Raises:
        ConfigError: At the first request, when the core was never opened; at the
            start, or at the first request, when another object has a layer around it.
    """

    def __init__(self, app: "ASGIApp", *, core: "Core[Any]"):
        self._app = app
        self._core = core
        self._renderer = renderer_of(core)
        # Before it is needed: a process that has run out of file descriptors can
        # neither import a module nor read a template.
        from onboarding.web.context import errors, first_write  # noqa: F401

        self._respond = errors.respond
        self._renderer.warm(core.locales)
        self._has_apps = bool(core.apps)
        self._skip = (*core.skip, f"{core.path}/static/")
        self._session = core.cookie_names.sent(cookies.SESSION).encode()
        self._seconds = core.deadlines.request.total_seconds()

    def __call__(
        self, scope: "Scope", receive: "Receive", send: "Send"
    ) -> Awaitable[None]:
        """Serve one request or websocket; pass everything else through."""
        # Every request of the host's passes here: what is rare stands in a branch
        # or a method of its own, no property is asked for what is at hand, and what is
        # awaited by the caller needs no coroutine around it.
        if scope["type"] not in {"http", "websocket"}:
            return self._begin(scope, receive, send)
        is_seen = "onboarding" in scope and self._is_seen(scope)
        is_below = scope.get("root_path") and self._is_skipped_below(scope)
        if is_seen or is_below or scope["path"].startswith(self._skip):
            return self._app(scope, receive, send)
        if not self._core.is_open:
            raise ConfigError(NOT_OPEN)
        return self._serve(scope, receive, send)

    async def _serve(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        # A websocket may live for days: each of its acts has a time of its own.
        ends = None if scope["type"] == "websocket" else monotonic() + self._seconds
        before = ENDS.set(ends)
        try:
            context = scope["onboarding"] = RequestContext(
                self._core, self._renderer, scope, send
            )
            tokens: list[bytes] = []
            carried: list[bytes] = []
            for name, line in scope["headers"]:
                # Most visitors and all robots end here, at the price of this loop.
                if name == b"cookie" and self._session in line:
                    tokens += cookies.values_in(line, self._session)
                elif name == b"authorization" and self._has_apps:
                    carried += tokens_in(line)
            if carried:
                await load_by_token(context, carried)
            elif tokens:
                await load_by_cookie(context, tokens)
            try:
                await self._app(scope, receive, context.send)
            except ConfigError:
                raise  # for the developer, with its traceback; no page for visitors
            except OnboardingError as error:
                await self._answer(context, error, receive)
            if context.later is not None:
                await context.finish()
            context.end()
        finally:
            ENDS.reset(before)

    def _is_skipped_below(self, scope: "Scope") -> bool:
        """Tell whether nobody looks at a path, below the prefix or whole."""
        self._find_own_page(scope)
        paths = path_below(scope), whole_path(scope)
        return any(path.startswith(self._skip) for path in paths)

    def _find_own_page(self, scope: "Scope") -> None:
        """Let the routes below a prefix find our pages by the path that ``url`` has.

        ``onboarding.mount`` is written with the whole path, and the router compares
        what is below the prefix. Who mounts the pages below it needs no more than a
        path that is whole, as the specification of ASGI wants it.
        """
        own, whole, below = self._core.path, whole_path(scope), path_below(scope)
        if own.startswith(scope["root_path"]) and below.startswith(f"{own}/"):
            # The server put the prefix in front, though no proxy had taken it off.
            whole = below
        if not whole.startswith(f"{own}/"):
            return
        scope["path"] = whole
        routes = getattr(scope.get("app"), "routes", ())
        if any(isinstance(route, Mount) and route.path == own for route in routes):
            scope["root_path"] = ""

    async def _begin(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a lifespan through, unless a layer of another object stands outside."""
        try:
            self._is_seen(scope)
        except ConfigError as error:
            # A server takes any other way to fail here for an application that knows
            # no lifespan, and serves it (ASGI specification, "Lifespan").
            await receive()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        scope[LAYER] = self._core
        await self._app(scope, receive, send)

    def _is_seen(self, scope: "Scope") -> bool:
        """Tell whether a layer of this very object stands outside of this one.

        Raises:
            ConfigError: When it is one of another object: each would hide the other's
                people from what is inside.
        """
        context = scope.get("onboarding")
        outer = scope.get(LAYER) if context is None else context.core
        if outer is None or outer is self._core:
            return outer is not None
        raise ConfigError(
            f"two Onboarding objects serve the same requests: the one with url="
            f"{outer.url!r}, and inside of it the one with url={self._core.url!r}; "
            f"{ONE_LAYER}"
        )

    async def _answer(
        self, context: RequestContext, error: OnboardingError, receive: "Receive"
    ) -> None:
        """Answer an error of ours, if nothing has been sent yet."""
        if context.response_started:
            raise error
        scope = context.scope
        if scope["type"] == "websocket":
            # Not accepted yet: servers turn this into a 403 of the handshake.
            await context.send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        await self._respond(context, error)(scope, receive, context.send)
