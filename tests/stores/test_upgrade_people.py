"""Bringing older tables with people in them up to date loses nobody."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from onboarding.accounts.model import Passkey, Session
from onboarding.accounts.rules import SessionPolicy
from onboarding.accounts.sessions import SessionService
from onboarding.changes import Add
from onboarding.errors import StoreError
from onboarding.feedback.model import Moment
from onboarding.mail.model import Letter, MailStop
from onboarding.profiling.proposal import Proposal
from onboarding.stores import DEFAULT_PREFIX, store_from, upgrade, upgrade_sql
from onboarding.stores.base import Store
from onboarding.stores.sql.executor import Dialect
from onboarding.stores.sql.revisions import revisions
from onboarding.stores.sql.tables import TABLES
from onboarding.testing import FrozenClock
from onboarding.tokens import Ids
from tests.stores import people
from tests.stores.host import Host, connected
from tests.stores.people import GUEST, LATER, MOMENT, NOW, PERSON

pytestmark = pytest.mark.anyio

NEWEST = len(revisions())


OF_THEN = set(TABLES) - {Letter, MailStop, Passkey, Proposal}
"""The nouns that revision 1 knew."""


@dataclass(frozen=True, slots=True)
class Old:
    """A database of an older revision with people in it, and a host's connection.

    The people came at revision 1, whatever its revision is by now.
    """

    database: str
    revision: int
    prefix: str
    host: Host

    @asynccontextmanager
    async def upgraded(self) -> AsyncIterator[Store]:
        """Bring it up to date, and open it."""
        done = await upgrade(self.database, self.prefix)
        assert (self.revision, NEWEST) == done
        store = store_from(self.database, self.prefix)
        await store.open()
        yield store
        await store.close()

    async def rows(self) -> dict[str, list[str]]:
        """Return everything that is in our tables."""
        names = ["revision", *(name_of(kind) for kind in OF_THEN)]
        return {
            name: sorted(map(repr, await self._select(f"* FROM {self.prefix}{name}")))
            for name in names
        }

    async def _select(self, what: str) -> list[tuple[object, ...]]:
        return await self.host.ask(f"SELECT {what}")


def name_of(kind: type) -> str:
    """Return the name of a table without its prefix."""
    return TABLES[kind].name.removeprefix(DEFAULT_PREFIX)


@pytest.fixture(params=range(1, NEWEST))
def revision(request: pytest.FixtureRequest) -> int:
    """Return each revision that somebody may come from."""
    found: int = request.param
    return found


@pytest.fixture(
    params=[
        ("sqlite_url", "onboarding_"),
        ("sqlite_url", "shop_"),
        ("postgres_dsn", "onboarding_"),
        ("postgres_dsn", "identity.onboarding_"),
    ],
    ids=["sqlite", "sqlite-prefix", "postgresql", "postgresql-schema"],
)
async def old(request: pytest.FixtureRequest, revision: int) -> AsyncIterator[Old]:
    """Give a database of an older revision, with people of revision 1 in it."""
    fixture, prefix = request.param
    database: str = request.getfixturevalue(fixture)
    async with connected(database) as host:
        if schema := prefix.rpartition(".")[0]:
            await host.run(f"CREATE SCHEMA {schema}")
        await host.run(_between(host.dialect, prefix, 0, 1))
        await host.run(people.ROWS.replace(DEFAULT_PREFIX, prefix))
        if revision > 1:
            await host.run(_between(host.dialect, prefix, 1, revision))
        yield Old(database, revision, prefix, host)


def _between(dialect: Dialect, prefix: str, since: int, until: int) -> str:
    """Return what brings tables from one revision to another."""
    later = upgrade_sql(dialect, prefix, since=until)
    return upgrade_sql(dialect, prefix, since=since).removesuffix(later)


async def check_everybody(store: Store) -> None:
    """Find every noun by its key."""
    for noun in people.EVERYTHING:
        key = (getattr(noun, name) for name in noun.KEY)
        assert noun == await store.find(type(noun), *key)


def test_there_are_people_in_every_table() -> None:
    """No table is spared by the tests below."""
    assert OF_THEN == {type(noun) for noun in people.EVERYTHING}


async def test_everything_is_found_by_its_key(old: Old) -> None:
    """Every field is as it was."""
    async with old.upgraded() as store:
        await check_everybody(store)


async def test_everything_is_listed_with_its_account(old: Old) -> None:
    """Each account has what it had, in the same order, and nothing else."""
    async with old.upgraded() as store:
        for kind in OF_THEN:
            nouns = [noun for noun in people.EVERYTHING if type(noun) is kind]
            if not hasattr(nouns[0], "account_id"):
                continue
            for account in people.ACCOUNTS:
                its = [noun for noun in nouns if noun.account_id == account.id]
                assert its == await store.list_of(kind, account.id)


async def test_every_row_has_the_columns_of_today(old: Old) -> None:
    """No row is lost or doubled, and no column of before is left."""
    async with old.upgraded() as store:
        for kind in OF_THEN:
            rows = await store.query(f"SELECT * FROM {old.prefix}{name_of(kind)}")
            nouns = [noun for noun in people.EVERYTHING if type(noun) is kind]
            assert len(nouns) == len(rows)
            assert set(TABLES[kind]._columns) == set(rows[0])


async def test_features_find_what_they_ask_for(old: Old) -> None:
    """Every other question of the store has the answer of before."""
    guest, person, *_ = people.ACCOUNTS
    first, second = people.EVENTS
    unanswered, answered = people.RESPONSES
    async with old.upgraded() as store:
        seen = people.SESSIONS[-1]
        assert (seen, person) == await store.find_session(seen.id)
        assert person == await store.find_account_by_ref("customer 7")
        assert people.RECEIPTS == await store.list_receipts(PERSON)
        assert [people.INTENTS[0]] == await store.list_expired_intents(LATER, 9)
        assert people.EVENTS == await store.list_journey(PERSON)
        moments = [Moment(name=one.name, at=one.at) for one in (first, second)]
        names = [first.name, second.name]
        assert moments == await store.list_moments(PERSON, names)
        waiting = list(zip(people.DELIVERIES, people.EVENTS, strict=True))
        assert waiting == await store.list_deliveries(
            due_before=LATER + MOMENT, limit=9
        )
        assert [unanswered] == await store.list_open_responses(limit=9)
        assert [unanswered, answered] == await store.list_responses_to(
            "nps", since=NOW, until=LATER
        )
        assert [guest] == await store.list_lapsed_guests(
            unseen_before=LATER, idle_before=LATER, contact_before=LATER, limit=9
        )


async def test_whoever_was_signed_in_still_is(old: Old) -> None:
    """The tokens in people's browsers are worth what they were, no more and no less."""
    clock = FrozenClock(LATER)
    async with old.upgraded() as store:
        sessions = SessionService(store, clock, Ids(clock), SessionPolicy())
        found = {token: await sessions.find(token) for token in people.TOKENS}
    assert people.TOKENS == {
        token: current and current.account.id for token, current in found.items()
    }


async def test_sessions_are_used_and_begin_as_ever(old: Old) -> None:
    """Those of before are written down when they are used; new ones stand beside."""
    clock = FrozenClock(LATER)
    async with old.upgraded() as store:
        sessions = SessionService(store, clock, Ids(clock), SessionPolicy())
        unseen, *_ = people.SESSIONS
        await sessions.touch(unseen)
        used = await store.find(Session, unseen.id)
        assert used
        assert LATER == used.seen_at
        new = sessions.begin(people.ACCOUNTS[0])
        await store.commit(Add(new.session))
        assert new.session in await store.list_of(Session, GUEST)


# ── again, at once, and in vain ──────────────────────────────────────────────


async def test_upgrading_twice_is_once(old: Old) -> None:
    """The second run leaves every row as it is."""
    assert (old.revision, NEWEST) == await upgrade(old.database, old.prefix)
    once = await old.rows()
    assert (NEWEST, NEWEST) == await upgrade(old.database, old.prefix)
    assert once == await old.rows()


PROGRAM = """
import asyncio, sys
from onboarding.stores import upgrade

print(*asyncio.run(upgrade(*sys.argv[1:])))
"""


async def test_several_processes_upgrade_once(old: Old) -> None:
    """One does the work, the others wait for it, and nobody is lost between them."""
    program = [sys.executable, "-c", PROGRAM, old.database, old.prefix]

    def run() -> str:
        done = subprocess.run(program, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    said = sorted(await asyncio.gather(*(asyncio.to_thread(run) for _ in range(3))))
    assert [
        f"{old.revision} {NEWEST}",
        f"{NEWEST} {NEWEST}",
        f"{NEWEST} {NEWEST}",
    ] == said
    store = store_from(old.database, old.prefix)
    await store.open()
    await check_everybody(store)
    await store.close()


async def test_an_upgrade_that_fails_changes_nothing(old: Old) -> None:
    """With something in its way the tables stay as they were, to the last row."""
    sessions, answers = f"{old.prefix}sessions", f"{old.prefix}answers"
    index = f"{old.prefix}passkeys_handle"
    if old.revision < 6:  # what an index is to be called, after others were made
        put, take = f"CREATE TABLE {index} (id TEXT)", f"DROP TABLE {index}"
    else:  # what a column is to be called
        table, column = (answers, "because") if old.revision > 6 else (sessions, "app")
        put = f"ALTER TABLE {table} ADD COLUMN {column} TEXT"
        take = f"ALTER TABLE {table} DROP COLUMN {column}"
    await old.host.run(put)
    before = await old.rows()
    with pytest.raises(StoreError, match="passkeys_handle|app|because"):
        await upgrade(old.database, old.prefix)
    assert before == await old.rows()
    await old.host.run(take)
    async with old.upgraded() as store:
        await check_everybody(store)


# ── what a host has beside ───────────────────────────────────────────────────

HOSTS = """
CREATE TABLE orders (
  id INTEGER NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES {prefix}accounts (id),
  session_id TEXT REFERENCES {prefix}sessions (id)
);

INSERT INTO orders (id, account_id, session_id)
VALUES (1, 'pppppppppppppppppppp', '22222222222222222222'),
  (2, 'gggggggggggggggggggg', NULL);

CREATE VIEW visits AS SELECT id, account_id FROM {prefix}sessions;
"""


async def test_what_a_host_built_on_our_tables_stays(old: Old) -> None:
    """Foreign keys and views of a host's hold before, within and after."""
    await old.host.run(HOSTS.format(prefix=old.prefix))
    async with old.upgraded() as store:
        orders = await store.query("SELECT id, session_id FROM orders ORDER BY id")
        visits = await store.query("SELECT id FROM visits ORDER BY id")
    assert [(1, "2" * 20), (2, None)] == [tuple(row.values()) for row in orders]
    assert ["1" * 20, "2" * 20, "3" * 20, "4" * 20] == [row["id"] for row in visits]
    if old.host.dialect == "sqlite":
        assert [] == await old.host.ask("PRAGMA foreign_key_check")
        await old.host.run("PRAGMA foreign_keys = ON")
    for column in ("account_id", "session_id"):
        with pytest.raises(Exception, match="(?i)foreign key"):
            await old.host.run(f"UPDATE orders SET {column} = 'nobody'")


async def test_what_was_granted_stays_granted(postgres_dsn: str) -> None:
    """An application's user, who does not own the tables, can use all of them."""
    async with connected(postgres_dsn) as host:
        await host.run(_between("postgresql", DEFAULT_PREFIX, 0, 1))
        await host.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC")
        assert (1, NEWEST) == await upgrade(postgres_dsn)
        allowed = await host.ask(
            "SELECT tablename, has_table_privilege('public', tablename, 'SELECT')"
            " FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
    ours = sorted([f"{DEFAULT_PREFIX}revision", *(t.name for t in TABLES.values())])
    assert [(name, True) for name in ours] == allowed
