"""Which attempts begin again by themselves, and which nobody needs any more."""

from datetime import UTC, datetime, timedelta

import pytest

from onboarding.accounts.model import Account, AccountKind, Intent, Purpose
from onboarding.social.restart_rules import is_moot, may_restart

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def intent(account_id: str | None) -> Intent:
    """Return an intent that this account began."""
    return Intent(
        id="i",
        purpose=Purpose.SIGN_IN,
        secret_hash="h",
        account_id=account_id,
        expires_at=NOW,
    )


@pytest.mark.parametrize(
    ("restarts", "lost", "here", "may"),
    [
        (0, intent(None), None, True),
        (0, intent("guest"), "guest", True),
        (0, None, None, True),
        (1, intent(None), None, False),
        (0, intent(None), "victim", False),
        (0, intent("attacker"), "victim", False),
        (0, intent("attacker"), None, False),
        (0, None, "victim", False),
    ],
)
def test_who_may_begin_again_unseen(
    restarts: int, lost: Intent | None, here: str | None, *, may: bool
) -> None:
    """Once, for who began it; a visitor has nothing that could be taken over."""
    assert may_restart(restarts, timedelta(minutes=3), lost, here) is may


@pytest.mark.parametrize(
    ("lost", "wished", "may"),
    [
        (intent(None), True, True),
        (intent(None).used(), True, False),
        (None, True, False),
        (intent(None).used(), False, True),
        (None, False, True),
    ],
)
def test_what_was_wished_must_be_known_to_be_wished_again(
    lost: Intent | None, *, wished: bool, may: bool
) -> None:
    """A used intent is empty, and one that is swept is gone."""
    age = timedelta(minutes=3)
    assert may_restart(0, age, lost, None, wished=wished) is may


@pytest.mark.parametrize(
    ("age", "may"),
    [
        (timedelta(0), True),
        (timedelta(hours=1), True),
        (timedelta(hours=1, milliseconds=1), False),
        (timedelta(days=300), False),
        (-timedelta(minutes=5), True),
        (-timedelta(days=300), False),
    ],
)
def test_a_restart_has_an_age(age: timedelta, *, may: bool) -> None:
    """An hour, either way: the clock of whoever began it may be ahead of ours."""
    assert may_restart(0, age, intent(None), None) is may


def account(kind: AccountKind) -> Account:
    """Return somebody who is here."""
    return Account(id="a", kind=kind, created_at=NOW)


@pytest.mark.parametrize(
    ("here", "adds", "moot"),
    [
        (None, False, False),
        (None, True, False),
        (account(AccountKind.GUEST), False, False),
        (account(AccountKind.GUEST), True, False),
        (account(AccountKind.REGISTERED), False, True),
        (account(AccountKind.REGISTERED), True, False),
    ],
)
def test_who_needs_a_lost_attempt_no_more(
    here: Account | None, *, adds: bool, moot: bool
) -> None:
    """Who is signed in by now, and began it to sign in."""
    assert is_moot(here, adds=adds) is moot
