"""Leaving a form for a while, without losing what stands in it."""

from starlette.responses import Response

from onboarding.limiting.model import LimitedAct
from onboarding.web.context.language import path_in_any
from onboarding.web.context.typed import keep_typed
from onboarding.web.pages.call import Call


async def keep(call: Call) -> Response:
    """POST ``typed``: keep what stands in a form, and go on to sign in.

    A button of that form sends it, whose address says which form it is and on which
    page. Sent by the language switch, that page comes back in the other language.
    Nothing is looked at: the form itself is still to be sent.
    """
    sent = await call.body()
    at = call.context.next = path_in_any(call.local(call.query("at")))
    await call.limit(LimitedAct.GUEST)  # as much is kept of anybody as of a guest
    await keep_typed(call.context, sent.form, id=call.query("form") or "", at=at)
    if call.switches_language(sent):
        return call.go(at)
    return call.go(call.url("sign-in", next=at))
