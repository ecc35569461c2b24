"""A provider that we did not write, in a process of its own."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onboarding.testing.identity_provider.model import WayBack
from tests.social.strict.walking import Visitor, walk

PATIENCE = 30
"""Seconds that a process has to end once it was told to."""


class DidNotStart(Exception):
    """The process ended before it served; with what it said."""


@dataclass(frozen=True)
class StrictProvider:
    """The other end of a sign-in, for ``onboarding.testing.sign_in``.

    Attributes:
        issuer: Its issuer identifier.
        redirect_uris: None are known here: whoever signs in says which.
    """

    issuer: str
    redirect_uris: tuple[str, ...] = ()

    def approve(self, url: str, person: Visitor | None = None, /) -> WayBack:
        """Walk through its pages, and return where the browser goes."""
        return walk(url, person or Visitor())


@contextmanager
def serving(
    command: Sequence[str], told: Mapping[str, Any], log: Path
) -> Iterator[list[str]]:
    """Run a server while the context lasts; yields the issuers that it serves.

    It reads one line of JSON, answers with one when it listens, and ends when its
    input does: so it outlives no run, however that ends.

    Args:
        command: What to start.
        told: What it reads.
        log: Where goes what it has to say besides.

    Raises:
        DidNotStart: When it ends instead.
    """
    with (
        log.open("w") as said,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise DidNotStart(f"{command[0]}: {log.read_text()[-2000:]}")
        try:
            yield json.loads(answer)["issuers"]
        finally:
            process.stdin.close()
            process.wait(PATIENCE)
