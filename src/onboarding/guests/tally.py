"""What a purge came to, in numbers; what it could not do goes to the log, too."""

import logging
from collections.abc import Sequence

from onboarding.accounts.model import Ending
from onboarding.accounts.stuck import Stuck
from onboarding.guests.model import Hold, HoldKind, Purged

log = logging.getLogger("onboarding.purge")

Became = Ending | Hold | Stuck
"""What became of one guest."""

MOST_REASONS = 100
"""So many reasons are told apart, and so many lines logged: one that names its row
would be as many as guests."""


class Tally:
    """Counts what became of guests: as many numbers as there are reasons."""

    def __init__(self) -> None:
        self.gone = self.erased = self.settled = self.expired = 0
        self.kept: dict[Hold, int] = {}
        self.stuck: dict[Hold, int] = {}
        self._logged = 0

    def add(self, outcome: Became) -> None:
        """Count one guest."""
        match outcome:
            case Ending.EXPIRED:
                self.gone += 1
            case Ending.ERASED:
                self.erased += 1
            case Hold():
                _count(self.kept, outcome)
            case Stuck():
                _count(self.kept, self._say(outcome))

    def add_stuck(self, stuck: Sequence[Stuck]) -> None:
        """Count what stays under accounts that have ended."""
        for one in stuck:
            _count(self.stuck, self._say(one))

    def _say(self, stuck: Stuck) -> Hold:
        """Log what fails, by whom and where, and return what it is counted by."""
        self._logged += 1
        if self._logged <= MOST_REASONS:
            log.error(
                "purge_stuck: account %s, resource %s, declared as %s: %s. It stays as "
                "it is, and each purge tries again: mend the row, or the resource",
                stuck.account_id,
                stuck.resource or "unknown",
                stuck.where or "unknown",
                stuck.reason,
            )
            log.debug("purge_stuck", exc_info=stuck.error)
        return Hold(HoldKind.STUCK, stuck.resource, stuck.reason)

    def purged(self) -> Purged:
        """Return how it stands."""
        return Purged(
            gone=self.gone,
            erased=self.erased,
            kept=dict(self.kept),
            settled=self.settled,
            expired=self.expired,
            stuck=dict(self.stuck),
        )


def _count(holds: dict[Hold, int], hold: Hold) -> None:
    if hold not in holds and len(holds) >= MOST_REASONS:
        hold = Hold(hold.kind)
    holds[hold] = holds.get(hold, 0) + 1
