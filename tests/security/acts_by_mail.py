"""What people do with a letter in hand, and what must hold when it is done."""

from onboarding.accounts.model import Purpose
from onboarding.accounts.outcome import SignInResult
from tests.security.acts import (
    TWIN,
    Act,
    Shop,
    nobody,
    one_way_in,
    somebody_with_a_guest,
    two_ways_in,
)


async def an_owner_elsewhere(shop: Shop) -> None:
    """Have an account, and come as a visitor from another browser."""
    await shop.guest()
    await shop.sign_in()
    shop.me = None


async def _wait(shop: Shop) -> None:
    waiting = shop.core.waiting_identities
    cookie = await waiting.add(TWIN, next="/", current=shop.me)
    shop.jar = {cookie.name: cookie.value}


async def a_visitor_who_waits(shop: Shop) -> None:
    """Have an account, and come elsewhere with an identity that has its address."""
    await an_owner_elsewhere(shop)
    await _wait(shop)


async def a_guest_who_waits(shop: Shop) -> None:
    """The same, as a guest with an order."""
    await somebody_with_a_guest(shop)
    await _wait(shop)


async def confirming(shop: Shop) -> None:
    """Have a letter sent to the address, and bring it back.

    Whoever was told that it is over comes again, and is in at once if it is linked.
    """
    core, jar = shop.core, shop.jar
    outcome = await core.accounts.sign_in(TWIN, shop.me)
    if not isinstance(outcome, SignInResult):
        waits = await core.waiting_identities.find(jar, shop.me)
        assert waits is not None
        asked = await core.proofs.ask(
            Purpose.MAIL_CONFIRM,
            waits.address or "",
            current=shop.me,
            locale="en",
            bound=await core.waiting_identities.bind(waits, jar),
        )
        code = core.proofs.secrets(asked.value.partition(".")[0]).code
        done = await core.proofs.finish(
            code=code, current=shop.me, cookies={asked.name: asked.value}
        )
        outcome = done.signed_in
    shop.me = await core.sessions.find(outcome.new_session.token.reveal())


async def one_confirmation(shop: Shop) -> None:
    """Both ways lead to the one account, and it was linked once."""
    await two_ways_in(shop)
    told = await shop.core.journey.timeline(shop.here.account.id)
    assert 1 == [one.name for one in told].count("identity_linked")


async def one_confirmation_and_merge(shop: Shop) -> None:
    """The guest came along once, order and all."""
    await one_confirmation(shop)
    (receipt,) = await shop.core.accounts.list_receipts(shop.here.account)
    assert {"orders": "added:1"} == receipt.moved


async def signing_in(shop: Shop) -> None:
    """Bring back the letter of a sign-in; whoever was too late asks for another."""
    core = shop.core
    asked = await core.proofs.ask(
        Purpose.MAIL_SIGN_IN, "vera@example.org", current=shop.me, locale="en"
    )
    code = core.proofs.secrets(asked.value.partition(".")[0]).code
    jar = {asked.name: asked.value}
    done = await core.proofs.finish(code=code, current=shop.me, cookies=jar)
    shop.me = await core.sessions.find(done.signed_in.new_session.token.reveal())


async def one_address(shop: Shop) -> None:
    """One account has proven it, once."""
    account = await shop.alone()
    (contact,) = await shop.core.accounts.list_contacts(account)
    assert "email" == contact.proven_by
    told = await shop.core.journey.timeline(account.id)
    assert 1 == [one.name for one in told].count("contact_proven")


ACTS_BY_MAIL = {
    "confirm by mail": Act(a_visitor_who_waits, confirming, one_confirmation),
    "confirm and merge by mail": Act(
        a_guest_who_waits, confirming, one_confirmation_and_merge
    ),
    "register by mail": Act(nobody, signing_in, one_address),
    "sign in by mail": Act(an_owner_elsewhere, signing_in, one_way_in),
}
