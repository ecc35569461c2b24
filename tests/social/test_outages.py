"""Which providers do not answer at the moment: who notices, and for how long."""

from contextlib import suppress
from datetime import timedelta

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.errors import ProviderError, ProviderUnreachable
from onboarding.social.client import SocialClient
from onboarding.social.model import HttpPolicy
from onboarding.social.outages import Outages
from onboarding.testing import FakeProvider, Fault, FrozenClock, OpenIDSwitches
from onboarding.testing.faults import FaultPlace
from tests.social.scene import ISSUER, KIM, Scene, asked, registered

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)
NOTHING = timedelta(0)


# ── for how long ─────────────────────────────────────────────────────────────


@given(
    age=st.timedeltas(timedelta(days=-2), timedelta(days=2)),
    lasting=st.timedeltas(timedelta(microseconds=1), timedelta(hours=1)),
)
def test_an_outage_is_over_by_itself(age: timedelta, lasting: timedelta) -> None:
    """Whatever the clock does meanwhile: put back, it makes no minute longer."""
    clock = FrozenClock()
    outages = Outages(clock, lasting)
    assert not outages.is_down("id")
    outages.begin("id")
    assert outages.left("id") == lasting
    clock.advance(age)
    is_within = NOTHING <= age < lasting
    assert outages.is_down("id") is is_within
    assert outages.left("id") == (lasting - age if is_within else NOTHING)
    assert not outages.is_down("another")


def test_the_last_failure_and_the_last_answer_count() -> None:
    """A further failure is a minute more; one answer ends it."""
    clock = FrozenClock()
    outages = Outages(clock, MINUTE)
    outages.begin("id")
    clock.advance(timedelta(seconds=50))
    outages.begin("id")
    clock.advance(timedelta(seconds=50))
    assert outages.is_down("id")
    outages.end("id")
    outages.end("id")
    assert not outages.is_down("id")


# ── who notices ──────────────────────────────────────────────────────────────


class Answers(httpx2.AsyncBaseTransport):
    """Answers with a status, or with an error."""

    def __init__(self, answer: int | Exception):
        self.answer = answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return httpx2.Response(self.answer, content=b"{}", request=request)


IS_OUTAGE = {
    "200": (200, False),
    "302": (302, False),
    "400": (400, False),
    "401": (401, False),
    "404": (404, False),
    "429": (429, True),
    "500": (500, True),
    "503": (503, True),
    "nobody listens": (httpx2.ConnectError("refused"), True),
    "no connection in time": (httpx2.ConnectTimeout("slow"), True),
    "no answer in time": (httpx2.ReadTimeout("slow"), True),
    "no HTTP": (httpx2.RemoteProtocolError("what"), True),
    # A setting of ours, which tells nothing of them.
    "the proxy of ours": (httpx2.ProxyError("no"), False),
}


@pytest.mark.parametrize("answer", IS_OUTAGE)
@pytest.mark.parametrize("before", [False, True])
async def test_what_counts_as_no_answer(answer: str, *, before: bool) -> None:
    """What everybody who signs in there would meet, and not what one person sent."""
    given, is_down = IS_OUTAGE[answer]
    client = SocialClient(transport=Answers(given), clock=FrozenClock())
    if before:
        client.outages.begin("id")
    with suppress(ProviderError):
        await client.read("id", "https://id.example/keys")
    is_kept = before and answer == "the proxy of ours"
    assert client.outages.is_down("id") is (is_down or is_kept)
    assert not client.outages.is_down("another")


@pytest.mark.parametrize("place", ["discovery", "jwks", "token", "userinfo"])
async def test_every_call_of_a_sign_in_notices_and_the_next_answer_ends_it(
    scene: Scene, place: FaultPlace
) -> None:
    """Of this provider alone; the other is as it was."""
    with (
        scene.id.misbehave(Fault.SERVER_ERROR, at=place),
        pytest.raises(ProviderUnreachable),
    ):
        await scene.browser().go()
    assert scene.flow.outages.is_down("id")
    assert not scene.flow.outages.is_down("rival")
    await scene.browser().go()
    assert not scene.flow.outages.is_down("id")


async def test_an_outage_behind_a_copy_that_serves_is_noticed_too(
    scene: Scene,
) -> None:
    """Yesterday's document sends people there; whoever comes next should know."""
    await scene.browser().go()
    scene.clock.advance(timedelta(hours=2))
    with (
        scene.id.misbehave(Fault.SERVER_ERROR, at="discovery"),
        scene.id.misbehave(Fault.SERVER_ERROR, at="jwks"),
    ):
        await scene.browser().begin()
    assert scene.flow.outages.is_down("id")


async def test_no_visitor_can_make_an_outage_of_their_own(scene: Scene) -> None:
    """What they write into an address is heard by nobody else."""
    browser = scene.browser()
    for error in ("temporarily_unavailable", "server_error"):
        there = (await browser.begin()).location
        back = scene.id.deny(there).replace("access_denied", error)
        with pytest.raises(ProviderError):
            await browser.finish(back)
    there = (await browser.begin()).location
    back = scene.id.approve(there, KIM).replace("code=", "code=guessed")
    with pytest.raises(ProviderError):
        await browser.finish(back)
    assert not scene.flow.outages.is_down("id")


# ── how long a person waits ──────────────────────────────────────────────────


def test_nobody_waits_ten_seconds_without_a_word() -> None:
    """On the way there, and on the way back; a host may decide otherwise."""
    policy = HttpPolicy()
    assert policy.connect <= policy.read <= policy.total < timedelta(seconds=10)


async def test_the_way_there_has_one_end_for_all_its_calls(scene: Scene) -> None:
    """What is pushed after discovery has what that left, and not its time anew.

    Discovery hangs, and yesterday's serves; then there is no time left to push.
    """
    scene.http = HttpPolicy(total=timedelta(milliseconds=400))
    client = registered("id")
    pushing = FakeProvider(
        ISSUER,
        [client],
        [KIM],
        scene.clock,
        key=scene.key,
        switches=OpenIDSwitches(pushed_requests=True),
    )
    scene.wire.lead("id.example", pushing)
    scene.start()
    assert "request_uri" in asked((await scene.browser().begin()).location)
    scene.clock.advance(timedelta(hours=2))
    with (
        pushing.misbehave(Fault.SLOW, at="discovery"),
        pytest.raises(ProviderUnreachable, match="in time"),
    ):
        await scene.browser().begin()
    assert scene.flow.outages.is_down("id")
    assert pushing.calls["pushed"] == 1
