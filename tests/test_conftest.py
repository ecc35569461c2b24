"""The tests' own ground: a database for each, a browser, and no skips under CI."""

import os
import subprocess
import sys

import asyncpg
import pytest


@pytest.mark.anyio
@pytest.mark.parametrize("visit", ["first", "second"])
async def test_each_test_has_a_database_of_its_own(
    postgres_dsn: str, visit: str
) -> None:
    """A table that one test makes is not there in the next."""
    connection = await asyncpg.connect(postgres_dsn)
    try:
        await connection.execute("CREATE TABLE mine (id text PRIMARY KEY)")
        await connection.execute("INSERT INTO mine VALUES ($1)", visit)
        assert await connection.fetchval("SELECT id FROM mine") == visit
    finally:
        await connection.close()


def test_the_browser_is_a_chromium(chromium_path: str) -> None:
    """The program that browser tests start says that it is Chromium or Chrome."""
    said = subprocess.run(
        [chromium_path, "--version"], capture_output=True, text=True, check=True
    )
    assert "Chrom" in said.stdout


@pytest.mark.parametrize(
    ("ci", "code"), [("", pytest.ExitCode.OK), ("true", pytest.ExitCode.TESTS_FAILED)]
)
def test_what_is_missing_is_skipped_except_under_ci(
    ci: str, code: pytest.ExitCode
) -> None:
    """Without PostgreSQL a run says so and passes; under CI the same run fails."""
    lean = ["-p", "no:cacheprovider", "-p", "no:iam"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *lean, __file__, "-k=own"],
        env={k: v for k, v in os.environ.items() if k != "TEST_POSTGRES_DSN"}
        | {"CI": ci, "TEST_POSTGRES_SERVER": "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "no PostgreSQL: name a server in TEST_POSTGRES_DSN" in run.stdout
    assert run.returncode == code
