"""A stranger's first write: whoever may still make one becomes a guest."""

from typing import TYPE_CHECKING

from onboarding.accounts.model import NewSession
from onboarding.limiting.model import LimitedAct
from onboarding.web.context.limiting import limit
from onboarding.web.context.nonce import trusted_nonce

if TYPE_CHECKING:
    from onboarding.web.context.request_context import RequestContext


async def start_guest(context: "RequestContext", nonce: str | None) -> NewSession:
    """Make a guest for a request of nobody's.

    Args:
        context: Of the request.
        nonce: As for ``RequestContext.ensure_account``.

    Raises:
        TooManyGuests: When too many were made; nothing is written then.
    """
    await limit(context, LimitedAct.GUEST)
    core, headers = context.core, context.scope["headers"]
    return await core.guests.start(trusted_nonce(headers, core.origin, nonce))
