"""A small load: so many requests over so many connections, to 127.0.0.1 and no further.

Each connection sends its next request when the answer to the last one is there, so
that a server always has work. Between answers the load never sleeps: the server would
have to wake it with each answer, which was up to a third of the server's CPU.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import NamedTuple

from benchmarks.measure import Rounds
from benchmarks.processes import Server, pinned

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
OK = b"HTTP/1.1 200 "
LONGEST = 60
"""Seconds after which something is stuck: a round takes about one."""


def request(path: str, cookie: str = "") -> bytes:
    """Return a browser's GET, as it goes over the wire."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1:8000",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "Accept: text/html,application/xhtml+xml",
        "Accept-Language: en-GB,en;q=0.5",
        "Sec-Fetch-Site: same-origin",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join((*lines, "", "")).encode()


def entered(server: Server) -> str:
    """Become somebody at ``/enter``; return the cookie to send from then on."""
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/enter")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return (answer.headers["set-cookie"] or "").partition(";")[0]


class _Run:
    """What the connections of one run share."""

    def __init__(self, asking: bytes, count: int, connections: int):
        self.asking = asking
        self.left = count
        self.good = 0
        self.open = connections
        self.done = asyncio.get_running_loop().create_future()


class _Connection(asyncio.Protocol):
    _got = b""

    def __init__(self, run: _Run):
        self._run = run

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        if not self._run.left:
            self._transport.close()
            return
        self._run.left -= 1
        self._transport.write(self._run.asking)

    def data_received(self, data: bytes) -> None:
        got = self._got = self._got + data
        head = got.find(b"\r\n\r\n")
        length = LENGTH.search(got, 0, head + 2) if head > 0 else None
        if length is None or len(got) < head + 4 + int(length[1]):
            return
        self._run.good += got.startswith(OK)
        self._got = b""
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.open -= 1
        if not self._run.open:
            self._run.done.set_result(None)


async def ask(port: int, asking: bytes, *, count: int, connections: int) -> float:
    """Send so many requests, and return the seconds that it took.

    Raises:
        RuntimeError: When an answer was missing, or no 200.
        TimeoutError: When it takes longer than ``LONGEST``.
    """
    loop = asyncio.get_running_loop()
    run = _Run(asking, count, connections)

    def stay_awake() -> None:
        if not run.done.done():
            loop.call_soon(stay_awake)

    begun = time.perf_counter()
    async with asyncio.timeout(LONGEST):
        for _ in range(connections):
            await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port)
        stay_awake()
        await run.done
    took = time.perf_counter() - begun
    if run.good != count:
        raise RuntimeError(f"{count - run.good} of {count} requests got no 200")
    return took


class Work(NamedTuple):
    """What one server is asked in every round."""

    server: Server
    asking: bytes
    requests: int


async def measure_servers(
    works: Mapping[str, Work], *, rounds: int, connections: int
) -> tuple[Rounds, Rounds]:
    """Ask every server in turn, round after round; the first round does not count.

    Returns:
        Microseconds a request by the clock, and microseconds of the server's CPU.
    """
    wall: dict[str, list[float]] = {name: [] for name in works}
    cpu: dict[str, list[float]] = {name: [] for name in works}
    with pinned(1):
        for turn in range(rounds + 1):
            for name, (server, asking, count) in works.items():
                before = server.cpu()
                took = await ask(
                    server.port, asking, count=count, connections=connections
                )
                if turn:
                    wall[name].append(took / count * 1e6)
                    cpu[name].append((server.cpu() - before) / count * 1e6)
    found = Rounds(wall), Rounds(cpu)
    for name in works:
        by_the_clock, of_cpu = (rounds.typical(name) for rounds in found)
        print(
            f"     {name}: {1e6 / by_the_clock:.0f} a second, {of_cpu:.0f} µs of the "
            f"server's CPU each: its core is {of_cpu / by_the_clock:.0%} busy"
        )
    return found
