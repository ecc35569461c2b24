"""One sentence for the page that follows an act, carried by a cookie, read once.

The cookie says which act it was and how much of what came along, or until when what
stays, or which features closed: no name, no address.
It is signed, so that a notice is always ours.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from onboarding.cookies import OURS, CookieSpec
from onboarding.tokens import Signer
from onboarding.web.context import cookies
from onboarding.web.views.notices import Notice, NoticeAct, draw_notice

if TYPE_CHECKING:
    from onboarding.accounts.outcome import SignInResult
    from onboarding.web.context.request_context import RequestContext

NOTICE = f"{OURS}-notice"

WAITS_FOR = timedelta(minutes=5)
"""After that, the page is not the one that follows."""

LONGEST_NOTICE = 2_000
"""Characters of the cookie: what came along is left out where there is more of it.

Browsers keep 4,096 bytes of a cookie (RFC 6265 §6.1), and servers some 8,000 of all.
"""


def leave_notice(
    context: "RequestContext", act: NoticeAct, moved: Mapping[str, str] | None = None
) -> None:
    """Leave a notice for the next page that this browser shows.

    Args:
        context: Of the request by which the act was done.
        act: What was done.
        moved: What came along, as a receipt keeps it; or what stays, and until when.
    """
    signer = _signer(context)
    value = signer.sign([act, dict(moved or {})])
    if len(value) > LONGEST_NOTICE:
        value = signer.sign([act, {}])
    seconds = int(WAITS_FOR.total_seconds())
    context.set_cookie(CookieSpec(name=NOTICE, value=value, max_age=seconds))


def leave_sign_in(context: "RequestContext", result: "SignInResult") -> None:
    """Leave the notice of a sign-in."""
    receipt = result.receipt
    leave_notice(context, NoticeAct(result.how), receipt.moved if receipt else None)


def take_notice(context: "RequestContext") -> Notice | None:
    """Return the notice that waits for this page, and let the browser forget it.

    None where none waits, where it was read in this request already, and where nobody
    sees the response: in a POST, or a page that is fetched ahead of time.
    """
    if not context.is_page_view or context.sets_cookie(NOTICE):
        return None
    core = context.core
    sent = cookies.jar(context.scope["headers"], core.cookie_names).get(NOTICE)
    if sent is None:
        return None
    context.set_cookie(CookieSpec.clear(NOTICE))
    match _signer(context).unsign(sent):
        case [str(act), dict(moved)] if act in tuple(NoticeAct):
            words = context.texts, core.belongings, core.features
            return draw_notice(NoticeAct(act), moved, *words)
    return None


def _signer(context: "RequestContext") -> Signer:
    return context.core.keys.signer("notice")
