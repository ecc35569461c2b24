"""The ways to sign in, to choose from: for who comes, and for who is in already."""

from collections.abc import Mapping

from starlette.responses import Response

from onboarding.accounts.linking import BY_PASSKEY
from onboarding.accounts.model import Account, ContactLevel
from onboarding.web.pages.call import Call
from onboarding.web.views.sign_in import linked_buttons, unlinked_buttons


async def choose(call: Call) -> Response:
    """GET ``sign-in``: the ways to sign in; who is in and wants to go on does.

    Who is in and asks for nothing else sees their ways, and may add one. With
    ``fresh``, something asked them to sign in once more: they choose from their own.
    """
    return await _choose(call)


async def choose_again(call: Call) -> Response:
    """POST ``sign-in``: the same in another language, with the address as typed."""
    sent = await call.body()
    call.switches_language(sent)
    return await _choose(call, sent.text("email") or "")


async def _choose(call: Call, typed: str = "") -> Response:
    account, wanted = call.registered, call.local(call.query("next"))
    if call.wants_json:
        return call.json(await _told(call, account, wanted))
    if account is None:
        return _page_of_visitors(call, wanted, typed)
    is_fresh = _is_fresh(call)
    goes_on = is_fresh if call.query("fresh") else call.query("next")
    if goes_on and not call.query("stopped"):
        return call.go(wanted)
    if is_fresh:
        return await _page_to_add(call, account, typed)
    return await _page_to_come_again(call, account)


def _is_fresh(call: Call) -> bool:
    return call.core.sessions.is_fresh(call.context.current_session())


async def _told(call: Call, account: Account | None, wanted: str) -> dict[str, object]:
    """Return the ways as JSON; for who is in, which of them are theirs."""
    known = set()
    if account:
        links = await call.core.accounts.list_identities(account)
        known = {link.provider for link in links}
    providers = [
        {
            "name": way.name,
            "title": way.title,
            "begin_at": call.url(f"sign-in/{way.name}"),
            "last_used": way.is_last,
            "down": way.is_down,
            **({"linked": way.name in known} if account else {}),
        }
        for way in call.buttons()
    ]
    by_mail = call.core.mailer is not None
    return {
        "signed_in": account is not None,
        **({"fresh": _is_fresh(call)} if account else {}),
        "next": wanted,
        "providers": providers,
        **({"email_at": call.url("sign-in/email")} if by_mail else {}),
        **_passkeys(call),
    }


def _passkeys(call: Call) -> Mapping[str, str]:
    """Return where passkeys are made and used, as JSON."""
    if not call.core.has_passkeys:
        return {}
    new_at, sign_in_at = call.url("passkey/new"), call.url("passkey/sign-in")
    return {"new_passkey_at": new_at, "passkey_at": sign_in_at}


def _at(call: Call) -> str:
    names = "next", "guest", "stopped", "fresh"
    return call.url("sign-in", **{name: call.query(name) for name in names})


def _stopped(call: Call) -> str | None:
    """Return what people call the provider at which they stopped."""
    found = call.core.providers.get(call.query("stopped") or "")
    return found.title if found else None


def _page_of_visitors(call: Call, wanted: str, typed: str) -> Response:
    return call.page(
        "onboarding/sign-in.html",
        at=_at(call),
        typed=typed,
        ways=call.buttons(),
        passkeys=call.core.has_passkeys,
        # Who did nothing here has nothing to keep.
        new_passkey="passkey.keep" if call.account else "passkey.make",
        by_mail=call.core.mailer is not None,
        asks=call.core.asking is not None,
        next=wanted,
        stopped=_stopped(call),
        guest_way=None if call.query("guest") == "no" else wanted,
    )


async def _page_to_add(call: Call, account: Account, typed: str) -> Response:
    """Show who has just signed in their ways, and what they may add."""
    links = await call.core.accounts.list_identities(account)
    wanted, buttons = call.query("next"), call.buttons()
    return call.page(
        "onboarding/ways.html",
        at=_at(call),
        typed=typed,
        own=[way.title for way in linked_buttons(buttons, links)],
        addresses=await _addresses(call, account),
        ways=unlinked_buttons(buttons, links),
        passkeys=call.core.has_passkeys,
        by_mail=call.core.mailer is not None,
        next=call.local(wanted, call.url("account")),
        stopped=_stopped(call),
    )


async def _page_to_come_again(call: Call, account: Account) -> Response:
    """Show who signed in a while ago the ways that they have: no other helps."""
    links = await call.core.accounts.list_identities(account)
    return call.page(
        "onboarding/again.html",
        at=_at(call),
        ways=linked_buttons(call.buttons(), links),
        passkeys=any(link.provider == BY_PASSKEY for link in links),
        addresses=await _addresses(call, account),
        next=call.local(call.query("next"), call.url("sign-in")),
        stopped=_stopped(call),
    )


async def _addresses(call: Call, account: Account) -> list[str]:
    """Return the addresses to which a letter lets them in."""
    if call.core.mailer is None:
        return []
    known = await call.core.accounts.list_contacts(account)
    return [one.typed for one in known if one.level is ContactLevel.PROVEN]
