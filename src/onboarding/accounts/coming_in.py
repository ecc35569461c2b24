"""What is looked at before anybody comes in, whatever shows who they are."""

from collections.abc import Sequence

from onboarding.accounts import rules
from onboarding.accounts.adopting import Adopting
from onboarding.accounts.asking import Asking
from onboarding.accounts.live import find_survivor
from onboarding.accounts.model import Account, ProvenAddress
from onboarding.accounts.outcome import MergeWaits
from onboarding.accounts.sessions import SessionService
from onboarding.accounts.settling import Settling
from onboarding.accounts.store import AccountStore
from onboarding.accounts.waiting_proofs import Packed
from onboarding.changes import Change


class ComingIn:
    """Knows who has an account, and lets a merge wait for the person's word.

    Args:
        store: Where everything is kept.
        sessions: Says who is here.
        settling: Does what the resolution table says.
        adopting: Brings people in whom the host has.
        asking: Lets a merge wait for the person's word; None where it just happens.
    """

    def __init__(
        self,
        store: AccountStore,
        sessions: SessionService,
        settling: Settling,
        adopting: Adopting,
        *,
        asking: Asking | None = None,
    ):
        self._store = store
        self._sessions = sessions
        self._asking = asking
        self._settling = settling
        self._adopting = adopting

    async def find(self, account_id: str) -> Account | None:
        """Return an account by its id, merges followed; None where there is none."""
        return await find_survivor(self._store, account_id)

    async def _prover_of(self, address: str | None) -> Account | None:
        """Return who has proven an address that is proven at this moment.

        Where nobody here has, and the host knows somebody, they are brought in first.
        """
        if not address:
            return None
        proven = await self._store.find(ProvenAddress, address)
        if proven is None:
            return await self._adopting.find(address)
        return await self.find(proven.account_id)

    async def _ask(
        self,
        resolution: rules.Settled,
        *,
        proof: Packed,
        address: str | None,
        next: str,
        used: Sequence[Change] = (),
    ) -> MergeWaits | None:
        """Let a merge wait for the person's word, where the host wants that."""
        if self._asking is None or not isinstance(resolution, rules.Merge):
            return None
        return await self._asking.open(
            resolution.guest,
            resolution.owner,
            proof=proof,
            address=address,
            next=next,
            used=used,
        )
