"""What becomes of a person's features and profile when some answers go: a judgement.

It compares what holds before with what would hold after; nothing is written.
"""

from collections.abc import Collection, Sequence
from typing import Any

from onboarding.accounts.model import Account
from onboarding.errors import NotFound
from onboarding.frozen import dataclass
from onboarding.names import unknown
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.model import (
    Answer,
    AnswerKind,
    Source,
    Status,
)
from onboarding.profiling.rules import Answers, Present, day_of, seen, status
from onboarding.profiling.validation import usable
from onboarding.segments.model import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """What goes when a person takes answers back, or did go.

    Attributes:
        questions: Whose answers go, in the order of the catalogue.
        closes: Features that are open before and not afterwards, by their names.
        empties: Fields of the profile that have a value before and are None
            afterwards; those that hang on what goes are among them.
        removed: The stored answers that go.
        declined: What is kept in their place: that the person would rather not say.
    """

    questions: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    removed: tuple[Answer, ...] = ()
    declined: tuple[Answer, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing goes: there was nothing, or it is gone already."""
        return not self.removed and not self.declined


def taken_back(
    catalogue: Catalogue[Any],
    answers: Sequence[Answer],
    names: Collection[str],
    moment: Present,
) -> TakeBack:
    """Return what goes when some answers are taken back.

    Both values and "I'd rather not say" go. What a purpose asks that was taken back as
    a whole stays so: it is given again by answering.

    Args:
        catalogue: The questions.
        answers: Everything the account said.
        names: The questions; those that nothing was said to are left out. What is asked
            no more can be taken back as well.
    """
    gone = [a for a in answers if a.question in names and not a.withdrawn]
    return _effect(catalogue, answers, moment, removed=gone)


def withdrawn(
    catalogue: Catalogue[Any],
    account: Account,
    answers: Sequence[Answer],
    purpose: str,
    moment: Present,
) -> TakeBack:
    """Return what goes when a purpose is taken back.

    Every answer that was given for it goes, and every question that it has counts as
    declined, answered before or not.

    Raises:
        NotFound: When nothing is asked for such a purpose, and nothing was.
    """
    asked = [n for n, q in catalogue.questions.items() if q.ask.purpose == purpose]
    given = [a for a in answers if a.purpose == purpose]
    if not asked and not given:
        raise NotFound(f"you named {unknown('purpose', purpose, catalogue.purposes)}")
    done = {a.question for a in given if a.withdrawn}
    source = Source.GUEST if account.is_guest else Source.PERSON
    declined = [
        Answer(
            account_id=account.id,
            question=name,
            reply=AnswerKind.DECLINED,
            source=source,
            answered_at=moment.now,
            purpose=purpose,
            version=catalogue.questions[name].ask.version,
            withdrawn=True,
        )
        for name in asked
        if name not in done
    ]
    # What was given for it to a question that is asked for another purpose today.
    others = [a for a in given if a.question not in asked]
    return _effect(catalogue, answers, moment, removed=others, declined=declined)


def _effect(
    catalogue: Catalogue[Any],
    answers: Sequence[Answer],
    moment: Present,
    *,
    removed: Sequence[Answer] = (),
    declined: Sequence[Answer] = (),
) -> TakeBack:
    replaced = {answer.question for answer in declined}
    gone = {answer.question for answer in removed} | replaced
    left = [*(a for a in answers if a.question not in gone), *declined]
    before, _ = usable(catalogue.drafts, catalogue.questions, answers, moment.now)
    after, _ = usable(catalogue.drafts, catalogue.questions, left, moment.now)
    known, stays = _known(catalogue, before, moment), _known(catalogue, after, moment)
    values = {a.question for a in answers if a.reply is AnswerKind.VALUE}
    told = {a.question for a in removed} | (replaced & values)
    last = len(catalogue.order)
    order = sorted(told, key=lambda n: (catalogue.order.get(n, last), n))
    return TakeBack(
        questions=tuple(order),
        closes=closed(catalogue, before, after, gone, moment),
        empties=tuple(name for name in known if name not in stays),
        removed=tuple(removed),
        declined=tuple(declined),
    )


def closed(
    catalogue: Catalogue[Any],
    before: Answers,
    after: Answers,
    names: Collection[str],
    moment: Present,
) -> tuple[str, ...]:
    """Return the features that were open before and are not any more.

    Args:
        catalogue: The questions and features.
        before: What counted before, by question.
        after: What counts now.
        names: The questions whose answers changed.
        moment: When, and what is proven elsewhere.
    """
    return moved(catalogue, after, before, names, moment)


def opened(
    catalogue: Catalogue[Any],
    before: Answers,
    after: Answers,
    names: Collection[str],
    moment: Present,
) -> tuple[str, ...]:
    """Return the features that were not open before and are now; as ``closed``."""
    return moved(catalogue, before, after, names, moment)


def moved(
    catalogue: Catalogue[Any],
    shut: Answers,
    wide: Answers,
    names: Collection[str],
    moment: Present,
) -> tuple[str, ...]:
    """Return the features that are open with one set of answers, not with the other."""
    none: frozenset[str] = frozenset()
    touched = {f for name in names for f in catalogue.dependents.get(name, none)}
    plans = [catalogue.plans[feature] for feature in touched]
    return tuple(
        sorted(
            plan.feature.name
            for plan in plans
            if status(plan, shut, moment.now, moment.facts) is not Status.OPEN
            and status(plan, wide, moment.now, moment.facts) is Status.OPEN
        )
    )


def _known(catalogue: Catalogue[Any], answers: Answers, moment: Present) -> list[str]:
    found = seen(catalogue.steps, answers, day_of(moment.now))
    return [name for name, value in found.items() if not isinstance(value, Mark)]
