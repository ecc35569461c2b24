"""An address that is in use, confirmed by a letter to it."""

from starlette.responses import Response

from onboarding.accounts.model import Purpose
from onboarding.accounts.outcome import Confirming
from onboarding.web.pages.call import Call


async def ask_by_mail(call: Call) -> Response:
    """POST ``confirm/mail``: write to the address of the identity that waits here.

    Where the letter goes stands in what waits, and in nothing that is sent. Where a
    letter would be of no use, or another identity waits by now than the page showed,
    that page is shown again, and says so.
    """
    sent = await call.body()
    current = call.context.current_session()
    found = await call.core.waiting_identities.find(call.cookies, current)
    is_shown = found and sent.text("id") in (None, found.id)
    if not found or not is_shown or found.confirming is not Confirming.SIGN_IN:
        return call.go(call.url("confirm", next=sent.text("next")))
    cookie = await call.core.proofs.ask(
        Purpose.MAIL_CONFIRM,
        found.address or "",
        current=current,
        locale=call.context.locale,
        next=found.next,
        shown=found.hint,
        bound=await call.core.waiting_identities.bind(found, call.cookies),
    )
    call.context.set_cookie(cookie)
    call.core.wake_post()
    return call.go(call.url("prove"))
