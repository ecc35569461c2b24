"""The noun of attention: one line of the ledger, and the policy over it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar


class Act(StrEnum):
    """What became of an ask. Snooze, decline and dismiss are three things."""

    SHOWN = "shown"
    ANSWERED = "answered"
    SNOOZED = "snoozed"
    DECLINED = "declined"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """One line of the ledger: an item was shown, answered, snoozed, and so on.

    Attributes:
        item: ``question:<name>`` or ``prompt:<name>``.
        visit: The session and day in which it happened; one impression a visit.
    """

    KEY: ClassVar = ("account_id", "item", "act", "visit")
    GUARD: ClassVar = ()

    account_id: str
    item: str
    act: Act
    visit: str
    at: datetime
    hard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionPolicy:
    """How much a person may be interrupted, over questions and prompts together.

    Two clocks, named: ``any_gap`` between any two unasked-for asks, and
    ``item_gap`` before the same item is shown again. Snoozing silences an item
    for ``snooze``.

    Attributes:
        per_visit: How many soft asks one visit may bring.
    """

    per_visit: int = 1
    any_gap: timedelta = timedelta(hours=1)
    item_gap: timedelta = timedelta(days=7)
    snooze: timedelta = timedelta(days=14)
