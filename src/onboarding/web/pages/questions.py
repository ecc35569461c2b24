"""The questions of a feature, and what people say to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.errors import BadRequest, InvalidAnswer, NotFound
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.intake import Submitted, judge
from onboarding.profiling.model import Decision, Reply, State, Status
from onboarding.web.context import errors
from onboarding.web.context.body import Body
from onboarding.web.pages.call import BACK, NONCE, Call
from onboarding.web.views.questions import describe_questions, draw_questions


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """A page of questions, before it is drawn.

    Attributes:
        feature: The feature that asks; None where the person came by themselves.
        needs: Names of questions without which it stays closed.
        wants: Names of those it would like to know.
        next: Where to go once it is open.
        back: Where "not now" leads.
        values: What was said before, by question.
        wrong: What is wrong with it.
    """

    feature: str | None
    needs: Sequence[str]
    wants: Sequence[str] = ()
    next: str
    back: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    wrong: Sequence[InvalidAnswer] = ()


# ── asking ───────────────────────────────────────────────────────────────────


async def ask(call: Call) -> Response:
    """GET ``ask/{feature}``: what a feature asks now; nothing to ask leads on."""
    account, visit = call.account, call.visit
    feature = call.param("feature")
    decision = await call.core.profiling.decision(account, feature, visit=visit)
    names = (*decision.page, *decision.wants)
    if call.wants_json:
        return _told(call, decision)
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
    if account is not None:
        shown = call.core.profiling.shown
        call.context.after_response(
            partial(shown, account, names, feature=feature, visit=visit)
        )
    return _page(call, form, decision)


def _told(call: Call, decision: Decision) -> Response:
    return call.json(
        {
            "feature": decision.feature,
            "status": decision.status.value,
            "questions": describe_questions(call.context, decision.page),
            "wants": describe_questions(call.context, decision.wants),
            "known": decision.known,
            "total": decision.total,
            "answer_at": call.url("answers"),
        }
    )


def _closed(call: Call, decision: Decision, form: QuestionForm) -> Response:
    declined = [r.need for r in decision.reasons if r.state is State.DECLINED]
    return call.page(
        "closed.html",
        status=403,
        feature=errors.feature_title(call.context, decision.feature, call.texts),
        questions=draw_questions(call.context, declined, required=False),
        next=call.url(f"ask/{decision.feature}", next=form.next, back=form.back),
        back=form.back,
    )


async def change(call: Call) -> Response:
    """GET ``answers?question=``: one question again, with what was said to it."""
    name = call.query("question") or ""
    if name not in call.core.catalogue.questions:
        raise NotFound("no question has this name")
    answers = await call.core.profiling.answers(call.account)
    said = {a.question: a.value for a in answers if a.reply is Reply.VALUE}
    if call.wants_json:
        asked = {
            "questions": describe_questions(call.context, [name]),
            "value": said.get(name),
        }
        return call.json({**asked, "answer_at": call.url("answers")})
    wanted = call.local(call.query("next"), call.url("account"))
    form = QuestionForm(
        feature=None, needs=[name], next=wanted, back=wanted, values=said
    )
    return _page(call, form)


def _page(call: Call, form: QuestionForm, decision: Decision | None = None) -> Response:
    """Draw the questions; those that were refused say what to do."""
    context, texts = call.context, call.texts
    needs = draw_questions(
        context, form.needs, required=True, values=form.values, errors=form.wrong
    )
    wants = draw_questions(
        context, form.wants, required=False, values=form.values, errors=form.wrong
    )
    feature = form.feature
    first = (needs or wants)[0].name
    plan = call.core.catalogue.plans[feature].feature if feature else None
    return call.page(
        "ask.html",
        status=422 if form.wrong else 200,
        feature=feature and errors.feature_title(context, feature, texts),
        form=form,
        needs=needs,
        wants=wants,
        known=decision.known if decision else 0,
        total=decision.total if decision else 0,
        remaining=len(decision.must) if decision else len(needs),
        button=texts.say(plan.button) if plan and plan.button else None,
        may_decline=all(one.declinable for one in needs or wants),
        closes=bool(plan and set(form.needs) & set(plan.needs)),
        unsent=bool(call.query("unsent")),
        problems=[
            (error.question or first, texts.say(error.problem, **error.slots))
            for error in form.wrong
        ],
        nonce=call.new_nonce(),
    )


# ── what people say ──────────────────────────────────────────────────────────


async def answer(call: Call) -> Response:
    """POST ``answers``: answer, not now, or rather not say.

    A form names the questions that it drew in ``question``; JSON sends ``answers``
    by question, or names ``questions`` to snooze or decline.
    """
    sent = await call.body()
    said = _said(call, sent)
    match sent.text("do"):
        case None | "answer":
            return await _keep(call, sent, said)
        case "decline":
            return await _decline(call, sent, said)
        case "snooze":
            return await _snooze(call, said)
    raise BadRequest("do is answer, snooze or decline")


def _said(call: Call, sent: Body) -> QuestionForm:
    """Read the form that was sent, whatever it claims: names are checked here."""
    feature = sent.text("feature") or None
    if feature is not None and feature not in call.core.catalogue.plans:
        raise NotFound("there is no such feature")
    names, values = _values(call, sent)
    if not names:
        raise BadRequest("no question is answered")
    hard = call.core.catalogue.plans[feature].hard if feature else set(names)
    home = call.core.home if feature else call.url("account")
    return QuestionForm(
        feature=feature,
        needs=[name for name in names if name in hard],
        wants=[name for name in names if name not in hard],
        next=call.local(sent.text("next"), home),
        back=call.local(sent.text(BACK), home),
        values=values,
    )


def _values(call: Call, sent: Body) -> tuple[list[str], dict[str, JsonValue]]:
    catalogue = call.core.catalogue
    if sent.json is None:
        names = sent.form.get("question", [])
        values = catalogue.parse(names, sent.form)
    else:
        answers = sent.json.get("answers") or {}
        listed = sent.json.get("questions") or []
        if not isinstance(answers, dict) or not isinstance(listed, list):
            raise BadRequest("answers is an object, questions a list of names")
        values = dict(answers)
        names = [*values, *(name for name in listed if isinstance(name, str))]
    strange = [name for name in names if name not in catalogue.questions]
    if strange:
        raise InvalidAnswer(strange[0], "answer.not_asked")
    return list(dict.fromkeys(names)), values


async def _keep(call: Call, sent: Body, said: QuestionForm) -> Response:
    tried = _try(call, said, values=said.values)
    if tried is not None:
        return await _go_on(call, None, said, tried)
    account = await call.context.ensure_account(sent.text(NONCE))
    submitted = await call.core.profiling.submit(
        account, said.values, feature=said.feature
    )
    return await _go_on(call, account, said, submitted)


async def _decline(call: Call, sent: Body, said: QuestionForm) -> Response:
    names = said.needs or said.wants
    tried = _try(call, said, declined=names)
    if tried is not None:
        return await _go_on(call, None, said, tried)
    account = await call.context.ensure_account(sent.text(NONCE))
    submitted = await call.core.profiling.decline(account, names, feature=said.feature)
    return await _go_on(call, account, said, submitted)


def _try(
    call: Call,
    said: QuestionForm,
    *,
    values: Mapping[str, JsonValue] | None = None,
    declined: Sequence[str] = (),
) -> Submitted | None:
    """Return what became of a visitor's answers if none of them can be kept.

    Nobody becomes a guest by a slip of the pen.
    """
    if call.account is not None:
        return None
    now = call.core.clock()
    tried = judge(
        call.core.catalogue,
        Account(id="", created_at=now),
        [],
        values=values or {},
        declined=declined,
        feature=said.feature,
        now=now,
    )
    return None if tried.saved else tried


async def _snooze(call: Call, said: QuestionForm) -> Response:
    # Of a visitor nothing is known, and "not now" is no reason to begin.
    account, names = call.account, (*said.needs, *said.wants)
    if account is not None and said.feature is not None:
        await call.core.profiling.snooze(
            account, names, feature=said.feature, visit=call.visit
        )
    return call.go(said.back)


async def _go_on(
    call: Call, account: Account | None, said: QuestionForm, submitted: Submitted
) -> Response:
    if submitted.invalid:
        wrong = replace(said, wrong=submitted.invalid)
        return _refused(call, submitted) if call.wants_json else _page(call, wrong)
    if said.feature is None:
        return call.go(said.next)
    visit = call.visit
    decision = await call.core.profiling.decision(account, said.feature, visit=visit)
    if call.wants_json:
        return _told(call, decision)
    if decision.is_open:
        return call.go(said.next)
    return call.go(call.url(f"ask/{said.feature}", next=said.next, back=said.back))


def _refused(call: Call, submitted: Submitted) -> Response:
    """Say in JSON what was refused and why, and what was kept all the same."""
    say = call.texts.say
    problems = [
        {"question": error.question, "problem": say(error.problem, **error.slots)}
        for error in submitted.invalid
    ]
    first = submitted.invalid[0]
    facts = {"problems": cast("JsonValue", problems), "saved": list(submitted.saved)}
    return errors.problem(call.context, first, facts)
