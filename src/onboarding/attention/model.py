"""The nouns of attention: one line of the ledger, the policy, and what it allows."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from onboarding.errors import ConfigError
from onboarding.frozen import dataclass, field
from onboarding.shapes import check_fields


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
        hard: Whether the person asked for it themselves, by opening a feature.
    """

    KEY: ClassVar[tuple[str, ...]] = ("account_id", "item", "act", "visit")
    GUARD: ClassVar[tuple[str, ...]] = ()
    ORDER: ClassVar[tuple[str, ...]] = ("at",)

    account_id: str
    item: str
    act: Act
    visit: str
    at: datetime
    hard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionPolicy:
    """How much a person may be interrupted, over questions and prompts together.

    It binds soft asks, those that nobody asked for: what a feature needs is asked
    whenever a person opens it.

    Attributes:
        per_visit: How many soft asks one visit may bring.
        any_gap: How long after a soft ask the next one may come, whichever it is.
        item_gap: How long before the same item is shown again.
        snooze: How long "not now" silences an item.

    Raises:
        ConfigError: When a number or a duration is negative.
    """

    per_visit: int = 1
    any_gap: timedelta = timedelta(hours=1)
    item_gap: timedelta = timedelta(days=7)
    snooze: timedelta = timedelta(days=14)

    def __post_init__(self) -> None:
        check_fields(self, "AttentionPolicy")
        if self.per_visit < 0:
            raise ConfigError("AttentionPolicy.per_visit is negative; 0 asks nothing")
        for name in ("any_gap", "item_gap", "snooze"):
            if getattr(self, name) < timedelta(0):
                raise ConfigError(
                    f"AttentionPolicy.{name} is negative; write 0 or more"
                )


class Quiet(StrEnum):
    """Why attention keeps an item back."""

    DISMISSED = "dismissed"
    DECLINED = "declined"
    SNOOZED = "snoozed"
    ITEM_GAP = "item_gap"
    ANY_GAP = "any_gap"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an item may be shown now; if not, why, and until when.

    Attributes:
        because: What keeps it back; None when nothing does.
        until: The first instant at which time alone may change this; None when
            time alone never does, within this visit.
    """

    because: Quiet | None = None
    until: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether nothing keeps the item back."""
        return self.because is None


ALLOWED = Verdict()


def latest(one: Verdict, other: Verdict) -> Verdict:
    """Return the verdict that holds longer; neither of them is for good."""
    if one.until and other.until:
        return max(one, other, key=lambda verdict: verdict.until or _NEVER)
    return one if one.until else other


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What attention permits one person in one visit, at one instant.

    It binds soft asks only; what somebody asked for themselves ignores it.

    Attributes:
        left: How many soft asks may be shown now that were not in this visit.
        shown: Items this visit has shown softly; they may stay where they are.
        own: What keeps single items back, by item.
        gap: What keeps back everything that this visit has not shown.
    """

    left: int
    shown: frozenset[str] = frozenset()
    own: Mapping[str, Verdict] = field(default_factory=dict)
    gap: Verdict = ALLOWED

    def verdict(self, item: str) -> Verdict:
        """Say whether an item may be shown softly now, and if not, why."""
        own = self.own.get(item, ALLOWED)
        if item in self.shown:
            return own
        if own.because and not own.until:
            return own
        waiting = latest(own, self.gap)
        if waiting.because or self.left > 0:
            return waiting
        return Verdict(because=Quiet.BUDGET)

    def grant(self, items: Iterable[str]) -> tuple[frozenset[str], dict[str, Verdict]]:
        """Share what is left among several items, the first ones first.

        Returns:
            The items that may be shown together now, and why each other may not.
        """
        granted: set[str] = set()
        withheld: dict[str, Verdict] = {}
        left = self.left
        for item in items:
            verdict = self.verdict(item)
            is_new = item not in self.shown
            if verdict.is_allowed and is_new and not left:
                verdict = Verdict(because=Quiet.BUDGET)
            if verdict.because:
                withheld[item] = verdict
                continue
            granted.add(item)
            left -= is_new
        return frozenset(granted), withheld


def question_item(name: str) -> str:
    """Return the ledger's name of a profile question."""
    return f"question:{name}"


def prompt_item(name: str) -> str:
    """Return the ledger's name of a feedback prompt."""
    return f"prompt:{name}"
