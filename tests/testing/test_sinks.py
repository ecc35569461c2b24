"""The sink that keeps what it is given."""

from datetime import UTC, datetime

import pytest

from onboarding.events import Entry
from onboarding.sinks.base import Sink
from onboarding.testing import RecordingSink

pytestmark = pytest.mark.anyio


def entry(id: str) -> Entry:
    """Return something that happened."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Entry(id=id, account_id="a", at=at, name="order_placed", data={})


async def test_it_keeps_entries_in_order() -> None:
    """What is given to the sink stands in `events`, repeats included."""
    recording = RecordingSink()
    sink: Sink = recording
    for id in "2", "1", "1":
        await sink(entry(id))
    assert recording.events == [entry("2"), entry("1"), entry("1")]
