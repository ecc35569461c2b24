"""``onboarding purge``: what it says, writes and leaves, and where it stops."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from onboarding.accounts.model import Purpose
from onboarding.cli import main
from tests.cli.conftest import NOW, ORDERS, TABLE, order, people, run, write

DAY = timedelta(days=1)

SAID = """\
1 guest {went}
1 guest {was} erased, but for what must stay
1 guest {was} kept: orders: it belongs to somebody who may come back
1 guest {was} kept: they are signing in just now
1 row {went}: kept for long enough
"""


@pytest.fixture
def shop(folder: Path) -> Path:
    """Return the folder of a shop that has something of everything."""

    async def move_in() -> None:
        async with people(folder, ago=4000 * DAY) as world:
            run(folder, TABLE)
            erased = await world.guest()
            await world.data.erase(erased.account.id)
            order(folder, erased.account.id, world.now)
            forgotten = await world.guest()
            order(folder, forgotten.account.id, NOW)
            world.clock.set(NOW - 9 * DAY)
            buyer, _, reader = [await world.guest() for _ in range(3)]
            order(folder, buyer.account.id, world.now)
            world.clock.set(NOW)
            await world.intents.open(
                Purpose.SIGN_IN, life=timedelta(hours=1), account_id=reader.account.id
            )
            world.clock.advance(-DAY)
            await world.intents.open(Purpose.SIGN_IN, life=timedelta(hours=1))
        run(folder, "UPDATE orders SET street = NULL WHERE rowid = 1")

    asyncio.run(move_in())
    return folder


def everything(folder: Path) -> list[str]:
    """Return all that the database holds, as SQL."""
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        return sorted(connection.iterdump())


def test_purge_tells_what_went(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The purge runs over the application's own database, also where nothing is."""
    write(folder, "empty")
    assert 0 == main(["purge", "empty:onboarding"])
    assert "0 guests went\n0 expired intents went\n" == capsys.readouterr().out


def test_a_dry_run_says_the_same_and_writes_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many would go, and why the rest is kept; then it happens so."""
    write(shop, "looked_at", resources=ORDERS)
    before = everything(shop)

    assert 0 == main(["purge", "looked_at:onboarding", "--dry-run"])

    would = SAID.format(went="would go", was="would be")
    assert would == capsys.readouterr().out
    assert before == everything(shop)
    assert 0 == main(["purge", "looked_at:onboarding"])
    did = SAID.format(went="went", was="was") + "1 expired intent went\n"
    assert did == capsys.readouterr().out
    left = run(shop, "SELECT COUNT(*), COUNT(street) FROM orders")
    assert [(2, 1)] == left


def test_what_is_stuck_is_told_and_ends_with_a_status(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever runs it every night hears of it; the rest is done all the same."""
    write(shop, "stuck", resources=ORDERS)
    trigger = (
        "CREATE TRIGGER no BEFORE DELETE ON orders"
        " BEGIN SELECT RAISE(ABORT, 'on hold'); END"
    )
    run(shop, trigger)

    assert 1 == main(["purge", "stuck:onboarding"])

    told = capsys.readouterr()
    assert "1 guest went\n" in told.out
    why = "orders: the database refused a statement: on hold"
    assert f"rows of 1 ended account stay where they are: {why}\n" in told.out


@pytest.mark.parametrize("batch", ["0", "-1", "many"])
def test_a_batch_holds_somebody(folder: Path, batch: str) -> None:
    """A wrong number is told as a wrong call."""
    write(folder, "batched")
    with pytest.raises(SystemExit) as refused:
        main(["purge", "batched", "--batch", batch])
    assert 2 == refused.value.code


def test_ctrl_c_ends_a_purge_between_two_batches(folder: Path) -> None:
    """Those who went have gone whole, and the next purge goes on with the rest."""

    async def move_in() -> None:
        async with people(folder, ago=9 * DAY) as world:
            for _ in range(3000):
                await world.guests.start()

    asyncio.run(move_in())
    write(folder, "crowded")
    command = [sys.executable, "-m", "onboarding.cli", "purge", "crowded"]
    with subprocess.Popen(
        [*command, "--batch", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith("so far: ")
        running.send_signal(signal.SIGINT)
        said, told = running.communicate(timeout=60)

    assert (130, "stopped between two batches; the next one goes on with the rest") == (
        running.returncode,
        told.splitlines()[-1],
    )
    gone = int(said.split()[0])
    assert 0 < gone < 3000
    ended = "SELECT COUNT(*) FROM onboarding_accounts WHERE ending = 'expired'"
    assert [(gone,)] == run(folder, ended)
    sessions = run(folder, "SELECT COUNT(*) FROM onboarding_sessions")
    assert [(3000 - gone,)] == sessions
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{3000 - gone} guests went" in done.stdout
