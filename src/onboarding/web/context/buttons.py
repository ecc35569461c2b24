"""The buttons to sign in, as this browser and this moment have them."""

from typing import TYPE_CHECKING

from onboarding.web.context.last_way import last_way
from onboarding.web.views.sign_in import SignInButton, sign_in_buttons

if TYPE_CHECKING:
    from onboarding.web.context.request_context import RequestContext


def buttons_of(context: "RequestContext") -> list[SignInButton]:
    """Return a button for each provider: the last used first, those that are down last.

    Args:
        context: Of the request.
    """
    core = context.core
    if not core.providers:  # and so nothing that speaks to them
        return []
    is_down = core.code_flow.outages.is_down
    return sign_in_buttons(core.providers.values(), last_way(context), is_down)
