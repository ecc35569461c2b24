"""What is proven of somebody elsewhere, as far as a feature needs it."""

from collections.abc import Collection

from onboarding.accounts.model import Account, Contact, ContactLevel, IdentityLink
from onboarding.profiling.needs import Fact, Linked, Proven
from onboarding.store import NounStore


async def proven_facts(
    store: NounStore, account: Account | None, facts: Collection[Fact]
) -> frozenset[str]:
    """Return which of some facts hold of an account, as ``Proven.fact`` calls them.

    Only what is asked for is read.
    """
    if account is None or not facts:
        return frozenset()
    proven: set[str] = set()
    if not account.is_guest:
        proven.add(Linked().fact)
    if any(isinstance(fact, Proven) for fact in facts):
        contacts = await store.list_of(Contact, account.id)
        if any(contact.level is ContactLevel.PROVEN for contact in contacts):
            proven.add(Proven("email").fact)
    if any(isinstance(fact, Linked) and fact.provider for fact in facts):
        links = await store.list_of(IdentityLink, account.id)
        proven |= {Linked(link.provider).fact for link in links}
    return frozenset(proven & {fact.fact for fact in facts})
