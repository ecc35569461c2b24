"""My data: everything known, where it came from, and its way out."""

import json
from collections.abc import Collection, Mapping

from starlette.responses import Response

from onboarding.accounts.belongings import Plans
from onboarding.accounts.model import Account, Ending
from onboarding.accounts.planned import Outcome
from onboarding.errors import AccountEnded, SignInRequired
from onboarding.profiling.model import Answer
from onboarding.profiling.proposal import Proposal
from onboarding.tokens import Signer
from onboarding.web.context.last_way import forget_last_way
from onboarding.web.context.notices import leave_notice
from onboarding.web.context.responses import SAFE_HEADERS
from onboarding.web.context.typed import forget_typed
from onboarding.web.pages import partials
from onboarding.web.pages.call import Call
from onboarding.web.views.account import AccountView
from onboarding.web.views.notices import NoticeAct


async def show(call: Call) -> Response:
    """GET ``account``: everything we know; a visitor reads that it is nothing."""
    account = call.account
    if account is None:
        if call.wants_json:
            return call.json({"account": {"kind": "visitor"}})
        ways = call.core.providers or call.core.has_passkeys
        return call.page("onboarding/nobody.html", ways=ways)
    told = await call.core.data.read(account)
    if call.wants_json:
        return call.json(told)
    asks = call.core.asks
    today, applying, proposals = None, None, {}
    if asks:
        profiling = call.core.profiling
        today = await profiling.of_today(account)
        applying = profiling.applying(call.core.catalogue.questions, today)
        proposals = await profiling.proposals(account)
    return call.page(
        "onboarding/account.html",
        keep_it=await partials.keep_it(call.context, next=call.url("account")),
        # A guest has no way back in: signing out would lose all of it, without a word.
        may_sign_out=not account.is_guest,
        # A guest has the offer to keep it all, with the same button.
        adds_passkeys=call.core.has_passkeys and not account.is_guest,
        sections=list(_view(call, today, proposals, applying).sections(told)),
        asks=asks,
    )


def _view(
    call: Call,
    today: Mapping[str, Answer] | None = None,
    proposals: Mapping[str, Proposal] | None = None,
    applying: Collection[str] | None = None,
) -> AccountView:
    core = call.core
    return AccountView(
        texts=call.texts,
        url=call.url,
        catalogue=core.catalogue,
        providers=core.providers,
        buttons=call.buttons(),
        prompts=core.prompts,
        resources=core.belongings,
        by_mail=core.mailer is not None,
        apps=core.apps,
        site_name=core.site_name,
        proposals=proposals,
        now=core.clock(),
        today=today,
        applying=applying,
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


async def take_back(call: Call) -> Response:
    """POST ``account/take-back``: what a merge has set aside comes to the account."""
    account = _require_account(call)
    key = (await call.body()).text("key") or ""
    back = await call.core.parked.take_back(account, key)
    # Nobody is told off for a second click: it is back, and the page shows it.
    if back is not None:
        moved = {back.resource: f"{Outcome.ADDED}:{len(back.rows)}"}
        leave_notice(call.context, NoticeAct.TAKEN_BACK, moved)
    return call.go(call.url("account"))


async def before_erasure(call: Call) -> Response:
    """GET ``account/erase``: what would go, and what must stay, and why."""
    account = call.account
    if account is None:
        return call.go(call.url("account"))
    planned = await call.core.data.plan_erase(account)
    rows = _view(call).erasure(planned)
    of = _erasing(call).sign(account.id)
    if call.wants_json:
        shown = [
            {
                "what": row.title,
                "stays": row.stays,
                "reason": row.reason,
                "until": row.until and row.until.isoformat(),
            }
            for row in rows
        ]
        at = call.url("account/erase")
        return call.json({"rows": shown, "erase_at": at, "of": of})
    return call.page("onboarding/erase.html", rows=rows, of=of)


def _erasing(call: Call) -> Signer:
    """Sign whose data a page offers to erase."""
    return call.core.keys.signer("erase")


async def erase(call: Call) -> Response:
    """POST ``account/erase``: all of it goes; "My data" then says so.

    The page says whose data it showed. Pressed again, when nobody is here any more, it
    says again that it is done; left open until somebody else is here, it shows what
    would go of theirs, and nothing goes.
    """
    sent = await call.body()
    of = _erasing(call).unsign(sent.text("of") or "")
    if call.account is None and await _is_erased(call, of):
        leave_notice(call.context, NoticeAct.ERASED)
        return call.go(call.url("account"))
    account = _require_account(call)
    if isinstance(of, str) and of != account.id:
        return call.go(call.url("account/erase"))
    plans = await _erase(call, account.id)
    kept = {
        one.name: plan.until.date().isoformat() if plan.until else ""
        for one, plan in plans
        if plan.outcome is Outcome.KEPT and plan.count
    }
    await forget_typed(call.context)
    call.context.end_session()
    forget_last_way(call.context)
    leave_notice(call.context, NoticeAct.ERASED, kept)
    return call.go(call.url("account"))


async def _erase(call: Call, account_id: str) -> Plans:
    """Erase an account; of two who press the button at once, both read that it is."""
    try:
        return await call.core.data.erase(account_id)
    except AccountEnded:
        if not await _is_erased(call, account_id):
            raise
        return ()


async def _is_erased(call: Call, account_id: object) -> bool:
    if not isinstance(account_id, str):
        return False
    ended = await call.core.accounts.find(account_id)
    return ended is not None and ended.ending is Ending.ERASED
