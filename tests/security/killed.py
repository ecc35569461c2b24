"""Processes of one shop that work until they are killed, and tell of each thing done.

What is told is told after the service has answered, so it has to be there ever after.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, cast

from typing_extensions import override

from onboarding.accounts.model import Account, CurrentSession, Ending
from onboarding.accounts.outcome import SignInResult
from onboarding.changes import Change
from onboarding.core import Core
from onboarding.errors import OnboardingError
from onboarding.events import Entry
from onboarding.stores import store_from
from onboarding.testing import FaultyStore, FrozenClock
from tests.security.lives.market import Market, core_on
from tests.world import identity

Told = tuple[str, Any, Any]
"""What was done, to what, and what it came to."""

STEP: Told = ("step", None, None)
"""Told before each commit and after it: somewhere there a process is killed."""

LONGEST = 60
"""Seconds in which a process does something, however busy the machine is."""


# ── in the process ───────────────────────────────────────────────────────────


class Telling(FaultyStore):
    """Tells of each commit, before it and after it."""

    tell: Callable[[Told], None]

    @override
    async def commit(self, *changes: Change, events: Sequence[Entry] = ()) -> None:
        self.tell(STEP)
        await super().commit(*changes, events=events)
        self.tell(STEP)


@dataclass
class Worker:
    """One process: does one act after the other, in an order left to chance.

    Attributes:
        core: The shop's services, today.
        before: The same three days ago: a guest of then has lapsed today.
        tell: Tells the parent.
    """

    market: Market
    core: Core[Any]
    before: Core[Any]
    numbers: Iterator[int]
    chance: random.Random
    tell: Callable[[Told], None]

    async def buy(self) -> CurrentSession:
        """Order something as a guest."""
        guest = (await self.core.guests.start()).current
        await self._place(guest.account.id)
        return guest

    async def _place(self, owner: str) -> int:
        number = next(self.numbers)
        await self.market.place(number, owner, "kim@example.org")
        self.tell(("placed", number, owner))
        return number

    async def sign_in(self, current: CurrentSession | None) -> SignInResult:
        """Come in as one of a few, who come in elsewhere too."""
        who = identity(f"p{self.chance.randrange(3)}")
        outcome = await self.core.accounts.sign_in(who, current)
        assert isinstance(outcome, SignInResult)
        return outcome

    async def merge(self) -> None:
        """Buy and sign in; now and then the host writes under the guest even then."""
        guest = await self.buy()
        outcome = await self.sign_in(guest)
        self.tell(("came to", guest.account.id, outcome.account.id))
        if self.chance.random() < 0.3:
            await self._place(guest.account.id)

    async def claim(self) -> None:
        """Take over what a guest has ordered, by its link."""
        guest = (await self.core.guests.start()).account
        number = await self._place(guest.id)
        account = (await self.sign_in(None)).account
        link = self.core.orders.links.make(number, guest.id).rpartition("/")[2]
        grant = await self.core.orders.open(link)
        await self.core.orders.claim(str(number), account, [grant])
        self.tell(("claimed", number, account.id))

    async def purge(self) -> None:
        """Leave a cart behind that nobody comes back to, and purge."""
        guest = (await self.before.guests.start()).account
        await self.market.fill(guest.id, "x", 1)
        self.tell(("left", guest.id, None))
        await self.core.guests.purge()
        # By this process or by another one, which may have been quicker.
        left = await self.core.store.find(Account, guest.id)
        if left is not None and left.ending is Ending.EXPIRED:
            self.tell(("gone", guest.id, None))

    async def work(self) -> None:
        """Do one thing after the other, for ever."""
        acts: Sequence[Callable[[], Awaitable[object]]] = (
            *(self.merge, self.claim, self.purge),
        )
        while True:
            try:
                await self.chance.choice(acts)()
            except OnboardingError as error:  # beaten too often: nothing was done
                self.tell(("refused", type(error).__name__, str(error)))


def work(database: str, number: int, parent: Connection) -> None:
    """Be one of the processes, until it is killed."""

    async def run() -> None:
        today = FrozenClock()
        market = Market(database)
        market.clock = today
        telling = Telling(store_from(database))
        telling.tell = parent.send
        store = market.store = cast("Any", telling)
        await store.open()
        core = core_on(store, today)
        await core.belongings.check(store)
        worker = Worker(
            market,
            core,
            core_on(store, FrozenClock(today() - timedelta(days=3))),
            count(number * 10_000),
            random.Random(number),
            parent.send,
        )
        await worker.work()

    asyncio.run(run())


# ── from outside ─────────────────────────────────────────────────────────────


@dataclass
class Killing:
    """Starts processes, and kills each after it has told so many things and steps.

    Nobody knows where it is then: before a commit, within it, or behind.

    Attributes:
        told: All that was ever told.
    """

    database: str
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare to start processes quickly."""
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._running: dict[Connection, tuple[BaseProcess, int]] = {}
        self._chance = random.Random(7)

    def kill(self, kills: int, *, at_once: int = 3) -> None:
        """Kill so many, some of which run at the same time."""
        starting = iter(range(1, kills + 1))
        for number in starting:
            self._start(number)
            if len(self._running) == at_once:
                break
        while self._running:
            heard = cast("list[Connection]", wait(list(self._running), LONGEST))
            assert heard, "no process does anything any more"
            for one in heard:
                if not self._hear(one) and (number := next(starting, 0)):
                    self._start(number)

    def _start(self, number: int) -> None:
        mine, its = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=work, args=(self.database, number, its), daemon=True
        )
        process.start()
        its.close()
        self._running[mine] = process, self._chance.randint(1, 60)

    def _hear(self, one: Connection) -> bool:
        """Take one thing down; False when the process is no more."""
        process, left = self._running[one]
        try:
            told: Told = one.recv()
        except (EOFError, OSError):  # at the end, or within what it said last
            process.join()
            assert process.exitcode == -9, f"a process ended: {process.exitcode}"
            del self._running[one]
            return False
        if told != STEP:
            self.told.append(told)
        self._running[one] = process, left - 1
        if left == 1:
            process.kill()
        return True
