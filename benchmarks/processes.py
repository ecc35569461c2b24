"""Servers in processes of their own: started, pinned to a core, asked for their CPU."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
"""How often a second the kernel counts CPU."""

SECONDS_TO_START = 30

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
    process = subprocess.Popen([sys.executable, "-m", module, str(port), *arguments])  # noqa: S603  # our own module
    try:
        _wait(process, port)
        yield Server(process.pid, port)
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(SECONDS_TO_START * 20):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not start")


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
