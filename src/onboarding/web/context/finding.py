"""Finding the context of a request in whatever a host passes in."""

from typing import Any

from onboarding.errors import ConfigError
from onboarding.web.context.request_context import RequestContext


def context_of(request: object) -> RequestContext:
    """Return the context of a request, a websocket, or anything with an ASGI scope.

    Args:
        request: An ASGI scope, or an object with one: a request of Starlette,
            FastAPI or Django, a websocket.

    Raises:
        ConfigError: When the layer has not seen it; says which line to add.
    """
    scope: Any = getattr(request, "scope", request)
    # A scope is a dict (ASGI specification, "Connection Scope"): asking first whether
    # it is costs more than all the rest.
    try:
        context = scope["onboarding"]
    except (KeyError, TypeError):
        context = None
    if isinstance(context, RequestContext):
        return context
    raise ConfigError(
        "the onboarding layer has not seen this request; add "
        "middleware=[onboarding.middleware] to your application, or serve "
        "onboarding.around(app) (addresses named in skip= never pass the layer)"
    )
