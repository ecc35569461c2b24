"""One address of my page: shown to be mine, put right, or taken away."""

from starlette.responses import Response

from onboarding.accounts.model import Account, Contact, ContactLevel
from onboarding.accounts.own import contact_key
from onboarding.errors import BadRequest, InvalidAnswer, NotFound, SignInRequired
from onboarding.web.pages.call import Call


async def show(call: Call) -> Response:
    """GET ``account/address/{key}``: what may be done with one address."""
    _, contact = await _find(call)
    return _page(call, contact)


async def _find(call: Call) -> tuple[Account, Contact]:
    account = call.account
    if account is None:
        raise SignInRequired("there is no account here")
    contact = await call.core.contacts.find(account, call.param("key"))
    if contact is None:
        raise NotFound("there is no such address here")
    return account, contact


def _page(
    call: Call, contact: Contact, *, typed: str = "", problem: str = ""
) -> Response:
    is_proven = contact.level is ContactLevel.PROVEN
    here = call.url(f"account/address/{contact_key(contact)}")
    return call.page(
        "address.html",
        status=422 if problem else 200,
        at=here if problem else None,
        contact=contact,
        is_proven=is_proven,
        may_prove=call.core.mailer is not None and not is_proven,
        action=here,
        typed=typed,
        problem=problem,
    )


async def change(call: Call) -> Response:
    """POST ``account/address/{key}``: another in its place, or none."""
    account, contact = await _find(call)
    sent = await call.body()
    match sent.text("do"):
        case "remove":
            await call.core.contacts.remove(account, contact.address)
        case "correct":
            typed = sent.text("email") or ""
            try:
                await call.core.contacts.correct(account, contact.address, typed)
            except InvalidAnswer as error:
                if call.wants_json:
                    raise
                problem = call.texts.say(error.problem, **error.slots)
                return _page(call, contact, typed=typed, problem=problem)
        case _:
            raise BadRequest("do is remove or correct")
    call.core.wake_post()
    return call.go(call.url("account"))
