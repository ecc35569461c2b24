"""Finding the context of a request in whatever a host passes in."""

from typing import TYPE_CHECKING, Any

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


def context_of(request: object, core: "Core[Any]") -> RequestContext:
    """Return the context of a request, a websocket, or anything with an ASGI scope.

    Args:
        core: Whose it must be. Without this check somebody who is signed in to one
            set of accounts would be taken for somebody of another, such as the staff.
        request: An ASGI scope, or an object with one: a request of Starlette,
            FastAPI or Django, a websocket.

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
        context = None
    if isinstance(context, RequestContext):
        if context.core is not core:
            raise ConfigError(f"{_not_of(core, context.core)}; {ONE_LAYER}")
        return context
    raise ConfigError(
        "the onboarding layer has not seen this request; add "
        "middleware=[onboarding.middleware] to your application, or serve "
        "onboarding.around(app) (addresses named in skip= never pass the layer)"
    )


def _not_of(core: "Core[Any]", seen: "Core[Any]") -> str:
    return (
        f"this request passed the layer of the Onboarding with url={seen.url!r}, and "
        f"the one with url={core.url!r} was asked about it"
    )
