"""Refs, addresses and identities that somebody has: of those, nobody else gets one."""

from onboarding.accounts.adopted import Adopted, NotAdopted, Obstacle
from onboarding.accounts.model import IdentityLink, ProvenAddress
from onboarding.accounts.refs import find_by_ref
from onboarding.accounts.store import AccountStore
from onboarding.emails import normalise


class Taken:
    """What is taken already: in the store, and by those before in the same commit.

    Args:
        store: Where accounts are kept.
    """

    def __init__(self, store: AccountStore):
        self._store = store
        self._refs: set[str] = set()
        self._addresses: dict[str, str] = {}
        self._identities: dict[tuple[str, str], str] = {}

    async def knows(self, ref: str) -> bool:
        """Tell whether a ref has an account."""
        return ref in self._refs or await find_by_ref(self._store, ref) is not None

    async def obstacle(self, person: Adopted) -> NotAdopted | None:
        """Return what stands in somebody's way, None where nothing does."""
        if person.email is not None:
            address = normalise(person.email)
            if address is None:
                return NotAdopted(ref=person.ref, why=Obstacle.INVALID_ADDRESS)
            owner = await self._prover(address) if person.is_proven else None
            if owner is not None:
                why = Obstacle.ADDRESS_TAKEN
                return NotAdopted(ref=person.ref, why=why, account_id=owner)
        for one in person.identities:
            owner = await self._owner(one.issuer, one.subject)
            if owner is not None:
                why = Obstacle.IDENTITY_TAKEN
                return NotAdopted(ref=person.ref, why=why, account_id=owner)
        return None

    async def _prover(self, address: str) -> str | None:
        found = await self._store.find(ProvenAddress, address)
        return found.account_id if found else self._addresses.get(address)

    async def _owner(self, issuer: str, subject: str) -> str | None:
        found = await self._store.find(IdentityLink, issuer, subject)
        return found.account_id if found else self._identities.get((issuer, subject))

    def take(self, person: Adopted, account_id: str) -> None:
        """Remember what somebody has from now on."""
        self._refs.add(person.ref)
        if person.email is not None and person.is_proven:
            self._addresses[normalise(person.email) or ""] = account_id
        for one in person.identities:
            self._identities[one.issuer, one.subject] = account_id
