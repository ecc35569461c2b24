"""When a guest has lapsed: one age for each state that nobody came back to.

================  ==================================================  =================
state             since when                                          how long
================  ==================================================  =================
orphaned          the first session was never used after it began     ``orphaned_after``
idle              last seen; no address, nothing that is to be kept   ``idle``
with a contact    last seen; an address was left                      ``with_contact``
with orders       last seen; a resource of the host's keeps its rows  ``with_orders``
================  ==================================================  =================

The last three are never shorter than a guest's session lives: whoever may still come
back finds what they left. An orphan's session lives, too, but no browser ever brought
it back: most are robots, and browsers that keep no cookies.

A guest whom no browser ever had, as of an order by phone, was last seen when they were
made. They are no orphan, since they have no session to be one by; and they have an
address.
"""

from datetime import datetime, timedelta

from onboarding.accounts.rules import NEVER
from onboarding.errors import ConfigError
from onboarding.frozen import dataclass
from onboarding.guests.model import GuestPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Guests of each state lapse that were not seen since an instant.

    Attributes:
        unseen_before: An orphan whose session began before it.
        idle_before: Whoever left neither address nor orders.
        contact_before: Whoever left an address.
        orders_before: Whoever left what a resource keeps; ``NEVER`` is nobody.
    """

    unseen_before: datetime
    idle_before: datetime
    contact_before: datetime
    orders_before: datetime


def lapse(policy: GuestPolicy, session_life: timedelta, now: datetime) -> Lapse:
    """Say who has lapsed by now.

    Args:
        policy: How long guests are kept.
        session_life: How long a guest's session lives unused.
        now: The present instant.
    """
    idle = session_life if policy.idle is None else policy.idle
    contact = idle if policy.with_contact is None else policy.with_contact
    orders = policy.with_orders
    return Lapse(
        unseen_before=_before(now, policy.orphaned_after),
        idle_before=_before(now, idle),
        contact_before=_before(now, contact),
        orders_before=NEVER if orders is None else _before(now, orders),
    )


def _before(now: datetime, duration: timedelta) -> datetime:
    try:
        return now - duration
    except OverflowError:  # of a policy without an end, such as timedelta.max
        return NEVER


def check_lives(policy: GuestPolicy, session_life: timedelta) -> None:
    """Check that no guest goes who may still come back, or is kept for an order.

    Raises:
        ConfigError: Naming the age that is too short, and what to write.
    """
    for name in ("idle", "with_contact", "with_orders"):
        given: timedelta | None = getattr(policy, name)
        if given is not None and given < session_life:
            raise ConfigError(
                f"GuestPolicy.{name} is {_said(given)}, and a guest's session lives "
                f"{_said(session_life)}: a purge would end guests who can still come "
                f"back; write {name}={_written(session_life)}, or let sessions end "
                f"sooner: sessions=SessionPolicy(guest_idle={_written(given)})"
            )
    idle = policy.idle or session_life
    longest = max(idle, policy.with_contact or idle)
    if policy.with_orders is not None and policy.with_orders < longest:
        raise ConfigError(
            f"GuestPolicy.with_orders is {_said(policy.with_orders)}, and whoever "
            f"ordered nothing is kept for {_said(longest)}; write "
            f"with_orders={_written(longest)} or longer"
        )
    if policy.orphaned_after < policy.converge:
        raise ConfigError(
            f"GuestPolicy.orphaned_after is {_said(policy.orphaned_after)}, and for "
            f"{_said(policy.converge)} (converge) a page may still lead to its guest; "
            f"write orphaned_after={_written(policy.converge)} or longer"
        )


def _said(duration: timedelta) -> str:
    return str(duration).removesuffix(", 0:00:00")


def _written(duration: timedelta) -> str:
    """Return a duration as somebody would write it."""
    return repr(duration).removeprefix("datetime.")
