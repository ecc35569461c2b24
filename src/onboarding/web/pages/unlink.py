"""One way to sign in of my page: looked at, and taken away."""

from starlette.responses import Response

from onboarding.accounts.linking import BY_PASSKEY
from onboarding.accounts.model import Account, IdentityLink
from onboarding.accounts.own import identity_key
from onboarding.errors import BadRequest, NotFound, SignInRequired
from onboarding.web.context.notices import leave_notice
from onboarding.web.pages.call import Call
from onboarding.web.views.notices import NoticeAct


async def show(call: Call) -> Response:
    """GET ``account/way/{key}``: what it means to take a way to sign in away."""
    account = _require_registered(call)
    link = await _find(call, account)
    if link is None:
        raise NotFound("there is no such way to sign in here")
    call.core.accounts.check_fresh(call.context.current_session())
    title = _title(call, link)
    is_last = not await call.core.accounts.list_other_ways(account, link)
    here = call.url(f"account/way/{identity_key(link)}")
    if call.wants_json:
        told = {"key": identity_key(link), "provider": link.provider, "title": title}
        return call.json({**told, "is_last": is_last, "unlink_at": here})
    return call.page(
        "onboarding/unlink.html",
        provider=title,
        name=link.name or link.email,
        is_last=is_last,
        action=here,
    )


def _title(call: Call, link: IdentityLink) -> str:
    if link.provider == BY_PASSKEY:
        return call.texts.plain("passkey.title")
    known = call.core.providers.get(link.provider)
    return known.title if known else link.provider


def _require_registered(call: Call) -> Account:
    account = call.registered
    if account is None:
        raise SignInRequired("nobody has signed in here")
    return account


async def _find(call: Call, account: Account) -> IdentityLink | None:
    known, key = await call.core.accounts.list_identities(account), call.param("key")
    return next((link for link in known if identity_key(link) == key), None)


async def unlink(call: Call) -> Response:
    """POST ``account/way/{key}``: the identity leads to this account no more.

    Pressed twice, it leads where it led before; what is gone is no error.
    """
    sent = await call.body()
    account = _require_registered(call)
    if sent.text("do") != "unlink":
        raise BadRequest("do is unlink")
    current = call.context.current_session()
    call.core.accounts.check_fresh(current)
    link = await _find(call, account)
    if link and await call.core.accounts.unlink(
        account, link.issuer, link.subject, keep=current
    ):
        call.core.wake_post()
        leave_notice(call.context, NoticeAct.UNLINKED)
    return call.go(call.url("account"))
