"""What `make` does with what it finds on a machine."""

import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parent.parent / "Makefile"
MAKES = "venv --clear .venv"


def would_do(folder: Path, target: str) -> str:
    """Return the commands that a target would run in a folder, without uv."""
    for name in ("pyproject.toml", "requirements-dev.txt"):
        (folder / name).touch()
    command = ["make", "-f", MAKEFILE, "-n", "UV=", "PYTHON=python3", target]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return run.stdout


def environment(folder: Path, python: str) -> None:
    """Make a folder .venv whose Python is this script."""
    (folder / ".venv/bin").mkdir(parents=True)
    file = folder / ".venv/bin/python"
    file.write_text(f"#!/bin/sh\n{python}\n")
    file.chmod(0o755)


@pytest.mark.parametrize("target", [".venv/demo.stamp", ".venv/dev.stamp"])
def test_an_environment_is_made_where_there_is_none(
    tmp_path: Path, target: str
) -> None:
    """The first command of a newcomer needs no other before it."""
    assert MAKES in would_do(tmp_path, target)


def test_an_environment_that_is_new_enough_is_kept(tmp_path: Path) -> None:
    """Nobody waits for the same installation twice."""
    environment(tmp_path, "exit 0")
    assert MAKES not in would_do(tmp_path, ".venv/dev.stamp")


@pytest.mark.parametrize(
    "python",
    [
        pytest.param("exit 1", id="older than 3.11"),
        pytest.param("exec /nowhere/python", id="gone"),
    ],
)
def test_an_environment_that_cannot_be_used_is_made_anew(
    tmp_path: Path, python: str
) -> None:
    """With all that stands on it: its stamps would tell of what is not there."""
    environment(tmp_path, python)
    (tmp_path / ".venv/dev.stamp").touch()
    assert MAKES in would_do(tmp_path, ".venv/dev.stamp")
