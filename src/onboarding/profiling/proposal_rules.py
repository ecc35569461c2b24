"""What becomes of proposals: which is shown, which gives way, which is closed for good.

What is known of one value of one question is one row, and it goes one way only:

==============  ==============  ==================  =================
the row         said again      another value by    the person takes,
                                the same origin     refuses, answers
==============  ==============  ==================  =================
none            open            open, its own row   nothing
open            as it was       gone                closed
closed          as it was       as it was           as it was
==============  ==============  ==================  =================

So a value that was refused is refused whatever came in between, whoever says it next,
and in whatever order two accounts come together: **closed wins** (``met``). Each origin
has one open value for each question at most, and what is closed took a person's press:
nobody fills a table by saying much.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from onboarding.changes import Add, Change, Remove, Replace
from onboarding.jsonvalue import JsonValue, canonical
from onboarding.profiling.model import Answer, AnswerKind
from onboarding.profiling.proposal import Proposal


def closed(proposal: Proposal) -> Proposal:
    """Return what is left of a proposal once the person has said something about it."""
    return replace(proposal, value=None, because=None, is_verified=False, is_open=False)


def met(one: Proposal, other: Proposal) -> Proposal:
    """Return what is left of two rows of one value, when two accounts come together.

    Closed wins; of two open ones the one that would be shown.
    """
    return max(one, other, key=lambda p: (not p.is_open, *_rank(p)))


def best(proposals: Iterable[Proposal]) -> dict[str, Proposal]:
    """Return the proposal to show for each question that has one.

    What was checked goes first, then what a provider says, then the newest.
    """
    found: dict[str, Proposal] = {}
    for proposal in proposals:
        if proposal.is_open:
            rival = found.get(proposal.question, proposal)
            found[proposal.question] = max(rival, proposal, key=_rank)
    return found


def is_news(value: JsonValue, answer: Answer | None) -> bool:
    """Tell whether a value may be proposed beside what the person has said.

    Whoever would rather not say is not told what somebody else says.
    """
    if answer is None:
        return True
    is_told = answer.reply is AnswerKind.VALUE
    return is_told and canonical(answer.value) != canonical(value)


def taking(
    new: Proposal, known: Sequence[Proposal], digests: Collection[str]
) -> list[Change]:
    """Return the changes by which a proposal is kept; none where it is known.

    Args:
        new: What is proposed.
        known: All that the account has for the same question.
        digests: Of the same value, by every key of the application.
    """
    if any(p.digest in digests for p in known):
        return giving_way(known, new.origin, keep=digests)
    return [*giving_way(known, new.origin), Add(new)]


def giving_way(
    known: Iterable[Proposal], origin: str, *, keep: Collection[str] = ()
) -> list[Change]:
    """Return the changes by which what an origin said before gives way."""
    return [
        Remove(p)
        for p in known
        if p.is_open and p.origin == origin and p.digest not in keep
    ]


def closing(proposals: Iterable[Proposal], questions: Collection[str]) -> list[Change]:
    """Return the changes that close what is open for some questions."""
    return [
        Replace(p, closed(p))
        for p in proposals
        if p.is_open and p.question in questions
    ]


def confirmed(answer: Answer, proposal: Proposal) -> Answer:
    """Return an answer that a person gave by taking a proposal: it tells from where."""
    return replace(answer, via=proposal.provider, because=proposal.because)


def _rank(proposal: Proposal) -> tuple[object, ...]:
    return (
        proposal.is_verified,
        proposal.provider is not None,
        proposal.proposed_at,
        proposal.digest,
        proposal.issuer or "",
        proposal.provider or "",
        proposal.because or "",
        proposal.account_id,
    )
