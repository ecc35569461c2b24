"""The sink that writes to the application's log."""

import logging

import pytest

from onboarding.events.entry import EPOCH, Entry
from onboarding.sinks.logging import log_event

pytestmark = pytest.mark.anyio


async def test_it_logs_what_happened_to_which_account(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Name and ids stand there for machines; what the event carries does not."""
    entry = Entry(
        id="e1",
        account_id="a1",
        at=EPOCH,
        name="order_placed",
        data={"order": "secret-2041"},
    )
    with caplog.at_level(logging.INFO, logger="onboarding.events"):
        await log_event(entry)
    (record,) = caplog.records
    assert record.levelno == logging.INFO
    assert record.getMessage() == "order_placed"
    found = {name: vars(record)[name] for name in ("event", "event_id", "account_id")}
    assert found == {"event": "order_placed", "event_id": "e1", "account_id": "a1"}
    assert "secret-2041" not in str(vars(record))
