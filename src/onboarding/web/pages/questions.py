"""The questions of a feature, and the answers that people give."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.errors import BadRequest, InvalidAnswer, NotFound
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.intake import Submitted, judge_visitor
from onboarding.profiling.model import Status
from onboarding.profiling.problems import NOT_ASKED
from onboarding.web.context.body import Body
from onboarding.web.context.nonce import NONCE
from onboarding.web.context.notices import leave_notice
from onboarding.web.pages import repeated
from onboarding.web.pages.call import Call
from onboarding.web.pages.closed import choose, facts_of, show_closed, show_facts
from onboarding.web.pages.known import decision_json, refused
from onboarding.web.pages.proposed import SaidOfProposal, describe, read_said
from onboarding.web.pages.question_form import BACK, read_form, read_typed
from onboarding.web.pages.question_page import (
    answer_page,
    is_kept,
    said_otherwise,
    with_answer,
)
from onboarding.web.pages.take_back import take_back
from onboarding.web.views.notices import NoticeAct
from onboarding.web.views.questions import (
    QuestionForm,
)

# ── asking ───────────────────────────────────────────────────────────────────


async def ask(call: Call) -> Response:
    """GET ``ask/{feature}``: what a feature asks now; nothing to ask leads on."""
    account, visit = call.account, call.visit
    feature = call.param("feature")
    decision = await call.core.profiling.decide(account, feature, visit=visit)
    if call.wants_json:
        return await decision_json(call, decision)
    page = choose(decision, call.query("instead"))
    form = QuestionForm(
        feature=feature,
        needs=page,
        wants=decision.wants,
        next=call.local(call.query("next")),
        back=call.local(call.query("back")),
    )
    if decision.status is Status.DENIED:
        return show_closed(call, decision, form)
    names = (*page, *decision.wants)
    if facts := facts_of(call, decision, page):
        return show_facts(call, decision, form, facts)
    if not names:
        return call.go(form.next)
    told = await call.core.profiling.of_today(account) if decision.again else {}
    again = {name: told[name].value for name in decision.again}
    form = replace(form, values=again | await read_typed(call, names))
    if account is not None:
        shown = call.core.profiling.shown
        call.context.after_response(
            partial(
                shown,
                account,
                names,
                feature=feature,
                visit=visit,
                again=decision.again,
            )
        )
    return await answer_page(call, form, decision)


async def change(call: Call) -> Response:
    """GET ``answers?question=``: one question again, with its answer so far."""
    name = call.query("question") or ""
    if name not in call.core.catalogue.questions:
        raise NotFound("no question has this name")
    profiling = call.core.profiling
    answers = await profiling.answers(call.account)
    known = await profiling.of_today(call.account)
    today = known.get(name)
    # None as well where the person would rather not say.
    value = today.value if today else None
    others = said_otherwise(answers, name)
    if call.wants_json:
        asked = await describe(call, [name])
        question = {"questions": asked, "value": value}
        return call.json(
            {**question, "suggested": others, "answer_at": call.url("answers")}
        )
    wanted = call.local(call.query("next"), call.url("account"))
    if not profiling.applying([name], known):
        # Whatever was answered would be refused; "My data" says why.
        return call.go(wanted)
    return await answer_page(
        call,
        QuestionForm(
            feature=None,
            needs=[name],
            next=wanted,
            back=wanted,
            values={name: value} | await read_typed(call, [name]),
            is_kept=is_kept(answers, name),
            others=others,
        ),
    )


# ── answering ────────────────────────────────────────────────────────────────


async def answer(call: Call) -> Response:
    """POST ``answers``: answer, not now, rather not say, or take back.

    A form names the questions that it drew in ``question``; JSON sends ``answers``
    by question, or names ``questions`` to snooze, decline or take back. What is
    proposed to a question is taken by its own button, or with ``accept``, ``question``
    and ``proposal``. A JSON request with an ``Idempotency-Key`` is done once, however
    often it comes.
    """
    sent = await call.body()
    if sent.text("do") == "take_back":
        return await take_back(call, sent)
    form = await read_form(call, sent)
    if call.switches_language(sent):
        return await _draw_again(call, call.account, form)
    if (said_of := read_said(sent)) is not None:
        return await _settle(call, sent, form, said_of)
    match sent.text("do"):
        case None | "answer":
            return await _say(call, sent, form, form.values, ())
        case "decline":
            return await _say(call, sent, form, {}, form.needs or form.wants)
        case "snooze":
            return await _snooze(call, form)
    raise BadRequest("do is answer, snooze, decline, take_back, accept or refuse")


async def _draw_again(
    call: Call, account: Account | None, form: QuestionForm
) -> Response:
    """Respond with a form as it was filled in, and how far its feature has come."""
    decision = None
    if form.feature is not None:
        decide, visit = call.core.profiling.decide, call.visit
        decision = await decide(account, form.feature, visit=visit)
    return await answer_page(call, await with_answer(call, account, form), decision)


async def _say(
    call: Call,
    sent: Body,
    form: QuestionForm,
    values: Mapping[str, JsonValue],
    declined: Sequence[str],
) -> Response:
    """Keep what is said; a visitor does not become a guest for what is refused."""
    key = repeated.read_key(call) if sent.json is not None else None
    if call.account is None:
        unusable = judge_visitor(
            call.core.catalogue,
            values=values,
            declined=declined,
            feature=form.feature,
            now=call.core.clock(),
        )
        if unusable is not None:
            return await _go_on(call, None, form, unusable)
    account = await call.context.ensure_account(sent.text(NONCE))

    async def keep() -> Submitted:
        profiling, feature = call.core.profiling, form.feature
        if declined:
            return await profiling.decline(account, declined, feature=feature)
        return await profiling.submit(account, values, feature=feature)

    submitted = await repeated.submitted_once(call, account, sent, key, keep)
    return await _go_on(call, account, form, submitted)


async def _settle(
    call: Call, sent: Body, form: QuestionForm, said_of: SaidOfProposal
) -> Response:
    """Take what is proposed, or refuse it; what else was typed is not lost by it."""
    account, profiling = call.account, call.core.profiling
    if account is None:  # signed out meanwhile: to a visitor nothing is proposed
        return await _draw_again(call, call.account, form)
    name, digest = said_of.press.question, said_of.press.digest
    said = {n: v for n, v in form.values.items() if n != name and v is not None}
    key = repeated.read_key(call) if sent.json is not None else None

    async def keep() -> Submitted:
        return await profiling.accept(
            account, name, digest, values=said, feature=form.feature
        )

    try:
        if said_of.is_right:
            submitted = await repeated.submitted_once(call, account, sent, key, keep)
            return await _go_on(call, account, form, submitted)
        await profiling.refuse(account, name, digest)
    except NotFound:
        if call.wants_json:
            raise
        # Another value took its place meanwhile: the page shows that one.
        return await _draw_again(call, call.account, form)
    if call.wants_json and form.feature is not None:
        decision = await profiling.decide(account, form.feature, visit=call.visit)
        return await decision_json(call, decision)
    # The question goes on being asked, unless they came from where it was not.
    stays = sent.text(BACK) is not None and not call.wants_json
    return await _draw_again(call, call.account, form) if stays else call.go(form.next)


async def _snooze(call: Call, form: QuestionForm) -> Response:
    # Of a visitor nothing is known, and "not now" is no reason to make a guest.
    account, names = call.account, (*form.needs, *form.wants)
    if account is not None and form.feature is not None:
        await call.core.profiling.snooze(
            account, names, feature=form.feature, visit=call.visit
        )
    await call.forget_typed()
    return call.go(form.back)


async def _go_on(
    call: Call, account: Account | None, form: QuestionForm, submitted: Submitted
) -> Response:
    if submitted.invalid and call.wants_json:
        return refused(call, submitted)
    form = _of_today(form, submitted.invalid)
    if form.errors:
        return await _draw_again(call, account, form)
    await call.forget_typed()
    closed = submitted.closed
    if closed:
        leave_notice(call.context, NoticeAct.ANSWER_CHANGED, dict.fromkeys(closed, ""))
    if form.feature is None and call.wants_json:
        return call.json({"location": form.next, "closed": list(closed)})
    if form.feature is None:
        return call.go(form.next)
    visit = call.visit
    decision = await call.core.profiling.decide(account, form.feature, visit=visit)
    if call.wants_json:
        return await decision_json(call, decision)
    if decision.is_open:
        return call.go(form.next)
    return call.go(call.url(f"ask/{form.feature}", next=form.next, back=form.back))


def _of_today(form: QuestionForm, invalid: Sequence[InvalidAnswer]) -> QuestionForm:
    """Return a form with what is wrong with it, without what is asked no more.

    Something else was answered since the page was drawn, so a question of it does not
    apply: asked once again it would be refused once again, whatever is answered. Where
    the person came to it by themselves, "My data" says so.
    """
    gone = {error.question for error in invalid if error.problem == NOT_ASKED}
    return replace(
        form,
        needs=[name for name in form.needs if name not in gone],
        wants=[name for name in form.wants if name not in gone],
        errors=[error for error in invalid if error.question not in gone],
    )
