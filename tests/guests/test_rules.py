"""How long guests are kept: each state has its age, and none ends too early."""

from datetime import UTC, datetime, timedelta

import pytest

from onboarding.accounts.rules import NEVER, SessionPolicy
from onboarding.errors import ConfigError
from onboarding.guests.model import GuestPolicy
from onboarding.guests.rules import check_lives, lapse

NOW = datetime(2026, 11, 3, tzinfo=UTC)
DAY = timedelta(days=1)
LIFE = 30 * DAY


@pytest.mark.parametrize(
    ("policy", "unseen", "idle", "contact", "orders"),
    [
        (GuestPolicy(), DAY, LIFE, LIFE, None),
        (GuestPolicy(orphaned_after=7 * DAY), 7 * DAY, LIFE, LIFE, None),
        (GuestPolicy(idle=60 * DAY), DAY, 60 * DAY, 60 * DAY, None),
        (GuestPolicy(with_contact=90 * DAY), DAY, LIFE, 90 * DAY, None),
        (
            GuestPolicy(idle=60 * DAY, with_contact=40 * DAY),
            DAY,
            60 * DAY,
            40 * DAY,
            None,
        ),
        (GuestPolicy(with_orders=365 * DAY), DAY, LIFE, LIFE, 365 * DAY),
    ],
    ids=["usual", "orphaned", "idle", "contact", "contact below idle", "orders"],
)
def test_each_state_has_its_own_age(
    policy: GuestPolicy,
    unseen: timedelta,
    idle: timedelta,
    contact: timedelta,
    orders: timedelta | None,
) -> None:
    """The idle live as their session, others as the idle, those with orders for ever.

    Each as long as that is not said otherwise.
    """
    found = lapse(policy, LIFE, NOW)
    assert NOW - unseen == found.unseen_before
    assert NOW - idle == found.idle_before
    assert NOW - contact == found.contact_before
    assert found.orders_before == (NEVER if orders is None else NOW - orders)


def test_an_age_without_an_end_lapses_nobody() -> None:
    """A duration that is longer than time itself goes back to its beginning."""
    for_ever = GuestPolicy(with_contact=timedelta.max)
    assert NEVER == lapse(for_ever, LIFE, NOW).contact_before
    assert NEVER == lapse(GuestPolicy(), timedelta.max, NOW).idle_before


@pytest.mark.parametrize("name", ["idle", "with_contact", "with_orders"])
def test_nobody_goes_who_may_still_come_back(name: str) -> None:
    """An age below a session's life is refused, with what to write."""
    check_lives(GuestPolicy(**{name: LIFE}), LIFE)
    with pytest.raises(ConfigError) as refused:
        check_lives(GuestPolicy(**{name: LIFE - DAY}), LIFE)
    said = str(refused.value)
    assert f"GuestPolicy.{name} is 29 days" in said
    assert f"write {name}=timedelta(days=30)" in said
    assert "SessionPolicy(guest_idle=timedelta(days=29))" in said


@pytest.mark.parametrize("other", ["idle", "with_contact"])
def test_an_order_keeps_a_guest_as_long_as_anything(other: str) -> None:
    """They lapse by the other ages first, so that a shorter one would do nothing."""
    check_lives(GuestPolicy(**{other: 2 * LIFE}, with_orders=2 * LIFE), LIFE)
    with pytest.raises(ConfigError, match=r"write with_orders=timedelta\(days=60\)"):
        check_lives(GuestPolicy(**{other: 2 * LIFE}, with_orders=LIFE), LIFE)


def test_an_orphan_lives_as_long_as_a_page_leads_to_it() -> None:
    """A page's nonce would lead to a guest that has gone."""
    hour = timedelta(hours=1)
    check_lives(GuestPolicy(orphaned_after=hour, converge=hour), LIFE)
    with pytest.raises(ConfigError, match=r"write orphaned_after=timedelta\(seconds"):
        check_lives(GuestPolicy(orphaned_after=hour / 2), LIFE)


def test_a_guests_session_lives_no_longer_than_any() -> None:
    """The shorter of the two ends counts."""
    assert LIFE == SessionPolicy().guest_life
    assert 7 * DAY == SessionPolicy(absolute=7 * DAY).guest_life
