"""By which provider somebody came in last in this browser: its button comes first.

People forget which one it was, and make a second account with another. The cookie holds
the provider's name as it stands in addresses, and nothing of who came in.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from onboarding.cookies import CookieSpec
from onboarding.web.context import cookies

if TYPE_CHECKING:
    from onboarding.web.context.request_context import RequestContext

WAY_KEPT_FOR = timedelta(days=365)


def last_way(context: "RequestContext") -> str | None:
    """Return the name of the provider that was used last, if there is such a one."""
    jar = cookies.jar(context.scope["headers"], context.core.cookie_names)
    name = jar.get(cookies.LAST_WAY)
    return name if name in context.core.providers else None


def forget_last_way(context: "RequestContext") -> None:
    """Let this browser forget it: who has their data erased leaves nothing here."""
    context.set_cookie(CookieSpec.clear(cookies.LAST_WAY))


def keep_last_way(context: "RequestContext", name: str) -> None:
    """Let this browser remember which provider it was."""
    seconds = int(WAY_KEPT_FOR.total_seconds())
    spec = CookieSpec(name=cookies.LAST_WAY, value=name, max_age=seconds)
    context.set_cookie(spec)
