"""A feature that no question opens now: an answer closes it, or a proof comes first."""

from collections.abc import Sequence
from functools import partial

from starlette.responses import Response

from onboarding.profiling.model import AnswerState, Decision
from onboarding.profiling.needs import Fact
from onboarding.web.pages.call import Call
from onboarding.web.pages.question_page import door, where
from onboarding.web.views.closed import draw_tests
from onboarding.web.views.needs import draw_facts
from onboarding.web.views.questions import QuestionForm, draw_questions, feature_title


def choose(decision: Decision, wanted: str | None) -> tuple[str, ...]:
    """Return what a page asks: of several that would do, the one that is wanted."""
    return tuple(
        wanted
        if wanted is not None and wanted in decision.instead.get(name, ())
        else name
        for name in decision.page
    )


def facts_of(call: Call, decision: Decision, page: Sequence[str]) -> list[Fact]:
    """Return what a page leads to that is no question; none where it asks questions."""
    plan = call.core.catalogue.plans[decision.feature]
    chosen = [fact for fact in plan.facts if fact.fact in page]
    return chosen or ([] if page else list(decision.facts))


def show_facts(
    call: Call, decision: Decision, form: QuestionForm, facts: Sequence[Fact]
) -> Response:
    """Respond with what has to be proven first, and where to do it."""
    here = call.url(f"ask/{decision.feature}", next=form.next, back=form.back)
    texts, plans = call.texts, call.core.catalogue.plans
    return call.page(
        "onboarding/facts.html",
        feature=feature_title(decision.feature, texts, plans),
        facts=draw_facts(facts, texts, call.core.providers),
        is_here=call.account is not None,
        here_again=here,
        back=form.back,
    )


def show_closed(call: Call, decision: Decision, form: QuestionForm) -> Response:
    """Respond with the answers that close a feature, each with a way to change it."""
    texts, catalogue = call.texts, call.core.catalogue
    draw = partial(draw_questions, texts=texts, catalogue=catalogue, required=False)
    by_state: dict[AnswerState, list[str]] = {}
    for reason in decision.reasons:
        by_state.setdefault(reason.state, []).append(reason.need)
    return call.page(
        "onboarding/closed.html",
        status=403,
        feature=feature_title(decision.feature, texts, catalogue.plans),
        questions=draw(by_state.get(AnswerState.DECLINED, ())),
        told=draw(by_state.get(AnswerState.VALUE, ())),
        tests=draw_tests(catalogue.plans[decision.feature], texts, catalogue),
        next=call.url(f"ask/{decision.feature}", next=form.next, back=form.back),
        back=form.back,
        door=door(call, where(call, form)),
    )
