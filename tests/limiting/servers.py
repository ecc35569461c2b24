"""A Redis for the tests, first match wins.

1. `TEST_REDIS_URL`: a server that runs already; its tests leave keys that expire.
2. `redis-server` or `valkey-server`, installed on this machine.
3. The fake of the test environment: the protocol over a real connection, and the
   scripts in a real Lua.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fakeredis import TcpFakeServer

PROGRAMS = ("redis-server", "valkey-server")


class Fake(TcpFakeServer):
    """Lets as many wait for a connection as a real one does, and not five."""

    request_queue_size = 511


@contextmanager
def redis() -> Iterator[str]:
    """Yield the address of a server."""
    named = os.environ.get("TEST_REDIS_URL")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if named:
        yield named
    elif program:
        with _installed(program) as url:
            yield url
    else:
        with fake() as url:
            yield url


@contextmanager
def _installed(program: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="onboarding-redis-") as folder:
        socket = Path(folder) / "socket"
        options = ("--port", "0", "--unixsocket", str(socket), "--save", "")
        server = subprocess.Popen(
            [program, *options, "--daemonize", "no"],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout
        try:
            # Its last line before it serves.
            ready = (line for line in server.stdout if "eady to accept" in line)
            assert next(ready, None), f"{program} did not start"
            yield f"unix://{socket}"
        finally:
            server.terminate()
            server.communicate()


@contextmanager
def fake(at: str = "redis://127.0.0.1:0") -> Iterator[str]:
    """Yield the address of a fake, which is gone afterwards."""
    port = urlsplit(at).port or 0
    server = Fake(("127.0.0.1", port), server_type="redis")
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
