"""A merge that waits: what would come along, and one word about it."""

from starlette.responses import Response

from onboarding.accounts.asking import (
    Asking,
    MergeAnswered,
    MergeChoice,
    WaitingMerge,
)
from onboarding.accounts.merge_plan import told
from onboarding.errors import BadRequest, NotFound
from onboarding.web.context.notices import leave_notice, leave_sign_in
from onboarding.web.pages.call import Call
from onboarding.web.views.merge import MergeView
from onboarding.web.views.notices import NoticeAct


def _asking(call: Call) -> Asking:
    if call.core.asking is None:
        raise NotFound("nobody is asked here")
    return call.core.asking


async def ask(call: Call) -> Response:
    """GET ``merge``: what would come along; it changes nothing."""
    waiting = await _asking(call).find(call.cookies, call.context.current_session())
    if waiting is not None:
        return _plan_page(call, waiting)
    # The ten minutes are over, or it was said in another tab: whoever is not in signs
    # in again, and is asked again.
    wanted = await _asking(call).find_next(call.cookies)
    if call.registered:
        return call.go(wanted or call.url("account"))
    return call.go(call.url("sign-in", next=wanted))


def _plan_page(call: Call, waiting: WaitingMerge) -> Response:
    """Show a plan; again, and as a conflict, where it is no more the one they saw."""
    status = 409 if waiting.has_changed else 200
    plan = waiting.plan
    if call.wants_json:
        shown = {"merge": told(plan), "plan": plan.digest, "next": waiting.next}
        return call.json(shown, status)
    view = MergeView(call.texts, call.core.catalogue, call.core.belongings)
    return call.page(
        "onboarding/merge.html",
        status=status,
        at=call.url("merge") if waiting.has_changed else None,
        rows=list(view.rows(plan)),
        plan=plan.digest,
        next=waiting.next,
        has_changed=waiting.has_changed,
    )


async def answer(call: Call) -> Response:
    """POST ``merge``: bring it along, or keep it apart; either way they are in.

    A plan that has become another one since it was shown is shown again first.
    """
    sent = await call.body()
    said = sent.text("do")
    if said not in tuple(MergeChoice):
        raise BadRequest("do is along or apart")
    call.context.next = await _asking(call).find_next(call.cookies)
    outcome = await _asking(call).answer(
        MergeChoice(said),
        shown=sent.text("plan") or "",
        current=call.context.current_session(),
        cookies=call.cookies,
    )
    if isinstance(outcome, WaitingMerge):
        return _plan_page(call, outcome)
    return _enter(call, outcome)


def _enter(call: Call, answered: MergeAnswered) -> Response:
    for cookie in answered.cookies:
        call.context.set_cookie(cookie)
    if answered.signed_in is not None:
        call.core.wake_post()
        call.context.start_session(answered.signed_in.new_session)
        if answered.choice is MergeChoice.APART:
            leave_notice(call.context, NoticeAct.KEPT_APART)
        else:
            leave_sign_in(call.context, answered.signed_in)
    return call.go(answered.next)
