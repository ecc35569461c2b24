"""Finds the object that a command is about, and opens no more of it than it needs."""

import importlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from onboarding.app import Onboarding

USAGE = 2
"""Exit status of a command that was called wrongly, as argparse has it."""

INTERRUPTED = 128 + signal.SIGINT
"""Exit status of what Ctrl-C ended, as shells have it."""


def load(name: str) -> Onboarding:
    """Return the object that ``module:attribute`` names.

    Raises:
        SystemExit: When there is none; says what was looked for.
    """
    module, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), attribute or "onboarding")
    except (ImportError, AttributeError) as error:
        sys.exit(f"onboarding: {name} cannot be loaded: {error}")
    if not isinstance(found, Onboarding):
        sys.exit(f"onboarding: {name} is a {type(found).__name__}, not an Onboarding")
    return found


@asynccontextmanager
async def at_rest(name: str) -> AsyncIterator[Onboarding]:
    """Open the database alone: nothing is carried, mailed or swept meanwhile.

    What is written here is carried to the sinks by the application that runs.
    """
    onboarding = load(name)
    await onboarding.store.open()
    try:
        await onboarding.belongings.check(onboarding.store)
        yield onboarding
    finally:
        await onboarding.store.close()


def say(line: str) -> None:
    """Say something beside the result: progress, and what is in the way."""
    print(line, file=sys.stderr, flush=True)
