"""``onboarding providers``: who there is, and the beginning of one of your own."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from onboarding.cli import main
from onboarding.providers.table import rows


def test_the_list_has_every_provider_with_what_is_known_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Rows of the table and classes, one line each, under a head."""
    assert 0 == main(["providers", "list"])
    head, *lines = capsys.readouterr().out.splitlines()
    columns = ["name", "use", "protocol", "e-mail", "checked", "tried", "from"]
    assert head.split() == columns
    names = [line.split()[0] for line in lines]
    assert names == sorted(names)
    assert {*rows.names(), "google", "github", "steam", "local"} <= set(names)
    by_name = dict(zip(names, lines, strict=True))
    assert re.search(
        r'named\("mastodon", domain=…\) +OAuth 2 +none +[0-9-]{10} +no +onboarding$',
        by_name["mastodon"],
    )
    assert re.search(r"Google +OpenID Connect +authoritative +–", by_name["google"])
    assert re.search(r"Steam +OpenID 2.0 +none", by_name["steam"])


def test_the_list_can_be_read_by_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as JSON."""
    assert 0 == main(["providers", "list", "--json"])
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["deezer"] == {
        "name": "deezer",
        "title": "Deezer",
        "use": 'named("deezer")',
        "protocol": "OAuth 2",
        "email": "stated",
        "checked": rows.row("deezer").checked.isoformat(),
        "tried_live": False,
        "from": "onboarding",
    }
    assert found["github"]["use"] == "GitHub"


def pytest_in(folder: Path, file: str) -> subprocess.CompletedProcess[str]:
    """Run a test that was written, as its author would."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", file]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "module", "kind"),
    [
        (["acme"], "acme", "OAuth2"),
        (["my-acme", "--title", "My Acme"], "my_acme", "OAuth2"),
        (
            ["acme-id", "--issuer", "https://id.acme.example"],
            "acme_id",
            "OpenIDConnect",
        ),
    ],
    ids=["OAuth 2", "a title", "OpenID Connect"],
)
def test_what_is_written_runs_and_passes(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    module: str,
    kind: str,
) -> None:
    """The provider is one, and its test is the contract."""
    assert 0 == main(["providers", "new", *words])
    told = capsys.readouterr().out
    assert f"wrote {module}.py" in told
    assert f"/callback/{words[0]}" in told
    assert f'{words[0]} = "{module}:' in told
    text = (folder / f"{module}.py").read_text()
    assert f"({kind}):" in text
    assert (words[2] if len(words) > 1 else "Acme") in text
    run = pytest_in(folder, f"test_{module}.py")
    assert run.returncode == 0, run.stdout
    assert re.search(r"2[0-9] passed", run.stdout)


def test_what_is_written_is_in_order(folder: Path) -> None:
    """A linter and a formatter have nothing to say."""
    main(["providers", "new", "acme"])
    main(["providers", "new", "acme-id", "--issuer", "https://id.acme.example"])
    files = ["acme.py", "acme_id.py", "test_acme.py", "test_acme_id.py"]
    ruff = [sys.executable, "-m", "ruff"]
    for check in (["check", "--select", "E,F,UP,B"], ["format", "--check"]):
        run = subprocess.run(
            [*ruff, *check, "--isolated", *files],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("there", ["acme.py", "test_acme.py"])
def test_nothing_that_is_there_is_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str], there: str
) -> None:
    """Not the file, not its test, and not the other one of the two either."""
    (folder / there).write_text("mine")
    assert 1 == main(["providers", "new", "acme"])
    assert f"{there} is there already" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == [there]
    assert (folder / there).read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["My Acme"], "cannot stand in an address"),
        (["../acme"], "cannot stand in an address"),
        (["acme.py"], "cannot stand in an address"),
        (["json"], "stand in the way"),
        (["class"], "stand in the way"),
        (["onboarding"], "stand in the way"),
        (["42"], "begins with a digit"),
        (["acme", "--issuer", "id.acme.example"], "whole address"),
        (["acme", "--issuer", "http://id.acme.example"], "https://"),
        (["acme", "--title", " "], "title"),
        (["acme", "--title", 'A"c'], "title"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], advice: str
) -> None:
    """With what to write instead."""
    assert 1 == main(["providers", "new", *words])
    assert advice in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_who_begins_one_that_is_there_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be what they were looking for."""
    assert 0 == main(["providers", "new", "deezer"])
    assert 'named("deezer"' in capsys.readouterr().err
