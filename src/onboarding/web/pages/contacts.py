"""One address of my page: shown to be mine, put right, or taken away."""

from starlette.responses import Response

from onboarding.accounts.model import Account, Contact, ContactLevel
from onboarding.accounts.own import contact_key
from onboarding.emails import normalise
from onboarding.errors import BadRequest, InvalidAnswer, NotFound, SignInRequired
from onboarding.web.context.body import Body
from onboarding.web.pages.call import Call

NO_ADDRESS = "there is no such address here"


async def show(call: Call) -> Response:
    """GET ``account/address/{key}``: what may be done with one address."""
    contact = await _find(call, _require_account(call))
    if contact is None:
        raise NotFound(NO_ADDRESS)
    _check_fresh(call, contact)
    typed = await call.typed()
    return _page(call, contact, typed=typed.text("email") if typed else "")


def _require_account(call: Call) -> Account:
    account = call.account
    if account is None:
        raise SignInRequired("there is no account here")
    return account


def _check_fresh(call: Call, contact: Contact) -> None:
    """Let nobody change a way to sign in who did not just come in by one."""
    if call.registered and contact.level is ContactLevel.PROVEN:
        call.core.accounts.check_fresh(call.context.current_session())


async def _find(call: Call, account: Account) -> Contact | None:
    return await call.core.contacts.find(account, call.param("key"))


def _page(
    call: Call, contact: Contact, *, typed: str = "", problem: str = ""
) -> Response:
    is_proven = contact.level is ContactLevel.PROVEN
    here = call.url(f"account/address/{contact_key(contact)}")
    return call.page(
        "onboarding/address.html",
        status=422 if problem else 200,
        at=here,
        contact=contact,
        is_proven=is_proven,
        may_prove=call.core.mailer is not None and not is_proven,
        action=here,
        typed=typed,
        problem=problem,
    )


async def _is_done(call: Call, account: Account, sent: Body) -> bool:
    """Tell whether what is asked of an address that is not here was done before.

    Whoever presses twice reads what came of it, and not that there is no such page.
    """
    if sent.text("do") == "remove":
        return True
    right = normalise(sent.text("email") or "")
    known = await call.core.accounts.list_contacts(account)
    return any(contact.address == right for contact in known)


async def change(call: Call) -> Response:
    """POST ``account/address/{key}``: another in its place, or none."""
    sent = await call.body()
    account = _require_account(call)
    contact = await _find(call, account)
    if contact is None:
        if not await _is_done(call, account, sent):
            raise NotFound(NO_ADDRESS)
        return call.go(call.url("account"))
    if call.switches_language(sent):
        return _page(call, contact, typed=sent.text("email") or "")
    _check_fresh(call, contact)
    contacts, keep = call.core.contacts, call.context.current_session()
    match sent.text("do"):
        case "remove":
            await contacts.remove(account, contact.address, keep=keep)
        case "correct":
            typed = sent.text("email") or ""
            try:
                await contacts.correct(account, contact.address, typed, keep=keep)
            except InvalidAnswer as error:
                if call.wants_json:
                    raise
                problem = call.texts.say(error.problem, **error.slots)
                return _page(call, contact, typed=typed, problem=problem)
        case _:
            raise BadRequest("do is remove or correct")
    call.core.wake_post()
    await call.forget_typed()
    return call.go(call.url("account"))
