"""What attention still permits: a pure function of ledger, policy, now and visit.

Asks are *hard* when the person opened the feature that needs them, *soft* when
they come unasked. Only soft ones are counted and kept back:

=================  ================================================================
kept back by       for how long
=================  ================================================================
a dismissal        for good
a decline          for good, or until the person answers after all
a snooze           ``policy.snooze``, or until the person answers
its own gap        ``policy.item_gap`` after it was last shown softly
the common gap     ``policy.any_gap`` after anything was last shown softly
the visit          ``policy.per_visit`` items in one visit
=================  ================================================================

An item that this visit has shown may stay: neither gap nor budget takes away what
somebody is looking at. Snoozing a hard ask takes the person back to where they
were; it silences the item as a soft ask and never locks a feature.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from onboarding.attention.model import (
    ALLOWED,
    Act,
    Allowance,
    Attention,
    AttentionPolicy,
    Quiet,
    Verdict,
    latest,
)
from onboarding.instants import SET_BACK
from onboarding.tokens import derived_id


def visit_of(session_id: str, at: datetime) -> str:
    """Return the name of a visit: one session on one day, in UTC.

    It tells nothing about the session, so a copy of the ledger joins no sessions.
    """
    return derived_id(f"visit {session_id} {at.astimezone(UTC).date()}")


def allowance(
    ledger: Iterable[Attention], policy: AttentionPolicy, now: datetime, visit: str
) -> Allowance:
    """Sum the ledger of one account up: what may be shown softly, in this visit."""
    lines: defaultdict[str, list[Attention]] = defaultdict(list)
    soft = []
    for line in ledger:
        lines[line.item].append(line)
        if _is_impression(line):
            soft.append(line)
    here = frozenset(line.item for line in soft if line.visit == visit)
    own = {
        item: _own(its, policy, now, is_here=item in here)
        for item, its in lines.items()
    }
    last = _last(soft, now)
    left = max(0, policy.per_visit - len(here))
    return Allowance(
        # Two at once would leave no gap between them.
        left=min(left, 1) if policy.any_gap else left,
        shown=here,
        own={item: verdict for item, verdict in own.items() if verdict.because},
        gap=_rests(Quiet.ANY_GAP, last, policy.any_gap, now),
    )


def _last(lines: Iterable[Attention], now: datetime) -> datetime | None:
    """Return when the last of these was, leaving out what a wrong clock wrote."""
    return max((line.at for line in lines if line.at <= now + SET_BACK), default=None)


def _is_impression(line: Attention) -> bool:
    return line.act is Act.SHOWN and not line.hard


def _own(
    lines: Sequence[Attention], policy: AttentionPolicy, now: datetime, *, is_here: bool
) -> Verdict:
    """Say what keeps one item back, by the lines about it alone."""
    last = {line.act: line.at for line in sorted(lines, key=lambda line: line.at)}
    answered = last.get(Act.ANSWERED)

    if Act.DISMISSED in last:
        return Verdict(because=Quiet.DISMISSED)
    declined = last.get(Act.DECLINED)
    if declined and not (answered and answered > declined):
        return Verdict(because=Quiet.DECLINED)
    snoozed = _last((line for line in lines if line.act is Act.SNOOZED), now)
    if snoozed and answered and answered > snoozed:
        snoozed = None
    shown = _last(filter(_is_impression, lines), now)
    return latest(
        _rests(Quiet.SNOOZED, snoozed, policy.snooze, now),
        ALLOWED if is_here else _rests(Quiet.ITEM_GAP, shown, policy.item_gap, now),
    )


def _rests(
    because: Quiet, at: datetime | None, length: timedelta, now: datetime
) -> Verdict:
    """Say until when something rests, from when it was last done."""
    if at is None or at + length <= now:
        return ALLOWED
    return Verdict(because=because, until=at + length)


def unheard(ledger: Iterable[Attention], lines: Iterable[Attention]) -> list[Attention]:
    """Return those of the lines that say something new: once per visit and act.

    What the visit has shown as a hard ask, and now shows as a soft one, is new: it
    counts from now on.
    """
    was_hard = {(line.item, line.act, line.visit): line.hard for line in ledger}

    def is_news(line: Attention) -> bool:
        key = (line.item, line.act, line.visit)
        return key not in was_hard or (was_hard[key] and not line.hard)

    return [line for line in lines if is_news(line)]
