"""Counts acts, and refuses those beyond a limit."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import TYPE_CHECKING

from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.emails import normalise
from onboarding.errors import TooManyGuests, TooManyTries
from onboarding.limiting.model import (
    MEMORY,
    Full,
    LimitedAct,
    LimitPolicy,
    Place,
    Scope,
)
from onboarding.limiting.rules import Address, Proxies, mailbox_of, network_of
from onboarding.tokens import Keys

if TYPE_CHECKING:
    from limits import RateLimitItem

    from onboarding.limiting.shared import SharedWindows
    from onboarding.limiting.windows import Windows

UNKNOWN = "unknown"
"""What all clients are counted as whose address is not known: one."""


class Limiter:
    """Counts what clients, contacts and accounts do, and all of them together.

    What is refused is not counted: trying sooner makes nobody wait longer.

    Args:
        policy: How often what may be done.
        clock: The present instant.
        keys: Derive what is counted by, so that no address stands in it.
        deadlines: How long a request may wait.
        url: Of our pages: two applications may share one Redis and one secret key.
        proxies: Whose word about a client is believed.
    """

    def __init__(
        self,
        policy: LimitPolicy,
        clock: Clock,
        *,
        keys: Keys,
        deadlines: Deadlines,
        url: str,
        proxies: Proxies,
    ):
        self.policy = policy
        self.proxies = proxies
        self._clock = clock
        self._keys = keys
        self._deadlines = deadlines
        self._url = url
        self._windows: Windows | SharedWindows | None = None
        self._items: Mapping[LimitedAct, Mapping[Scope, RateLimitItem]] = {}
        self._overall: Mapping[LimitedAct, str] = {}
        self.is_off = policy.is_off

    @property
    def is_shared(self) -> bool:
        """Whether several processes count together."""
        return self.policy.storage != MEMORY

    def open(self) -> None:
        """Load what counts, so that no request waits for it; nothing without limits.

        Raises:
            ConfigError: When what speaks with Redis is not installed.
        """
        if not self.is_off:
            self._open()

    def _open(self) -> "Windows | SharedWindows":
        if self._windows is not None:
            return self._windows
        from limits import RateLimitItemPerSecond

        from onboarding.limiting.memory import Memory
        from onboarding.limiting.windows import Windows

        self._items = {
            act: {
                scope: RateLimitItemPerSecond(
                    rate.times, int(rate.per.total_seconds()), "onboarding"
                )
                for scope, rate in self.policy.of(act).items()
            }
            for act in LimitedAct
        }
        self._overall = {act: self._key(act, Scope.OVERALL, "") for act in LimitedAct}
        here = Windows(Memory(self._clock))
        if not self.is_shared:
            self._windows = here
            return here
        from onboarding.limiting.shared import SharedWindows

        self._windows = SharedWindows(
            self.policy.storage, here, self._clock, self._deadlines
        )
        return self._windows

    async def take(
        self,
        act: LimitedAct,
        *,
        client: Address | None,
        contact: str | None = None,
        account: str | None = None,
    ) -> None:
        """Count an act, for everybody whom it is counted for.

        Args:
            act: What is about to be done.
            client: Who does it; None where nobody knows.
            contact: The mailbox that it is about, as it was typed.
            account: The id of who is here.

        Raises:
            TooManyTries: When it may not be done now; then it counts for nobody.
            TooManyGuests: The same, where it is a guest that may not be made.
        """
        if self.is_off:
            return
        windows = self._open()
        mailbox = mailbox_of(normalise(contact) or contact) if contact else None
        wanted = self._places(act, client, mailbox, account)
        full = await windows.take(list(wanted))
        if full is not None:
            self._refuse(act, full)

    def _places(
        self,
        act: LimitedAct,
        client: Address | None,
        mailbox: str | None,
        account: str | None,
    ) -> Iterator[Place]:
        for scope, item in self._items[act].items():
            match scope:
                case Scope.CLIENT:
                    subject: str | None = self._network(client)
                case Scope.CONTACT:
                    subject = mailbox
                case Scope.ACCOUNT:
                    subject = account
                case Scope.OVERALL:
                    yield Place(scope, item, self._overall[act])
                    continue
            if subject is not None:
                yield Place(scope, item, self._key(act, scope, subject))

    def _network(self, client: Address | None) -> str:
        if client is None:
            return UNKNOWN
        policy = self.policy
        return network_of(client, ipv4=policy.ipv4_prefix, ipv6=policy.ipv6_prefix)

    def _key(self, act: LimitedAct, scope: Scope, subject: str) -> str:
        return self._keys.derive("limits", f"{self._url} {act} {scope} {subject}")

    def _refuse(self, act: LimitedAct, full: Full) -> None:
        seconds = max(1, ceil(full.until - self._clock().timestamp()))
        kind = TooManyGuests if act is LimitedAct.GUEST else TooManyTries
        raise kind(f"{act}_{full.scope}", seconds)

    async def is_counting(self) -> bool:
        """Tell whether what counts answers now."""
        return self.is_off or await self._open().is_there()

    async def close(self) -> None:
        """Give connections back; what was counted in memory is forgotten."""
        windows, self._windows = self._windows, None
        if windows is not None:
            await windows.close()
