"""npm's `oidc-provider`, certified by the OpenID Foundation: installed and started."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.social.strict.serving import StrictProvider, serving

HERE = Path(__file__).parent / "oidc_provider"
INSTALLED = Path(__file__).parents[3] / ".oidc-provider"
"""Where it is kept between runs: a folder that Git ignores."""

PATIENCE = 240
"""Seconds for npm; a machine that has none of it yet needs ten."""


class NoNode(Exception):
    """It cannot be had here; says what to do."""


def install() -> Path:
    """Return a folder that holds the server and what it needs.

    npm is asked once, and again when the versions change. No lock file is kept: it
    would name the registry. Nothing that is installed runs a script while it is.

    Raises:
        NoNode: When there is no Node, no npm, or npm reaches no registry.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        raise NoNode("no Node.js: install it (Debian: nodejs and npm)")
    wanted, known = HERE / "package.json", INSTALLED / "package.json"
    if not known.exists() or known.read_text() != wanted.read_text():
        # Whole or not at all, whoever else is at it: made beside, and then renamed.
        with tempfile.TemporaryDirectory(
            prefix=f"{INSTALLED.name}-", dir=INSTALLED.parent
        ) as made:
            fresh = Path(made) / "installed"
            fresh.mkdir()
            shutil.copy(wanted, fresh)
            _run_npm(fresh)
            shutil.rmtree(INSTALLED, ignore_errors=True)
            fresh.rename(INSTALLED)
    shutil.copy(HERE / "server.mjs", INSTALLED)
    return INSTALLED


def _run_npm(folder: Path) -> None:
    quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--no-update-notifier")
    brief = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
    command = ["npm", "install", "--ignore-scripts", "--loglevel=error", *quiet, *brief]
    try:
        run = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise NoNode(f"npm did not end within {PATIENCE} seconds") from error
    if run.returncode != 0:
        said = " ".join(run.stderr.split())[:300]
        raise NoNode(f"npm installs nothing here: {said}")


@contextmanager
def running(
    folder: Path, log: Path, *issuers: Mapping[str, Any]
) -> Iterator[list[StrictProvider]]:
    """Serve issuers while the context lasts, with keys of their own.

    Args:
        folder: From ``install``.
        log: Where it writes what it has to say.
        issuers: ``port`` (0 for a free one), ``pushed`` (whether requests must be
            pushed) and ``clients`` of each.
    """
    command = ["node", str(folder / "server.mjs")]
    with serving(command, {"issuers": issuers}, log) as served:
        yield [StrictProvider(issuer) for issuer in served]
