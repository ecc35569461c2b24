"""Several processes of one application, which do things to one account at once.

Run as a program it is one of them: it reads a line of acts, does them all at once, and
prints a line that says what became of each.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any

from pydantic import create_model

from onboarding import Ask, Feature
from onboarding.accounts.model import Account
from onboarding.core import Core
from onboarding.errors import OnboardingError
from tests.world import KEY, identity

QUESTIONS = tuple(f"question_{number}" for number in range(8))

Act = tuple[str, str, str]
"""What to do, to whom, and with what."""


def core_on(database: str) -> Core[Any]:
    """Return the services of the application that each process has."""
    asks = {
        name: (Annotated[str | None, Ask(name, why="We go by it.")], None)
        for name in QUESTIONS
    }
    profile: Any = create_model("Profile", **asks)  # type: ignore[call-overload]
    return Core(
        url="http://localhost/welcome",
        secret_key=KEY,
        database=database,
        profile=profile,
        features=[Feature("shop", wants=QUESTIONS)],
    )


async def do(core: Core[Any], act: Act) -> str:
    """Do one thing; return the kind of error, or nothing."""
    what, whom, which = act
    try:
        if what == "answer":
            account = await core.store.find(Account, whom)
            assert account is not None
            await core.profiling.submit(account, {which: "yes"})
        elif what == "sign in":
            current = await core.sessions.find(whom)
            await core.accounts.sign_in(identity(which), current)
        else:
            await core.data.erase(whom)
    except OnboardingError as error:
        return type(error).__name__
    return ""


class Process:
    """One of them, from outside."""

    def __init__(self, database: str):
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tests.several", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self) -> None:
        """Wait until its store is open."""
        assert [] == self.told()

    def begin(self, acts: Sequence[Act]) -> None:
        """Have it do these, all at once."""
        assert self._popen.stdin is not None
        self._popen.stdin.write(json.dumps(acts) + "\n")
        self._popen.stdin.flush()

    def told(self) -> list[str]:
        """Wait until it has done them; return the kind of error of each, or nothing."""
        found: list[str] = json.loads(self._read())
        return found

    def end(self) -> None:
        """Let it close its store."""
        self._popen.communicate(timeout=60)
        assert 0 == self._popen.returncode

    def _read(self) -> str:
        assert self._popen.stdout is not None
        return self._popen.stdout.readline().strip()


class Several:
    """All of them."""

    def __init__(self, processes: Sequence[Process]):
        self._processes = processes

    def do(self, *acts: Act) -> list[str]:
        """Do all of this at once, spread over them; return what was refused."""
        count = len(self._processes)
        parts = [acts[first::count] for first in range(count)]
        for process, part in zip(self._processes, parts, strict=True):
            process.begin(part)
        return [said for process in self._processes for said in process.told() if said]


@contextmanager
def several(database: str, count: int = 3) -> Iterator[Several]:
    """Start so many processes on a database that has our tables, and end them."""
    with ExitStack() as stack:
        processes = []
        for _ in range(count):
            process = Process(database)
            stack.callback(process.end)
            processes.append(process)
        for process in processes:
            process.wait()
        yield Several(processes)


async def main(database: str) -> None:
    """Be one of them, until the input ends."""
    async with core_on(database) as core:
        _say([])
        while line := await asyncio.to_thread(sys.stdin.readline):
            acts: list[Act] = json.loads(line)
            _say(await asyncio.gather(*(do(core, act) for act in acts)))


def _say(what: list[str]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
