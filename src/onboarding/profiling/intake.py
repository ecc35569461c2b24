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

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from onboarding.accounts.model import Account
from onboarding.errors import InvalidAnswer
from onboarding.frozen import dataclass, field
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.profiling.ageing import is_stale
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.deciding import needed
from onboarding.profiling.effects import closed, opened
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Question,
    Source,
)
from onboarding.profiling.problems import NOT_ASKED, NOT_DECLINABLE, left_out
from onboarding.profiling.rules import Present, day_of, seen, told
from onboarding.profiling.validation import check, readable, spoken, stored, usable
from onboarding.segments.model import Mark, Truth
from onboarding.visible import is_blank


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
        closed: Features that were open, and are not with these answers.
    """

    saved: tuple[str, ...]
    changed: tuple[Answer, ...]
    invalid: tuple[InvalidAnswer, ...]
    typed: Mapping[str, JsonValue] = field(repr=False)
    opened: tuple[str, ...]
    closed: tuple[str, ...] = ()


def judge(
    catalogue: Catalogue[Any],
    account: Account,
    answers: Sequence[Answer],
    *,
    values: Mapping[str, JsonValue],
    declined: Collection[str],
    feature: str | None,
    moment: Present,
) -> Submitted:
    """Judge what one account says.

    Args:
        catalogue: The questions.
        account: Who says it.
        answers: Everything the account said before.
        values: What is said now, by question; None where a form said nothing.
        declined: Questions that the person would rather not answer.
        feature: The feature that asks; None where the person came by themselves.
        moment: When, and what is proven elsewhere.
    """
    batch = _Batch(catalogue, account, answers, feature, moment)
    for _ in batch.steps(values, declined):
        pass
    return batch.result(values)


def judge_visitor(
    catalogue: Catalogue[Any],
    *,
    values: Mapping[str, JsonValue],
    declined: Collection[str],
    feature: str | None,
    now: datetime,
) -> Submitted | None:
    """Judge what a visitor says, if nothing of it can be kept; else return None.

    It looks no further than to the first answer that can be: those are judged when
    there is an account that they belong to.
    """
    nobody = Account(id="", created_at=now)
    batch = _Batch(catalogue, nobody, (), feature, Present(now=now))
    for is_any_kept in batch.steps(values, declined):
        if is_any_kept:
            return None
    return batch.result(values)


class _Batch:
    """A judgement while it is made: what stands so far."""

    def __init__(
        self,
        catalogue: Catalogue[Any],
        account: Account,
        answers: Sequence[Answer],
        feature: str | None,
        moment: Present,
    ):
        self._catalogue = catalogue
        self._account = account
        self._feature = feature
        self._moment = moment
        self._today = day_of(moment.now)
        self._plan = catalogue.plans[feature] if feature else None
        self.offered = self._plan.path if self._plan else catalogue.questions
        self._kept = {answer.question: answer for answer in answers}
        self._before, self._typed = usable(
            catalogue.drafts, catalogue.questions, answers, moment.now
        )
        self._answers = dict(self._before)
        path = catalogue.path((*self.offered, *self._typed))
        steps = ((name, q.applies) for name, q in path.items())
        self._seen = seen(steps, self._answers, self._today)
        self._known = {n: v for n, v in self._typed.items() if self._holds(n)}
        self._guarded: dict[str, list[Question]] = {}
        for question in path.values():
            for name in question.guard.names if question.guard else ():
                self._guarded.setdefault(name, []).append(question)
        self._saved: list[str] = []
        self._changed: list[Answer] = []
        self._invalid: list[InvalidAnswer] = []
        self._crossed: dict[str, tuple[JsonValue, InvalidAnswer]] = {}
        self._silent: list[str] = []

    def steps(
        self, values: Mapping[str, JsonValue], declined: Collection[str]
    ) -> Iterator[bool]:
        """Take one answer after another; tell each time if any was kept so far."""
        for name in dict.fromkeys((*values, *declined)):
            if name not in self.offered:
                self.refuse(name, NOT_ASKED)
        for name, question in self.offered.items():
            if name in declined:
                self.decline(question)
            elif name in values:
                self.take(question, values[name])
            yield bool(self._saved)
        self.settle()
        self.miss()
        yield bool(self._saved)

    def refuse(self, name: str, problem: str) -> None:
        self._invalid.append(InvalidAnswer(name, problem))

    def decline(self, question: Question) -> None:
        if self._plan and not question.ask.declinable:
            self.refuse(question.name, NOT_DECLINABLE)
        elif self._plan and self._truth(question) is not Truth.TRUE:
            self.refuse(question.name, NOT_ASKED)
        else:
            self._keep(question.name, AnswerKind.DECLINED, None)

    def take(self, question: Question, value: JsonValue) -> None:
        name, value = question.name, spoken(value)
        if self._truth(question) is not Truth.TRUE:
            self.refuse(name, NOT_ASKED)
        elif value is None:
            self._silent.append(name)
        else:
            self._try(name, value)

    def _try(self, name: str, value: JsonValue) -> None:
        try:
            typed = check(self._catalogue.drafts, self._around(), name, value)
            self._accept(name, typed)
        except InvalidAnswer as error:
            if error.question:
                self._invalid += (error, *error.more)
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
            known = {**self._around(), **together}
            for name, (value, _) in self._crossed.items():
                check(drafts, known, name, value)
            for name, typed in together.items():
                self._accept(name, typed)
        except InvalidAnswer:
            by_problem = {e.problem: e for _, e in self._crossed.values()}
            self._invalid += by_problem.values()

    def _accept(self, name: str, typed: object) -> None:
        if typed is None or (isinstance(typed, str) and is_blank(typed)):
            self._silent.append(name)
            return
        kept = stored(self._catalogue.drafts, name, typed)
        self._typed[name] = typed
        self._keep(name, AnswerKind.VALUE, kept)

    def miss(self) -> None:
        """Refuse silence where an answer is still needed, once all else is known."""
        missing: Collection[str] = self._silent
        if self._plan is not None and self._silent:
            now, facts = self._moment.now, self._moment.facts
            missing = needed(self._plan, self._answers, now, facts)
        for name in self._silent:
            if name in missing:
                self._invalid += left_out(name, self._catalogue.parts(name))

    def _truth(self, question: Question) -> Truth:
        test = question.applies
        return test(self._seen, self._today) if test else Truth.TRUE

    def _holds(self, name: str) -> bool:
        return not isinstance(self._seen[name], Mark)

    def _around(self) -> Mapping[str, Any]:
        """Return what a rule across several fields may look at."""
        return self._known if self._catalogue.drafts.are_whole else {}

    def _look_again(self, question: Question) -> None:
        """See an answer that changed, and what hangs on it; all would be quadratic."""
        changed = [question]
        while changed:
            here = changed.pop()
            answer = self._answers.get(here.name)
            found = told(self._truth(here), answer)
            if here is not question and found is self._seen[here.name]:
                continue
            self._seen[here.name] = found
            self._known.pop(here.name, None)
            if self._holds(here.name) and here.name in self._typed:
                self._known[here.name] = self._typed[here.name]
            changed += self._guarded.get(here.name, ())

    def _keep(self, name: str, reply: AnswerKind, value: JsonValue) -> None:
        was, question = self._kept.get(name), self._catalogue.questions[name]
        source = Source.GUEST if self._account.is_guest else Source.PERSON
        self._saved.append(name)
        answer = Answer(
            account_id=self._account.id,
            question=name,
            reply=reply,
            value=value,
            source=source,
            feature=self._feature,
            answered_at=self._moment.now,
            purpose=question.ask.purpose,
            version=question.ask.version,
        )
        is_same = was and _content(was) == _content(answer) and not was.suggested
        if was and is_same and not is_stale(question, was, self._moment.now):
            return
        self._answers[name] = answer
        self._changed.append(answer)
        self._look_again(question)

    def _place(self, error: InvalidAnswer) -> int:
        return self._catalogue.order.get(error.question, -1)

    def result(self, values: Mapping[str, JsonValue]) -> Submitted:
        names = [answer.question for answer in self._changed]
        moves = self._catalogue, self._before, self._answers, names, self._moment
        return Submitted(
            saved=tuple(self._saved),
            changed=tuple(self._changed),
            invalid=tuple(sorted(self._invalid, key=self._place)),
            typed={n: v for n, v in values.items() if n not in self._saved},
            opened=opened(*moves),
            closed=closed(*moves),
        )


def _content(answer: Answer) -> tuple[object, ...]:
    """Return what makes it the same answer: saying that again writes nothing."""
    meant = answer.purpose, answer.version, answer.withdrawn
    return answer.reply, answer.source, canonical(answer.value), *meant
