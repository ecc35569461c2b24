"""What a guest may tell, and what a front end may ask about who is here."""

from starlette.responses import Response

from onboarding.accounts.model import Account, ContactLevel
from onboarding.emails import check_address
from onboarding.errors import InvalidAnswer
from onboarding.web.context.nonce import NONCE
from onboarding.web.pages.call import Call


async def ask_contact(call: Call) -> Response:
    """GET ``guest``: the form for an address."""
    wanted = call.local(call.query("next"))
    if call.wants_json:
        return call.json({"next": wanted, "answer_at": call.url("guest")})
    typed = await call.typed()
    return _page(call, wanted, typed.text("email") if typed else "")


def _page(call: Call, wanted: str, typed: str = "", problem: str = "") -> Response:
    return call.page(
        "onboarding/guest.html",
        status=422 if problem else 200,
        at=call.url("guest", next=wanted),
        problem=problem,
        typed=typed,
        next=wanted,
    )


async def give_contact(call: Call) -> Response:
    """POST ``guest``: keep an address to reach a guest by; it opens nothing.

    The response is the same whether or not an account here has the address.
    """
    sent = await call.body()
    typed = sent.text("email") or ""
    wanted = call.local(sent.text("next"))
    if call.switches_language(sent):
        return _page(call, wanted, typed)
    try:
        check_address(typed)  # before anybody becomes a guest for it
        account = await call.context.ensure_account(sent.text(NONCE))
        contact = await call.core.guests.give_contact(account, typed)
    except InvalidAnswer as error:
        if call.wants_json:
            raise
        return _page(call, wanted, typed, call.texts.say(error.problem, **error.slots))
    await call.forget_typed()
    if call.wants_json:
        return call.json({"email": contact.typed, "next": wanted})
    return call.go(wanted)


async def who(call: Call) -> Response:
    """GET ``me``: who this is, for a front end: kind, level, what is open, a nonce.

    Always JSON. The nonce goes with a visitor's first write, so that two of them at
    once make one guest.
    """
    account, core = call.account, call.core
    facts: dict[str, object] = {
        "kind": account.kind.value if account else "visitor",
        "level": await _level(call, account) if account else None,
        "features": {
            name: (await core.profiling.decide(account, name)).status.value
            for name in core.features
        },
    }
    if account is not None:
        facts["account"] = account.id
    else:
        facts["nonce"] = call.new_nonce()
    return call.json(facts)


async def _level(call: Call, account: Account) -> str | None:
    """Return how well somebody can be reached: the best of their addresses."""
    contacts = await call.core.accounts.list_contacts(account)
    best = max((contact.level for contact in contacts), default=None)
    return None if best is None else ContactLevel(best).name.lower()
