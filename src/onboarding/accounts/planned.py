"""What one verb of a resource comes to: its changes, and what to tell of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from onboarding.changes import Change
from onboarding.frozen import dataclass

if TYPE_CHECKING:
    from onboarding.accounts.merge_plan import MergedAnswer, Part


class Outcome(StrEnum):
    """What happened to the rows of one resource, in a word.

    At a merge, of the guest's rows: added, combined, dropped where the account's stay,
    or parked to be taken back; of the account's: replaced by the guest's, or displaced
    by them and parked. At an end: erased, or kept.
    """

    NOTHING = "nothing"
    ADDED = "added"
    COMBINED = "combined"
    DROPPED = "dropped"
    PARKED = "parked"
    REPLACED = "replaced"
    DISPLACED = "displaced"
    ERASED = "erased"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The changes that one verb needs, and what to tell the person about it.

    Attributes:
        count: How many rows it concerns.
        reason: Why rows are kept, where the outcome is kept.
        until: When they need not be kept any more, where that is known; a purge that
            comes later makes the changes, and is vetoed no more.
        parts: What a merge does to which rows, where it is more than one thing.
        answers: What a merge does to answers, question by question.
        place: The id of the account under which rows are to wait; empty where none do.
    """

    changes: Sequence[Change] = ()
    outcome: Outcome = Outcome.NOTHING
    count: int = 0
    reason: str = ""
    until: datetime | None = None
    parts: "tuple[Part, ...]" = ()
    answers: "tuple[MergedAnswer, ...]" = ()
    place: str = ""
