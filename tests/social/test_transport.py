"""What a call costs us: memory by what is kept, and connections by the host."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from onboarding.errors import BadProviderReply
from onboarding.social.client import SocialClient
from onboarding.social.model import HttpPolicy
from onboarding.social.transport import HostPools
from onboarding.testing import Loopback
from tests.social.scene import Hosts
from tests.social.test_client import Recorder, client

pytestmark = pytest.mark.anyio

ADDRESS = "https://id.example/user"
JSON = b'{"a": 1}'
MEGABYTE = 1024 * 1024


def bare(data: bytes) -> bytes:
    """Return deflate without the header of zlib, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def bomb(size: int, wbits: int) -> bytes:
    """Return white space, packed; it is never all in memory."""
    packer, block = zlib.compressobj(9, wbits=wbits), b" " * MEGABYTE
    packed = [packer.compress(block) for _ in range(size // MEGABYTE)]
    return b"".join(packed) + packer.flush()


# ── limits count what is kept ────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("identity", bytes),
        ("", bytes),
    ],
)
async def test_what_was_encoded_unasked_is_read(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    """Caches and gateways compress though we ask for none."""
    app = Recorder(pack(JSON), **{"content-encoding": encoding})
    assert await client(app).read("id", ADDRESS) == {"a": 1}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", JSON),
        ("zstd", JSON),
        ("gzip, gzip", gzip.compress(gzip.compress(JSON))),
        ("gzip", JSON),
        ("deflate", b"\xff" * 40),
        ("gzip", gzip.compress(JSON)[:-9]),
        ("gzip", gzip.compress(JSON)[:5]),
    ],
    ids=["br", "zstd", "twice", "not packed", "noise", "cut off", "cut off early"],
)
async def test_what_cannot_be_decoded_within_bounds_is_refused(
    encoding: str, body: bytes
) -> None:
    """By an error of ours, in one sentence; nothing of it is read."""
    app = Recorder(body, **{"content-encoding": encoding})
    with pytest.raises(BadProviderReply, match=r"encoded|cut off"):
        await client(app).read("id", ADDRESS)


async def test_an_empty_body_is_no_encoding() -> None:
    """Error pages of gateways say gzip and hold nothing: their status counts."""
    app = Recorder(b"", 404, **{"content-encoding": "gzip"})
    with pytest.raises(BadProviderReply, match="answered 404"):
        await client(app).read("id", ADDRESS)


@pytest.mark.parametrize("wbits", [31, 15, -15], ids=["gzip", "zlib", "bare deflate"])
async def test_limits_count_what_is_kept(wbits: int) -> None:
    """A quarter of a megabyte that holds 256 costs no more than the limit allows."""
    packed = bomb(256 * MEGABYTE, wbits)
    assert len(packed) < 300_000
    encoding = "gzip" if wbits == 31 else "deflate"
    app = Recorder(packed, **{"content-encoding": encoding})
    async with Loopback().serving(app) as url:
        real = SocialClient()
        await asyncio.to_thread(real.warm)
        tracemalloc.start()
        try:
            with pytest.raises(BadProviderReply, match="too large"):
                await real.read("id", f"{url}/user")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            await real.close()
    assert peak < 8 * HttpPolicy().limit


async def test_a_transport_of_a_test_may_answer_at_once() -> None:
    """What was in memory from the beginning is decoded and measured alike."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = b"x" * 2_000_000 if "huge" in request.url.path else gzip.compress(JSON)
        packed = {} if "huge" in request.url.path else {"content-encoding": "gzip"}
        return httpx2.Response(200, content=body, headers=packed)

    lent = SocialClient(transport=httpx2.MockTransport(answer))
    assert await lent.read("id", ADDRESS) == {"a": 1}
    with pytest.raises(BadProviderReply, match="too large"):
        await lent.read("id", f"{ADDRESS}/huge")


# ── one slow provider never delays another ───────────────────────────────────


class Stalling:
    """Answers nobody until a test opens its gate; counts who waits."""

    def __init__(self, most: int):
        self.gate = asyncio.Event()
        self.full = asyncio.Event()
        self._left = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, and answer as any other."""
        if scope["type"] == "http":
            self._left -= 1
            if self._left == 0:
                self.full.set()
            await self.gate.wait()
        await Recorder(JSON)(scope, receive, send)


async def test_one_slow_provider_never_delays_another() -> None:
    """A hundred and twenty calls hang there, all connections that one may have.

    The time-out is no measure: in one pool for all, the other would get no connection
    before one of these is given up.
    """
    slow = Stalling(most=100)
    there, elsewhere = Loopback(), Loopback()
    async with there.serving(slow), elsewhere.serving(Recorder(JSON)):
        real = SocialClient()
        stalled = [
            asyncio.create_task(real.read("slow", there.url)) for _ in range(120)
        ]
        await slow.full.wait()
        async with asyncio.timeout(5):
            assert await real.read("id", elsewhere.url) == {"a": 1}
        assert not any(call.done() for call in stalled)
        slow.gate.set()
        assert await asyncio.gather(*stalled) == [{"a": 1}] * 120
        await real.close()


async def test_pools_part_by_scheme_host_and_port() -> None:
    """Two hosts never share connections, and one always does."""
    pools = HostPools(HttpPolicy())
    app = Recorder(JSON)
    async with Loopback().serving(app) as url:
        real = SocialClient(transport=pools)
        for path in ("a", "b", "c"):
            await real.read("id", f"{url}/{path}")
    await pools.aclose()
    assert len({request.client for request, _ in app.asked}) == 1


def test_who_lends_a_transport_decides_where_calls_lead() -> None:
    """``transport=`` is used as it is, and no pool is opened beside it."""
    hosts = Hosts({"id.example": Recorder(JSON)})
    assert asyncio.run(SocialClient(transport=hosts).read("id", ADDRESS)) == {"a": 1}
    assert len(hosts.requests) == 1
