"""The orders that this browser may look at, since it opened their links: a cookie.

It is signed and ends by itself; whether an order still has the same owner is asked
each time. It holds no address and no secret of a link.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from onboarding.cookies import OURS, CookieSpec
from onboarding.web.context import cookies

if TYPE_CHECKING:
    from onboarding.orders.model import OrderGrant
    from onboarding.web.context.request_context import RequestContext

GRANTS = f"{OURS}-orders"

MOST_GRANTS = 5
"""Orders that one browser holds open; the one opened longest ago goes first."""


def grants_of(context: "RequestContext") -> "list[OrderGrant]":
    """Return the grants of this browser, the latest first; an app has none."""
    if context.is_of_app:
        return []
    names = context.core.cookie_names
    sent = cookies.jar(context.scope["headers"], names).get(GRANTS, "")
    return context.core.orders.links.grants_in(sent) if sent else []


def add_grant(context: "RequestContext", grant: "OrderGrant") -> None:
    """Let this browser look at one more order."""
    others = [one for one in grants_of(context) if one.order != grant.order]
    _keep(context, [grant, *others][:MOST_GRANTS])


def drop_grant(context: "RequestContext", order: str) -> None:
    """Forget the grant of an order, as once it is claimed."""
    _keep(context, [one for one in grants_of(context) if one.order != order])


def _keep(context: "RequestContext", grants: "Iterable[OrderGrant]") -> None:
    kept = list(grants)
    if not kept:
        context.set_cookie(CookieSpec.clear(GRANTS))
        return
    last = max(one.until for one in kept)
    seconds = int((last - context.core.clock()).total_seconds())
    value = context.core.orders.links.keep(kept)
    context.set_cookie(CookieSpec(name=GRANTS, value=value, max_age=seconds))
