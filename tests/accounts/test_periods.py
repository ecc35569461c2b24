"""What an erasure keeps for a time: told until when, and gone afterwards."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from onboarding import After, Anonymise, KeepRows, Onboarding
from onboarding.accounts.model import Account
from onboarding.accounts.planned import Outcome, Planned
from onboarding.accounts.resources import Query, Resource
from onboarding.changes import Statement
from onboarding.errors import ConfigError
from onboarding.guests.model import Purged
from onboarding.stores import store_from, upgrade
from onboarding.stores.base import Store
from tests.stores.host import Host, connected
from tests.world import World, identity

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
DECADE = timedelta(days=3653)
TAX = "tax law"
KEPT = KeepRows(TAX, until=After("at", DECADE))
BLANKED = Anonymise(columns=["street"], reason=TAX, until=After("at", DECADE))

INSTANTS = {
    "sqlite": {
        "ISO 8601": ("TEXT", lambda at: at.isoformat()),
        "in UTC": ("TEXT", lambda at: at.isoformat(" ").replace("+00:00", "Z")),
        "of another zone": (
            "TEXT",
            lambda at: (at + timedelta(hours=2)).isoformat().replace("+00", "+02"),
        ),
        "without a zone": ("DATETIME", lambda at: at.strftime("%Y-%m-%d %H:%M:%S")),
        "seconds": ("INTEGER", lambda at: int(at.timestamp())),
        "seconds and parts": ("REAL", lambda at: at.timestamp()),
        "milliseconds": ("INTEGER", lambda at: int(at.timestamp()) * 10**3),
        "microseconds": ("BIGINT", lambda at: int(at.timestamp()) * 10**6),
        "nanoseconds": ("", lambda at: int(at.timestamp()) * 10**9),
    },
    "postgresql": {
        "with a zone": ("TIMESTAMPTZ", lambda at: at.isoformat()),
        "without a zone": ("TIMESTAMP", lambda at: at.replace(tzinfo=None)),
        "seconds": ("BIGINT", lambda at: int(at.timestamp())),
        "few seconds": ("INTEGER", lambda at: int(at.timestamp())),
        "seconds and parts": ("DOUBLE PRECISION", lambda at: at.timestamp()),
        "milliseconds": ("NUMERIC", lambda at: int(at.timestamp()) * 10**3),
        "microseconds": ("BIGINT", lambda at: int(at.timestamp()) * 10**6),
    },
}
WAYS = [(engine, name) for engine in INSTANTS for name in INSTANTS[engine]]


class Shop(World):
    """A world with orders, and the host's own connection to them."""

    host: Host

    async def order(self, account_id: str, number: str, at: object) -> None:
        """Place an order, whenever it was."""
        said = "NULL" if at is None else f"'{at}'" if not _is_number(at) else f"{at}"
        await self.host.run(
            f"INSERT INTO orders VALUES ('{account_id}', '{number}', 'Lane 1', {said})"
        )

    async def orders(self) -> list[tuple[Any, ...]]:
        """Return number and street of every order."""
        sql = "SELECT number, street FROM orders ORDER BY number"
        return await self.host.ask(sql)

    async def kept(self, account: Account) -> Planned:
        """Return what an erasure would do to the orders."""
        plans = await self.data.plan_erase(account)
        return next(plan for one, plan in plans if one.name == "orders")


def _is_number(at: object) -> bool:
    return isinstance(at, int | float)


async def opened(store: Store, host: Host, rule: KeepRows | Anonymise) -> Shop:
    """Return a shop on a store, with this rule for erasures."""
    shop = Shop(store, resources=[Resource.table("orders", owner="who", erase=rule)])
    await shop.belongings.check(store)
    shop.host = host
    return shop


TABLE = "CREATE TABLE orders (who TEXT, number TEXT, street TEXT, at {kind})"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a database with our tables."""
    found = f"sqlite:///{tmp_path / 'shop.db'}"
    if request.param == "postgresql":
        found = request.getfixturevalue("postgres_dsn")
    await upgrade(found)
    return found


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    """Give the host's own connection."""
    async with connected(database) as host:
        yield host


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """Give the store, open."""
    store = store_from(database)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def shop(store: Store, host: Host) -> Shop:
    """Return a shop that keeps its orders, without who it was."""
    await host.run(TABLE.format(kind="BIGINT"))
    return await opened(store, host, BLANKED)


def seconds(at: datetime) -> int:
    """Return an instant as the shop writes it."""
    return int(at.timestamp())


# ── told, and gone ───────────────────────────────────────────────────────────


async def test_a_person_is_told_until_when_their_rows_stay(shop: Shop) -> None:
    """The end of the last of them, beside the reason."""
    person = await shop.person("kim")
    for number, days in enumerate([9, 3, 6]):
        at = seconds(shop.now - days * DAY)
        await shop.order(person.account.id, str(number), at)

    kept = await shop.kept(person.account)

    assert (Outcome.KEPT, 3, TAX) == (kept.outcome, kept.count, kept.reason)
    assert shop.now - 3 * DAY + DECADE == kept.until


async def test_each_row_goes_at_its_own_end(shop: Shop) -> None:
    """An erasure blanks all of them; purges take each when its time is over."""
    person = await shop.person("kim")
    await shop.order(person.account.id, "1", seconds(shop.now))
    await shop.order(person.account.id, "2", seconds(shop.now + DAY))
    await shop.data.erase(person.account.id)
    assert [("1", None), ("2", None)] == await shop.orders()

    shop.clock.advance(DECADE)
    assert Purged() == await shop.guests.purge()
    shop.clock.advance(timedelta(seconds=1))
    assert Purged(expired=1) == await shop.guests.purge()
    assert [("2", None)] == await shop.orders()
    shop.clock.advance(DAY)
    assert Purged(expired=1) == await shop.guests.purge()
    assert [] == await shop.orders()


async def test_what_was_kept_for_long_enough_goes_at_once(shop: Shop) -> None:
    """An erasure keeps nothing whose time is over, and does not say it does."""
    person = await shop.person("kim")
    old = seconds(shop.now - DECADE - timedelta(seconds=1))
    await shop.order(person.account.id, "1", old)
    await shop.order(person.account.id, "2", seconds(shop.now - DECADE))

    kept = await shop.kept(person.account)
    assert (Outcome.KEPT, 1) == (kept.outcome, kept.count)
    await shop.data.erase(person.account.id)

    assert [("2", None)] == await shop.orders()

    other = await shop.person("sam")
    await shop.order(other.account.id, "3", old)
    gone = await shop.kept(other.account)
    assert (Outcome.ERASED, 1, None) == (gone.outcome, gone.count, gone.until)


async def test_the_whole_family_is_told_of_and_goes(shop: Shop) -> None:
    """What came late to an account of before has its end, too."""
    owner, guest = await shop.person("kim"), await shop.guest()
    await shop.accounts.sign_in(identity("kim"), guest)
    account = await shop.account(owner.account.id)
    await shop.order(account.id, "1", seconds(shop.now))
    await shop.order(guest.account.id, "2", seconds(shop.now + DAY))
    kept = await shop.kept(account)
    assert (2, shop.now + DAY + DECADE) == (kept.count, kept.until)
    await shop.data.erase(account.id)

    shop.clock.advance(DECADE + 2 * DAY)

    assert Purged(expired=2) == await shop.guests.purge()
    assert [] == await shop.orders()


async def test_what_a_living_person_has_is_theirs(shop: Shop) -> None:
    """However old it is, and whatever they were merged from."""
    owner, guest = await shop.person("kim"), await shop.guest()
    await shop.order(guest.account.id, "1", seconds(shop.now - 3 * DECADE))
    await shop.accounts.sign_in(identity("kim"), guest)
    await shop.order(owner.account.id, "2", seconds(shop.now - 3 * DECADE))

    assert Purged() == await shop.guests.purge()
    await shop.order(guest.account.id, "3", seconds(shop.now - 3 * DECADE))
    (*_, foreseen) = [found async for found in shop.guests.plan_purge()]
    assert Purged(settled=1) == foreseen
    assert Purged(settled=1) == await shop.guests.purge()
    assert 3 == len(await shop.orders())


async def test_a_row_without_an_instant_stays(shop: Shop) -> None:
    """Nobody can tell how old it is, so no day is named, and it goes with no purge."""
    person = await shop.person("kim")
    await shop.order(person.account.id, "1", None)
    await shop.order(person.account.id, "2", seconds(shop.now))
    assert (await shop.kept(person.account)).until is None
    await shop.data.erase(person.account.id)

    shop.clock.advance(9 * DECADE)

    assert Purged(expired=1) == await shop.guests.purge()
    assert [("1", None)] == await shop.orders()


async def test_a_period_without_an_end_never_ends(store: Store, host: Host) -> None:
    """As long as time itself: no day is named, and nothing goes."""
    await host.run(TABLE.format(kind="BIGINT"))
    rule = KeepRows(TAX, until=After("at", timedelta.max))
    shop = await opened(store, host, rule)
    person = await shop.person("kim")
    await shop.order(person.account.id, "1", seconds(shop.now))
    assert (await shop.kept(person.account)).until is None
    await shop.data.erase(person.account.id)
    shop.clock.advance(9 * DECADE)

    assert Purged() == await shop.guests.purge()


# ── what an instant looks like ───────────────────────────────────────────────


@pytest.mark.parametrize(("database", "name"), WAYS, indirect=["database"])
async def test_an_instant_is_read_as_it_is_written(
    store: Store, host: Host, name: str
) -> None:
    """To the second, in each way in which a host keeps it."""
    kind, write = INSTANTS[host.dialect][name]
    await host.run(TABLE.format(kind=kind))
    shop = await opened(store, host, KEPT)
    person = await shop.person("kim")
    at = shop.now.replace(microsecond=0)
    await shop.order(person.account.id, "1", write(at))
    await opened(store, host, KEPT)  # a row that is there is looked at

    assert at + DECADE == (await shop.kept(person.account)).until
    await shop.data.erase(person.account.id)
    shop.clock.advance(at + DECADE - shop.now)
    assert Purged() == await shop.guests.purge()
    shop.clock.advance(timedelta(seconds=1))
    assert Purged(expired=1) == await shop.guests.purge()


async def test_a_date_is_its_first_instant(store: Store, host: Host) -> None:
    """In UTC, on either database."""
    kind = "DATE" if host.dialect == "postgresql" else "TEXT"
    await host.run(TABLE.format(kind=kind))
    shop = await opened(store, host, KEPT)
    person = await shop.person("kim")
    await shop.order(person.account.id, "1", date(2026, 1, 2))

    until = (await shop.kept(person.account)).until
    assert datetime(2026, 1, 2, tzinfo=UTC) + DECADE == until


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "held", ["'now'", "'12:00'", "'2461347.5'", "2461347", "''", "x'00'", "17"]
)
async def test_what_is_no_instant_is_found_at_opening(
    store: Store, host: Host, held: str
) -> None:
    """And where it comes later, it is kept: it is not taken for an old one."""
    await host.run(TABLE.format(kind=""))
    shop = await opened(store, host, KEPT)
    person = await shop.person("kim")
    await host.run(
        f"INSERT INTO orders VALUES ('{person.account.id}', '1', 'Lane 1', {held})"
    )
    await shop.data.erase(person.account.id)
    shop.clock.advance(9 * DECADE)
    assert Purged() == await shop.guests.purge()

    with pytest.raises(ConfigError, match="'at' holds .*, which cannot be read as"):
        await opened(store, host, KEPT)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_column_of_text_holds_no_instants(store: Store, host: Host) -> None:
    """PostgreSQL has a type for these, and the error names it."""
    await host.run(TABLE.format(kind="TEXT"))
    with pytest.raises(ConfigError, match="'at' holds no instants.*TIMESTAMPTZ"):
        await opened(store, host, KEPT)


# ── found when it is declared, or opened ─────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: After("at", timedelta(0)), "over as it begins"),
        (lambda: After("at", 3653), r"write duration=timedelta\(days=3653\)"),  # type: ignore[arg-type]  # the mistake
        (lambda: After(None, DECADE), 'write column="placed_at"'),  # type: ignore[arg-type]  # the mistake
        (lambda: KeepRows(TAX, until=DECADE), r'write until=After\("placed_at"'),  # type: ignore[arg-type]  # the mistake
        (lambda: KeepRows(TAX, until=After("At!", DECADE)), "not a plain SQL name"),
        (
            lambda: Anonymise(columns=["at"], reason=TAX, until=After("at", DECADE)),
            "leave it out of columns",
        ),
        (
            lambda: Resource.table("orders", owner="at", erase=KEPT),
            "'at' is the owner",
        ),
    ],
    ids=["nothing", "days", "no column", "no After", "no name", "blanked", "owner"],
)
def test_a_period_that_could_never_work_is_refused(make: Any, told: str) -> None:
    """Where it is written, with the line to write."""
    with pytest.raises(ConfigError) as refused:
        make()
    assert re.search(told, str(refused.value)), refused.value


@pytest.mark.parametrize("verb", ["purge", "erase"])
async def test_a_column_that_is_not_there_is_found_at_opening(
    database: str, host: Host, verb: str
) -> None:
    """By its name, as every other of a rule."""
    await host.run("CREATE TABLE orders (who TEXT, placed_at BIGINT)")
    until = After("paced_at", DECADE)
    onboarding = Onboarding(
        url="https://shop.example/welcome",
        secret_key="a key for tests, of more than thirty-two bytes",
        database=database,
        mailer=None,
        resources=[
            Resource.table("orders", owner="who", **{verb: KeepRows(TAX, until=until)})
        ],
    )
    with pytest.raises(ConfigError, match="'paced_at'.*did you mean 'placed_at'"):
        await onboarding.open()


async def test_one_declaration_serves_two_databases(
    tmp_path: Path, postgres_dsn: str
) -> None:
    """What is learned of one is not asked of the other."""
    orders = Resource.table("orders", owner="who", erase=KEPT)
    kinds = {f"sqlite:///{tmp_path / 'shop.db'}": "TEXT", postgres_dsn: "TIMESTAMPTZ"}
    shops: list[Shop] = []
    for database, kind in kinds.items():
        await upgrade(database)
        store = store_from(database)
        await store.open()
        await store.commit(Statement(TABLE.format(kind=kind)))
        shop = Shop(store, resources=[orders])
        await shop.belongings.check(store)
        shops.append(shop)
    for shop in shops:
        person = await shop.person("kim")
        sql = "INSERT INTO orders VALUES ($1, '1', 'Lane 1', '2026-01-02T00:00:00Z')"
        await shop.store.commit(Statement(sql, (person.account.id,)))
        until = datetime(2026, 1, 2, tzinfo=UTC) + DECADE
        assert until == (await shop.kept(person.account)).until
        await shop.store.close()


async def test_a_table_of_a_temporary_database_is_read_when_it_is_there() -> None:
    """``memory:`` is made at the opening, and the host's tables after it."""
    store = store_from("memory:")
    await store.open()
    shop = Shop(store, resources=[Resource.table("orders", owner="who", erase=KEPT)])
    await shop.belongings.check(store)
    await store.commit(Statement(TABLE.format(kind="TEXT")))
    person = await shop.person("kim")
    sql = "INSERT INTO orders VALUES ($1, '1', 'Lane 1', '2026-01-02')"
    await store.commit(Statement(sql, (person.account.id,)))

    until = datetime(2026, 1, 2, tzinfo=UTC) + DECADE
    assert until == (await shop.kept(person.account)).until
    await store.close()


async def test_a_database_that_is_not_open_yet_is_said() -> None:
    """A verb that has to know its column does not guess."""
    orders = Resource.table("orders", owner="who", erase=KEPT)
    with pytest.raises(ConfigError, match="open it first"):
        await orders.expire(_nothing, "kim", datetime(2026, 1, 2, tzinfo=UTC))


async def _nothing(sql: str, values: object = ()) -> list[dict[str, object]]:
    del sql, values
    return []


# ── a resource of the host's own ─────────────────────────────────────────────


class Files(Resource):
    """Invoices on disk, of which an erasure keeps each until its time is over."""

    name = "files"

    def __init__(self) -> None:
        """Have none at first."""
        self.until: dict[str, datetime] = {}
        self.asked: list[str] = []

    @override
    async def merge(self, query: Query, source: str, target: str) -> Planned:
        return Planned()

    @override
    async def purge(self, query: Query, account_id: str) -> Planned:
        return await self.erase(query, account_id)

    @override
    async def export(self, query: Query, account_id: str) -> object:
        return []

    @override
    async def erase(self, query: Query, account_id: str) -> Planned:
        until = self.until.get(account_id)
        if until is None:
            return Planned()
        return Planned(outcome=Outcome.KEPT, count=1, reason=TAX, until=until)

    @override
    async def overdue(self, query: Query, account_ids: Any, now: datetime) -> list[str]:
        self.asked += account_ids
        return [one for one in account_ids if self.until.get(one, now) < now]

    @override
    async def expire(self, query: Query, account_id: str, now: datetime) -> Planned:
        is_over = self.until.get(account_id, now) < now
        return Planned(outcome=Outcome.ERASED, count=1) if is_over else Planned()


async def test_a_resource_of_the_hosts_own_may_have_periods(store: Store) -> None:
    """It is asked who is overdue, and what to do about it; a veto of its purge ends."""
    files = Files()
    shop = Shop(store, resources=[files])
    person, guest = await shop.person("kim"), await shop.guest()
    files.until[person.account.id] = files.until[guest.account.id] = shop.now + DECADE
    await shop.data.erase(person.account.id)
    shop.clock.advance(DECADE)
    assert (0, 1) == (
        (await shop.guests.purge()).gone,
        sum((await shop.guests.purge()).kept.values()),
    )
    shop.clock.advance(timedelta(seconds=1))

    assert Purged(gone=1, expired=1) == await shop.guests.purge()
    assert guest.account.id not in files.asked
