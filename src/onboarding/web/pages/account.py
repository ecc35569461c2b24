"""My data: everything known, where it came from, and its way out."""

import json

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.errors import SignInRequired
from onboarding.web.pages import partials
from onboarding.web.pages.call import Call
from onboarding.web.views import personal_data
from onboarding.web.views.account import AccountView
from onboarding.web.views.renderer import SAFE_HEADERS


async def show(call: Call) -> Response:
    """GET ``account``: everything we know; a visitor reads that it is nothing."""
    account = call.account
    if account is None:
        if call.wants_json:
            return call.json({"kind": "visitor"})
        return call.page("nobody.html", ways=call.core.providers)
    found = await personal_data.gather(call.core, account)
    if call.wants_json:
        return call.json(personal_data.as_json(account, found))
    return call.page(
        "account.html",
        keep_it=await partials.keep_it(call.context, next=call.url("account")),
        # A guest has no way back in: signing out would lose all of it, without a word.
        may_sign_out=not account.is_guest,
        sections=list(AccountView(call.context).sections(found)),
    )


def _somebody(call: Call) -> Account:
    """Return who is here: only who has data can take it along or have it erased."""
    account = call.account
    if account is None:
        raise SignInRequired("there is no account here")
    return account


async def export(call: Call) -> Response:
    """POST ``account/export``: everything known, as one file."""
    told = await call.core.data.export(_somebody(call))
    headers = SAFE_HEADERS | {
        "content-disposition": 'attachment; filename="my-data.json"'
    }
    text = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    return Response(text, headers=headers, media_type="application/json")


async def before_erasure(call: Call) -> Response:
    """GET ``account/erase``: what would go, and what must stay, and why."""
    account = call.account
    if account is None:
        return call.go(call.url("account"))
    planned = await call.core.data.plan_erase(account)
    fates = AccountView(call.context).erasure(planned)
    if call.wants_json:
        rows = [{"what": f.title, "stays": f.stays, "reason": f.reason} for f in fates]
        return call.json({"rows": rows, "erase_at": call.url("account/erase")})
    return call.page("erase.html", rows=fates)


async def erase(call: Call) -> Response:
    """POST ``account/erase``: all of it goes; "My data" then says so."""
    await call.core.data.erase(_somebody(call).id)
    call.context.end_session()
    return call.go(call.url("account"))
