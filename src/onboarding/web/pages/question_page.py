"""The page of a form of questions, and what leads to it."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from onboarding.accounts.model import Account
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.model import Answer, AnswerKind, Decision
from onboarding.web.pages.call import Call
from onboarding.web.pages.proposed import proposals_view
from onboarding.web.views.needs import draw_instead
from onboarding.web.views.questions import QuestionForm, draw_form, suggestions


def is_kept(answers: Sequence[Answer], name: str) -> bool:
    """Tell whether somebody told something that they may take back."""
    told = [a for a in answers if a.reply is AnswerKind.VALUE]
    return any(answer.question == name for answer in told)


def said_otherwise(answers: Sequence[Answer], name: str) -> list[JsonValue]:
    """Return what the same person said to a question before accounts came together."""
    return [v for a in answers if a.question == name for v in a.suggested]


async def answer_page(
    call: Call, form: QuestionForm, decision: Decision | None = None
) -> Response:
    """Respond with a form; answers that were refused say what to do."""
    catalogue = call.core.catalogue
    proposed = await proposals_view(call, (*form.needs, *form.wants))
    drawn = draw_form(form, texts=call.texts, catalogue=catalogue, decision=decision)
    return call.page(
        "onboarding/ask.html",
        status=422 if form.errors else 200,
        at=where(call, form, decision),
        door=door(call, where(call, form, decision)),
        unsent=bool(call.query("unsent")),
        lost=bool(call.query("lost")) and call.account is None,
        nonce=call.new_nonce(),
        others=suggestions(
            form.needs[0], form.others, texts=call.texts, catalogue=catalogue
        )
        if form.others
        else (),
        proposals=proposed.drawn(),
        instead=draw_instead(
            form.needs, call.texts, catalogue, decision, call.core.providers
        ),
        **drawn,
    )


def where(call: Call, form: QuestionForm, decision: Decision | None = None) -> str:
    """Return where a GET leads to this form, with the way that was chosen in it."""
    if form.feature is None:
        return call.url("answers", question=form.needs[0], next=form.next)
    others = [n for some in decision.instead.values() for n in some] if decision else []
    chosen = next((name for name in form.needs if name in others), None)
    return call.url(
        f"ask/{form.feature}", next=form.next, back=form.back, instead=chosen
    )


def door(call: Call, at: str) -> str | None:
    """Return where a sign-in leads back to, for who may have an account elsewhere."""
    is_in = call.registered is not None
    return None if is_in or not call.core.providers else at


async def with_answer(
    call: Call, account: Account | None, form: QuestionForm
) -> QuestionForm:
    """Return a form that knows the answer that there is, where it is about one."""
    if form.feature is not None:
        return form
    name = form.needs[0]
    answers = await call.core.profiling.answers(account)
    return replace(
        form,
        is_kept=is_kept(answers, name),
        others=said_otherwise(answers, name),
    )
