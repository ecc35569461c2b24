"""The host's own key for somebody: one each, and it goes where its account goes."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.accounts.model import Account, Ending
from onboarding.accounts.outcome import How, SignInResult
from onboarding.accounts.refs import LONGEST_REF, check_ref
from onboarding.errors import AccountEnded, ConfigError, RefTaken
from onboarding.events import Entry
from tests.world import World, identity

pytestmark = pytest.mark.anyio


async def with_ref(world: World, ref: str) -> Account:
    """Make a guest who has a ref."""
    guest = (await world.guest()).account
    return await world.accounts.set_ref(guest, ref)


async def found(world: World, ref: str) -> str | None:
    """Return the id of the account that a ref leads to."""
    account = await world.accounts.find_by_ref(ref)
    return account.id if account else None


async def merged(world: World, account_id: str) -> list[object]:
    """Return the refs that the log tells of merges into an account."""
    entries = await world.store.list_of(Entry, account_id)
    return [one.data["ref"] for one in entries if one.name == "account_merged"]


# ── set, find, take away ─────────────────────────────────────────────────────


async def test_a_ref_finds_its_account(world: World) -> None:
    """It may be set again, changed, and taken away."""
    guest = (await world.guest()).account
    named = await world.accounts.set_ref(guest, "users/7")
    assert guest.id == await found(world, "users/7")
    assert named == await world.accounts.set_ref(guest, "users/7")

    await world.accounts.set_ref(guest, "users/8")
    assert (None, guest.id) == (
        await found(world, "users/7"),
        await found(world, "users/8"),
    )
    assert None is (await world.accounts.set_ref(guest, None)).ref
    assert None is await found(world, "users/8")
    assert None is (await world.accounts.set_ref(guest, None)).ref


async def test_a_ref_of_somebody_else_is_refused(world: World) -> None:
    """It says whose; taken away there, it is free."""
    kim, sam = await with_ref(world, "7"), (await world.guest()).account
    with pytest.raises(RefTaken) as told:
        await world.accounts.set_ref(sam, "7")
    assert kim.id == told.value.account_id
    await world.accounts.set_ref(kim, None)
    assert sam.id == (await world.accounts.set_ref(sam, "7")).id


async def test_of_two_who_want_one_ref_at_once_one_has_it(world: World) -> None:
    """And the other is told."""
    people = [(await world.guest()).account for _ in range(4)]
    outcomes = await asyncio.gather(
        *(world.accounts.set_ref(one, "7") for one in people), return_exceptions=True
    )
    [winner] = [one for one in outcomes if isinstance(one, Account)]
    assert 3 == sum(isinstance(one, RefTaken) for one in outcomes)
    assert winner.id == await found(world, "7")


async def test_nobody_who_has_ended_gets_a_ref(world: World) -> None:
    """Erased is erased."""
    guest = (await world.guest()).account
    await world.data.erase(guest.id)
    with pytest.raises(AccountEnded):
        await world.accounts.set_ref(guest, "7")


@pytest.mark.parametrize(
    "ref", ["", "x" * 256, "a\nb", "a\0b", "\ud800", 7, None, "\u202e7"]
)
async def test_what_is_no_ref_is_refused(world: World, ref: object) -> None:
    """Neither set nor looked for; it says what to write."""
    guest = (await world.guest()).account
    with pytest.raises(ConfigError, match=r"ref=str\(user.id\)"):
        await world.accounts.find_by_ref(ref)
    if ref is not None:
        with pytest.raises(ConfigError, match=r"ref=str\(user.id\)"):
            await world.accounts.set_ref(guest, ref)


@given(st.text(min_size=1, max_size=LONGEST_REF).filter(str.isprintable))
def test_any_printable_text_is_a_ref(ref: str) -> None:
    """In any script, and as it is."""
    assert ref == check_ref(ref)


# ── through an account's life ────────────────────────────────────────────────


async def test_an_upgrade_keeps_it(world: World) -> None:
    """The guest who registers is the same account."""
    current = await world.guest()
    await world.accounts.set_ref(current.account, "7")
    outcome = await world.accounts.sign_in(identity("kim"), current)
    assert isinstance(outcome, SignInResult)
    assert (How.UPGRADED, "7") == (outcome.how, outcome.account.ref)


async def test_a_guest_brings_it_along_by_signing_in(world: World) -> None:
    """Who has none gets the guest's, and is told so."""
    person = await world.person("kim")
    current = await world.guest()
    await world.accounts.set_ref(current.account, "7")
    outcome = await world.accounts.sign_in(identity("kim"), current)
    assert isinstance(outcome, SignInResult)
    assert (How.MERGED, "7") == (outcome.how, outcome.account.ref)
    assert person.account.id == await found(world, "7")
    assert [None] == await merged(world, person.account.id)


@pytest.mark.parametrize(
    ("source_ref", "target_ref", "kept", "behind"),
    [
        (None, None, None, None),
        (None, "9", "9", None),
        ("7", None, "7", None),
        ("7", "9", "9", "7"),
    ],
)
async def test_a_merge_loses_no_ref(
    world: World,
    source_ref: str | None,
    target_ref: str | None,
    kept: str | None,
    behind: str | None,
) -> None:
    """The survivor's stays; the other still leads to the person, and is told."""
    source, target = (await world.guest()).account, (await world.guest()).account
    await world.accounts.set_ref(source, source_ref)
    await world.accounts.set_ref(target, target_ref)
    await world.merging.merge(source.id, target.id)

    assert kept == (await world.account(target.id)).ref
    assert behind == (await world.account(source.id)).ref
    assert [behind] == await merged(world, target.id)
    for ref in filter(None, (source_ref, target_ref)):
        assert target.id == await found(world, ref)


async def test_a_ref_that_was_left_behind_may_become_the_survivors(
    world: World,
) -> None:
    """The host keeps the other row: it is the same person's."""
    source, target = await with_ref(world, "7"), await with_ref(world, "9")
    await world.merging.merge(source.id, target.id)
    with pytest.raises(RefTaken):
        await world.accounts.set_ref((await world.guest()).account, "7")

    assert "7" == (await world.accounts.set_ref(target, "7")).ref
    assert None is (await world.account(source.id)).ref
    assert None is await found(world, "9")


async def test_taking_away_takes_what_was_left_behind(world: World) -> None:
    """Whoever is nobody's row any more leads nowhere, by whichever key."""
    source, target = await with_ref(world, "7"), await with_ref(world, "9")
    await world.merging.merge(source.id, target.id)
    sam = (await world.guest()).account
    with pytest.raises(RefTaken) as told:
        await world.accounts.set_ref(sam, "7")
    assert target.id == told.value.account_id

    await world.accounts.set_ref(target, None)
    assert (None, None) == (await found(world, "7"), await found(world, "9"))
    assert "7" == (await world.accounts.set_ref(sam, "7")).ref


async def test_a_purge_takes_every_ref(world: World) -> None:
    """A guest who lapsed is nobody's row, and neither is who was merged into them."""
    source, target = await with_ref(world, "7"), await with_ref(world, "9")
    await world.merging.merge(source.id, target.id)
    world.clock.advance(timedelta(days=31))
    assert 1 == (await world.guests.purge()).gone
    for account in (source, target):
        assert None is (await world.account(account.id)).ref


async def test_an_erasure_takes_every_ref(world: World) -> None:
    """Of the account and of what was merged into it, in the log as well."""
    source, target = await with_ref(world, "7"), await with_ref(world, "9")
    await world.merging.merge(source.id, target.id)
    last = await with_ref(world, "11")
    await world.merging.merge(target.id, last.id)
    assert "11" == (await world.data.read(last))["account"]["ref"]

    await world.data.erase(last.id)

    for account in (source, target, last):
        now = await world.account(account.id)
        assert (None, False) == (now.ref, now.is_live)
        assert [] == [ref for ref in await merged(world, account.id) if ref]
    assert Ending.MERGED is (await world.account(source.id)).ending
    for ref in ("7", "9", "11"):
        assert None is await found(world, ref)
