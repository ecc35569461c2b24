"""What carries a session: the cookie of a browser, or the token of an app.

Each is worth something in its own place alone. A browser sends its cookie by itself, so
what it causes is held against the site that it comes from (``protection``). A token
stands in ``Authorization: Bearer`` (RFC 6750 §2.1), which no browser sends by itself.
Where both come, the token counts and the cookie does not, whatever the token is worth:
or a page could act by the cookie and pass for an app. A token in the address or in the
body (RFC 6750 §2.2, §2.3) is not looked for: logs keep addresses.
"""

from functools import partial
from typing import TYPE_CHECKING

from onboarding.cookies import CookieSpec
from onboarding.errors import StoreError
from onboarding.web.context import cookies, noticing
from onboarding.web.context.protection import check_same_site

if TYPE_CHECKING:
    from onboarding.accounts.model import CurrentSession
    from onboarding.web.context.request_context import RequestContext


async def load_by_cookie(context: "RequestContext", tokens: list[bytes]) -> None:
    """Find the session of the session cookies that were sent, in one read.

    A cookie that grants nothing is cleared, and so are two of one name that differ,
    since one of them was planted. When the database cannot be read, nothing is cleared,
    and only who asks for the account learns of it.
    """
    try:
        token = tokens[0] if len(tokens) == 1 else cookies.agreed(tokens)
        if token is not None:
            current = await context.core.sessions.find(token.decode("latin-1"))
            context.current = current
            if current is not None and current.is_unwritten:
                # Only a session that came along was used; a new one was merely made.
                context.later = [partial(_touch, context, current)]
    except StoreError as error:
        context.store_error = error
        return
    if context.current is None:
        context.set_cookie(CookieSpec.clear(cookies.SESSION))
        if token is not None:
            noticing.notice_stranger(context.core, token.decode("latin-1"))


def tokens_in(line: bytes) -> list[bytes]:
    """Return what stands in ``Authorization: Bearer``; nothing of other schemes.

    A scheme is known in any case of letters (RFC 9110 §11.1).
    """
    scheme, _, token = line.strip().partition(b" ")
    return [token.strip()] if scheme.lower() == b"bearer" else []


async def load_by_token(context: "RequestContext", tokens: list[bytes]) -> None:
    """Find the session of an app's token, in one read.

    Of two that differ neither counts. One that is nobody's leaves a visitor, who is
    told so where they ask for more than anybody may have.
    """
    context.is_of_app = True
    core, token = context.core, cookies.agreed(tokens)
    if token is None:
        return
    try:
        current = await core.sessions.find_of_app(token.decode("latin-1"))
    except StoreError as error:
        context.store_error = error
        return
    if current is None or current.session.app not in core.apps:
        return
    context.current = current
    if current.is_unwritten:
        context.later = [partial(_touch, context, current)]


def check_request(context: "RequestContext") -> None:
    """Refuse a state change that another site may have caused by a browser's cookie.

    No site can send an app's token: a browser would ask us first (CORS), and we never
    say yes.

    Raises:
        CrossSiteRequest: As for ``check_same_site``.
    """
    if not context.is_of_app:
        check_same_site(context.scope["headers"], context.core.origin)


async def _touch(context: "RequestContext", current: "CurrentSession") -> None:
    await context.core.sessions.touch(current.session, context.locale)
