"""Whose an order is, and what a proof of its address is enough for: each cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onboarding import Account, AccountKind, ClaimPolicy, Order
from onboarding.orders.rules import OrderStanding, is_within_claim, stand
from onboarding.types import Ending

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
GUEST = Account(id="g" * 20, created_at=NOON)
HERE = Account(id="h" * 20, created_at=NOON)
KNOWN = replace(GUEST, kind=AccountKind.REGISTERED)
ORDER = Order(
    key="2041", account_id=GUEST.id, address="kim@example.org", placed_at=NOON
)
NOBODYS = replace(ORDER, account_id=None)


@pytest.mark.parametrize(
    ("order", "owner", "here", "expected"),
    [
        (NOBODYS, None, None, OrderStanding.FREE),
        (NOBODYS, None, HERE, OrderStanding.FREE),
        (ORDER, None, HERE, OrderStanding.TAKEN),
        (ORDER, GUEST, GUEST, OrderStanding.OWN),
        (ORDER, KNOWN, KNOWN, OrderStanding.OWN),
        (ORDER, GUEST, None, OrderStanding.FREE),
        (ORDER, GUEST, HERE, OrderStanding.FREE),
        (ORDER, KNOWN, HERE, OrderStanding.TAKEN),
        (ORDER, KNOWN, None, OrderStanding.TAKEN),
        (ORDER, replace(GUEST, ending=Ending.EXPIRED), HERE, OrderStanding.FREE),
        (ORDER, replace(GUEST, ending=Ending.ERASED), HERE, OrderStanding.GONE),
        (ORDER, replace(KNOWN, ending=Ending.ERASED), HERE, OrderStanding.GONE),
    ],
)
def test_whose_an_order_is(
    order: Order, owner: Account | None, here: Account | None, expected: OrderStanding
) -> None:
    """A guest's order is free to whoever shows that it is theirs; nobody else's is."""
    assert expected is stand(order, owner, here)


@pytest.mark.parametrize(
    ("after_proof", "older", "expected"),
    [
        (timedelta(0), False, True),
        (timedelta(days=90), False, True),
        (timedelta(days=90, microseconds=1), False, False),
        (timedelta(microseconds=-1), False, False),
        (timedelta(days=-400), True, True),
        (timedelta(days=400), True, True),
    ],
)
def test_an_address_alone_takes_over_what_came_soon_after_its_proof(
    after_proof: timedelta, older: bool, expected: bool
) -> None:
    """Nothing of whoever had the mailbox before or has it later, unless opted in."""
    policy = ClaimPolicy(older=older)
    assert expected is is_within_claim(ORDER, NOON - after_proof, policy)
