"""Counts acts, and refuses those beyond a limit."""

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

from onboarding.clock import Clock
from onboarding.deadlines import Deadlines
from onboarding.emails import normalise
from onboarding.errors import TooManyGuests, TooManyTries
from onboarding.limiting.memory import MemoryWindows
from onboarding.limiting.model import (
    MEMORY,
    Full,
    LimitedAct,
    LimitPolicy,
    Place,
    Scope,
)
from onboarding.limiting.rules import IPAddress, Proxies, mailbox_of, network_of
from onboarding.tokens import Keys

if TYPE_CHECKING:
    from onboarding.limiting.shared import SharedWindows

UNKNOWN = "unknown"
"""What all clients are counted as whose address is not known: one."""


class Limiter:
    """Counts what clients, contacts and accounts do, and all of them together.

    What is refused is not counted: trying sooner makes nobody wait longer.

    Args:
        policy: How often what may be done.
        clock: The present instant.
        keys: Derive the keys of Redis, so that no address stands there.
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
        self.is_off = policy.is_off
        self._clock = clock
        self._keys = keys
        self._deadlines = deadlines
        self._url = url
        self._windows: MemoryWindows | SharedWindows | None = None
        # For each scope in its order: the name of its windows, and their size.
        self._rates = {
            act: [
                (scope, f"{act} {scope} ", rate.times, int(rate.per.total_seconds()))
                if rate
                else None
                for scope, rate in policy.of(act).items()
            ]
            for act in LimitedAct
        }

    @property
    def is_shared(self) -> bool:
        """Whether several processes count together."""
        return self.policy.storage != MEMORY

    def open(self) -> "MemoryWindows | SharedWindows":
        """Load what counts, so that no request waits for it, and return it.

        Raises:
            ConfigError: When what counts in Redis is not installed.
        """
        if self._windows is not None:
            return self._windows
        if not self.is_shared:
            self._windows = MemoryWindows(self._clock)
            return self._windows
        from onboarding.limiting.shared import SharedWindows

        self._windows = SharedWindows(
            self.policy.storage, self._hidden, self._clock, self._deadlines
        )
        return self._windows

    def _hidden(self, key: str) -> str:
        return self._keys.derive("limits", f"{self._url} {key}")

    async def take(
        self,
        act: LimitedAct,
        *,
        client: IPAddress | None,
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
        windows = self._windows or self.open()
        full = await windows.take(list(self._places(act, client, contact, account)))
        if full is not None:
            self._refuse(act, full)

    async def take_contact(self, act: LimitedAct, contact: str) -> bool:
        """Count an act for a mailbox alone, and tell whether it may be done.

        Where a refusal would tell that others asked about the same mailbox.
        """
        windows = self._windows or self.open()
        places = self._places(act, None, contact, None)
        mailbox = [one for one in places if one.scope is Scope.CONTACT]
        return await windows.take(mailbox) is None

    def _places(
        self,
        act: LimitedAct,
        client: IPAddress | None,
        contact: str | None,
        account: str | None,
    ) -> Iterator[Place]:
        mailbox = mailbox_of(normalise(contact) or contact) if contact else None
        subjects = (self._network(client), mailbox, account, "")
        for rate, subject in zip(self._rates[act], subjects, strict=True):
            if rate is not None and subject is not None:
                scope, name, times, seconds = rate
                yield Place(scope, name + subject, times, seconds)

    def _network(self, client: IPAddress | None) -> str:
        if client is None:
            return UNKNOWN
        policy = self.policy
        return network_of(client, ipv4=policy.ipv4_prefix, ipv6=policy.ipv6_prefix)

    def _refuse(self, act: LimitedAct, full: Full) -> None:
        seconds = max(1, ceil(full.until - self._clock().timestamp()))
        kind = TooManyGuests if act is LimitedAct.GUEST else TooManyTries
        raise kind(f"{act}_{full.scope}", seconds)

    async def is_counting(self) -> bool:
        """Tell whether what counts answers now."""
        return await self.open().is_there()

    async def close(self) -> None:
        """Give connections back; what was counted in memory is forgotten."""
        windows, self._windows = self._windows, None
        if windows is not None:
            await windows.close()
