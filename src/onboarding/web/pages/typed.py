"""Leaving a form for a while, without losing what stands in it."""

from starlette.responses import Response

from onboarding.errors import BadRequest
from onboarding.web.pages.call import Call


async def keep(call: Call) -> Response:
    """POST ``typed``: keep what stands in a form, and go on to sign in.

    A button of that form sends it, whose address says which form it is and on which
    page. Sent by the language switch, that page comes back in the other language.
    Nothing is looked at: the form itself is still to be sent.
    """
    if call.query("form") is None:
        raise BadRequest("form is the id of the form that is left")
    sent = await call.pressed()
    at = sent.text("next")
    if call.switches_language(sent):
        return call.go(call.local(at))
    return call.go(call.url("sign-in", next=at))
