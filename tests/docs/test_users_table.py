"""The guide to a users table: its files work together, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from onboarding.accounts.model import Account, Purpose
from onboarding.accounts.outcome import How, SignInResult
from onboarding.guests.proofs import PROOF_COOKIE
from onboarding.stores import upgrade
from tests.docs.pages import Page, imported, source
from tests.within import async_url
from tests.world import identity

pytestmark = pytest.mark.anyio

PAGE = Page("docs/how-to/users-table.md")
KIM = "kim@example.org"
# The longer first: the other one stands in it.
WRITTEN = "sqlite+aiosqlite:///shop.db", "sqlite:///shop.db"


@pytest.fixture
async def guide(any_database: str) -> AsyncIterator[SimpleNamespace]:
    """Run each file of the page on a database of either kind, and make the tables."""
    await upgrade(any_database)
    texts = dict(zip(WRITTEN, (async_url(any_database), any_database), strict=True))
    with ExitStack() as stack:
        found = SimpleNamespace()
        for file in PAGE.files:
            text = source(PAGE.python(file), texts if file == "shop.py" else None)
            stem = Path(file).stem
            setattr(found, stem, stack.enter_context(imported(stem, text, PAGE)))
        found.onboarding = found.shop.onboarding
        async with found.shop.engine.begin() as connection:
            await connection.run_sync(found.models.make_tables)
        async with found.onboarding:
            yield found
        await found.shop.engine.dispose()


async def add(guide: SimpleNamespace, **said: object) -> object:
    """Add a user of before."""
    async with guide.shop.Session.begin() as session:
        user = guide.models.User(**said)
        session.add(user)
    return user


async def by_mail(guide: SimpleNamespace, address: str = KIM) -> SignInResult:
    """Sign in by mail in a fresh browser."""
    proofs = guide.onboarding.proofs
    cookie = await proofs.ask(Purpose.MAIL_SIGN_IN, address, current=None, locale="en")
    cookies = {cookie.name: cookie.value}
    code = proofs.secrets(cookies[PROOF_COOKIE].partition(".")[0]).code
    result = await proofs.finish(code=code, current=None, cookies=cookies)
    signed_in: SignInResult = result.signed_in
    return signed_in


async def user_of(guide: SimpleNamespace, account: Account) -> object:
    """Return the row of an account."""
    async with guide.shop.Session.begin() as session:
        return await guide.users.user_of(session, account)


# ── the foreign key ──────────────────────────────────────────────────────────


async def test_alembic_leaves_our_tables_alone(guide: SimpleNamespace) -> None:
    """With what the page says there is nothing to do; without it, there is."""

    def differences(connection: object, **options: object) -> list[object]:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, guide.models.metadata))

    include = guide.env.include_object
    async with guide.shop.engine.connect() as connection:
        assert [] == await connection.run_sync(differences, include_object=include)
        assert [] != await connection.run_sync(differences)


async def test_alembic_makes_the_hosts_tables_and_their_key(
    guide: SimpleNamespace,
) -> None:
    """What is missing is found: ours are left out, and the host's are not."""

    def missing(connection: object) -> list[str]:
        guide.models.User.__table__.drop(connection)
        options = {"include_object": guide.env.include_object}
        context = MigrationContext.configure(connection, opts=options)
        told = compare_metadata(context, guide.models.metadata)
        return [one[1].name for one in told if one[0] == "add_table"]

    async with guide.shop.engine.begin() as connection:
        assert ["users"] == await connection.run_sync(missing)


# ── one transaction ──────────────────────────────────────────────────────────


async def test_an_order_and_its_event_are_one(guide: SimpleNamespace) -> None:
    """Both are there; and of one that fails at the very end, neither."""
    account = (await guide.onboarding.guests.start()).account
    number = await guide.shop.place_order(account, "Ulysses")

    def fail(_: AsyncConnection) -> None:
        raise ZeroDivisionError

    event.listen(guide.shop.engine.sync_engine, "commit", fail)
    with pytest.raises(ZeroDivisionError):
        await guide.shop.place_order(account, "Emma")
    event.remove(guide.shop.engine.sync_engine, "commit", fail)

    told = await guide.onboarding.journey.timeline(account.id)
    placed = [one.data["number"] for one in told if one.name == "order_placed"]
    async with guide.shop.Session() as session:
        count = await session.scalar(select(func.count(guide.models.Order.number)))
    assert ([number], 1) == (placed, count)


async def test_a_row_is_made_once_with_the_proven_address(
    guide: SimpleNamespace,
) -> None:
    """And gives its key to the account; one that was typed is not taken."""
    guest = (await guide.onboarding.guests.start()).account
    await guide.onboarding.guests.give_contact(guest, "typed@example.org")
    row = await user_of(guide, guest)
    assert (guest.id, None) == (row.account_id, row.email)

    kim = (await by_mail(guide)).account
    row = await user_of(guide, kim)
    assert (kim.id, KIM) == (row.account_id, row.email)
    assert row.id == (await user_of(guide, kim)).id
    found = await guide.onboarding.accounts.find_by_ref(str(row.id))
    assert kim.id == found.id


async def test_of_two_rows_the_survivors_stays(guide: SimpleNamespace) -> None:
    """The guest's row goes at the merge, and its key still leads to the person."""
    owner = await guide.onboarding.accounts.sign_in(identity("kim"), None)
    guest = (await guide.onboarding.guests.start()).account
    kept, gone = await user_of(guide, owner.account), await user_of(guide, guest)
    await guide.onboarding.merging.merge(guest.id, owner.account.id)

    async with guide.shop.Session() as session:
        rows = list(await session.scalars(select(guide.models.User.id)))
    assert [kept.id] == rows
    for id in (kept.id, gone.id):
        found = await guide.onboarding.accounts.find_by_ref(str(id))
        assert owner.account.id == found.id


# ── people of before ─────────────────────────────────────────────────────────


async def test_everybody_is_brought_in(
    guide: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each row leads to its account; again, nothing is to be done."""
    kim = await add(guide, email=KIM, is_verified=True)
    await add(guide, email="planted@example.org")
    wrong = await add(guide, email="nobody", is_verified=True)
    await guide.bring_in.bring_in()
    await guide.bring_in.bring_in()

    assert f"{wrong.id} invalid_address None" in capsys.readouterr().out
    signed_in = await by_mail(guide)
    assert (How.SIGNED_IN, str(kim.id)) == (signed_in.how, signed_in.account.ref)
    row = await user_of(guide, signed_in.account)
    assert (kim.id, signed_in.account.id) == (row.id, row.account_id)
    assert How.REGISTERED is (await by_mail(guide, "planted@example.org")).how


async def test_who_comes_by_themselves_is_brought_in_then(
    guide: SimpleNamespace,
) -> None:
    """And their row is found by the key."""
    kim = await add(guide, email=KIM, is_verified=True)
    signed_in = await by_mail(guide)
    assert (How.SIGNED_IN, str(kim.id)) == (signed_in.how, signed_in.account.ref)
    row = await user_of(guide, signed_in.account)
    assert (kim.id, signed_in.account.id) == (row.id, row.account_id)
