"""My data: everything known, where it came from, and its way out."""

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.errors import SignInRequired
from onboarding.web.context.responses import SAFE_HEADERS
from onboarding.web.pages import partials
from onboarding.web.pages.call import Call
from onboarding.web.views.account import AccountView
from onboarding.web.views.personal_data import OWN_RESOURCES, PersonalData, as_json

if TYPE_CHECKING:
    from onboarding.core import Core


async def show(call: Call) -> Response:
    """GET ``account``: everything we know; a visitor reads that it is nothing."""
    account = call.account
    if account is None:
        if call.wants_json:
            return call.json({"kind": "visitor"})
        return call.page("nobody.html", ways=call.core.providers)
    data = await _personal_data(call.core, account)
    if call.wants_json:
        return call.json(as_json(account, data))
    return call.page(
        "account.html",
        keep_it=await partials.keep_it(call.context, next=call.url("account")),
        # A guest has no way back in: signing out would lose all of it, without a word.
        may_sign_out=not account.is_guest,
        sections=list(_view(call).sections(data)),
    )


async def _personal_data(core: "Core[Any]", account: Account) -> PersonalData:
    """Return everything known of an account."""
    planned = await core.data.plan_erase(account)
    counts = [(name, plan.count) for name, plan in planned if name not in OWN_RESOURCES]
    return PersonalData(
        answers=await core.profiling.answers(account),
        identities=await core.accounts.list_identities(account),
        contacts=await core.accounts.list_contacts(account),
        resources=[(name, count) for name, count in counts if count],
        responses=await core.feedback.responses(account),
        receipts=await core.accounts.list_receipts(account),
    )


def _view(call: Call) -> AccountView:
    core = call.core
    return AccountView(
        texts=call.texts,
        url=call.url,
        catalogue=core.catalogue,
        providers=core.providers,
        prompts=core.prompts,
        site_name=core.site_name,
        now=core.clock(),
    )


def _require_account(call: Call) -> Account:
    """Return who is here: only who has data can take it along or have it erased."""
    account = call.account
    if account is None:
        raise SignInRequired("there is no account here")
    return account


async def export(call: Call) -> Response:
    """POST ``account/export``: everything known, as one file."""
    data = await call.core.data.export(_require_account(call))
    headers = SAFE_HEADERS | {
        "content-disposition": 'attachment; filename="my-data.json"'
    }
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    return Response(text, headers=headers, media_type="application/json")


async def before_erasure(call: Call) -> Response:
    """GET ``account/erase``: what would go, and what must stay, and why."""
    account = call.account
    if account is None:
        return call.go(call.url("account"))
    planned = await call.core.data.plan_erase(account)
    rows = _view(call).erasure(planned)
    if call.wants_json:
        shown = [{"what": r.title, "stays": r.stays, "reason": r.reason} for r in rows]
        return call.json({"rows": shown, "erase_at": call.url("account/erase")})
    return call.page("erase.html", rows=rows)


async def erase(call: Call) -> Response:
    """POST ``account/erase``: all of it goes; "My data" then says so."""
    await call.core.data.erase(_require_account(call).id)
    call.context.end_session()
    return call.go(call.url("account"))
