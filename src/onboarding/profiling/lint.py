"""What is worth a word about a catalogue that was built: mistakes, and idle words."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from itertools import combinations, islice, product
from math import prod
from typing import Any as Anything

from onboarding.frozen import dataclass
from onboarding.profiling.catalogue import Catalogue
from onboarding.profiling.costs import Cost, cost_of, walk_of
from onboarding.profiling.model import Plan
from onboarding.profiling.needs import Group
from onboarding.profiling.partition import looks_at, parts_of
from onboarding.profiling.proof import NO_WAY, STEPS, TooManyError, replies
from onboarding.profiling.rules import TRUE, day_of, seen
from onboarding.segments.rules import Compiled, atoms


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to say about a catalogue.

    Attributes:
        where: The question or feature.
        what: What is the matter, and what to do.
        is_error: Whether it has to be mended: it would fail a build of the host's.
    """

    where: str
    what: str
    is_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a look over a catalogue has found.

    Attributes:
        costs: Of each feature, in order.
        remarks: All that is to be said, mistakes first.
    """

    costs: tuple[Cost, ...]
    remarks: tuple[Remark, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended."""
        return not any(remark.is_error for remark in self.remarks)


def look_over(
    catalogue: Catalogue[Anything], now: datetime, steps: int = STEPS
) -> Checked:
    """Return what each feature costs, and all that is worth a word.

    Args:
        catalogue: The questions and features.
        now: The present instant: ages are looked at on its day.
        steps: How many situations are looked at for one feature.
    """
    plans = catalogue.plans.values()
    costs = tuple(cost_of(catalogue, plan, now, steps) for plan in plans)
    said = [
        *(r for plan, cost in zip(plans, costs, strict=True)
          for r in _of_feature(catalogue, plan, cost, now, steps)),
        *_guards(catalogue, now, steps),
    ]  # fmt: skip
    return Checked(
        costs=costs, remarks=tuple(sorted(said, key=lambda r: not r.is_error))
    )


# ── features ─────────────────────────────────────────────────────────────────


def _of_feature(
    catalogue: Catalogue[Anything], plan: Plan, cost: Cost, now: datetime, steps: int
) -> Iterator[Remark]:
    where = f"feature {cost.feature}"
    if cost.never_opens:
        culprits = _culprits(catalogue, plan, now, steps)
        what = f"it never opens, whatever anybody answers: {culprits}"
        yield Remark(where=where, what=what, is_error=True)
    elif not cost.is_proven:
        what = (
            "there is too much to look at, or a validator refuses what was tried: it "
            f"is not proven that it opens, and it may cost up to {cost.most} questions"
        )
        yield Remark(where=where, what=what, is_error=False)
    if cost.is_over:
        may = "may cost" if cost.is_proven else "is not shown to cost less than"
        what = f"it {may} {cost.most} questions, and its budget is {cost.budget}"
        yield Remark(where=where, what=what, is_error=True)
    for need, by in _dominated(plan):
        what = f"its need {need} asks nothing that {by} does not; drop it"
        yield Remark(where=where, what=what, is_error=False)


def _culprits(
    catalogue: Catalogue[Anything], plan: Plan, now: datetime, steps: int
) -> str:
    """Return which needs are never met: one, or two that cannot both be."""
    walk, _ = walk_of(catalogue, plan, now, steps)
    places = range(len(plan.groups))
    for size, text in ((1, "{} is never met"), (2, "{} are never met together")):
        for some in combinations(places, size):
            try:
                never = walk.ways(some).fewest >= -NO_WAY
            except TooManyError:
                continue
            if never:
                needs = " and ".join(need_of(plan.groups[n]) for n in some)
                return text.format(needs)
    return "its needs are never all met"


def need_of(group: Group) -> str:
    """Return a need as the host wrote it, and whose it is."""
    told = [written(member.declared) for member in group.ways]
    whole = told[0] if len(told) == 1 else f"Any({', '.join(told)})"
    return f"{whole} of feature {group.feature}"


def written(need: object) -> str:
    """Return one way to meet a need as the host wrote it."""
    if isinstance(need, str):
        return repr(need)
    told = []
    for one in fields(need):  # type: ignore[arg-type]  # a frozen value of ours
        value = getattr(need, one.name)
        if value is not None:
            is_first = one.name in {"question", "channel", "provider"}
            told.append(repr(value) if is_first else f"{one.name}={value!r}")
    return f"{type(need).__name__}({', '.join(told)})"


def _dominated(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield needs that are met whenever another one is, and that other one.

    Where all of the other may be absent, it says nothing of a need that asks more.
    """
    by_name: dict[str, list[int]] = {}
    for place, group in enumerate(plan.groups):
        for name in {member.name for member in group.ways}:
            by_name.setdefault(name, []).append(place)
    for place, group in enumerate(plan.groups):
        near = {n for m in group.ways for n in by_name[m.name]} - {place}
        for other in sorted(near):
            if _implies(plan, plan.groups[other], group) and (
                other < place or not _implies(plan, group, plan.groups[other])
            ):
                yield need_of(group), need_of(plan.groups[other])
                break


def _implies(plan: Plan, one: Group, other: Group) -> bool:
    """Tell whether what meets a need meets another one, by how they are written."""
    ways = {(m.name, repr(m.declared), m.is_spared) for m in other.ways}
    names = {m.name for m in one.ways}
    is_met = all(
        (m.name, repr(m.declared), m.is_spared) in ways
        or (m.name, repr(m.name), m.is_spared) in ways
        for m in one.ways
    )
    always = any(name not in plan.path or not plan.path[name].guard for name in names)
    return is_met and (always or names == {m.name for m in other.ways})


# ── questions ────────────────────────────────────────────────────────────────


def _guards(
    catalogue: Catalogue[Anything], now: datetime, steps: int
) -> Iterator[Remark]:
    truths = {
        name: _truths(catalogue, question.guard, now, steps)
        for name, question in catalogue.questions.items()
        if question.guard is not None
    }
    never = {name for name, found in truths.items() if found == {False}}
    # Where another way can serve, nothing is lost.
    needed = {
        name: feature
        for feature, plan in catalogue.plans.items()
        for group in plan.groups
        if never.issuperset(group.names)
        for name in group.names
    }
    for name, found in truths.items():
        where = f"question {name}"
        if found == {True}:
            what = "its guard is always true; drop when="
            yield Remark(where=where, what=what, is_error=False)
        if name in never:
            for_it = f", and feature {needed[name]} needs it" if name in needed else ""
            what = f"its guard is never true, so nobody is asked{for_it}; mend when="
            yield Remark(where=where, what=what, is_error=name in needed)


def _truths(
    catalogue: Catalogue[Anything], guard: Compiled, now: datetime, steps: int
) -> set[bool]:
    """Return what a guard comes to once all that it hangs on was said.

    Nothing where there is more to look at than ``steps``, or a kind of answer may
    have been missed.
    """
    path, today = catalogue.path(guard.names), day_of(now)
    looks = looks_at(path, list(atoms(guard.condition)))
    parts = {
        name: parts_of(catalogue.drafts, question, looks[name], today)
        for name, question in path.items()
    }
    kinds: Mapping[str, list[Anything]] = {
        name: list(replies(name, some, now)) for name, some in parts.items()
    }
    is_exact = all(some.is_exact for some in parts.values())
    if not is_exact or prod(map(len, kinds.values())) > steps:
        return set()
    order = [(name, question.applies) for name, question in path.items()]
    found: set[bool] = set()
    for said in islice(product(*kinds.values()), steps):
        answers = dict(zip(kinds, said, strict=True))
        found.add(guard.test(seen(order, answers, today), today) is TRUE)
        if len(found) > 1:
            break
    return found
