"""Servers in processes of their own: started, pinned to a core, asked for their CPU."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import LifespanType

TICKS = os.sysconf("SC_CLK_TCK")
"""How often a second the kernel counts CPU."""

SECONDS_TO_START = 30

READY = "ready\n"
"""What a server writes once it listens."""

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
"""Those that we may run on; none where the system does not tell."""


class Server(NamedTuple):
    """A server that answers, on a port of 127.0.0.1."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Return the seconds of CPU that it has taken, all threads, as the kernel says.

        Fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)); the second may hold
        spaces, and ends with a bracket.
        """
        told = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        fields = told.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def started(module: str, *arguments: str) -> Iterator[Server]:
    """Run a module of ours, told its port and these arguments, until the block ends.

    Raises:
        RuntimeError: When it ends, or does not answer in time.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", module, str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own module
        too_late = threading.Timer(SECONDS_TO_START, process.kill)
        too_late.start()
        try:
            # Nothing, where it ended before it listened.
            if process.stdout is None or process.stdout.readline() != READY:
                raise RuntimeError(f"{command!r} did not start")
            too_late.cancel()
            yield Server(process.pid, port)
        finally:
            too_late.cancel()
            process.kill()


def serve(app: ASGIApp, port: int, *, lifespan: LifespanType = "auto") -> None:
    """Serve until killed; whoever ``started`` this is told once it listens."""
    config = uvicorn.Config(
        app,
        port=port,
        lifespan=lifespan,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )
    _Told(config).run()


class _Told(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(READY, end="", flush=True)


def pin(place: int) -> None:
    """Stay on one core from now on: the first is for servers, the second for the load.

    Then neither takes the other's time. Where the system cannot, nothing happens.
    """
    if CORES:
        os.sched_setaffinity(0, {CORES[place % len(CORES)]})


@contextmanager
def pinned(place: int) -> Iterator[None]:
    """Stay on one core until the block ends; as ``pin``."""
    pin(place)
    try:
        yield
    finally:
        if CORES:
            os.sched_setaffinity(0, CORES)
