"""The questions of a feature, and the answers that people give."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.errors import BadRequest, NotFound
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.intake import Submitted, judge_visitor
from onboarding.profiling.model import AnswerState, Decision, Status
from onboarding.web.context.body import Body
from onboarding.web.context.nonce import NONCE
from onboarding.web.pages.call import Call
from onboarding.web.pages.known import decision_json, refused, said_otherwise, told_in
from onboarding.web.pages.proposed import (
    SaidOfProposal,
    describe,
    proposals_view,
    read_said,
)
from onboarding.web.pages.question_form import BACK, read_form, read_typed
from onboarding.web.views.questions import (
    QuestionForm,
    draw_form,
    draw_questions,
    feature_title,
    suggestions,
)

# ── asking ───────────────────────────────────────────────────────────────────


async def ask(call: Call) -> Response:
    """GET ``ask/{feature}``: what a feature asks now; nothing to ask leads on."""
    account, visit = call.account, call.visit
    feature = call.param("feature")
    decision = await call.core.profiling.decision(account, feature, visit=visit)
    names = (*decision.page, *decision.wants)
    if call.wants_json:
        return await decision_json(call, decision)
    form = QuestionForm(
        feature=feature,
        needs=decision.page,
        wants=decision.wants,
        next=call.local(call.query("next")),
        back=call.local(call.query("back")),
    )
    if decision.status is Status.DENIED:
        return _closed(call, decision, form)
    if not names:
        return call.go(form.next)
    form = replace(form, values=await read_typed(call, names))
    if account is not None:
        shown = call.core.profiling.shown
        call.context.after_response(
            partial(shown, account, names, feature=feature, visit=visit)
        )
    return await _page(call, form, decision)


def _closed(call: Call, decision: Decision, form: QuestionForm) -> Response:
    declined = [r.need for r in decision.reasons if r.state is AnswerState.DECLINED]
    texts, catalogue = call.texts, call.core.catalogue
    return call.page(
        "onboarding/closed.html",
        status=403,
        feature=feature_title(decision.feature, texts, catalogue.plans),
        questions=draw_questions(
            declined, texts=texts, catalogue=catalogue, required=False
        ),
        next=call.url(f"ask/{decision.feature}", next=form.next, back=form.back),
        back=form.back,
        door=_door(call, _at(call, form)),
    )


def _door(call: Call, at: str) -> str | None:
    """Return where a sign-in leads back to, for who may have an account elsewhere."""
    is_in = call.registered is not None
    return None if is_in or not call.core.providers else at


async def change(call: Call) -> Response:
    """GET ``answers?question=``: one question again, with its answer so far."""
    name = call.query("question") or ""
    if name not in call.core.catalogue.questions:
        raise NotFound("no question has this name")
    answers = await call.core.profiling.answers(call.account)
    values = told_in(answers)
    if call.wants_json:
        others = said_otherwise(answers, name)
        asked = await describe(call, [name])
        question = {"questions": asked, "value": values.get(name)}
        return call.json(
            {**question, "suggested": others, "answer_at": call.url("answers")}
        )
    wanted = call.local(call.query("next"), call.url("account"))
    return await _page(
        call,
        QuestionForm(
            feature=None,
            needs=[name],
            next=wanted,
            back=wanted,
            values=values | await read_typed(call, [name]),
            is_kept=name in values,
            others=said_otherwise(answers, name),
        ),
    )


async def _page(
    call: Call, form: QuestionForm, decision: Decision | None = None
) -> Response:
    """Respond with a form; answers that were refused say what to do."""
    catalogue = call.core.catalogue
    proposed = await proposals_view(call, (*form.needs, *form.wants))
    drawn = draw_form(form, texts=call.texts, catalogue=catalogue, decision=decision)
    return call.page(
        "onboarding/ask.html",
        status=422 if form.errors else 200,
        at=_at(call, form),
        door=_door(call, _at(call, form)),
        unsent=bool(call.query("unsent")),
        lost=bool(call.query("lost")) and call.account is None,
        nonce=call.new_nonce(),
        others=suggestions(
            form.needs[0], form.others, texts=call.texts, catalogue=catalogue
        )
        if form.others
        else (),
        proposals=proposed.drawn(),
        **drawn,
    )


def _at(call: Call, form: QuestionForm) -> str:
    """Return where a GET leads to this form."""
    if form.feature is None:
        return call.url("answers", question=form.needs[0], next=form.next)
    return call.url(f"ask/{form.feature}", next=form.next, back=form.back)


# ── answering ────────────────────────────────────────────────────────────────


async def answer(call: Call) -> Response:
    """POST ``answers``: answer, not now, or rather not say.

    A form names the questions that it drew in ``question``; JSON sends ``answers``
    by question, or names ``questions`` to snooze or decline. What is proposed to a
    question is taken by its own button, or with ``accept``, ``question``, ``proposal``.
    """
    sent = await call.body()
    form = read_form(call, sent)
    if call.switches_language(sent):
        return await _again(call, form)
    if (said_of := read_said(sent)) is not None:
        return await _settle(call, sent, form, said_of)
    match sent.text("do"):
        case None | "answer":
            return await _submit(call, sent, form)
        case "decline":
            return await _decline(call, sent, form)
        case "snooze":
            return await _snooze(call, form)
    raise BadRequest("do is answer, snooze, decline, accept or refuse")


async def _again(call: Call, form: QuestionForm) -> Response:
    """Respond with a form as it was filled in, whatever that is."""
    account, decision = call.account, None
    if form.feature is not None:
        decision = await call.core.profiling.decision(
            account, form.feature, visit=call.visit
        )
    return await _page(call, await _kept(call, account, form), decision)


async def _kept(
    call: Call, account: Account | None, form: QuestionForm
) -> QuestionForm:
    """Return a form that knows the answer that there is, where it is about one."""
    if form.feature is not None:
        return form
    name = form.needs[0]
    answers = await call.core.profiling.answers(account)
    return replace(
        form,
        is_kept=name in told_in(answers),
        others=said_otherwise(answers, name),
    )


async def _submit(call: Call, sent: Body, form: QuestionForm) -> Response:
    unusable = _nothing_usable(call, form, values=form.values)
    if unusable is not None:
        return await _go_on(call, None, form, unusable)
    account = await call.context.ensure_account(sent.text(NONCE))
    submitted = await call.core.profiling.submit(
        account, form.values, feature=form.feature
    )
    return await _go_on(call, account, form, submitted)


async def _settle(
    call: Call, sent: Body, form: QuestionForm, said_of: SaidOfProposal
) -> Response:
    """Take what is proposed, or refuse it; what else was typed is not lost by it."""
    account, profiling = call.account, call.core.profiling
    if account is None:  # signed out meanwhile: to a visitor nothing is proposed
        return await _again(call, form)
    name, digest = said_of.press.question, said_of.press.digest
    said = {n: v for n, v in form.values.items() if n != name and v is not None}
    try:
        if said_of.is_right:
            submitted = await profiling.accept(
                account, name, digest, values=said, feature=form.feature
            )
            return await _go_on(call, account, form, submitted)
        await profiling.refuse(account, name, digest)
    except NotFound:
        if call.wants_json:
            raise
        # Another value took its place meanwhile: the page shows that one.
        return await _again(call, form)
    if call.wants_json and form.feature is not None:
        decision = await profiling.decision(account, form.feature, visit=call.visit)
        return await decision_json(call, decision)
    # The question goes on being asked, unless they came from where it was not.
    stays = sent.text(BACK) is not None and not call.wants_json
    return await _again(call, form) if stays else call.go(form.next)


async def _decline(call: Call, sent: Body, form: QuestionForm) -> Response:
    names = form.needs or form.wants
    unusable = _nothing_usable(call, form, declined=names)
    if unusable is not None:
        return await _go_on(call, None, form, unusable)
    account = await call.context.ensure_account(sent.text(NONCE))
    submitted = await call.core.profiling.decline(account, names, feature=form.feature)
    return await _go_on(call, account, form, submitted)


def _nothing_usable(
    call: Call,
    form: QuestionForm,
    *,
    values: Mapping[str, JsonValue] | None = None,
    declined: Sequence[str] = (),
) -> Submitted | None:
    """Return what is wrong with a visitor's answers if none of them can be kept.

    A visitor does not become a guest for an answer that is refused.
    """
    if call.account is not None:
        return None
    return judge_visitor(
        call.core.catalogue,
        values=values or {},
        declined=declined,
        feature=form.feature,
        now=call.core.clock(),
    )


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
    if submitted.invalid:
        form = await _kept(call, account, form)
        return await _page(call, replace(form, errors=submitted.invalid))
    await call.forget_typed()
    if form.feature is None:
        return call.go(form.next)
    visit = call.visit
    decision = await call.core.profiling.decision(account, form.feature, visit=visit)
    if call.wants_json:
        return await decision_json(call, decision)
    if decision.is_open:
        return call.go(form.next)
    return call.go(call.url(f"ask/{form.feature}", next=form.next, back=form.back))
