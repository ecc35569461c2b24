"""What is told, orders that change owner, the shop, and time: each deed a rule."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from onboarding.accounts.model import Account
from onboarding.errors import AccountEnded
from tests.security.lives.devices import Devices
from tests.security.lives.look import Browser
from tests.security.lives.market import DAY
from tests.security.lives.people import (
    ADDRESS,
    ADDRESSES,
    AT,
    PICK,
    picked,
)

GENRE = st.sampled_from(["novel", "poem"])


LATE_ACTS = "contact", "answer", "erase", "claim"


class Town(Devices):
    """Beside coming in: what people tell and take over, and what the shop does."""

    # ── telling, and taking back ─────────────────────────────────────────────

    @rule(at=AT, address=ADDRESS)
    def type_address(self, at: int, address: str) -> None:
        """Type an address, of whoever it may be."""

        async def act() -> None:
            await self.core.guests.give_contact(await self._account(at), address)

        self._do("type address", act, at)

    @rule(at=AT, pick=PICK, right=st.sampled_from((*ADDRESSES, None)))
    def put_right(self, at: int, pick: int, right: str | None) -> None:
        """Put an address right, or take it away."""
        known = [
            r for r in self.after["contacts"] if r["account_id"] == self.after.here[at]
        ]
        wrong = picked(sorted(row["address"] for row in known), pick)
        if wrong is None:
            return

        async def act() -> None:
            account, keep = await self._account(at), await self._who(at)
            if right is None:
                await self.core.contacts.remove(account, wrong, keep=keep)
            else:
                await self.core.contacts.correct(account, wrong, right, keep=keep)

        self._do("put right", act, at)

    @rule(at=AT, genre=GENRE)
    def answer(self, at: int, genre: str) -> None:
        """Answer a question."""

        async def act() -> None:
            account = await self._account(at)
            await self.core.profiling.submit(account, {"genre": genre})

        self._do("answer", act, at)

    # ── orders ───────────────────────────────────────────────────────────────

    @rule(at=AT, pick=PICK)
    def open_order_link(self, at: int, pick: int) -> None:
        """Open the link of an order, as its owner was mailed it."""
        if (number := picked(sorted(self.owners), pick)) is None:
            return

        async def act() -> None:
            owner = self.owners[number]
            account = await self.core.store.find(Account, owner) if owner else None
            link = self.core.orders.links.make(number, account and account.id)
            grant = await self.core.orders.open(link.rpartition("/")[2])
            self.browsers[at].grants.append(grant)

        self._do("open order link", act, at)

    @rule(at=AT, pick=PICK)
    def claim_by_link(self, at: int, pick: int) -> None:
        """Take over what a link opened here."""
        grants = self.browsers[at].grants
        if (grant := picked(grants, pick)) is None:
            return
        number = int(grant.order)

        async def act() -> None:
            account = await self._account(at)
            kept = self.core.orders.links.keep(grants)
            held = self.core.orders.links.grants_in(kept)
            done = await asyncio.gather(
                *(self.core.orders.claim(str(number), account, held) for _ in "ab"),
                return_exceptions=True,
            )
            # Pressing twice is no error: either both have it, or it is nobody's here.
            refused = [one for one in done if isinstance(one, BaseException)]
            assert len(refused) in {0, len(done)}, refused
            if refused:
                raise refused[0]
            self.claimed(number, account.id)

        self._do("claim by link", act, at)

    @rule(at=AT)
    def claim_by_address(self, at: int) -> None:
        """Take over what was placed with a proven address."""

        async def act() -> None:
            account = await self._account(at)
            for order in await self.core.orders.claim_by_address(account):
                self.claimed(int(order.key), account.id)
                self.reach("claimed by address")

        self._do("claim by address", act, at)

    # ── the shop, and time ───────────────────────────────────────────────────

    @rule(address=ADDRESS)
    def call(self, address: str) -> None:
        """Order by phone, twice: the shop repeats what it is not sure of."""
        number = self.number(address)

        async def act() -> None:
            first = await self.core.orders.register(number, email=address)
            again = await self.core.orders.register(number, email=address)
            assert first.account.id == again.account.id
            self.owners[number] = first.account.id
            await self.market.place(number, first.account.id, address)

        self._do("order by phone", act)

    @rule(address=ADDRESS)
    def order_of_nobody(self, address: str) -> None:
        """Have an order from before anybody knew this library."""
        number = self.number(address)
        self.owners[number] = None
        self._do("order of nobody", lambda: self.market.place(number, None, address))

    @rule(one=AT, other=AT)
    def merge(self, one: int, other: int) -> None:
        """Let the host bring two accounts together, both ways at once."""

        async def act() -> None:
            ids = [(await self._account(at)).id for at in (one, other)]
            pairs = [tuple(ids), tuple(reversed(ids))]
            done = await asyncio.gather(
                *(self.core.merging.merge(*pair) for pair in pairs),
                return_exceptions=True,
            )
            refused = [one for one in done if isinstance(one, BaseException)]
            assert refused, "two accounts came to each other"
            if len(refused) == len(pairs):
                raise refused[0]

        self._do("merge", act, one, other)

    @rule(pick=PICK)
    def merge_again(self, pick: int) -> None:
        """Repeat a merge: its receipt is told, and nothing happens."""
        receipts = self.after.by("receipts", "source")
        if (source := picked(sorted(receipts), pick)) is None:
            return
        receipt = receipts[source]

        async def act() -> None:
            again = await self.core.merging.merge(source, receipt["target"])
            assert json.loads(receipt["moved"]) == again.moved

        self._do("merge again", act)

    @rule(pick=PICK)
    def write_late(self, pick: int) -> None:
        """Write under an account that has ended, as a host that knew it before may."""
        if (id := picked(sorted(self.after.ended()), pick)) is None:
            return
        number = self.number(ADDRESSES[0])

        async def act() -> None:
            self.owners[number] = id
            self.late |= {number, id}
            await self.market.place(number, id, ADDRESSES[0])
            await self.market.fill(id, "x", 9)

        self._do("write late", act)

    @rule(pick=PICK, what=st.sampled_from(LATE_ACTS))
    def knock(self, pick: int, what: str) -> None:
        """Come late, with an account that has ended."""
        if (id := picked(sorted(self.after.ended()), pick)) is None:
            return

        async def act() -> None:
            ended = await self.core.store.find(Account, id)
            assert ended is not None
            acts: dict[str, Callable[[], Awaitable[Any]]] = {
                "contact": lambda: self.core.guests.give_contact(ended, ADDRESSES[0]),
                "answer": lambda: self.core.profiling.submit(ended, {"mood": "fine"}),
                "erase": lambda: self.core.data.erase(id),
                "claim": lambda: self.core.orders.claim("1", ended, []),
            }
            await acts[what]()

        self._do("knock", act)
        assert isinstance(self.deed.error, AccountEnded)

    @rule(at=AT)
    def take_along(self, at: int) -> None:
        """Ask for everything."""

        async def act() -> None:
            if current := await self._who(at):
                told = await self.core.data.export(current.account)
                self.deed.told["account_exported"] += 1
                self.check_export(current.account.id, told)

        self._do("export", act, at)

    @rule(at=AT)
    def erase(self, at: int) -> None:
        """Have everything erased."""

        async def act() -> None:
            if current := await self._who(at):
                await self.core.data.erase(current.account.id)

        self._do("erase", act, at)

    def forget(self, at: int) -> None:
        """Close a private window: its cookies are gone, and nothing is told of it."""

        async def act() -> None:
            self.browsers[at] = Browser()

        self._do("forget", act, at)

    def purge(self, days: int) -> None:
        """Let time go by, and purge; a life's letters are over by then."""
        self.market.clock.advance(days * DAY)
        if days:
            self.after = self.run(self._look())

        async def act() -> None:
            purged = await self.core.guests.purge(batch=2)
            kept = sum(purged.kept.values())
            for name, count in (
                ("gone", purged.gone),
                ("kept", kept),
                ("settled", purged.settled),
            ):
                self.reach(f"purge: {name}", count)
            if purged.gone and kept:
                self.reach("purge with survivors")

        self._do("purge", act)
        lapsed = self.after.ended("expired")
        self.late = {
            number
            for number in self.late & self.owners.keys()
            if self.after.end_of(self.owners[number]) in lapsed
        }
