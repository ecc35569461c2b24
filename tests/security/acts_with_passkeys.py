"""What people do with a device, and what must hold when it is done."""

from collections.abc import Awaitable, Callable

from onboarding.accounts.model import CurrentSession, Passkey
from onboarding.accounts.outcome import SignInResult
from onboarding.errors import Conflict, SignInExpired
from onboarding.passkeys.model import PasskeyAnswered
from tests.security.acts import Act, Shop, nobody


async def _still_here(shop: Shop) -> CurrentSession | None:
    """Return who the browser is now: a session may have ended with its power."""
    me = shop.me
    account = await shop.core.accounts.find(me.account.id) if me else None
    is_known = me and account and account.epoch == me.session.epoch
    return me if is_known else None


async def _enter(shop: Shop, answered: PasskeyAnswered) -> None:
    assert isinstance(answered.outcome, SignInResult)
    token = answered.outcome.new_session.token.reveal()
    shop.me = await shop.core.sessions.find(token)


async def keeping(shop: Shop) -> None:
    """Make a passkey; whoever has one, and was not told so, comes in with it."""
    if await shop.core.store.query("SELECT id FROM onboarding_passkeys"):
        await coming(shop)
        return
    passkeys, current = shop.core.passkeys, await _still_here(shop)

    async def once() -> PasskeyAnswered:
        asked = await passkeys.begin_new("here", current=current)
        made = shop.device.create(asked.options)
        jar = {one.name: one.value for one in asked.cookies}
        return await passkeys.finish_new(asked.attempt, made, jar, current)

    await _enter(shop, await _pressed(once))


async def coming(shop: Shop) -> None:
    """Come in with the passkey of this device."""
    passkeys, current = shop.core.passkeys, await _still_here(shop)

    async def once() -> PasskeyAnswered:
        asked = await passkeys.begin_sign_in()
        given = shop.device.get(asked.options)
        jar = {one.name: one.value for one in asked.cookies}
        return await passkeys.finish_sign_in(asked.attempt, given, jar, current)

    await _enter(shop, await _pressed(once))


async def _pressed(once: Callable[[], Awaitable[PasskeyAnswered]]) -> PasskeyAnswered:
    """Press the button, and once more where the attempt was somebody else's.

    An attempt is nobody else's but in these tests, which let each commit be beaten.
    """
    try:
        return await once()
    except (Conflict, SignInExpired):
        return await once()


async def a_buyer(shop: Shop) -> None:
    """Be a guest with an order."""
    await shop.guest()


async def an_owner_elsewhere(shop: Shop) -> None:
    """Keep an order with a passkey, and come as a visitor from another browser."""
    await shop.guest()
    await keeping(shop)
    shop.me = None


async def an_owner_with_a_guest(shop: Shop) -> None:
    """The same, and begin to fill a cart there."""
    await an_owner_elsewhere(shop)
    welcome = await shop.core.guests.start()
    shop.me = await shop.core.sessions.find(welcome.token.reveal())


async def one_passkey(shop: Shop) -> None:
    """One account, whose the passkey is, with one way in, linked once."""
    account = await shop.alone()
    assert account.id == shop.here.account.id
    assert not account.is_guest
    (passkey,) = await shop.core.store.list_of(Passkey, account.id)
    (link,) = await shop.core.accounts.list_identities(account)
    assert (link.issuer, link.subject) == (
        shop.core.passkeys.issuer,
        passkey.user_handle,
    )


ACTS_WITH_PASSKEYS = {
    # What waits for a device keeps a guest from being purged: a commit more.
    "keep with a passkey": Act(a_buyer, keeping, one_passkey, is_whole=False),
    "register with a passkey": Act(nobody, keeping, one_passkey),
    "come with a passkey": Act(an_owner_elsewhere, coming, one_passkey),
    "merge with a passkey": Act(an_owner_with_a_guest, coming, one_passkey),
}
