"""Why a feature is as it is for somebody: what it needs, who said what, what opens it.

An explanation holds no answer of anybody's: where an answer came from and when, what
is wanted, but never what was said. So it may stand in a log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any as Anything

from onboarding.frozen import dataclass
from onboarding.locales.texts import Texts
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    AnswerState,
    Decision,
    Plan,
    Reason,
    Source,
    Status,
)
from onboarding.profiling.needs import Need
from onboarding.profiling.validation import usable
from onboarding.profiling.wording import Wording
from onboarding.segments.model import Any, Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where something that counts came from.

    Attributes:
        question: To which question.
        reply: Whether a value was said, or that they would rather not.
        source: Who said it.
        via: Name of the provider, where that is the source.
        at: When.
    """

    question: str
    reply: AnswerKind
    source: Source
    via: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A need that is not met.

    Attributes:
        need: As the host declared it; ``Any(…)`` where one of several is enough.
        of: The feature that declares it: this one, or one that comes before it.
        question: The question, or what a fact is called, that this is about.
        state: What is known of it.
        guard: What makes the question apply, or decides whether it does.
        known: Where what this hangs on came from.
        ask: The question to answer, or the fact to prove, that moves it on; None
            where an answer closes it, which then is to change, or to give after all.
    """

    need: Need
    of: str
    question: str
    state: AnswerState
    guard: Condition | None
    known: tuple[Known, ...]
    ask: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a feature is open, asks, or is closed for somebody.

    Attributes:
        feature: Its name.
        status: What becomes of who opens it.
        unmet: Each need that is not met, in order.
    """

    feature: str
    status: Status
    unmet: tuple[Unmet, ...]

    def sentences(
        self, texts: Texts, catalogue: Catalogue[Anything]
    ) -> tuple[str, ...]:
        """Return it as people read it: whoever is asked, support staff, or a log.

        No sentence tells what anybody answered.

        Args:
            texts: The language.
            catalogue: The words of the questions.
        """
        if not self.unmet:
            return (texts.plain("explanation.open"),)
        wording = Wording(catalogue, texts)
        return tuple(
            line for one in self.unmet for line in _sentences(one, texts, wording)
        )


def explained(
    catalogue: Catalogue[Anything],
    decision: Decision,
    said: Sequence[Answer],
    now: datetime,
) -> Explanation:
    """Return why a decision is as it is.

    Args:
        catalogue: The questions and features.
        decision: What was decided of one of these features.
        said: All that was answered, also what is no longer usable.
        now: The present instant.
    """
    plan = catalogue.plans[decision.feature]
    answers, _ = usable(catalogue.drafts, catalogue.questions, said, now)
    by_names = {tuple(m.name for m in group.ways): group for group in plan.groups}
    unmet = []
    for reason in decision.reasons:
        group = by_names[reason.among or (reason.need,)]
        declared = [member.declared for member in group.ways]
        question = plan.path.get(reason.need)
        guard = question.guard.condition if question and question.guard else None
        unmet.append(
            Unmet(
                need=declared[0] if len(declared) == 1 else Any(*declared),  # type: ignore[arg-type]  # needs
                of=group.feature,
                question=reason.need,
                state=reason.state,
                guard=guard,
                known=tuple(_known(_below(plan, reason), answers)),
                ask=reason.ask,
            )
        )
    return Explanation(
        feature=decision.feature, status=decision.status, unmet=tuple(unmet)
    )


def _below(plan: Plan, reason: Reason) -> set[str]:
    """Return the questions that a need hangs on."""
    found: set[str] = set()
    waiting = [*(reason.among or (reason.need,))]
    while waiting:
        here = waiting.pop()
        if here in plan.path and here not in found:
            found.add(here)
            guard = plan.path[here].guard
            waiting += guard.names if guard else ()
    return found


def _known(names: Iterable[str], answers: Mapping[str, Answer]) -> Iterator[Known]:
    for name in sorted(set(names) & answers.keys()):
        answer = answers[name]
        yield Known(
            question=name,
            reply=answer.reply,
            source=answer.source,
            via=answer.via,
            at=answer.answered_at,
        )


# ── as people read it ────────────────────────────────────────────────────────


def _sentences(unmet: Unmet, texts: Texts, wording: Wording) -> Iterator[str]:
    yield texts.plain("explanation.need", need=wording.need(unmet.need))
    if unmet.state is AnswerState.DECLINED:
        yield texts.plain("explanation.denied")
    elif unmet.state is AnswerState.VALUE:
        yield texts.plain("explanation.value")
    else:
        yield texts.plain("explanation.unknown")
    if unmet.guard is not None:
        is_decided = unmet.ask in {None, unmet.question}
        key = "explanation.guard" if is_decided else "explanation.undecided"
        yield texts.plain(key, guard=wording.condition(unmet.guard))
    for known in unmet.known:
        yield _told(known, texts, wording)
    yield _opens(unmet, texts, wording)


def _told(known: Known, texts: Texts, wording: Wording) -> str:
    question, day = wording.question(known.question), texts.long_date(known.at)
    if known.reply is AnswerKind.DECLINED:
        key = "explanation.told_declined"
        return texts.plain(key, question=question, date=day)
    if known.source is Source.PROVIDER:
        return texts.plain(
            "explanation.told_by", question=question, date=day, provider=known.via
        )
    is_guest = known.source is Source.GUEST
    key = "explanation.told_guest" if is_guest else "explanation.told"
    return texts.plain(key, question=question, date=day)


def _opens(unmet: Unmet, texts: Texts, wording: Wording) -> str:
    need = wording.need(unmet.need)
    if unmet.ask is not None and not wording.knows(unmet.ask):
        return texts.plain("explanation.prove", need=need)
    question = wording.question(unmet.ask or unmet.question)
    if unmet.ask is not None:
        return texts.plain("explanation.ask", question=question)
    if unmet.state is AnswerState.DECLINED:
        return texts.plain("explanation.tell", question=question)
    return texts.plain("explanation.change", question=question, need=need)
