"""Bringing in people whom a host has already: many at once, or one at their sign-in.

Nobody is signed in by it. Each becomes a registered account with the host's ref, and
the resolution table decides, as for everybody else, who may come in: whoever reads the
mail of the address, or confirms that way that a provider's identity is theirs.

What the host has proven counts as proven; what was typed there is kept as typed. So
whoever registers somebody else's address with the host, and waits, gains nothing here
(pre-hijacking, Sudhodanan and Paverd, USENIX Security 2022).
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace

from onboarding.accounts.adopted import Adopted, Adoption, NotAdopted
from onboarding.accounts.linking import Linking
from onboarding.accounts.live import find_survivor
from onboarding.accounts.lookup import HostLookup
from onboarding.accounts.model import (
    Account,
    AccountKind,
    Contact,
    ContactLevel,
    ProvenAddress,
)
from onboarding.accounts.refs import find_by_ref
from onboarding.accounts.store import AccountStore
from onboarding.accounts.taken import Taken
from onboarding.changes import Add, Change, Put, Touch, retrying
from onboarding.clock import Clock
from onboarding.emails import normalise
from onboarding.errors import ConfigError
from onboarding.events import AccountAdopted, Entry
from onboarding.log import Recorder
from onboarding.shapes import shown
from onboarding.tokens import Ids
from onboarding.visible import trim

IN_ONE_COMMIT = 100
"""People of one commit: some 500 rows at most, which hold SQLite's file for 20 ms."""


class Adopting:
    """Makes accounts of people whom the host has.

    Args:
        store: Where accounts are kept.
        clock: The present instant.
        ids: Makes ids.
        lookup: Finds one of them by a proven address.
    """

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        ids: Ids,
        *,
        lookup: HostLookup,
    ):
        self._store = store
        self._clock = clock
        self._ids = ids
        self._log = Recorder(clock, ids)
        self._lookup = lookup

    # ── many ─────────────────────────────────────────────────────────────────

    async def adopt(
        self,
        people: Iterable[Adopted] | AsyncIterable[Adopted],
        progress: Callable[[int], object],
    ) -> Adoption:
        """Bring people in; see ``AccountService.adopt``."""
        added, known, looked_at = 0, 0, 0
        refused: list[NotAdopted] = []
        async for batch in _in_batches(people):
            done = await self._adopt_all(batch)
            added += done.added
            known += done.known
            refused += done.not_adopted
            looked_at += len(batch)
            progress(looked_at)
        return Adoption(added=added, known=known, not_adopted=tuple(refused))

    async def _adopt_all(self, people: Sequence[Adopted]) -> Adoption:
        return await retrying(lambda: self._try_all(people))

    async def _try_all(self, people: Sequence[Adopted]) -> Adoption:
        """Read, decide for each, and commit all of them at once."""
        taken = Taken(self._store)
        changes: list[Change] = []
        entries: list[Entry] = []
        refused: list[NotAdopted] = []
        for person in people:
            if await taken.knows(person.ref):
                continue
            obstacle = await taken.obstacle(person)
            if obstacle is not None:
                refused.append(obstacle)
                continue
            account = self._account(person)
            changes += [Add(account), *await self._things(person, account.id)]
            entries.append(self._log.entry(account.id, AccountAdopted()))
            taken.take(person, account.id)
        if changes:
            await self._store.commit(*changes, events=entries)
        added = len(entries)
        return Adoption(
            added=added,
            known=len(people) - added - len(refused),
            not_adopted=refused,
        )

    # ── one, at their sign-in ────────────────────────────────────────────────

    async def find(self, address: str) -> Account | None:
        """Return whom the host has with an address that is proven at this moment.

        They have an account from then on, and have proven the address.

        Args:
            address: Normalised; nobody here has proven it.

        Raises:
            StoreUnavailable: When the host's lookup fails, or takes too long: whoever
                is there already must not get a second account.
        """
        person = await self._lookup.find(address)
        if person is None:
            return None
        return await retrying(lambda: self._adopt_owner(person, address))

    async def _adopt_owner(self, person: Adopted, address: str) -> Account | None:
        proven = await self._store.find(ProvenAddress, address)
        if proven is not None:  # somebody was faster, mostly the same person
            return await find_survivor(self._store, proven.account_id)
        known = await find_by_ref(self._store, person.ref)
        if known is not None:
            # Their address is another one than when they were brought in.
            things = await self._things(replace(person, identities=()), known.id)
            await self._store.commit(Touch(known.id), *things)
            return await find_survivor(self._store, known.id)
        obstacle = await Taken(self._store).obstacle(person)
        if obstacle is not None:  # an identity: whoever has it keeps it
            person = replace(person, identities=())
        account = self._account(person)
        await self._store.commit(
            Add(account),
            *await self._things(person, account.id),
            events=[self._log.entry(account.id, AccountAdopted())],
        )
        return account

    # ── both ─────────────────────────────────────────────────────────────────

    def _account(self, person: Adopted) -> Account:
        return Account(
            id=self._ids.new(),
            kind=AccountKind.REGISTERED,
            created_at=person.created_at or self._clock(),
            ref=person.ref,
        )

    async def _things(self, person: Adopted, account_id: str) -> list[Change]:
        """Return what hangs on an account from the beginning."""
        now = self._clock()
        things: list[Change] = []
        for identity in person.distinct_identities:
            # Without its proof: whether the address is proven, the host has said.
            linking = Linking(identity=identity, earlier=None, is_first_proof=False)
            things += linking.changes(account_id, None, now)
        if person.email is None:
            return things
        address = normalise(person.email) or ""
        contact = Contact(
            account_id=account_id,
            address=address,
            typed=trim(person.email),
            given_at=person.created_at or now,
        )
        if not person.is_proven:
            return [*things, Put(contact)]
        # From now on, and no longer: how old the host's own proof is, nobody says.
        proven = replace(contact, level=ContactLevel.PROVEN, proven_at=now)
        finder = ProvenAddress(address=address, account_id=account_id)
        return [*things, Put(proven), Add(finder)]


async def _in_batches(
    people: Iterable[Adopted] | AsyncIterable[Adopted],
) -> AsyncIterator[list[Adopted]]:
    batch: list[Adopted] = []
    async for person in _each(people):
        if not isinstance(person, Adopted):
            raise ConfigError(
                f"accounts.adopt() was given {shown(person)}; write "
                "Adopted(ref=str(user.id), email=user.email, is_proven=…) for each"
            )
        batch.append(person)
        if len(batch) == IN_ONE_COMMIT:
            yield batch
            batch = []
    if batch:
        yield batch


async def _each(
    people: Iterable[Adopted] | AsyncIterable[Adopted],
) -> AsyncIterator[object]:
    if isinstance(people, AsyncIterable):
        async for person in people:
            yield person
        return
    if not isinstance(people, Iterable):
        raise ConfigError(
            f"accounts.adopt() was given {shown(people)}; write a list of Adopted(…), "
            "or an async generator that yields them"
        )
    for person in people:
        yield person
