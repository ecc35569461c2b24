"""Letters as something that hangs on an account."""

from dataclasses import replace

from typing_extensions import override

from onboarding.accounts.facts import Facts, said
from onboarding.accounts.model import ProvenAddress
from onboarding.accounts.resources import Planned, Query
from onboarding.changes import RemoveAll
from onboarding.mail.model import Letter


class LettersResource(Facts[Letter]):
    """What is on its way to somebody: it follows a merge, and goes with the account.

    One that a visitor asked for belongs to no account, and goes when whoever proved
    its address has their data erased.
    """

    name = "letters"
    kind = Letter
    is_told = False

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        own = await super().erase(query, account_id)
        proven = await self._store.list_of(ProvenAddress, account_id)
        others = [RemoveAll(Letter, one.address, by="address") for one in proven]
        return replace(own, changes=[*own.changes, *others])

    @override
    def tell(self, fact: Letter) -> dict[str, object]:
        return said(
            kind=fact.kind,
            address=fact.address,
            due_at=fact.due_at.isoformat(),
        )
