"""The nouns of claiming an order."""

from datetime import datetime, timedelta
from enum import StrEnum

from onboarding.accounts.model import Account
from onboarding.frozen import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPolicy:
    """How an order is reached without an account, and who may take it over.

    Attributes:
        link: How long an order link works.
        grant: How long a browser that opened one may look at the order.
        window: How long after an address was proven the orders placed with it may be
            taken over by that proof alone. A mailbox may change hands.
        older: Whether that proof also takes over orders that are older than it: those
            of whoever had the mailbox before, as well (CVE-2026-44472).
    """

    link: timedelta = timedelta(days=90)
    grant: timedelta = timedelta(hours=1)
    window: timedelta = timedelta(days=90)
    older: bool = False


class ClaimedBy(StrEnum):
    """What has shown that an order is somebody's."""

    LINK = "link"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGrant:
    """What a browser that opened an order link may do: look at this order.

    Attributes:
        order: The key of the order.
        account_id: Whose it was when the link was made; None for nobody's.
        until: When it ends.
    """

    order: str
    account_id: str | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredOrder:
    """An order that came without a browser, such as by phone.

    Attributes:
        account: Whose it is: write its id into the row of the order.
        link: The order link, for whoever placed it; secret.
    """

    account: Account
    link: str = field(repr=False)
