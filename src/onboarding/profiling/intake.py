"""What becomes of a batch of answers: a pure judgement, one answer at a time.

Each answer stands alone: good ones are kept although others are refused. They are
taken in the order of the catalogue, so that an answer may make the next one apply.
What was not offered is refused: a feature takes its own questions only, and nobody
answers a question that does not apply. A person who comes by themselves may take
back every answer, also one that is hidden now or that a page would insist on.

A rule of the model across several fields sees what is known and what the batch has
brought so far. What breaks it is tried again at the end, all together: two answers
that need each other are taken at once, or neither is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.accounts.model import Account
from onboarding.errors import InvalidAnswer
from onboarding.jsonvalue import JsonValue
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    AnswerState,
    Question,
    Source,
    Status,
)
from onboarding.profiling.problems import MISSING, NOT_ASKED, NOT_DECLINABLE
from onboarding.profiling.rules import Truth, applies, canonical, states, status
from onboarding.profiling.validation import check, readable, stored, usable


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What becomes of a batch of answers.

    Attributes:
        saved: Questions whose answer stands now, also where it stood before.
        changed: The answers that are new, or other ones than before.
        invalid: One for each answer that is refused; what was said before stays.
            Question ``""`` is a rule across several.
        typed: What was not saved, as it was said, to be put before the person again.
        opened: Features that these answers open.
    """

    saved: tuple[str, ...]
    changed: tuple[Answer, ...]
    invalid: tuple[InvalidAnswer, ...]
    typed: Mapping[str, JsonValue] = field(repr=False)
    opened: tuple[str, ...]


def judge(
    catalogue: Catalogue[Any],
    account: Account,
    answers: Sequence[Answer],
    *,
    values: Mapping[str, JsonValue],
    declined: Collection[str],
    feature: str | None,
    now: datetime,
) -> Submitted:
    """Judge what one account says.

    Args:
        catalogue: The questions.
        account: Who says it.
        answers: Everything the account said before.
        values: What is said now, by question; None where a form said nothing.
        declined: Questions that the person would rather not answer.
        feature: The feature that asks; None where the person came by themselves.
        now: The present instant.
    """
    batch = _Batch(catalogue, account, answers, feature, now)
    for name in dict.fromkeys((*values, *declined)):
        if name not in batch.offered:
            batch.refuse(name, NOT_ASKED)
    for name, question in batch.offered.items():
        if name in declined:
            batch.decline(question)
        elif name in values:
            batch.take(question, values[name])
    batch.settle()
    return batch.result(values)


class _Batch:
    """A judgement while it is made: what stands so far."""

    def __init__(
        self,
        catalogue: Catalogue[Any],
        account: Account,
        answers: Sequence[Answer],
        feature: str | None,
        now: datetime,
    ):
        self._catalogue = catalogue
        self._account = account
        self._feature = feature
        self._now = now
        self._plan = catalogue.plans[feature] if feature else None
        self.offered = self._plan.path if self._plan else catalogue.questions
        self._kept = {answer.question: answer for answer in answers}
        self._before, self._typed = usable(
            catalogue.drafts, catalogue.questions, answers
        )
        self._answers = dict(self._before)
        self._saved: list[str] = []
        self._changed: list[Answer] = []
        self._invalid: list[InvalidAnswer] = []
        self._crossed: dict[str, tuple[JsonValue, InvalidAnswer]] = {}

    def refuse(self, name: str, problem: str) -> None:
        self._invalid.append(InvalidAnswer(name, problem))

    def decline(self, question: Question) -> None:
        if self._plan and not question.ask.declinable:
            self.refuse(question.name, NOT_DECLINABLE)
        elif self._plan and not self._applies(question):
            self.refuse(question.name, NOT_ASKED)
        else:
            self._keep(question.name, AnswerKind.DECLINED, None)

    def take(self, question: Question, value: JsonValue) -> None:
        name = question.name
        if not self._applies(question):
            self.refuse(name, NOT_ASKED)
            return
        if value is None:
            self._silence(name)
            return
        try:
            typed = check(self._catalogue.drafts, self._known(), name, value)
            self._accept(name, typed)
        except InvalidAnswer as error:
            if error.question:
                self._invalid.append(error)
            else:
                self._crossed[name] = value, error

    def settle(self) -> None:
        if not self._crossed:
            return
        drafts = self._catalogue.drafts
        try:
            together = {
                n: readable(drafts, n, v) for n, (v, _) in self._crossed.items()
            }
            known = self._known() | together
            for name, (value, _) in self._crossed.items():
                check(drafts, known, name, value)
            for name, typed in together.items():
                self._accept(name, typed)
        except InvalidAnswer:
            by_problem = {e.problem: e for _, e in self._crossed.values()}
            self._invalid += by_problem.values()

    def _accept(self, name: str, typed: object) -> None:
        if typed is None:
            self._silence(name)
            return
        kept = stored(self._catalogue.drafts, name, typed)
        self._typed[name] = typed
        self._keep(name, AnswerKind.VALUE, kept)

    def _silence(self, name: str) -> None:
        if self._plan is None or name in self._plan.hard:
            self.refuse(name, MISSING)

    def _applies(self, question: Question) -> bool:
        guard = question.guard
        if guard is None:
            return True
        found = self._states([guard.question])
        return applies(guard, found, self._answers) is Truth.TRUE

    def _states(self, names: Iterable[str]) -> dict[str, AnswerState]:
        """Return what is known of these, and of what they hang on."""
        return states(self._catalogue.path(names).values(), self._answers)

    def _known(self) -> dict[str, Any]:
        """Return what a rule across several fields may look at."""
        if not self._catalogue.drafts.are_whole:
            return {}
        found = self._states(self._typed)
        return {n: v for n, v in self._typed.items() if found[n] is AnswerState.VALUE}

    def _keep(self, name: str, reply: AnswerKind, value: JsonValue) -> None:
        was = self._kept.get(name)
        source = Source.GUEST if self._account.is_guest else Source.PERSON
        self._saved.append(name)
        is_same = was and _said(was) == (reply, source, canonical(value))
        if was and is_same and not was.suggested:
            return
        answer = Answer(
            account_id=self._account.id,
            question=name,
            reply=reply,
            value=value,
            source=source,
            feature=self._feature,
            answered_at=self._now,
        )
        self._answers[name] = answer
        self._changed.append(answer)

    def result(self, values: Mapping[str, JsonValue]) -> Submitted:
        return Submitted(
            saved=tuple(self._saved),
            changed=tuple(self._changed),
            invalid=tuple(self._invalid),
            typed={n: v for n, v in values.items() if n not in self._saved},
            opened=tuple(sorted(self._opened())),
        )

    def _opened(self) -> set[str]:
        """Return the features that were not open before and are now."""
        dependents = self._catalogue.dependents
        touched = {f for answer in self._changed for f in dependents[answer.question]}
        plans = [self._catalogue.plans[feature] for feature in touched]
        return {
            plan.feature.name
            for plan in plans
            if status(plan, self._before) is not Status.OPEN
            and status(plan, self._answers) is Status.OPEN
        }


def _said(answer: Answer) -> tuple[AnswerKind, Source, str]:
    return answer.reply, answer.source, canonical(answer.value)
