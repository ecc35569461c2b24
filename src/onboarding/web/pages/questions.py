"""The questions of a feature, and the answers that people give."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.errors import BadRequest, NotFound
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.intake import Submitted, judge_visitor
from onboarding.profiling.model import Answer, AnswerKind, Decision, Status
from onboarding.web.context import errors
from onboarding.web.context.body import Body
from onboarding.web.context.nonce import NONCE
from onboarding.web.pages.call import Call
from onboarding.web.pages.closed import (
    address_of,
    choose,
    door_to,
    show_closed,
    show_facts,
)
from onboarding.web.pages.question_form import read_form, read_typed
from onboarding.web.views.questions import (
    QuestionForm,
    draw_form,
    suggestions,
)

# ── asking ───────────────────────────────────────────────────────────────────


async def ask(call: Call) -> Response:
    """GET ``ask/{feature}``: what a feature asks now; nothing to ask leads on."""
    account, visit = call.account, call.visit
    feature = call.param("feature")
    decision = await call.core.profiling.decision(account, feature, visit=visit)
    if call.wants_json:
        return _decision_json(call, decision)
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
    if not names:
        return (
            show_facts(call, decision, form) if decision.facts else call.go(form.next)
        )
    told = _told(await call.core.profiling.answers(account)) if decision.again else {}
    again = {name: told[name] for name in decision.again if name in told}
    form = replace(form, values=again | await read_typed(call, names))
    if account is not None:
        shown = call.core.profiling.shown
        call.context.after_response(
            partial(shown, account, names, feature=feature, visit=visit)
        )
    return _page(call, form, decision)


def _decision_json(call: Call, decision: Decision) -> Response:
    return call.json(
        {
            "feature": decision.feature,
            "state": decision.status.value,
            "questions": call.describe(decision.page),
            "instead": {
                name: call.describe(others) for name, others in decision.instead.items()
            },
            "facts": [fact.fact for fact in decision.facts],
            "wants": call.describe(decision.wants),
            "closed_by": [
                {"question": r.need, "state": r.state.value}
                for r in decision.reasons
                if r.ask is None
            ],
            "known": decision.known,
            "total": decision.total,
            "answer_at": call.url("answers"),
        }
    )


async def change(call: Call) -> Response:
    """GET ``answers?question=``: one question again, with its answer so far."""
    name = call.query("question") or ""
    if name not in call.core.catalogue.questions:
        raise NotFound("no question has this name")
    answers = await call.core.profiling.answers(call.account)
    values = _told(answers)
    if call.wants_json:
        others = _said_otherwise(answers, name)
        question = {"questions": call.describe([name]), "value": values.get(name)}
        return call.json(
            {**question, "suggested": others, "answer_at": call.url("answers")}
        )
    wanted = call.local(call.query("next"), call.url("account"))
    return _page(
        call,
        QuestionForm(
            feature=None,
            needs=[name],
            next=wanted,
            back=wanted,
            values=values | await read_typed(call, [name]),
            is_kept=name in values,
            others=_said_otherwise(answers, name),
        ),
    )


def _told(answers: Sequence[Answer]) -> dict[str, JsonValue]:
    """Return what somebody has told, by question."""
    return {a.question: a.value for a in answers if a.reply is AnswerKind.VALUE}


def _said_otherwise(answers: Sequence[Answer], name: str) -> list[JsonValue]:
    """Return what the same person said to a question before accounts came together."""
    return [v for a in answers if a.question == name for v in a.suggested]


def _page(call: Call, form: QuestionForm, decision: Decision | None = None) -> Response:
    """Respond with a form; answers that were refused say what to do."""
    catalogue = call.core.catalogue
    drawn = draw_form(form, texts=call.texts, catalogue=catalogue, decision=decision)
    return call.page(
        "onboarding/ask.html",
        status=422 if form.errors else 200,
        at=address_of(call, form),
        door=door_to(call, address_of(call, form)),
        unsent=bool(call.query("unsent")),
        lost=bool(call.query("lost")) and call.account is None,
        nonce=call.new_nonce(),
        others=suggestions(
            form.needs[0], form.others, texts=call.texts, catalogue=catalogue
        )
        if form.others
        else (),
        **drawn,
    )


# ── answering ────────────────────────────────────────────────────────────────


async def answer(call: Call) -> Response:
    """POST ``answers``: answer, not now, or rather not say.

    A form names the questions that it drew in ``question``; JSON sends ``answers``
    by question, or names ``questions`` to snooze or decline.
    """
    sent = await call.body()
    form = read_form(call, sent)
    if call.switches_language(sent):
        return await _again(call, form)
    match sent.text("do"):
        case None | "answer":
            return await _submit(call, sent, form)
        case "decline":
            return await _decline(call, sent, form)
        case "snooze":
            return await _snooze(call, form)
    raise BadRequest("do is answer, snooze or decline")


async def _again(call: Call, form: QuestionForm) -> Response:
    """Respond with a form as it was filled in, whatever that is."""
    account, decision = call.account, None
    if form.feature is not None:
        decision = await call.core.profiling.decision(
            account, form.feature, visit=call.visit
        )
    return _page(call, await _kept(call, account, form), decision)


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
        is_kept=name in _told(answers),
        others=_said_otherwise(answers, name),
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
        return _refused(call, submitted)
    if submitted.invalid:
        form = await _kept(call, account, form)
        return _page(call, replace(form, errors=submitted.invalid))
    await call.forget_typed()
    if form.feature is None:
        return call.go(form.next)
    visit = call.visit
    decision = await call.core.profiling.decision(account, form.feature, visit=visit)
    if call.wants_json:
        return _decision_json(call, decision)
    if decision.is_open:
        return call.go(form.next)
    return call.go(call.url(f"ask/{form.feature}", next=form.next, back=form.back))


def _refused(call: Call, submitted: Submitted) -> Response:
    """Say in JSON what was refused and why, and what was kept all the same."""
    say = call.texts.say
    problems = [
        {"question": error.question, "problem": say(error.problem, **error.slots)}
        for error in submitted.invalid
    ]
    first = submitted.invalid[0]
    facts = {"problems": cast("JsonValue", problems), "saved": list(submitted.saved)}
    return errors.respond_json(call.context, first, facts)
