"""Sessions and intents: bearer secrets, used by their bearer, for a while."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from onboarding.accounts.model import CurrentSession, Purpose
from onboarding.changes import Add, Replace
from onboarding.tokens import Token
from tests.world import World, identity

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def test_only_the_exact_token_opens(world: World) -> None:
    """A token with another secret, a cut one, or nonsense grants nothing."""
    welcome = await world.guests.start()
    good = welcome.token.reveal()

    assert await world.sessions.find(good) is not None
    other = Token.new(welcome.token.id).reveal()
    for bad in ("", " ", "null", good[:-1], good + "A", other, good.upper()):
        assert await world.sessions.find(bad) is None


async def test_a_session_ends_when_signed_out(world: World) -> None:
    """Signing out ends the session, once, and says so in the log."""
    guest = await world.guest()
    await world.sessions.end(guest)
    await world.sessions.end(guest)

    assert await world.sessions.refresh(guest) is None
    assert ["guest_started", "signed_out"] == await world.names(guest.account.id)


async def test_an_idle_guest_is_a_visitor(world: World) -> None:
    """A guest's session ends after thirty days unused, not before."""
    welcome = await world.guests.start()
    world.clock.advance(30 * DAY - timedelta(seconds=1))
    assert await world.sessions.find(welcome.token.reveal()) is not None

    world.clock.advance(timedelta(seconds=1))

    assert await world.sessions.find(welcome.token.reveal()) is None


async def test_use_keeps_a_session_alive(world: World) -> None:
    """A guest who comes every three weeks stays a guest, up to 400 days."""
    welcome = await world.guests.start()
    weeks = 0
    while current := await world.sessions.find(welcome.token.reveal()):
        await world.sessions.touch(current.session)
        world.clock.advance(21 * DAY)
        weeks += 3

    assert 400 // 7 <= weeks <= 400 // 7 + 3


async def test_a_use_keeps_the_language_that_was_spoken(world: World) -> None:
    """Once a day at most; whoever speaks as before causes no more than a touch."""
    guest = await world.guest()
    spoken = []
    for locale in ("nl", "en", None, "nl"):
        world.clock.advance(DAY)
        current = await world.sessions.refresh(guest)
        assert current is not None
        await world.sessions.touch(current.session, locale)
        await world.sessions.touch(current.session, "de")  # the same day: not written
        spoken.append((await world.account(guest.account.id)).locale)
    assert ["nl", "en", "en", "nl"] == spoken


async def test_whose_account_has_ended_keeps_no_language(world: World) -> None:
    """What is left of somebody tells nothing of them."""
    guest = await world.guest()
    world.clock.advance(DAY)
    await world.sessions.touch(guest.session, "nl")
    await world.data.erase(guest.account.id)
    assert (await world.account(guest.account.id)).locale is None


async def test_parallel_touches_do_not_disturb(world: World) -> None:
    """Many requests of one page write the use down without an error."""
    guest = await world.guest()
    world.clock.advance(DAY)

    await asyncio.gather(*(world.sessions.touch(guest.session) for _ in range(8)))

    current = await world.sessions.refresh(guest)
    assert current is not None
    assert world.now == current.session.seen_at


async def test_an_intent_is_used_once(world: World) -> None:
    """Of many parallel takers of one intent exactly one gets it."""
    token = await world.intents.open(Purpose.SIGN_IN, life=DAY, data={"a": "b"})
    taken = await asyncio.gather(
        *(world.intents.take(token, Purpose.SIGN_IN) for _ in range(10))
    )

    assert 1 == sum(intent is not None for intent in taken)
    assert await world.intents.take(token, Purpose.SIGN_IN) is None


async def test_an_intent_serves_its_purpose_only(world: World) -> None:
    """Another purpose, another browser's secret, or a late hour find nothing."""
    token = await world.intents.open(Purpose.SIGN_IN, life=timedelta(minutes=10))

    assert await world.intents.take(token, Purpose.CONFIRM) is None
    assert await world.intents.take(Token.new(token.id), Purpose.SIGN_IN) is None
    world.clock.advance(timedelta(minutes=10))
    assert await world.intents.take(token, Purpose.SIGN_IN) is None
    world.clock.advance(timedelta(seconds=1))
    assert 1 == await world.intents.sweep()


async def test_an_account_that_has_ended_begins_nothing(world: World) -> None:
    """What begins in the moment of an erasure is a visitor's, and can be finished."""
    guest = await world.guest()
    await world.data.erase(guest.account.id)

    token = await world.intents.open(
        Purpose.SIGN_IN, life=DAY, account_id=guest.account.id
    )

    intent = await world.intents.take(token, Purpose.SIGN_IN)
    assert intent is not None
    assert intent.account_id is None


async def test_every_intent_whose_life_is_over_goes(world: World) -> None:
    """However many they are, batch after batch; one that lives stays."""
    for _ in range(3):
        await world.intents.open(Purpose.SIGN_IN, life=timedelta(minutes=10))
    world.clock.advance(timedelta(minutes=11))
    live = await world.intents.open(Purpose.SIGN_IN, life=timedelta(minutes=10))

    assert 3 == await world.intents.sweep(batch=1)
    assert await world.intents.take(live, Purpose.SIGN_IN) is not None


async def test_every_session_of_before_dies_with_a_change_of_power(
    world: World,
) -> None:
    """A session that somebody planted in a guest's browser is dead after sign-in."""
    guest = await world.guest()
    planted = world.sessions.begin(guest.account)
    await world.store.commit(Add(planted.session))
    await world.accounts.sign_in(identity("kim"), guest)

    assert await world.sessions.find(planted.token.reveal()) is None


async def known(world: World) -> tuple[str, CurrentSession]:
    """Return a token that was used before, and so is remembered, and whose it is."""
    token = (await world.guests.start()).token.reveal()
    world.clock.advance(timedelta(hours=1))
    await world.sessions.touch((await world.who(token)).session)
    await world.who(token)
    return token, await world.who(token)


async def test_each_carrier_has_sessions_of_its_own(world: World) -> None:
    """What a cookie holds is no app's token, and the other way round."""
    guest = await world.guests.start()
    new = world.sessions.begin(guest.account, app="shop-ios")
    await world.store.commit(Add(new.session))
    held, carried = guest.token.reveal(), new.token.reveal()
    assert guest.current == await world.sessions.find(held)
    assert new.current == await world.sessions.find_of_app(carried)
    assert await world.sessions.find(carried) is None
    assert await world.sessions.find_of_app(held) is None
    assert await world.sessions.find_of_app(carried[:-1]) is None
    assert await world.sessions.find_of_app(f"{carried[:21]}{'x' * 43}") is None


async def test_a_session_that_was_handed_on_is_as_old_as_its_sign_in(
    world: World,
) -> None:
    """It ends with it, counts as used now, and nobody is fresh by it."""
    guest = await world.guests.start()
    world.clock.advance(3 * DAY)
    new = world.sessions.begin(
        guest.account, app="shop-ios", signed_in_by=guest.session
    )
    assert guest.session.created_at == new.session.created_at
    assert world.clock() == new.session.seen_at
    assert world.clock() + 30 * DAY == world.sessions.ends_at(new.current)


async def test_a_remembered_session_is_asked_for_every_time(world: World) -> None:
    """What ends it elsewhere ends it here with the very next request."""
    token, current = await known(world)
    await world.sessions.end(current)
    assert await world.sessions.find(token) is None

    token, current = await known(world)
    was = current.account
    await world.store.commit(
        Replace(was, replace(was, epoch=was.epoch + 1, version=was.version + 1))
    )
    assert await world.sessions.find(token) is None

    token, current = await known(world)
    await world.data.erase(current.account.id)
    assert await world.sessions.find(token) is None


async def test_a_remembered_session_ends_by_time(world: World) -> None:
    """Nothing is written meanwhile; the clock alone ends it."""
    token, _ = await known(world)
    world.clock.advance(timedelta(days=30))
    assert await world.sessions.find(token) is None


async def test_what_changed_is_told_of_a_remembered_session(world: World) -> None:
    """The account is as it stands in the database, not as it was."""
    token, current = await known(world)
    was = current.account
    now = replace(was, ref="host-1", version=was.version + 1)
    await world.store.commit(Replace(was, now))
    assert (await world.who(token)).account == now


async def test_a_remembered_id_opens_nothing_without_its_secret(world: World) -> None:
    """Whoever knows the id of a session in use knows nothing."""
    token, _ = await known(world)
    other = Token.new(token[:20]).reveal()
    assert await world.sessions.find(other) is None
    assert await world.sessions.find(token[:-1]) is None
    assert await world.sessions.find(token + "x") is None
    assert await world.sessions.find(token) is not None
