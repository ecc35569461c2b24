"""What every test may use: the event loop, hypothesis, PostgreSQL, a browser.

What a machine does not have is skipped, with the reason in the summary. Under `CI` a
skip fails the run: there, everything is tested.
"""

import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

# pytest rewrites modules of the library as they are loaded. An application loads this
# one in a thread when it opens, and CPython 3.11 does not parse in two threads at once
# without fail ("AST constructor recursion depth mismatch").
import onboarding.social.transport  # noqa: F401
from onboarding.stores import store_from
from tests.postgres import Fresh, NoPostgres, databases
from tests.world import World

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NEEDS = {
    "_fresh_database": "postgres",
    "chromium_path": "browser",
    "oidc_provider": "node",
}

hypothesis.settings.register_profile(
    "default", max_examples=60, deadline=None, print_blob=True
)
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("default"), max_examples=80
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of hypothesis here, so that it can be printed and repeated."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(secrets.randbelow(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed: `--hypothesis-seed` repeats the run."""
    return f"hypothesis: --hypothesis-seed={config.option.hypothesis_seed}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server or a browser, for `-m postgres` and `-m browser`."""
    for item in items:
        for fixture, marker in NEEDS.items():
            # A test for each store asks for its fixture by name when it runs.
            by_name = f"[{marker}" in item.name
            if by_name or fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run under `CI` in which anything was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("CI skips nothing: see the reasons below", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio: asyncpg and uvicorn know no other loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def _fresh_database() -> Iterator[Fresh]:
    try:
        with databases() as fresh:
            yield fresh
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture
def postgres_dsn(_fresh_database: Fresh) -> Iterator[str]:
    """Yield the DSN of a database that nobody has used yet, and drop it afterwards."""
    with _fresh_database() as dsn:
        yield dsn


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the text of a database that has no tables yet, once of either kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_dsn"))
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the program to start as a browser; `TEST_CHROMIUM` may name it."""
    named = os.environ.get("TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium: install it (Debian: chromium) or set TEST_CHROMIUM")
    return found


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Yield the services of accounts and guests over an empty, opened store."""
    store = store_from("memory:")
    await store.open()
    yield World(store)
    await store.close()
