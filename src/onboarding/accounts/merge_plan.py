"""What a merge would do, or has done: a value to show, apart from the changes."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from onboarding.frozen import dataclass
from onboarding.jsonvalue import JsonValue
from onboarding.tokens import derived_id

if TYPE_CHECKING:
    from onboarding.accounts.planned import Outcome


class Side(StrEnum):
    """One of the two accounts that become one."""

    GUEST = "guest"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What becomes of some rows of one resource.

    Attributes:
        outcome: What happens to them, in a word.
        count: How many there are.
        rule: The rule that decides it, by its name: ``KeepLarger``.
        state: The state of the guest's rows that chose the rule, where there are
            several.
    """

    outcome: "Outcome"
    count: int
    rule: str = ""
    state: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedAnswer:
    """What becomes of one question that the guest has answered.

    Attributes:
        question: Its name.
        winner: Whose answer counts: the one that was given more surely, then later.
        is_declined: Whether that one is a refusal to say.
        value: What it says, as JSON; None where it is declined.
        suggested: What was said otherwise, by either: kept beside it, to be looked at.
    """

    question: str
    winner: Side
    is_declined: bool
    value: JsonValue
    suggested: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePlan:
    """What becomes of one resource.

    Attributes:
        name: What it is called, as in receipts and exports.
        parts: What happens to which of its rows, the guest's first.
        is_deed: Whether it is of the person's own doing.
    """

    name: str
    parts: tuple[Part, ...]
    is_deed: bool = True

    @property
    def report(self) -> str:
        """What a receipt keeps of it: ``added:2 displaced:3``."""
        counts: dict[str, int] = {}
        for part in self.parts:
            counts[part.outcome] = counts.get(part.outcome, 0) + part.count
        return " ".join(f"{outcome}:{count}" for outcome, count in counts.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """What it would mean that one account comes to another; nothing is written yet.

    Attributes:
        source: The id of the account that would end.
        target: The id of the one that would stay.
        resources: What hangs on them, where anything happens to it.
        answers: What the guest has said, question by question.
    """

    source: str
    target: str
    resources: tuple[ResourcePlan, ...] = ()
    answers: tuple[MergedAnswer, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the guest has done nothing that anybody would miss."""
        return not any(one.is_deed for one in self.resources)

    @property
    def digest(self) -> str:
        """What a form carries, so that what happens is what the person saw."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return sha256(text.encode()).hexdigest()[:32]

    @property
    def moved(self) -> dict[str, str]:
        """What a receipt keeps: outcomes and counts, by resource."""
        return {one.name: one.report for one in self.resources}


def parts_of(report: str) -> list[tuple[str, int]]:
    """Return outcomes and counts of one resource, as a receipt keeps them."""
    pairs = (part.partition(":") for part in report.split())
    return [(outcome, int(count)) for outcome, _, count in pairs]


def place_of(source: str) -> str:
    """Return the id of the place where rows wait that a merge of an account parked.

    An account that is nobody's: so a foreign key holds, and nobody writes under it.
    """
    return derived_id(f"what waits of {source}")


def told(plan: MergePlan) -> Mapping[str, JsonValue]:
    """Return a plan as JSON values."""
    return {
        "resources": [
            {
                "name": one.name,
                "parts": [
                    {name: said for name, said in asdict(part).items() if said}
                    for part in one.parts
                ],
            }
            for one in plan.resources
            if one.is_deed
        ],
        "answers": [
            asdict(one) | {"suggested": list(one.suggested)} for one in plan.answers
        ],
    }
