"""The command line: tables, and a look over the set-up."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from onboarding.cli import main
from tests.cli.conftest import write


def test_upgrade_makes_the_tables_and_says_where_they_stand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A first upgrade makes everything, a second one changes nothing."""
    assert 0 == main(["db", "upgrade", "--database", "sqlite:///shop.db"])
    assert "stood at 0" in capsys.readouterr().out
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
    assert ("onboarding_accounts",) in tables

    assert 0 == main(["db", "upgrade", "--database", "sqlite:///shop.db"])

    assert "stood at 0" not in capsys.readouterr().out


def test_the_database_may_come_from_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password need not stand in the shell's history."""
    monkeypatch.setenv("ONBOARDING_DATABASE", "sqlite:///elsewhere.db")

    assert 0 == main(["db", "upgrade"])

    assert (folder / "elsewhere.db").exists()


def test_upgrade_without_a_database_says_what_is_missing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Forgetting the database is told as a wrong call."""
    assert 2 == main(["db", "upgrade"])
    assert "--database" in capsys.readouterr().err


def test_an_unusable_database_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake is told without a traceback."""
    assert 1 == main(["db", "upgrade", "--database", "shop.db"])
    assert "did you mean" in capsys.readouterr().err


def test_sql_prints_what_upgrade_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The printed SQL makes the tables, with the prefix that was asked for."""
    assert 0 == main(["db", "sql", "--dialect", "sqlite", "--prefix", "id_"])
    script = capsys.readouterr().out
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        count = connection.execute("SELECT COUNT(*) FROM id_accounts").fetchone()

    assert count == (0,)


def test_the_doctor_finds_what_to_change(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A provider that does not answer is a thing to fix, with its redirect URI."""
    write(
        folder,
        "ill",
        providers='[Local(issuer="http://127.0.0.1:9", client_id="a", '
        'client_secret="b")]',
    )

    assert 1 == main(["doctor", "ill:onboarding"])

    said = capsys.readouterr().out
    assert "FIX  Local ID: provider_unreachable" in said
    assert "http://localhost:8000/welcome/callback/local" in said
    assert "form-action 'self' http://127.0.0.1:9" in said


def test_the_doctor_is_content_where_all_is_well(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A set-up without faults but without a provider names just that."""
    write(folder, "bare", url="https://shop.example/welcome")

    assert 1 == main(["doctor", "bare"])

    said = capsys.readouterr().out
    assert "ok   https://shop.example/welcome: cookies are Secure" in said
    assert "ok   the database opens" in said
    assert "FIX  no provider" in said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere:onboarding", "cannot be loaded"),
        ("here:nothing", "cannot be loaded"),
        ("here:something", "is a int"),
    ],
)
def test_what_is_no_onboarding_is_told(folder: Path, name: str, told: str) -> None:
    """A wrong place is one sentence, not a traceback."""
    write(folder, "here")

    with pytest.raises(SystemExit, match=told):
        main(["doctor", name])


def test_backfill_tells_what_it_wrote(folder: Path) -> None:
    """Older events of the application's own database get their columns."""
    write(folder, "filled")
    with (folder / "filled.py").open("a") as module:
        module.write(PAID)
    assert 0 == main(["db", "upgrade", "--database", "sqlite:///shop.db"])
    connection = sqlite3.connect(folder / "shop.db")
    connection.execute(
        "INSERT INTO onboarding_events (account_id, id, at, day, name, data)"
        """ VALUES ('a', 'e', 0, 0, 'cli_paid', '{"order":"7","cents":2150}')"""
    )
    connection.commit()
    # A process of its own: this one knows the events of every test.
    command = "from onboarding.cli import main; main(['db', 'backfill', 'filled'])"
    run = [sys.executable, "-c", command]
    done = subprocess.run(run, capture_output=True, text=True, check=True)

    assert "done: 1 events" in done.stdout
    row = connection.execute("SELECT about, worth FROM onboarding_events").fetchone()
    connection.close()
    assert row == ("7", 2150)


PAID = """
from typing import ClassVar
from onboarding import Event

class Paid(Event, about="order", worth="cents"):
    name: ClassVar = "cli_paid"
    order: str
    cents: int
"""
