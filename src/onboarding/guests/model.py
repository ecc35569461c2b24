"""The nouns of guest checkout."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPolicy:
    """How long a guest is kept.

    Attributes:
        orphaned_after: A guest whose session never came back is purged after this.
        idle: A guest who came back is purged after this long unseen; as long as a
            guest's session lives.
        converge: For how long a page's nonce leads parallel first writes of one
            browser to one guest.
    """

    orphaned_after: timedelta = timedelta(days=1)
    idle: timedelta = timedelta(days=30)
    converge: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did.

    Attributes:
        gone: Ids of the guests that went.
        kept: Ids of those that something of theirs held back.
        settled: Ids of accounts that were merged or erased before, and under which
            rows were written since: these came to whose they are, or went.
    """

    gone: tuple[str, ...]
    kept: tuple[str, ...]
    settled: tuple[str, ...] = ()
