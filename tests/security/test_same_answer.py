"""The same request has the same answer, whoever else is at it at the same moment."""

import pytest

from onboarding.accounts.model import Account, IdentityLink, ProvenAddress, Receipt
from onboarding.errors import SignInExpired, SignInRequired
from tests.security.stale import slowed
from tests.world import World, identity

pytestmark = pytest.mark.anyio

VERA = "vera@example.org"


ANOTHER = identity("twin", VERA, issuer="https://other.example")
HELD = {
    "their session": ("find_session", None),
    "who proved the address": ("find", ProvenAddress),
    "whose identity it is": ("find", IdentityLink),
}


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("deed", ["link", "sign_in"])
async def test_a_way_in_that_comes_during_an_erasure_stands_nowhere(
    world: World, deed: str, held: str
) -> None:
    """Whoever erases their account and adds a way to it at once has neither."""
    owner = await world.person("vera", VERA)
    here = await world.who(owner.new_session.token.reveal())
    slow, stale = slowed(world, *HELD[held])
    adding = slow.accounts.link if deed == "link" else slow.accounts.sign_in

    outcome = await stale.meanwhile(
        adding(ANOTHER, here), lambda: world.data.erase(owner.account.id)
    )

    assert isinstance(outcome, SignInRequired | SignInExpired)
    assert await world.store.find(IdentityLink, ANOTHER.issuer, "twin") is None
    alive = "SELECT id FROM onboarding_accounts WHERE ending IS NULL"
    assert [] == await world.store.query(alive)


@pytest.mark.parametrize("kind", [Account, Receipt])
async def test_a_merge_that_another_process_did_meanwhile_has_its_receipt(
    world: World, kind: type
) -> None:
    """The same merge is the same answer, and no account that has ended."""
    one, two = await world.person("vera"), await world.person("twin")
    slow, stale = slowed(world, "find", kind)
    ids = two.account.id, one.account.id

    receipt = await stale.meanwhile(
        slow.merging.merge(*ids), lambda: world.merging.merge(*ids)
    )

    assert isinstance(receipt, Receipt)
    assert receipt == await world.merging.merge(*ids)
    assert [receipt] == await world.accounts.list_receipts(one.account)
