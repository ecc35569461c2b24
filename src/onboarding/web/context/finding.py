"""Finding the context of a request in whatever a host passes in."""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Protocol

from onboarding.errors import ConfigError
from onboarding.web.context.request_context import RequestContext

if TYPE_CHECKING:
    from onboarding.core import Core

ONE_LAYER = (
    "give each an application of its own, with its own middleware and mount, and put "
    'both side by side into a bare one: Starlette(routes=[Mount("/staff", app=…), '
    'Mount("/", app=…)]); where they share an origin, one of them needs '
    'cookie_prefix="…" (docs/how-to/deployment.md, "Two sets of accounts")'
)
"""How two objects live in one process."""


class HasScope(Protocol):
    """A request that stands on ASGI: Starlette's, FastAPI's, Django's, a websocket."""

    @property
    def scope(self) -> MutableMapping[str, Any]:
        """The ASGI scope."""
        ...


class HasEnviron(Protocol):
    """A request that stands on WSGI, such as Flask's, in a server of ASGI."""

    @property
    def environ(self) -> MutableMapping[str, Any]:
        """The WSGI environment, in which a2wsgi keeps the ASGI scope."""
        ...


RequestLike = HasScope | HasEnviron | MutableMapping[str, Any]
"""A request or websocket of whatever framework, or an ASGI scope."""

ADD_LAYER = (
    "add middleware=[onboarding.middleware] to your application, or serve "
    "onboarding.around(app) (addresses named in skip= never pass the layer)"
)
"""What makes a request known."""

ASGI_SCOPE = "asgi.scope"
"""Where a2wsgi keeps the ASGI scope in the environment of WSGI."""


def context_of(request: RequestLike, core: "Core[Any]") -> RequestContext:
    """Return the context of a request, a websocket, or anything with an ASGI scope.

    Args:
        core: Whose it must be. Without this check somebody who is signed in to one
            set of accounts would be taken for somebody of another, such as the staff.
        request: An ASGI scope, or an object with one: a request of Starlette,
            FastAPI, Django or Flask, a websocket.

    Raises:
        ConfigError: When the layer has not seen it, or that of another object has;
            says what to write.
    """
    scope: Any = getattr(request, "scope", request)
    # A scope is a dict (ASGI specification, "Connection Scope"): asking first whether
    # it is costs more than all the rest.
    try:
        context = scope["onboarding"]
    except (KeyError, TypeError):
        context = _in_environ(scope)
    if isinstance(context, RequestContext):
        if context.core is not core:
            raise ConfigError(f"{_not_of(core, context.core)}; {ONE_LAYER}")
        return context
    if not hasattr(request, "scope") and not isinstance(scope, MutableMapping):
        raise ConfigError(_no_request(request))
    raise ConfigError(f"the onboarding layer has not seen this request; {ADD_LAYER}")


def _in_environ(request: object) -> object:
    """Return what the environment of a WSGI request holds, for a server of ASGI."""
    environ = getattr(request, "environ", request)
    scope = environ.get(ASGI_SCOPE) if isinstance(environ, dict) else None
    return scope.get("onboarding") if isinstance(scope, dict) else None


def _not_of(core: "Core[Any]", seen: "Core[Any]") -> str:
    return (
        f"this request passed the layer of the Onboarding with url={seen.url!r}, and "
        f"the one with url={core.url!r} was asked about it"
    )


def _no_request(given: object) -> str:
    if hasattr(given, "environ"):
        return (
            "this request of WSGI does not say which request of ASGI it is; serve "
            "the application by onboarding.around(WSGIMiddleware(app)), with the "
            "WSGIMiddleware of a2wsgi (docs/how-to/flask.md)"
        )
    return (
        f"{type(given).__name__!r} is no request; pass the request of Starlette, "
        f"FastAPI, Django or Flask, a websocket, or an ASGI scope, and {ADD_LAYER}"
    )
