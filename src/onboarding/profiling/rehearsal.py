"""What other questions and features would do to people whose answers are kept."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any as Anything

from onboarding.accounts.store import AccountStore
from onboarding.attention.model import Allowance
from onboarding.clock import Clock
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.deciding import decide
from onboarding.profiling.model import Answer, Decision, Status
from onboarding.profiling.proven import proven_facts
from onboarding.profiling.validation import usable

FEWEST_TOLD = 5
"""How many people a number is about at least; of fewer it is said that they are few."""

NOBODY_ASKED = Allowance(left=0)
"""Wants are not looked at: these close nothing."""

Move = tuple[str, str, str]
"""A feature, what it is for somebody today, and what it would be."""


class Rehearsed:
    """What was counted so far; how many people each number is about.

    Attributes:
        accounts: How many were looked at.
        moves: By feature, what it is for them today and what it would be; ``-`` where
            it is not there.
        asked: By question, of whom something that is open would ask it.
        kept: By question, whose answer is usable today, and would be.
        lost: By question, whose answer is usable today, and would not be.
    """

    def __init__(self) -> None:
        self.accounts = 0
        self.moves: Counter[Move] = Counter()
        self.asked: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()


async def count_live(store: AccountStore, *, batch: int) -> int:
    """Return how many accounts there are to look at; holds one batch at a time."""
    count, after = 0, ""
    while accounts := await store.list_live(after=after, limit=batch):
        count, after = count + len(accounts), accounts[-1].id
    return count


async def rehearse(
    store: AccountStore,
    clock: Clock,
    old: Catalogue[Anything],
    new: Catalogue[Anything],
    *,
    batch: int,
) -> AsyncIterator[Rehearsed]:
    """Count what new questions would do to everybody; yield after each batch.

    Nothing is written, and one batch of accounts is held at a time.

    Args:
        store: Where answers are kept.
        clock: The present instant.
        old: The questions and features of today.
        new: Those that are to come.
        batch: How many accounts are read together.
    """
    tally, after, now = Rehearsed(), "", clock()
    facts = tuple(dict.fromkeys([*old.facts, *new.facts]))
    while accounts := await store.list_live(after=after, limit=batch):
        for account in accounts:
            said = await store.list_of(Answer, account.id)
            proven = await proven_facts(store, account, facts)
            _count(tally, old, new, said=said, facts=proven, now=now)
        after = accounts[-1].id
        yield tally
    yield tally


def _count(
    tally: Rehearsed,
    old: Catalogue[Anything],
    new: Catalogue[Anything],
    *,
    said: Iterable[Answer],
    facts: Collection[str],
    now: datetime,
) -> None:
    said = list(said)
    tally.accounts += 1
    before, _ = usable(old.drafts, old.questions, said, now)
    after, _ = usable(new.drafts, new.questions, said, now)
    tally.kept.update(before.keys() & after.keys())
    tally.lost.update(before.keys() - after.keys())
    was = _decisions(old, before, facts, now)
    would_be = _decisions(new, after, facts, now)
    asked: set[str] = set()
    for name in dict.fromkeys([*was, *would_be]):
        tally.moves[name, _status(was, name), _status(would_be, name)] += 1
        if name in was and name in would_be and was[name].status is Status.OPEN:
            asked |= set(would_be[name].must)
    tally.asked.update(asked)


def _decisions(
    catalogue: Catalogue[Anything],
    answers: Mapping[str, Answer],
    facts: Collection[str],
    now: datetime,
) -> dict[str, Decision]:
    return {
        name: decide(plan, answers, NOBODY_ASKED, now, facts)
        for name, plan in catalogue.plans.items()
    }


def _status(decisions: Mapping[str, Decision], name: str) -> str:
    return decisions[name].status.value if name in decisions else "-"


def suppressed(count: int, fewest: int) -> int | str:
    """Return a number, or that it is about too few people to be told.

    Args:
        count: Of how many people.
        fewest: The least that is told.
    """
    return count if count == 0 or count >= fewest else f"<{fewest}"
