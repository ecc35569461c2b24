"""The package in examples/, built, installed and used as a stranger would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from zipfile import ZipFile

import pytest

EXAMPLE = Path(__file__).parent.parent / "examples/acme_login"
SOURCES = EXAMPLE.parent.parent / "src"

Run = Callable[..., str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what runs Python where the package is installed, away from its sources.

    Built by the build backend itself and unpacked, which is how a wheel of pure Python
    is installed; nothing is fetched.
    """
    folder = tmp_path_factory.mktemp("plug-in")
    wheels, home, work = folder / "wheels", folder / "site", folder / "work"
    work.mkdir()
    paths = os.pathsep.join((str(home), str(SOURCES)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}

    def python(*words: str, cwd: Path = work) -> str:
        run = subprocess.run(
            [sys.executable, *words],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    build = ("-m", "hatchling", "build", "--target", "wheel", "--directory")
    python(*build, str(wheels), cwd=EXAMPLE)
    (wheel,) = wheels.iterdir()
    ZipFile(wheel).extractall(home)
    copy(EXAMPLE / "test_acme_login.py", work)
    return python


def test_its_own_tests_pass_on_what_is_installed(run: Run) -> None:
    """The whole contract, played at Acme's addresses."""
    told = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_acme_login.py")
    assert " passed" in told
    assert "skipped" not in told


NAMED = """
import sys
from onboarding import Onboarding
from onboarding.providers import named

settings = dict(
    url="https://shop.example/welcome",
    secret_key="a key for tests, of more than thirty-two bytes",
    database="memory:",
    mailer=None,
)
assert list(Onboarding(**settings, providers=[]).providers) == []
assert "acme_login" not in sys.modules
acme = named("acme", client_id="shop", client_secret="hush")
shop = Onboarding(**settings, providers=[acme])
print(type(acme).__module__, [one for one in shop.providers])
"""


def test_it_is_named_and_never_there_by_itself(run: Run) -> None:
    """Until an application names it, nothing of it is even imported."""
    assert run("-c", NAMED).strip() == "acme_login ['acme']"


def test_the_list_says_who_brings_it(run: Run) -> None:
    """Beside those that come with this library."""
    found = json.loads(run("-m", "onboarding.cli", "providers", "list", "--json"))
    by_name = {one["name"]: one for one in found}
    acme = by_name["acme"]
    assert (acme["use"], acme["from"]) == ('named("acme")', "acme-login 1.0")
    assert (acme["title"], acme["email"]) == ("Acme", "verified")
    assert by_name["deezer"]["from"] == "onboarding"
    table = run("-m", "onboarding.cli", "providers", "list")
    assert any(
        line.startswith("acme ") and line.endswith("acme-login 1.0")
        for line in table.splitlines()
    )
